"""The ledger of closures: what each customer refused, read by every request, opened again by two persons only."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.contacts.closing import (
    ANY,
    IMPORT,
    MOST_VALUES,
    Comparison,
    Refusal,
    close,
    compare,
    counts,
    find,
    portions,
    purge,
    scope_of,
)
from app.contacts.errors import NothingClosed, SamePerson
from app.contacts.events import KEPT, Change, ContactEvent, Kept, Scope
from app.contacts.references import References
from app.records import Also, Store
from app.records.audit import OPERATOR, append, lock
from app.records.grants import require_two
from app.records.names import is_same_person
from app.records.tables import contact_asks, contact_changes, contact_closures

AT_ONCE = 2_000
"""Closures in one transaction where there are many: services wait for no more than that."""


@dataclass(frozen=True, slots=True)
class Closure:
    """What is closed since when, and how that came about: `call`, `api`, `import`. `latest`: refused again then."""

    type: Kept
    scope: Scope | None
    since: datetime
    latest: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A person's wish to open what is closed, which another person grants."""

    type: Kept
    person: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Closures:
    """All that one customer closed, and what was asked about it."""

    closed: Mapping[Kept, Closure] = field(default_factory=lambda: MappingProxyType({}))
    asks: Mapping[Kept, Ask] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def opted_out(self) -> bool:
        """Whether calls that sell are closed."""
        return Kept.OPT_OUT in self.closed

    @property
    def asked_for_person(self) -> bool:
        """Whether a machine's voice is closed everywhere."""
        closure = self.closed.get(Kept.OPT_OUT)
        return closure is not None and closure.scope is Scope.SERVICING

    @property
    def wrong_number(self) -> bool:
        """Whether the number is somebody else's."""
        return Kept.WRONG_NUMBER in self.closed

    @property
    def third_party_refused(self) -> bool:
        """Whether those around the customer refused."""
        return Kept.THIRD_PARTY in self.closed


NONE_CLOSED = Closures()


