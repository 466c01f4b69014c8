"""Whether a key is good, and what it may do: by its own dates and roles, and by the person that it acts for."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, func, select

from app.records.tables import api_keys, people
from app.roles import Role

KEYS = select(api_keys, people.c.disabled_at, people.c.roles.label("person_roles")).outerjoin(
    people, people.c.name == func.coalesce(api_keys.c.person, api_keys.c.name)
)
"""Every key, since when its person is disabled, and that person's roles, if there is an account of that name."""


class KeyState(StrEnum):
    """What becomes of a key that is shown: only an active one is taken."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    PERSON_DISABLED = "person_disabled"
    ROLES_TAKEN = "roles_taken"


def roles_of(row: RowMapping) -> frozenset[Role]:
    """What a row of `KEYS` may do: never more than its person, where that person has an account."""
    given = frozenset(map(Role, row["roles"]))
    return given if row["person_roles"] is None else given & frozenset(map(Role, row["person_roles"]))


def withheld_of(row: RowMapping) -> frozenset[Role]:
    """What the key was made for, and its person may not do."""
    return frozenset(map(Role, row["roles"])) - roles_of(row)


def state_of(row: RowMapping, now: datetime) -> KeyState:
    """The state of a row of `KEYS`."""
    if row["revoked_at"] is not None:
        return KeyState.REVOKED
    if row["disabled_at"] is not None:
        return KeyState.PERSON_DISABLED
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return KeyState.EXPIRED
    return KeyState.ACTIVE if roles_of(row) else KeyState.ROLES_TAKEN
