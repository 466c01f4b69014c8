"""How refusals become closures: put together by customer and kind, compared with what is closed, written at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.contacts.events import Kept, Scope
from app.records.audit import lock
from app.records.tables import contact_asks, contact_changes, contact_closures

T = TypeVar("T")
Key = tuple[str, Kept]
MOST_VALUES = 5_000
"""In one query; databases take no more than some thirty thousand."""
IMPORT, RETENTION = "import", "retention"
"""Sources of changes that no call and nobody over HTTP made."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The customer of `ref_digest` refuses `type`: first at `since`, last at `latest`, both aware.

    `is_dated` is false where nobody says when; both are now then, and count only where nothing better is known.
    """

    ref_digest: str
    type: Kept
    scope: Scope | None
    since: datetime
    latest: datetime
    is_dated: bool = True

    @property
    def key(self) -> Key:
        """What a refusal is one of: a customer and a kind."""
        return self.ref_digest, self.type

    def joined(self, other: "Refusal") -> "Refusal":
        """Both as one, in whatever order: the wider scope, the earlier `since`, the later `latest`."""
        scope = self.scope.widest(other.scope) if self.scope else other.scope
        if self.is_dated != other.is_dated:
            return replace(self if self.is_dated else other, scope=scope)
        return replace(self, scope=scope, since=min(self.since, other.since), latest=max(self.latest, other.latest))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Refusals beside what is closed, each as it will be: new, wider, known with other dates, known as it is."""

    new: list[Refusal] = field(default_factory=list)
    wider: list[Refusal] = field(default_factory=list)
    renewed: list[Refusal] = field(default_factory=list)
    known: list[Refusal] = field(default_factory=list)

    @property
    def closed(self) -> list[Refusal]:
        """What changes what may be called."""
        return [*self.new, *self.wider]


def together(refusals: Iterable[Refusal]) -> dict[Key, Refusal]:
    """One refusal a customer and kind, whatever their order was."""
    joined: dict[Key, Refusal] = {}
    for each in refusals:
        before = joined.get(each.key)
        joined[each.key] = each if before is None else before.joined(each)
    return joined


def compare(refusals: Iterable[Refusal], found: Mapping[Key, Refusal], oldest: datetime | None) -> Comparison:
    """What these refusals change about what was found; what was last refused before `oldest` counts as not closed."""
    compared = Comparison()
    for key, each in together(refusals).items():
        old = found.get(key)
        if old is None or not counts(old.latest, oldest):
            compared.new.append(each)
            continue
        now = old.joined(each)
        if now.scope is not old.scope:
            compared.wider.append(now)
        elif now != old:
            compared.renewed.append(now)
        else:
            compared.known.append(now)
    return compared


def counts(latest: datetime, oldest: datetime | None) -> bool:
    """Whether what was last refused then still counts."""
    return oldest is None or latest >= oldest


async def find(connection: AsyncConnection, refusals: Iterable[Refusal]) -> dict[Key, Refusal]:
    """What these customers closed already."""
    found: dict[Key, Refusal] = {}
    for some in portions(sorted({each.ref_digest for each in refusals}), MOST_VALUES):
        rows = await connection.execute(select(contact_closures).where(contact_closures.c.ref_digest.in_(some)))
        for row in rows:
            old = Refusal(row.ref_digest, Kept(row.type), scope_of(row.scope), row.since, row.latest)
            found[old.key] = old
    return found


async def close(
    connection: AsyncConnection,
    refusals: Sequence[Refusal],
    source: str,
    *,
    request_id: str | None = None,
    oldest: datetime | None = None,
) -> Comparison:
    """Insert or widen closures in a transaction that writes, and drop the asks to open what is refused again.

    A list that is imported again says nothing new, so that it drops no ask; a call always does.
    """
    if not refusals:
        return Comparison()
    await lock(connection)
    found = await find(connection, refusals)
    compared = compare(refusals, found, oldest)
    moved = [*compared.wider, *compared.renewed]
    expired = [each for each in compared.new if each.key in found]
    await _execute(connection, delete(contact_closures).where(_is_bound(contact_closures.c)), _keys(expired))
    new = [{**_row(each), "source": source} for each in compared.new]
    await _execute(connection, insert(contact_closures), new)
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in ("scope", "since", "latest")}
    to = [
        {**key, "to_scope": each.scope, "to_since": each.since, "to_latest": each.latest}
        for key, each in zip(_keys(moved), moved, strict=True)
    ]
    await _execute(connection, update(contact_closures).where(_is_bound(contact_closures.c)).values(values), to)
    again = [*expired, *moved, *([] if source == IMPORT else compared.known)]
    await _execute(connection, delete(contact_asks).where(_is_bound(contact_asks.c)), _keys(again))
    told = {"change": "closed", "source": source, "request_id": request_id}
    changes = [
        {"ref_digest": each.ref_digest, "type": each.type, "scope": each.scope, "at": each.latest, **told}
        for each in compared.closed
    ]
    await _execute(connection, insert(contact_changes), changes)
    return compared


async def purge(connection: AsyncConnection, oldest: datetime, most: int) -> int:
    """Delete up to `most` closures that were last refused before `oldest`, and tell; how many there were."""
    await lock(connection)
    query = select(contact_closures).where(contact_closures.c.latest < oldest).limit(most)
    rows = (await connection.execute(query)).all()
    keys = [{"of_digest": row.ref_digest, "of_type": row.type} for row in rows]
    await _execute(connection, delete(contact_closures).where(_is_bound(contact_closures.c)), keys)
    await _execute(connection, delete(contact_asks).where(_is_bound(contact_asks.c)), keys)
    told = {"change": "opened", "at": datetime.now(UTC), "source": RETENTION}
    changes = [{"ref_digest": row.ref_digest, "type": row.type, "scope": row.scope, **told} for row in rows]
    await _execute(connection, insert(contact_changes), changes)
    return len(rows)


def portions(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in order, up to `size` at a time."""
    waiting = iter(values)
    while some := list(islice(waiting, size)):
        yield some


def scope_of(name: str | None) -> Scope | None:
    """The scope that a column holds."""
    return None if name is None else Scope(name)


async def _execute(connection: AsyncConnection, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(statement, rows)


def _is_bound(columns: Any) -> ColumnElement[bool]:
    is_it: ColumnElement[bool] = (columns.ref_digest == bindparam("of_digest")) & (columns.type == bindparam("of_type"))
    return is_it


def _keys(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    return [{"of_digest": each.ref_digest, "of_type": each.type} for each in refusals]


def _row(each: Refusal) -> dict[str, Any]:
    return {
        "ref_digest": each.ref_digest,
        "type": each.type,
        "scope": each.scope,
        "since": each.since,
        "latest": each.latest,
    }
