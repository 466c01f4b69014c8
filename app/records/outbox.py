"""The outbox: what is to be told outside, kept until it was told or is given up; a kill loses none of it.

Notices follow the audit trail: what was written there is handed out once, in the transaction that remembers how far
the trail was read. Of several replicas each notice is claimed by one; one that dies meanwhile lets its claim run out,
so that a notice may be told twice and never not at all: it has an id by which a receiver knows it again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.audit import Entry, head_of, lock
from app.records.clock import Now, utc_now
from app.records.engine import Store
from app.records.notice_tables import cursors, notices, webhooks
from app.records.tables import audit_trail
from app.records.webhooks import NoticeKind, Webhook

_TRAIL = "notices"
_CLAIM = timedelta(seconds=60)
"""Within which whoever claimed a notice has told it, or is dead."""
_GIVEN_UP_AFTER = timedelta(hours=24)
_KEPT = timedelta(days=30)
"""For which it can be looked up what was told."""
_PAUSES = tuple(map(float, (10, 30, 120, 600, 1800)))
"""Seconds between one try and the next; the last one again and again."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: `key` is the same for the same, `lines` are whole sentences, `path` is a page of the console."""

    key: str
    kind: NoticeKind
    event: str
    title: str
    lines: Sequence[str]
    path: str
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """What the outbox keeps."""
        return {
            "event": self.event,
            "title": self.title,
            "lines": list(self.lines),
            "path": self.path,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice on its way to one webhook. `failure`: why the last try failed; `due_at`: None once over."""

    number: int
    webhook: str
    notice: Notice
    created_at: datetime
    attempts: int
    due_at: datetime | None
    delivered_at: datetime | None
    failure: str | None

    @classmethod
    def from_row(cls, row: Any) -> "Delivery":
        """The delivery of a row."""
        kept = row["notice"]
        notice = Notice(
            row["key"],
            NoticeKind(row["kind"]),
            kept["event"],
            kept["title"],
            tuple(kept["lines"]),
            kept["path"],
            datetime.fromisoformat(kept["at"]),
        )
        columns = ("number", "webhook", "created_at", "attempts", "due_at", "delivered_at", "failure")
        return cls(notice=notice, **{name: row[name] for name in columns})


class Outbox:
    """The notices of one store. Whatever is asked for raises StoreError where that does not answer."""

    def __init__(self, store: Store, now: Now = utc_now) -> None:
        self._store = store
        self._now = now

    async def position(self) -> int:
        """How far the trail was read; at first its end: what was before is nobody's news."""
        async with self._store.reading() as connection:
            if (number := await _position(connection)) is not None:
                return number
        async with self._store.writing() as connection:
            await lock(connection)
            if (number := await _position(connection)) is None:
                number = (await head_of(connection)).number
                await connection.execute(insert(cursors).values(name=_TRAIL, number=number))
        return number

    async def unread(self, position: int, events: Sequence[str], limit: int = 200) -> tuple[list[Entry], int]:
        """The next rows of the trail of these events, oldest first, and how far that is read then."""
        query = select(audit_trail).where(audit_trail.c.number > position, audit_trail.c.event.in_(events))
        async with self._store.reading() as connection:
            head = (await head_of(connection)).number
            if head <= position:
                return [], position
            found = await connection.execute(
                query.where(audit_trail.c.number <= head).order_by(audit_trail.c.number).limit(limit)
            )
            entries = [Entry.from_row(row) for row in found.mappings()]
        return entries, entries[-1].number if len(entries) == limit else head

    async def hand_out(self, told: Sequence[Notice], *, position: int, until: int) -> bool:
        """Put notices before every webhook that is told their kind, and remember that the trail is read until there.

        False where another replica was first: then nothing is written.
        """
        async with self._store.writing() as connection:
            await lock(connection)
            if await _position(connection) != position:
                return False
            await self._put(connection, told)
            await connection.execute(update(cursors).where(cursors.c.name == _TRAIL).values(number=until))
        return True

    async def put(self, told: Sequence[Notice]) -> None:
        """Hand out what stands in no trail; what was handed out before under the same key is not again."""
        async with self._store.writing() as connection:
            await lock(connection)
            await self._put(connection, told)

    async def known(self, keys: Sequence[str]) -> set[str]:
        """Which of these were handed out already to somebody."""
        async with self._store.reading() as connection:
            return set(await connection.scalars(select(notices.c.key).where(notices.c.key.in_(keys))))

    async def claim(self, limit: int = 20, besides: Collection[str] = ()) -> list[Delivery]:
        """Notices whose time has come, oldest first, none for those `besides`; nobody else gets them for a minute."""
        now = self._now()
        due = _due(now).where(notices.c.webhook.not_in(besides)).limit(limit)
        async with self._store.reading() as connection:
            if (await connection.execute(due.limit(1))).first() is None:
                return []
        async with self._store.writing() as connection:
            rows = (await connection.execute(due.with_for_update(skip_locked=True))).mappings().all()
            mine = notices.c.number.in_([row["number"] for row in rows])
            await connection.execute(update(notices).where(mine).values(due_at=now + _CLAIM))
        return [Delivery.from_row(row) for row in rows]

    async def delivered(self, delivery: Delivery) -> None:
        """It has arrived."""
        now = self._now()
        values = {"delivered_at": now, "due_at": None, "failure": None, "attempts": delivery.attempts + 1}
        await self._settle(delivery.number, values)

    async def failed(self, delivery: Delivery, failure: str, pause: float = 0.0) -> None:
        """It has not: the next try is due after a pause, `pause` seconds at least, or it is given up after a day."""
        now, attempts = self._now(), delivery.attempts + 1
        seconds = max(_PAUSES[min(attempts, len(_PAUSES)) - 1], pause)
        due_at = None if now - delivery.created_at >= _GIVEN_UP_AFTER else now + timedelta(seconds=seconds)
        await self._settle(delivery.number, {"attempts": attempts, "due_at": due_at, "failure": failure})

    async def postpone(self, webhook: str, claimed: Sequence[Delivery], pause: float) -> None:
        """Nothing is tried at an address now where one has failed: neither what was claimed with it nor what is due."""
        until = self._now() + timedelta(seconds=max(_PAUSES[0], pause))
        also = notices.c.number.in_([each.number for each in claimed])
        these = (notices.c.webhook == webhook) & ((notices.c.due_at < until) | also)
        async with self._store.writing() as connection:
            await connection.execute(update(notices).where(these).values(due_at=until))

    async def newest(self, webhook: str, limit: int = 20) -> list[Delivery]:
        """What was told to one webhook, or is to be, the newest first."""
        query = select(notices).where(notices.c.webhook == webhook).order_by(notices.c.number.desc()).limit(limit)
        async with self._store.reading() as connection:
            return [Delivery.from_row(row) for row in (await connection.execute(query)).mappings()]

    async def waiting(self) -> dict[str, int]:
        """How many notices wait for each webhook."""
        query = select(notices.c.webhook, func.count()).where(notices.c.due_at.is_not(None)).group_by(notices.c.webhook)
        async with self._store.reading() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}

    async def forget(self) -> None:
        """Drop what is over for thirty days."""
        old = notices.c.due_at.is_(None) & (notices.c.created_at < self._now() - _KEPT)
        async with self._store.writing() as connection:
            await connection.execute(delete(notices).where(old))

    async def _put(self, connection: AsyncConnection, told: Sequence[Notice]) -> None:
        if not told:
            return
        now, once = self._now(), dict[str, Notice]()
        for one in told:
            once.setdefault(one.key, one)
        listening = [Webhook.from_row(row) for row in (await connection.execute(select(webhooks))).mappings()]
        known = set(await connection.execute(select(notices.c.webhook, notices.c.key).where(notices.c.key.in_(once))))
        rows = [
            {
                "webhook": each.id,
                "key": one.key,
                "kind": one.kind,
                "notice": one.as_json(),
                "created_at": now,
                "due_at": now,
                "attempts": 0,
            }
            for one in once.values()
            for each in listening
            if one.kind in each.kinds and (each.id, one.key) not in known
        ]
        if rows:
            await connection.execute(insert(notices), rows)

    async def _settle(self, number: int, values: dict[str, Any]) -> None:
        async with self._store.writing() as connection:
            await connection.execute(update(notices).where(notices.c.number == number).values(values))


async def _position(connection: AsyncConnection) -> int | None:
    found: int | None = await connection.scalar(select(cursors.c.number).where(cursors.c.name == _TRAIL))
    return found


def _due(now: datetime) -> Select[Any]:
    return select(notices).where(notices.c.due_at <= now).order_by(notices.c.due_at, notices.c.number)
