"""Changes in lists, without what they change, which may be many thousands of words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import RowMapping, func, select

from app.records.changes import ChangeState
from app.records.engine import Store
from app.records.tables import changes


@dataclass(frozen=True, slots=True)
class Headline:
    """A change. `subject`: what it is about, `lexicon` or `wording`."""

    id: str
    subject: str
    state: ChangeState
    title: str
    author: str
    reviewers: Sequence[str]
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    expires_at: datetime | None
    effective_from: datetime | None
    decided_by: str | None
    revision: int | None

    @classmethod
    def from_row(cls, row: RowMapping) -> Self:
        """The change of a row."""
        return cls(**{**row, "state": ChangeState(row["state"]), "reviewers": tuple(row["reviewers"])})


_COLUMNS = [changes.c[name] for name in Headline.__dataclass_fields__]


class Headlines:
    """The changes of one store. Raises StoreError where it does not answer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(
        self,
        *,
        subject: str | None = None,
        state: ChangeState | None = None,
        author: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> list[Headline]:
        """The newest first, those made before the change `before`."""
        query = select(*_COLUMNS).order_by(changes.c.id.desc()).limit(limit)
        for condition in (
            None if subject is None else changes.c.subject == subject,
            None if state is None else changes.c.state == state,
            None if author is None else changes.c.author == author,
            None if before is None else changes.c.id < before,
        ):
            query = query if condition is None else query.where(condition)
        async with self._store.reading() as connection:
            return [Headline.from_row(row) for row in (await connection.execute(query)).mappings()]

    async def get(self, identity: str) -> Headline | None:
        """The change of this id."""
        async with self._store.reading() as connection:
            query = select(*_COLUMNS).where(changes.c.id == identity)
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else Headline.from_row(row)

    async def titles(self, identities: Collection[str]) -> dict[str, str]:
        """The titles of these changes, of those that are there, by their ids."""
        query = select(changes.c.id, changes.c.title).where(changes.c.id.in_(identities))
        async with self._store.reading() as connection:
            return {row.id: row.title for row in await connection.execute(query)}

    async def submitted(self, person: str) -> int:
        """How many changes of others wait for a decision."""
        query = select(func.count()).where(changes.c.state == ChangeState.SUBMITTED, changes.c.author != person)
        async with self._store.reading() as connection:
            return int(await connection.scalar(query) or 0)
