"""The ledger of closures: what each customer refused, read by every request, opened again by two persons only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.contacts.errors import NothingClosed, SamePerson
from app.contacts.events import KEPT, ContactEvent, Kept, Scope
from app.contacts.references import References
from app.records import Store
from app.records.audit import append, lock
from app.records.tables import contact_asks, contact_changes, contact_closures
from app.records.writer import Also

_MOST_VALUES = 5_000
"""In one query; databases take no more than some thirty thousand."""


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


@dataclass(frozen=True, slots=True)
class Change:
    """One closing, widening or opening, in the order of commits. `request_id` is that of the call, if one led to it."""

    number: int
    ref_digest: str
    type: Kept
    scope: Scope | None
    change: str
    at: datetime
    source: str
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is kept: the customer of `ref_digest` refuses `type` since `at`."""

    ref_digest: str
    type: Kept
    scope: Scope | None
    at: datetime


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

    async def closures(self, ref: str | None) -> Closures:
        """What this customer closed; nothing without a reference. Raises StoreError."""
        if ref is None:
            return NONE_CLOSED
        digest = self.digest(ref)
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
        counting = [row for row in rows if self._oldest is None or row["latest"] >= self._oldest]
        closed = {
            Kept(row["type"]): Closure(
                Kept(row["type"]), _scope(row["scope"]), row["since"], row["latest"], row["source"]
            )
            for row in counting
        }
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
            await self._close(connection, refusals, "call", request_id)

        return note

    async def note(self, ref: str, events: Iterable[ContactEvent], person: str) -> Closures:
        """Keep what a person or a system says that a customer refused. Raises StoreError."""
        async with self._store.writing() as connection:
            for each in await self._close(connection, self._refusals(ref, events), "api"):
                details = {"type": each.type.value, "scope": each.scope.value if each.scope else None}
                await append(connection, person, "contact.closed", each.ref_digest, details)
        return await self.closures(ref)

    async def ask(self, ref: str, kept: Kept, person: str, reason: str) -> Closures:
        """Note that a person wants this opened again; where somebody wanted it before, that wish stands.

        Raises NothingClosed, StoreError.
        """
        digest = self.digest(ref)
        async with self._store.writing() as connection:
            await lock(connection)
            await _closed(connection, digest, kept)
            if await _asked(connection, digest, kept) is None:
                row = {"ref_digest": digest, "type": kept, "person": person, "reason": reason, "at": datetime.now(UTC)}
                await connection.execute(insert(contact_asks).values(row))
                details = {"type": kept.value, "reason": reason}
                await append(connection, person, "contact.opening_asked", digest, details)
        return await self.closures(ref)

    async def open(self, ref: str, kept: Kept, person: str, reason: str) -> Closures:
        """Open what somebody else asked to open: the customer may be called again.

        Raises NothingClosed; SamePerson where this person asked, or nobody did; StoreError.
        """
        digest = self.digest(ref)
        async with self._store.writing() as connection:
            await lock(connection)
            closure = await _closed(connection, digest, kept)
            asked = await _asked(connection, digest, kept)
            if asked is None or asked["person"] == person:
                raise SamePerson("what one person asks for another person grants")
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
        async with self._store.reading() as connection:
            rows = (await connection.execute(query.order_by(contact_changes.c.number).limit(limit))).mappings().all()
        return [Change(**{**row, "type": Kept(row["type"]), "scope": _scope(row["scope"])}) for row in rows]

    async def close_all(self, refusals: Sequence[Refusal]) -> int:
        """Keep the refusals of a list in one transaction; how many were new or wider.

        The trail gets no row for each: whoever imports a list adds one for the whole of it. Raises StoreError.
        """
        async with self._store.writing() as connection:
            return len(await self._close(connection, refusals, "import"))

    def _refusals(self, ref: str, events: Iterable[ContactEvent]) -> list[Refusal]:
        digest, now = self.digest(ref), datetime.now(UTC)
        return [
            Refusal(digest, KEPT[event.type], event.scope, event.at or now) for event in events if event.type in KEPT
        ]

    async def _close(
        self, connection: AsyncConnection, refusals: Sequence[Refusal], source: str, request_id: str | None = None
    ) -> list[Refusal]:
        """Insert or widen closures, and drop what was asked about them; those that are new or wider."""
        if not refusals:
            return []
        await lock(connection)
        known = await _known(connection, {each.ref_digest for each in refusals})
        before, changed = dict(known), []
        for each in refusals:
            key = each.ref_digest, each.type
            old = known.get(key)
            if old is None:
                known[key] = each
                changed.append(each)
                continue
            scope = each.scope.widest(old.scope) if each.scope else old.scope
            known[key] = replace(old, scope=scope, at=max(old.at, each.at))
            if scope is not old.scope:
                changed.append(known[key])
        touched = {(each.ref_digest, each.type) for each in refusals}
        new = [known[key] for key in touched if key not in before]
        if new:
            await connection.execute(
                insert(contact_closures),
                [{**_key(each), "since": each.at, **_state(each), "source": source} for each in new],
            )
        for key in touched & before.keys():
            await connection.execute(update(contact_closures).where(_is(*key)).values(_state(known[key])))
            await connection.execute(delete(contact_asks).where(_asks(*key)))
        if changed:
            told = {"change": "closed", "source": source, "request_id": request_id}
            rows = [{**_key(each), "scope": each.scope, "at": each.at, **told} for each in changed]
            await connection.execute(insert(contact_changes), rows)
        return changed

    @property
    def _oldest(self) -> datetime | None:
        return None if self._retention is None else datetime.now(UTC) - self._retention


async def _known(connection: AsyncConnection, digests: Iterable[str]) -> dict[tuple[str, Kept], Refusal]:
    """What of this is closed already; `at` is when it was last refused."""
    known = {}
    for some in _portions(sorted(digests)):
        rows = await connection.execute(select(contact_closures).where(contact_closures.c.ref_digest.in_(some)))
        for row in rows.mappings():
            kept = Kept(row["type"])
            known[row["ref_digest"], kept] = Refusal(row["ref_digest"], kept, _scope(row["scope"]), row["latest"])
    return known


def _portions(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    waiting = iter(digests)
    while some := list(islice(waiting, _MOST_VALUES)):
        yield some


async def _closed(connection: AsyncConnection, digest: str, kept: Kept) -> RowMapping:
    row = (await connection.execute(select(contact_closures).where(_is(digest, kept)))).mappings().one_or_none()
    if row is None:
        raise NothingClosed("nothing of this kind is closed for this customer")
    return row


async def _asked(connection: AsyncConnection, digest: str, kept: Kept) -> RowMapping | None:
    return (await connection.execute(select(contact_asks).where(_asks(digest, kept)))).mappings().one_or_none()


def _is(digest: str, kept: Kept) -> ColumnElement[bool]:
    return (contact_closures.c.ref_digest == digest) & (contact_closures.c.type == kept)


def _asks(digest: str, kept: Kept) -> ColumnElement[bool]:
    return (contact_asks.c.ref_digest == digest) & (contact_asks.c.type == kept)


def _key(each: Refusal) -> dict[str, Any]:
    return {"ref_digest": each.ref_digest, "type": each.type}


def _state(each: Refusal) -> dict[str, Any]:
    return {"scope": each.scope, "latest": each.at}


def _scope(name: str | None) -> Scope | None:
    return None if name is None else Scope(name)
