"""What a key to the API may do."""

from enum import StrEnum


class Role(StrEnum):
    """What a key may do."""

    CALLER = "caller"
    EDITOR = "editor"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"
