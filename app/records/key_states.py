"""Whether a key is good: by its own dates, and by the person that it acts for."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, func, select

from app.records.tables import api_keys, people

KEYS = select(api_keys, people.c.disabled_at).outerjoin(
    people, people.c.name == func.coalesce(api_keys.c.person, api_keys.c.name)
)
"""Every key, and since when its person is disabled, if there is a person of that name."""


class KeyState(StrEnum):
    """What becomes of a key that is shown: only an active one is taken."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    PERSON_DISABLED = "person_disabled"


def state_of(row: RowMapping, now: datetime) -> KeyState:
    """The state of a row of `KEYS`."""
    if row["revoked_at"] is not None:
        return KeyState.REVOKED
    if row["disabled_at"] is not None:
        return KeyState.PERSON_DISABLED
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return KeyState.EXPIRED
    return KeyState.ACTIVE
