"""Tells webhooks what happens, beside the requests: no answer, approval or publication ever waits for it.

It reads the audit trail on from where it was, puts what is news in the outbox, and carries what is due. Every replica
does so; the store lets one of them hand out a row, and one carry a notice at a time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import structlog

from app.errors import HeyanError, RequestError
from app.lexicon.register import Dossier
from app.notices.courier import Courier, Failure
from app.notices.news import EVENTS, Mask, conflict_of, news_of
from app.records import (
    ChangeState,
    Delivery,
    Entry,
    Headlines,
    Notice,
    NoticeKind,
    Now,
    Outbox,
    Revisions,
    Webhook,
    Webhooks,
    utc_now,
)
from app.records.revisions import disagreeing

ReadChange = Callable[[str], Awaitable[Dossier[Any]]]
"""Reads a change with what is wrong with it now, by its id."""
_logger = structlog.get_logger("heyan.notices")
_OPEN = (ChangeState.DRAFT, ChangeState.SUBMITTED, ChangeState.APPROVED)
_MOST_OPEN = 500
"""Changes of one state that are looked at for conflicts."""
_CARRIED = timedelta(seconds=45)
"""For which notices are carried that were claimed together: well within what a claim lasts."""
_GOODBYE_SECONDS = 2.0
_SLOW = timedelta(seconds=30)
"""After which a replica that does not run the newest revision is news."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between two looks at outbox and trail, two at the replicas, and two at what is too old to be kept."""

    look: float = 2.0
    replicas: float = 15.0
    forget: float = 3600.0


