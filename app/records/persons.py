"""A person with a password, as listed and as newly made."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import RowMapping

from app.roles import Role


class PersonState(StrEnum):
    """Only who is active comes in."""

    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as listed, without what is kept of the password."""

    name: str
    roles: frozenset[Role]
    created_at: datetime
    last_login: datetime | None
    locked_until: datetime | None
    disabled_at: datetime | None
    state: PersonState

    @classmethod
    def from_row(cls, row: RowMapping, now: datetime) -> Self:
        """The person of a row; a lock-out that is over is none."""
        locked_until = row["locked_until"] if is_locked(row, now) else None
        state = PersonState.LOCKED if locked_until else PersonState.ACTIVE
        return cls(
            row["name"],
            frozenset(map(Role, row["roles"])),
            row["created_at"],
            row["last_login"],
            locked_until,
            row["disabled_at"],
            PersonState.DISABLED if row["disabled_at"] else state,
        )


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to come in."""

    name: str
    roles: Collection[Role]
    password: str = field(repr=False)


def is_locked(row: RowMapping, now: datetime) -> bool:
    """Whether wrong passwords keep the person of a row out."""
    return row["locked_until"] is not None and bool(row["locked_until"] > now)
