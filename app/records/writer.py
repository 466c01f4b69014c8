"""Group commit: one task writes all waiting decisions in one transaction, and each caller waits until it is durable."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import HeyanError, StoreError
from app.records.engine import Store
from app.records.errors import DuplicateRequest, describe
from app.records.tables import decisions, rule_hits

Row = dict[str, Any]
Also = Callable[[AsyncConnection], Awaitable[None]]
"""What a caller writes in the same transaction as its rows; it is called again where the rows are written again."""


@dataclass(eq=False, slots=True)
class _Entry:
    """One caller's rows and the future it waits on; a cancelled caller has cancelled the future."""

    rows: Sequence[Row]
    also: Also | None
    written: asyncio.Future[None]

    def complete(self, error: Exception | None = None) -> None:
        if self.written.done():
            return
        if error is None:
            self.written.set_result(None)
        else:
            self.written.set_exception(error)


class GroupWriter:
    """The single writer of decisions, and of which rules hit in them, in this process."""

    def __init__(self, store: Store, *, rows_at_once: int) -> None:
        self._store = store
        self._rows_at_once = rows_at_once
        self._waiting: deque[_Entry] = deque()
        self._wake = asyncio.Event()
        self._is_closing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the task, once."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="heyan decision writer")

    def check(self) -> None:
        """Raises StoreError unless the writer accepts rows."""
        if self._task is None:
            raise StoreError("the decision writer was not started")
        if self._task.done() or self._is_closing:
            raise StoreError("the decision writer has stopped")

    async def write(self, rows: Sequence[Row], also: Also | None = None) -> None:
        """Return when the rows and what `also` writes are durable, all of it.

        Raises DuplicateRequest or StoreError, and nothing is written.
        """
        self.check()
        entry = _Entry(rows, also, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._wake.set()
        await entry.written

    async def close(self) -> None:
        """Write what was accepted, then stop; when this wait is cancelled, what is left fails."""
        self._is_closing = True
        self._wake.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        group: list[_Entry] = []
        try:
            while self._waiting or not self._is_closing:
                self._wake.clear()
                group = self._take()
                if group:
                    await self._write(group)
                elif not self._is_closing:
                    await self._wake.wait()
        finally:
            # However this task ends, no caller is left waiting.
            for entry in (*group, *self._waiting):
                entry.complete(StoreError("the decision writer stopped before the record was known to be on disk"))
            self._waiting.clear()

    def _take(self) -> list[_Entry]:
        group: list[_Entry] = []
        count = 0
        while self._waiting and (not group or count + len(self._waiting[0].rows) <= self._rows_at_once):
            entry = self._waiting.popleft()
            if not entry.written.done():
                group.append(entry)
                count += len(entry.rows)
        return group

    async def _write(self, group: Sequence[_Entry]) -> None:
        try:
            refused = await self._write_together(group)
        except Exception as error:
            reason = StoreError(f"cannot write to the store: {describe(error)}")
            reason.__cause__ = error
            refused = dict.fromkeys(group, reason)
        for entry in group:
            entry.complete(refused.get(entry))

    async def _write_together(self, group: Sequence[_Entry]) -> dict[_Entry, HeyanError]:
        try:
            async with self._store.engine.begin() as connection:
                await _insert(connection, [row for entry in group for row in entry.rows])
                for entry in group:
                    if entry.also is not None:
                        await entry.also(connection)
        except Exception as error:
            if _is_about_the_store(error):
                raise
            return await self._write_apart(group)
        return {}

    async def _write_apart(self, group: Sequence[_Entry]) -> dict[_Entry, HeyanError]:
        """Still one transaction, with a savepoint for each caller, so that a bad row fails nobody else."""
        refused: dict[_Entry, HeyanError] = {}
        async with self._store.engine.begin() as connection:
            for entry in group:
                try:
                    async with connection.begin_nested():
                        await _insert(connection, entry.rows)
                        if entry.also is not None:
                            await entry.also(connection)
                except IntegrityError:
                    refused[entry] = await _explain(connection, entry)
                except Exception as error:
                    if _is_about_the_store(error):
                        raise
                    # Only the kind of error: a driver may quote the value it could not take.
                    refused[entry] = StoreError(f"a decision cannot be recorded: {type(error).__name__}")
        return refused


async def _insert(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    await connection.execute(insert(decisions), rows)
    if hits := [hit for row in rows for hit in hits_of(row)]:
        await connection.execute(insert(rule_hits), hits)


def hits_of(row: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of `rule_hits` of a decision: each rule once in what was said, and once in what was not."""
    for column, is_said in (("findings", True), ("rejected", False)):
        rules = (finding.get("rule") for finding in row[column] or ())
        for rule in sorted({rule for rule in rules if isinstance(rule, str)}):
            yield {"rule": rule, "script_id": row["script_id"], "is_said": is_said, "at": row["created_at"]}


def _is_about_the_store(error: Exception) -> bool:
    """Whether trying again row by row is useless: a full disk, a lock, a lost connection."""
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_lost or isinstance(error, OperationalError | InterfaceError | OSError)


async def _explain(connection: AsyncConnection, entry: _Entry) -> HeyanError:
    wanted = [row["request_id"] for row in entry.rows if row["request_id"] is not None]
    query = select(decisions.c.request_id).where(decisions.c.request_id.in_(wanted)).limit(1)
    taken = await connection.scalar(query)
    return DuplicateRequest(taken) if taken is not None else StoreError("a decision with this script_id is recorded")
