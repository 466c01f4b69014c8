"""The audit trail: what persons and programs did to rules, keys and closures, append-only, each row bound to the last.

Every row's hash covers its own contents and the hash before it, so that a changed, a missing or a moved row breaks the
chain. A cut end does not: whoever keeps the head of the trail elsewhere (`Head`) finds that too.
"""

import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import RowMapping, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.engine import Store
from app.records.tables import audit_trail

OPERATOR = "operator"
"""Who acts on the command line, where no key says who it is."""
SERVICE = "service"
"""What the program does by itself, such as to note a refusal that it was told of."""
_NOTHING = "0" * 64
_LOCK = 0x4865_7961_6F
"""Of PostgreSQL, held to the end of a transaction: its number and that of other locks of Heyan must differ."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `at` is aware; `details` holds no personal data."""

    number: int
    at: datetime
    person: str
    event: str
    subject: str | None
    details: Mapping[str, Any]
    previous: str
    hash: str

    @classmethod
    def from_row(cls, row: RowMapping) -> Self:
        """The entry as it was recorded."""
        return cls(**{**row, "details": json.loads(row["details"])})


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row of a trail; number 0 where there is none."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place at which a trail is not what it was."""

    number: int
    reason: str


class Link:
    """Follows a trail row by row from its first one, in whatever it is kept, and notices where it breaks."""

    def __init__(self) -> None:
        self.head = Head(0, _NOTHING)

    def follow(self, row: Mapping[str, Any] | RowMapping) -> Broken | None:
        """Go on by one row; what is wrong with it."""
        expected = self.head.number + 1
        if row["number"] != expected:
            return Broken(expected, "the row is missing, or one stands before it that does not belong there")
        if row["previous"] != self.head.hash:
            return Broken(expected, "the row does not follow the one before it")
        if row["hash"] != hash_of(row):
            return Broken(expected, "the row was changed")
        self.head = Head(expected, row["hash"])
        return None


async def append(
    connection: AsyncConnection,
    person: str,
    event: str,
    subject: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Head:
    """Add a row within the caller's transaction, which must be one that writes (`Store.writing`)."""
    await lock(connection)
    last = await head_of(connection)
    row = {
        "number": last.number + 1,
        "at": datetime.now(UTC),
        "person": person,
        "event": event,
        "subject": subject,
        "details": json.dumps(dict(details or {}), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "previous": last.hash,
    }
    digest = hash_of(row)
    await connection.execute(insert(audit_trail).values(**row, hash=digest))
    return Head(last.number + 1, digest)


async def lock(connection: AsyncConnection) -> None:
    """Wait until no other transaction appends; what is numbered under this lock is numbered in the order of commits."""
    if connection.dialect.name == "postgresql":  # a SQLite transaction that writes is the only one
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


class AuditTrail:
    """Reads the trail of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def head(self) -> Head:
        """The newest row, for safe keeping elsewhere."""
        async with self._store.reading() as connection:
            return await head_of(connection)

    async def entries(self, *, after: int = 0, rows_at_once: int = 1000) -> AsyncGenerator[Entry]:
        """Every row after number `after`, oldest first."""
        async for row in self._rows(after, rows_at_once):
            yield Entry.from_row(row)

    async def of(self, subject: str, *, limit: int = 1_000) -> list[Entry]:
        """What was done to one subject, oldest first."""
        query = select(audit_trail).where(audit_trail.c.subject == subject).order_by(audit_trail.c.number).limit(limit)
        async with self._store.reading() as connection:
            return [Entry.from_row(row) for row in (await connection.execute(query)).mappings()]

    async def verify(self, anchor: Head | None = None) -> Broken | None:
        """The first row that is changed, missing or moved; with a head kept before, also whether the end was cut."""
        link = Link()
        try:
            async for row in self._rows(None, 1000):
                if (broken := link.follow(row)) is not None:
                    return broken
                if anchor is not None and anchor.number == link.head.number and anchor.hash != link.head.hash:
                    return Broken(anchor.number, "the row is not the one that was kept as the anchor")
        except (TypeError, ValueError, AttributeError):  # SQLite takes anything for a time
            return Broken(link.head.number + 1, "the row cannot be read")
        if anchor is not None and anchor.number > link.head.number:
            return Broken(link.head.number + 1, "the end of the trail is missing")
        return None

    async def page(
        self, *, before: int | None = None, limit: int = 50, person: str | None = None, event: str | None = None
    ) -> list[Entry]:
        """The newest first, those before row `before`; of one person and of one event, where these are given."""
        query = select(audit_trail).order_by(audit_trail.c.number.desc()).limit(limit)
        for condition in (
            None if before is None else audit_trail.c.number < before,
            None if person is None else audit_trail.c.person == person,
            None if event is None else audit_trail.c.event == event,
        ):
            query = query if condition is None else query.where(condition)
        async with self._store.reading() as connection:
            return [Entry.from_row(row) for row in (await connection.execute(query)).mappings()]

    async def _rows(self, after: int | None, rows_at_once: int) -> AsyncIterator[RowMapping]:
        query = select(audit_trail).order_by(audit_trail.c.number)
        while True:
            page = query if after is None else query.where(audit_trail.c.number > after)
            try:
                async with self._store.reading() as connection:
                    rows = (await connection.execute(page.limit(rows_at_once))).mappings().all()
            except ValueError:
                if rows_at_once == 1:
                    raise
                rows_at_once = 1  # those before the one that cannot be read are told apart from it
                continue
            for row in rows:
                yield row
            if len(rows) < rows_at_once:
                return
            after = rows[-1]["number"]


async def head_of(connection: AsyncConnection) -> Head:
    """The newest row, as the caller's transaction sees it."""
    query = select(audit_trail.c.number, audit_trail.c.hash).order_by(audit_trail.c.number.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return Head(row.number, row.hash) if row else Head(0, _NOTHING)


def hash_of(row: Mapping[str, Any] | RowMapping) -> str:
    """SHA-256 over the row's contents and the hash before it, as one JSON list."""
    at = row["at"].astimezone(UTC).isoformat()
    covered = [row["number"], at, row["person"], row["event"], row["subject"], row["details"], row["previous"]]
    return hashlib.sha256(json.dumps(covered, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