class Ledger:
    """The closures of one store."""

    def __init__(self, store: Store, references: References, *, retention: timedelta | None = None) -> None:
        """`retention`: closures that were last refused longer ago count no more; None: they count for ever."""
        self._store = store
        self._references = references
        self._retention = retention

    def digest(self, ref: str) -> str:
        """The keyed digest of a customer's reference."""
        return self._references.digest(ref)

    @property
    def keyed_by(self) -> str:
        """The name of the digests' key."""
        return self._references.name

    async def closures(self, ref: str | None) -> Closures:
        """What this customer closed; nothing without a reference. Raises StoreError."""
        if ref is None:
            return NONE_CLOSED
        digest = self.digest(ref)
        if self._store.surely_lacks(ANY, digest):
            return NONE_CLOSED
        query = (
            select(contact_closures, contact_asks.c.person, contact_asks.c.reason, contact_asks.c.at)
            .outerjoin(
                contact_asks,
                (contact_asks.c.ref_digest == contact_closures.c.ref_digest)
                & (contact_asks.c.type == contact_closures.c.type),
            )
            .where(contact_closures.c.ref_digest == digest)
        )
        async with self._store.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        if not rows:
            return NONE_CLOSED
        oldest = self.oldest
        counting = [row for row in rows if counts(row["latest"], oldest)]
        closed = {Kept(row["type"]): _closure(row) for row in counting}
        asks = {
            Kept(row["type"]): Ask(Kept(row["type"]), row["person"], row["reason"], row["at"])
            for row in counting
            if row["person"] is not None
        }
        return Closures(closed, asks)

    def noting(self, ref: str, events: Iterable[ContactEvent], request_id: str) -> Also:
        """What keeps these events of a call, in the transaction of whoever calls it."""
        refusals = self._refusals(ref, events)

        async def note(connection: AsyncConnection) -> None:
            await close(connection, refusals, "call", request_id=request_id, oldest=self.oldest)

        return note

    async def note(self, ref: str, events: Iterable[ContactEvent], person: str) -> Closures:
        """Keep what a person or a system says that a customer refused. Raises StoreError."""
        async with self._store.writing() as connection:
            compared = await close(connection, self._refusals(ref, events), "api", oldest=self.oldest)
            for each in compared.closed:
                details = {"type": each.type.value, "scope": each.scope.value if each.scope else None}
                await append(connection, person, "contact.closed", each.ref_digest, details)
        return await self.closures(ref)

    async def ask(self, ref: str, kept: Kept, person: str, reason: str, *, renew: bool = False) -> Closures:
        """Note that a person wants this opened again; a wish from before stands, unless its person would `renew` it.

        Raises NothingClosed, StoreError.
        """
        digest = self.digest(ref)
        async with self._store.writing() as connection:
            await lock(connection)
            await self._closed(connection, digest, kept)
            asked = await _asked(connection, digest, kept)
            if renew and asked is not None and is_same_person(asked["person"], person):
                await connection.execute(delete(contact_asks).where(_asks(digest, kept)))
                asked = None
            if asked is None:
                row = {"ref_digest": digest, "type": kept, "person": person, "reason": reason, "at": datetime.now(UTC)}
                await connection.execute(insert(contact_asks).values(row))
                details = {"type": kept.value, "reason": reason}
                await append(connection, person, "contact.opening_asked", digest, details)
        return await self.closures(ref)

    async def open(self, ref: str, kept: Kept, person: str, reason: str) -> Closures:
        """Open what somebody else asked to open: the customer may be called again.

        Raises NothingClosed; SamePerson where this person asked, or nobody did; OneHand; StoreError.
        """
        digest = self.digest(ref)
        async with self._store.writing() as connection:
            await lock(connection)
            closure = await self._closed(connection, digest, kept)
            asked = await _asked(connection, digest, kept)
            same = SamePerson("what one person asks for another person grants")
            if asked is None:
                raise same
            await require_two(connection, asked["person"], person, asked["at"], same)
            await connection.execute(delete(contact_closures).where(_is(digest, kept)))
            await connection.execute(delete(contact_asks).where(_asks(digest, kept)))
            change = {"ref_digest": digest, "type": kept, "scope": closure["scope"], "change": "opened"}
            await connection.execute(insert(contact_changes).values(**change, at=datetime.now(UTC), source="api"))
            details = {"type": kept.value, "asked_by": asked["person"], "asked_because": asked["reason"]}
            await append(connection, person, "contact.opened", digest, {**details, "reason": reason})
        return await self.closures(ref)

    async def changes(self, *, after: int = 0, limit: int = 1000) -> list[Change]:
        """What was closed and opened after change number `after`, oldest first. Raises StoreError."""
        query = select(contact_changes).where(contact_changes.c.number > after)
        return await self._changes(query.order_by(contact_changes.c.number).limit(limit))

    async def latest(self, *, before: int | None = None, limit: int = 50) -> list[Change]:
        """The same, the newest first, those before change number `before`. Raises StoreError."""
        query = select(contact_changes).order_by(contact_changes.c.number.desc()).limit(limit)
        return await self._changes(query if before is None else query.where(contact_changes.c.number < before))

    async def _changes(self, query: Select[Any]) -> list[Change]:
        async with self._store.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [Change(**{**row, "type": Kept(row["type"]), "scope": scope_of(row["scope"])}) for row in rows]

    async def every(self, refs: Collection[str] | None = None) -> AsyncIterator[tuple[str, Closure]]:
        """The digest and closure of each that counts, by digest; of these customers only, if they are given.

        No transaction is open while the caller is busy with them. Raises StoreError.
        """
        oldest = self.oldest
        columns = contact_closures.c
        query = select(contact_closures).order_by(columns.ref_digest, columns.type).limit(MOST_VALUES)
        key = tuple_(columns.ref_digest, columns.type)
        digests = None if refs is None else portions(sorted(set(map(self.digest, refs))), AT_ONCE)
        for some in (None,) if digests is None else digests:
            last, page = ("", ""), query if some is None else query.where(columns.ref_digest.in_(some))
            while True:
                async with self._store.reading() as connection:
                    rows = (await connection.execute(page.where(key > last))).mappings().all()
                for row in rows:
                    if counts(row["latest"], oldest):
                        yield row["ref_digest"], _closure(row)
                if len(rows) < MOST_VALUES:
                    break
                last = rows[-1]["ref_digest"], rows[-1]["type"]

    async def compare(self, refusals: Sequence[Refusal]) -> Comparison:
        """What `close_all` would do. Raises StoreError."""
        async with self._store.reading() as connection:
            return compare(refusals, await find(connection, refusals), self.oldest)

    async def close_all(self, refusals: Sequence[Refusal]) -> Comparison:
        """Keep the refusals of a list in one transaction; what was new or wider.

        The trail gets no row for each: whoever imports a list adds one for the whole of it. Raises StoreError.
        """
        async with self._store.writing() as connection:
            return await close(connection, refusals, IMPORT, oldest=self.oldest)

    async def purge(self, person: str = OPERATOR) -> int:
        """Delete what is older than the retention, a row in the trail for each portion; how many. Raises StoreError."""
        oldest, total, is_more = self.oldest, 0, True
        while oldest is not None and is_more:
            async with self._store.writing() as connection:
                deleted = await purge(connection, oldest, AT_ONCE)
                total, is_more = total + deleted, deleted == AT_ONCE
                if deleted:
                    details = {"closures": deleted, "last_refused_before": oldest.isoformat()}
                    await append(connection, person, "contact.purged", None, details)
        return total

    @property
    def oldest(self) -> datetime | None:
        """What was last refused before this time counts no more; None: everything counts."""
        return None if self._retention is None else datetime.now(UTC) - self._retention

    def _refusals(self, ref: str, events: Iterable[ContactEvent]) -> list[Refusal]:
        digest, now = self.digest(ref), datetime.now(UTC)
        return [
            Refusal(digest, KEPT[event.type], _closing_scope(event), event.at or now, event.at or now)
            for event in events
            if event.type in KEPT
        ]

    async def _closed(self, connection: AsyncConnection, digest: str, kept: Kept) -> RowMapping:
        row = (await connection.execute(select(contact_closures).where(_is(digest, kept)))).mappings().one_or_none()
        if row is None or not counts(row["latest"], self.oldest):
            raise NothingClosed("nothing of this kind is closed for this customer")
        return row


async def _asked(connection: AsyncConnection, digest: str, kept: Kept) -> RowMapping | None:
    return (await connection.execute(select(contact_asks).where(_asks(digest, kept)))).mappings().one_or_none()


def _is(digest: str, kept: Kept) -> ColumnElement[bool]:
    return (contact_closures.c.ref_digest == digest) & (contact_closures.c.type == kept)


def _asks(digest: str, kept: Kept) -> ColumnElement[bool]:
    return (contact_asks.c.ref_digest == digest) & (contact_asks.c.type == kept)


def _closing_scope(event: ContactEvent) -> Scope | None:
    """An opt-out's scope, the narrow one where none is given; nothing else has any."""
    return (event.scope or Scope.MARKETING) if KEPT[event.type] is Kept.OPT_OUT else None


def _closure(row: RowMapping) -> Closure:
    return Closure(Kept(row["type"]), scope_of(row["scope"]), row["since"], row["latest"], row["source"])