class Notifier:
    """The background work of one process, between `start` and `close`."""

    def __init__(
        self,
        webhooks: Webhooks,
        outbox: Outbox,
        courier: Courier,
        headlines: Headlines,
        revisions: Revisions,
        read: Mapping[str, ReadChange],
        *,
        mask: Mask,
        rhythm: Rhythm | None = None,
        now: Now = utc_now,
    ) -> None:
        """`read` reads a change, by what it is about. `mask` hides personal data in what persons typed."""
        self._webhooks = webhooks
        self._outbox = outbox
        self._courier = courier
        self._headlines = headlines
        self._revisions = revisions
        self._read = read
        self._mask = mask
        self._rhythm = rhythm or Rhythm()
        self._now = now
        self._said: str | None = None
        self._next_replicas = self._next_forget = 0.0
        self._task: asyncio.Task[None] | None = None
        self._carrying: dict[str, asyncio.Task[None]] = {}
        self._telling: set[asyncio.Task[Failure | None]] = set()
        self._closing = asyncio.Event()

    def start(self) -> None:
        """Begin to watch; what happened before the first start ever is no news."""
        self._closing.clear()
        self._task = asyncio.create_task(self._run(), name="heyan notices")

    async def close(self) -> None:
        """Stop; what was not told yet is told by another replica, or after the next start.

        Whoever is being told is hung up on; the store is given a moment, since a half-done question leaves it open.
        """
        self._closing.set()
        task, self._task = self._task, None
        running = [*([] if task is None else [task]), *self._carrying.values()]
        for telling in self._telling:
            telling.cancel()
        if running:
            _, late = await asyncio.wait(running, timeout=_GOODBYE_SECONDS)
            for each in late:
                each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._carrying.clear()

    async def look(self) -> None:
        """Look once: hand out what is new, carry what is due until it was carried. Raises StoreError."""
        await self._look()
        if self._carrying:
            await asyncio.wait(self._carrying.values())
        self._forget_ended()

    async def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._forget_ended()
                await self._look()
            except Exception as failure:  # whatever breaks here, the next look is two seconds away
                reason = str(failure) if isinstance(failure, HeyanError) else type(failure).__name__
                if reason != self._said:
                    _logger.warning("notices cannot be told now", reason=reason)
                self._said = reason
            else:
                self._said = None
            with suppress(TimeoutError):
                async with asyncio.timeout(self._rhythm.look):
                    await self._closing.wait()

    async def _look(self) -> None:
        try:
            await self._read_on()
            if time.monotonic() >= self._next_replicas:
                self._next_replicas = time.monotonic() + self._rhythm.replicas
                await self._look_at_replicas()
        finally:  # what cannot be read holds back nothing that was handed out
            await self._carry()
        if time.monotonic() >= self._next_forget:
            self._next_forget = time.monotonic() + self._rhythm.forget
            await self._outbox.forget()

    async def _read_on(self) -> None:
        position = await self._outbox.position()
        entries, until = await self._outbox.unread(position, EVENTS)
        if until == position:
            return
        told: list[Notice] = []
        if entries and await self._webhooks.list():
            for entry in entries:
                told += await self._news(entry)
            published = [each for each in entries if each.event == "revision.published"]
            told += await self._conflicts(published[-1]) if published else []
        await self._outbox.hand_out(told, position=position, until=until)

    async def _news(self, entry: Entry) -> list[Notice]:
        identity = entry.details.get("change") if entry.event == "revision.published" else entry.subject
        is_change = entry.event.startswith(("change.", "revision."))
        change = await self._headlines.get(str(identity)) if is_change and identity else None
        found = news_of(entry, change, self._mask)
        return [] if found is None else [found]

    async def _conflicts(self, published: Entry) -> list[Notice]:
        """Open changes that no longer fit what is in force; one that was told of before is handed out no more."""
        told = []
        for subject, read in self._read.items():
            for state in _OPEN:
                for change in await self._headlines.page(subject=subject, state=state, limit=_MOST_OPEN):
                    with suppress(RequestError):  # dropped or decided meanwhile
                        dossier = await read(change.id)
                        moved = [str(each["rule"]) for each in dossier.warnings if each["code"] == "moved_rule"]
                        revision, based_on = int(published.subject or 0), dossier.record.based_on
                        if moved:
                            told.append(conflict_of(change, based_on, revision, moved, published.at, self._mask))
        return told

    async def _look_at_replicas(self) -> None:
        """What no row of the trail tells: replicas that do not run what is in force, or no longer say so."""
        head, running = await self._revisions.head(), await self._revisions.status()
        if head is None:
            return
        now, told = self._now(), []
        newest = await self._revisions.get(head[0])
        for one in running:
            if one.is_silent:
                what, key = "一个服务进程没有消息了", f"silent:{one.replica}:{one.seen_at.isoformat()}"
            elif newest is not None and one.revision < head[0] and now - newest.created_at > _SLOW:
                what, key = f"一个服务进程没有用上第 {head[0]} 版", f"behind:{one.replica}:{head[0]}"
            else:
                continue
            told.append(_failing(key, what, [f"进程：{one.replica}", f"它用的是第 {one.revision} 版"], now))
        for revision in disagreeing(running):
            told.append(
                _failing(
                    f"disagree:{revision}",
                    f"各服务进程的第 {revision} 版不一样",
                    ["程序版本或设置可能不同，请技术人员核对。"],
                    now,
                )
            )
        known = await self._outbox.known([each.key for each in told])
        fresh = [each for each in told if each.key not in known]
        if fresh and await self._webhooks.list():
            await self._outbox.put(fresh)

    async def _carry(self) -> None:
        """Begin to carry what is due: to one webhook one after another, and none waits for another webhook."""
        due = await self._outbox.claim(besides=self._carrying)
        known = {each.id: each for each in await self._webhooks.list()} if due else {}
        ordered = sorted(due, key=lambda each: (each.webhook, each.number))
        for name, group in groupby(ordered, key=lambda each: each.webhook):
            if name in known:
                carrying = self._carry_to(known[name], list(group), self._now() + _CARRIED)
                self._carrying[name] = asyncio.create_task(carrying, name="heyan notices to a webhook")

    def _forget_ended(self) -> None:
        """Raises what broke where something was carried meanwhile."""
        ended = [(name, task) for name, task in self._carrying.items() if task.done()]
        for name, _ in ended:
            del self._carrying[name]
        for _, task in ended:
            if not task.cancelled():
                task.result()

    async def _carry_to(self, webhook: Webhook, due: Sequence[Delivery], until: datetime) -> None:
        for place, delivery in enumerate(due):
            if self._now() >= until or self._closing.is_set():  # the rest may be somebody else's in a moment
                return
            identity = f"{webhook.id}-{delivery.number}"
            telling = asyncio.create_task(self._courier.carry(webhook, delivery.notice, identity))
            self._telling.add(telling)
            try:
                failure = await telling
            finally:
                self._telling.discard(telling)
            if failure is None:
                await self._outbox.delivered(delivery)
                continue
            if delivery.attempts == 0:
                reason, kind = failure.reason, delivery.notice.kind
                _logger.warning("a notice did not arrive", webhook=webhook.id, kind=kind, reason=reason)
            await self._outbox.failed(delivery, failure.reason, failure.pause)
            await self._outbox.postpone(webhook.id, due[place + 1 :], failure.pause)
            return


def _failing(key: str, title: str, lines: Sequence[str], at: datetime) -> Notice:
    return Notice(key, NoticeKind.FAILING, "replicas", title, lines, "", at)
