"""Changes that somebody asks for, and what was said about them: their rows, read and written in transactions of others.

It knows no rule of the life cycle: who may do what, and when, is decided by whoever calls it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.tables import change_comments, changes


class ChangeState(StrEnum):
    """Where a change stands: `approved` waits for its time, `failed` could not be published when that came."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """One change. `based_on`, `restores` and `revision` are numbers of revisions; `version` grows with every edit."""

    id: str
    subject: str
    state: ChangeState
    title: str
    comment: str
    body: Mapping[str, Any]
    based_on: int
    author: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    restores: int | None = None
    reviewers: Sequence[str] = ()
    submitted_at: datetime | None = None
    expires_at: datetime | None = None
    effective_from: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    revision: int | None = None

    @classmethod
    def from_row(cls, row: RowMapping) -> Self:
        """The change as it is kept."""
        return cls(**{**row, "state": ChangeState(row["state"]), "reviewers": tuple(row["reviewers"])})


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person said about a change."""

    number: int
    person: str
    at: datetime
    text: str


async def add(connection: AsyncConnection, record: ChangeRecord) -> None:
    """Keep a new change."""
    await connection.execute(insert(changes).values(**{**asdict(record), "reviewers": list(record.reviewers)}))


async def get(connection: AsyncConnection, identity: str) -> ChangeRecord | None:
    """The change of this id."""
    row = (await connection.execute(select(changes).where(changes.c.id == identity))).mappings().one_or_none()
    return None if row is None else ChangeRecord.from_row(row)


async def alter(connection: AsyncConnection, identity: str, **values: Any) -> None:
    """Give some columns of a change other values."""
    await connection.execute(update(changes).where(changes.c.id == identity).values(**values))


async def remove(connection: AsyncConnection, identity: str) -> None:
    """Forget a change and what was said about it."""
    await connection.execute(delete(change_comments).where(change_comments.c.change_id == identity))
    await connection.execute(delete(changes).where(changes.c.id == identity))


async def page(
    connection: AsyncConnection,
    subject: str,
    *,
    state: ChangeState | None = None,
    author: str | None = None,
    before: str | None = None,
    limit: int = 100,
) -> list[ChangeRecord]:
    """The newest first, those made before the change `before`."""
    query = select(changes).where(changes.c.subject == subject).order_by(changes.c.id.desc()).limit(limit)
    for condition in (
        None if state is None else changes.c.state == state,
        None if author is None else changes.c.author == author,
        None if before is None else changes.c.id < before,
    ):
        query = query if condition is None else query.where(condition)
    return [ChangeRecord.from_row(row) for row in (await connection.execute(query)).mappings()]


async def lapsed(connection: AsyncConnection, subject: str, now: datetime) -> list[ChangeRecord]:
    """Those submitted whose time to be decided is over."""
    query = _in_state(subject, ChangeState.SUBMITTED).where(changes.c.expires_at <= now)
    return [ChangeRecord.from_row(row) for row in (await connection.execute(query)).mappings()]


async def waiting(connection: AsyncConnection, subject: str, until: datetime | None = None) -> list[ChangeRecord]:
    """Those approved that wait for their time, the earliest first; with `until`, whose time has come by then."""
    query = _in_state(subject, ChangeState.APPROVED)
    if until is not None:
        query = query.where(changes.c.effective_from <= until)
    query = query.order_by(changes.c.effective_from, changes.c.id)
    return [ChangeRecord.from_row(row) for row in (await connection.execute(query)).mappings()]


async def say(connection: AsyncConnection, identity: str, person: str, at: datetime, text: str) -> int:
    """Keep what a person says about a change; its number."""
    row = {"change_id": identity, "person": person, "at": at, "text": text}
    added = await connection.execute(insert(change_comments).values(row).returning(change_comments.c.number))
    return int(added.scalar_one())


async def comments(connection: AsyncConnection, identity: str) -> list[Comment]:
    """What was said about a change, oldest first."""
    query = select(change_comments).where(change_comments.c.change_id == identity).order_by(change_comments.c.number)
    rows = (await connection.execute(query)).mappings()
    return [Comment(row["number"], row["person"], row["at"], row["text"]) for row in rows]


def _in_state(subject: str, state: ChangeState) -> Any:
    return select(changes).where((changes.c.subject == subject) & (changes.c.state == state)).order_by(changes.c.id)
