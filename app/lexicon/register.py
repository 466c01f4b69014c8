"""The changes of one store, each step of which is one transaction with its row in the audit trail."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from sqlalchemy.ext.asyncio import AsyncConnection

from app.lexicon.matter import AnyChange, C, Matter
from app.lexicon.problems import Problem
from app.lexicon.refused import OtherVersion, OwnChange, UnknownChange, WrongState
from app.records import ChangeRecord, ChangeState, Comment, Now, Store, audit, changes
from app.records.grants import require_two

_MOST_WARNINGS = 1_000


@dataclass(frozen=True, slots=True)
class Dossier(Generic[C]):
    """A change with all that is known of it. `warnings` are problems as JSON, those of when it was read among them."""

    record: ChangeRecord
    change: C
    warnings: Sequence[Mapping[str, Any]]
    comments: Sequence[Comment] = ()


def packed(change: AnyChange, warnings: Sequence[Problem] = ()) -> dict[str, Any]:
    """What the store keeps as the body of a change."""
    return {"change": change.as_json(), "warnings": [one.as_json() for one in warnings[:_MOST_WARNINGS]]}


class Register(Generic[C]):
    """Reads changes of one matter, and lets one step at a time be taken with one. Those of another are none of it."""

    def __init__(self, store: Store, clock: Now, matter: Matter[C]) -> None:
        self._store = store
        self._clock = clock
        self._matter = matter
        self._subject = matter.subject

    def change(self, record: ChangeRecord) -> C:
        """The change that a record holds."""
        return self._matter.parse(record.body["change"])

    def dossier(
        self, record: ChangeRecord, moved: Sequence[Problem] = (), comments: Sequence[Comment] = ()
    ) -> Dossier[C]:
        """A record as somebody reads it."""
        warnings = [*(one.as_json() for one in moved), *record.body["warnings"]]
        return Dossier(record, self.change(record), warnings, comments)

    async def get(self, identity: str) -> ChangeRecord:
        """The change of this id; one whose time to be decided is over has expired.

        Raises:
            UnknownChange: if there is none.
            StoreError: if the store does not answer.
        """
        await self.expire()
        async with self._store.reading() as connection:
            record = await changes.get(connection, identity)
        if record is None or record.subject != self._subject:
            raise UnknownChange
        return record

    async def page(
        self, state: ChangeState | None, author: str | None, before: str | None, limit: int
    ) -> list[ChangeRecord]:
        """The newest first."""
        await self.expire()
        async with self._store.reading() as connection:
            return await changes.page(connection, self._subject, state=state, author=author, before=before, limit=limit)

    async def comments(self, identity: str) -> list[Comment]:
        """What was said about a change, oldest first."""
        async with self._store.reading() as connection:
            return await changes.comments(connection, identity)

    async def due(self, now: datetime) -> list[ChangeRecord]:
        """Approved changes whose time has come, the earliest first."""
        async with self._store.reading() as connection:
            return await changes.waiting(connection, self._subject, now)

    async def add(self, record: ChangeRecord, event: str) -> None:
        """Keep a new change."""
        async with self._store.writing() as connection:
            await audit.lock(connection)
            await changes.add(connection, record)
            await note(connection, record.author, event, record)

    @asynccontextmanager
    async def step(self, known: ChangeRecord) -> AsyncIterator[AsyncConnection]:
        """A transaction under the lock of the trail, in which the change is still what is `known` of it.

        Raises:
            UnknownChange, WrongState, OtherVersion: if it is not; then nothing is written.
            StoreError: if the store does not answer.
        """
        async with self._store.writing() as connection:
            await audit.lock(connection)
            _check_unchanged(known, await changes.get(connection, known.id))
            yield connection

    async def check_unchanged(self, known: ChangeRecord) -> None:
        """Raises what `step` does, without taking one."""
        async with self._store.reading() as connection:
            _check_unchanged(known, await changes.get(connection, known.id))

    async def require_other(self, record: ChangeRecord, person: str) -> None:
        """Raises OwnChange for its author, OneHand for who may be the same person: see `app.records.grants`."""
        async with self._store.reading() as connection:
            since = record.submitted_at or record.created_at
            await require_two(connection, record.author, person, since, OwnChange())

    async def expire(self) -> None:
        """Note which requests nobody decided in time."""
        now = self._clock()
        async with self._store.reading() as connection:
            lapsed = await changes.lapsed(connection, self._subject, now)
        if not lapsed:
            return
        async with self._store.writing() as connection:
            await audit.lock(connection)
            for record in await changes.lapsed(connection, self._subject, now):
                await changes.alter(connection, record.id, state=ChangeState.EXPIRED, updated_at=now)
                await note(connection, audit.SERVICE, "change.expired", record)


def _check_unchanged(known: ChangeRecord, current: ChangeRecord | None) -> None:
    if current is None:
        raise UnknownChange
    if current.state is not known.state:
        raise WrongState(current.state)
    if current.version != known.version:
        raise OtherVersion


async def note(connection: AsyncConnection, person: str, event: str, record: ChangeRecord, **more: Any) -> None:
    """The row of the audit trail: ids and digests, and the words with which somebody decided."""
    told = json.dumps(record.body["change"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    details = {"sha256": hashlib.sha256(told.encode()).hexdigest(), "version": record.version}
    more = {name: value for name, value in more.items() if value is not None}
    await audit.append(connection, person, event, record.id, {**details, "based_on": record.based_on, **more})
