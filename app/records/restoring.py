"""A store made of a backup, and what it may do: nothing, until it is known who refused to be called since."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import HeyanError, StoreError
from app.records.audit import append, lock
from app.records.backup_files import TABLES, BrokenBackup, Contents, check, rows_of
from app.records.clock import Now, utc_now
from app.records.engine import Store
from app.records.errors import AwaitingRefusals
from app.records.grants import require_two
from app.records.notice_tables import notices
from app.records.schema import newest_revision
from app.records.tables import change_comments, contact_changes, restores, store_secrets

_ROWS_AT_ONCE = 500
_REFRESHED = 3.0
"""Seconds after which a process knows that its store may be used."""


class NotEmpty(HeyanError):  # noqa: N818
    """A backup is only restored into a store that holds nothing yet."""


async def restore(store: Store, file: Path, by: str) -> Contents:
    """Fill an empty store from a backup of either kind of store, all or nothing. Afterwards the store must be closed.

    Raises BrokenBackup, NotEmpty, StoreError.
    """
    contents = await asyncio.to_thread(check, file)
    if contents.schema != newest_revision():
        raise BrokenBackup(f"{file}: it was taken by another version of Heyan (schema {contents.schema})")
    async with store.writing() as connection:
        await lock(connection)
        for table in TABLES:
            if table is not store_secrets and await connection.scalar(select(func.count()).select_from(table)):
                raise NotEmpty(f"the store is not empty: there is something in {table.name}")
        # What an empty store made for itself when it was opened.
        await connection.execute(delete(store_secrets))
        waiting = rows_of(file)
        while some := await asyncio.to_thread(lambda: list(islice(waiting, _ROWS_AT_ONCE))):
            await _insert(connection, some)
        await _go_on_counting(connection)
        now = datetime.now(UTC)
        await connection.execute(insert(restores).values(restored_at=now, taken_at=contents.taken_at))
        told = {"taken_at": contents.taken_at.isoformat(), "sha256": contents.sha256, "rows": dict(contents.rows)}
        await append(connection, by, "store.restored", None, told)
    return contents


@dataclass(frozen=True, slots=True)
class Waiting:
    """The store was restored from a backup of `taken_at` and may not be used; `waived_by`: the first of two persons."""

    restored_at: datetime
    taken_at: datetime
    waived_by: str | None


class Restores:
    """What a restored store waits for, and how the wait ends."""

    def __init__(self, store: Store, now: Now = utc_now) -> None:
        self._store = store
        self._now = now

    async def waiting(self) -> Waiting | None:
        """What is waited for; None for a store that may be used. Raises StoreError."""
        async with self._store.reading() as connection:
            return await _waiting(connection)

    async def imported(self, person: str, rows: int, sha256: str) -> bool:
        """The refusals since the backup, so many rows of a file, are in the store: it may be used.

        False if nothing was waited for. Raises HeyanError for no rows: that there were none two persons have to say.
        """
        if not rows:
            raise HeyanError("a list without a row says nothing: who knows of no refusal waives (heyan restore waive)")
        async with self._store.writing() as connection:
            await lock(connection)
            if await _waiting(connection) is None:
                return False
            told = {"because": "refusals since the backup were imported", "rows": rows, "sha256": sha256}
            await self._release(connection, person, told)
        return True

    async def waive(self, person: str) -> bool:
        """A person says that it may be used as it is; whether that was the second one, so that it may.

        Raises HeyanError where nothing is waited for, or these may not be two; StoreError.
        """
        async with self._store.writing() as connection:
            await lock(connection)
            if (waiting := await _waiting(connection)) is None:
                raise HeyanError("there is nothing to waive: the store may be used")
            if waiting.waived_by is None:
                await connection.execute(_open().values(waived_by=person))
                await append(connection, person, "store.waiver_asked")
                return False
            same = HeyanError("what one person waives another person has to waive too")
            await require_two(connection, waiting.waived_by, person, waiting.restored_at, same)
            await self._release(connection, person, {"because": "two persons waived", "first": waiting.waived_by})
        return True

    async def _release(self, connection: AsyncConnection, person: str, told: dict[str, Any]) -> None:
        await connection.execute(_open().values(released_at=self._now()))
        await append(connection, person, "store.released", None, told)


class RestoreWatch:
    """Knows in memory whether the store may be used; asks the store every few seconds while it may not.

    A store that may be used cannot become one that may not: restoring needs an empty one.
    """

    def __init__(self, restores_: Restores) -> None:
        self._restores = restores_
        self._is_waiting = False
        self._unreached: StoreError | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look for the first time. Raises StoreError, unless the store may be reached later."""
        try:
            await self.look()
        except StoreError as failure:
            if not failure.is_out_of_reach:
                raise
            self._unreached = failure
        if self._is_waiting or self._unreached:
            self._task = asyncio.create_task(self._run(), name="heyan restore watch")

    async def learn(self) -> None:
        """Look where nothing is known yet. Raises StoreError."""
        if self._unreached is not None:
            await self.look()

    async def look(self) -> None:
        """Look now. Raises StoreError."""
        self._is_waiting = await self._restores.waiting() is not None
        self._unreached = None

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def require(self) -> None:
        """Raises AwaitingRefusals while the store may not be used, StoreError while nobody knows."""
        if self._unreached is not None:
            raise StoreError(str(self._unreached), is_out_of_reach=True)
        if self._is_waiting:
            raise AwaitingRefusals

    async def _run(self) -> None:
        while self._is_waiting or self._unreached:
            await asyncio.sleep(_REFRESHED)
            try:
                await self.look()
            except StoreError:
                continue  # then it is still waited for, as far as is known


def _open() -> Any:
    return update(restores).where(restores.c.released_at.is_(None))


async def _waiting(connection: AsyncConnection) -> Waiting | None:
    query = select(restores.c.restored_at, restores.c.taken_at, restores.c.waived_by)
    row = (await connection.execute(query.where(restores.c.released_at.is_(None)))).mappings().one_or_none()
    return None if row is None else Waiting(**row)


async def _insert(connection: AsyncConnection, some: Sequence[tuple[Table, dict[str, Any]]]) -> None:
    """Rows in their order, those of one table at a time."""
    batch: list[dict[str, Any]] = []
    for index, (table, row) in enumerate(some):
        batch.append(row)
        if index + 1 == len(some) or some[index + 1][0] is not table:
            await connection.execute(insert(table), batch)
            batch = []


async def _go_on_counting(connection: AsyncConnection) -> None:
    """Let PostgreSQL number on after what was restored; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in (contact_changes, change_comments, notices):
        counted = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'number'), max(number)) FROM {table.name}"  # noqa: S608
        await connection.execute(text(counted))
