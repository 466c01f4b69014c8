"""What is to be told is told once, kept until it was, and given up after a day; a kill loses none of it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from app.errors import StoreError
from app.records import AuditTrail, Delivery, NoticeKind, Outbox, Platform, Store, Webhook, Webhooks, audit, open_store
from app.records.backup import back_up
from app.records.restoring import restore
from tests.app.notices.receivers import notice
from tests.app.stores import Clock

EVENTS = ("lexicon.frozen", "lexicon.unfrozen")
DOCUMENTED = [10, 30, 120, 600, 1800, 1800, 1800]
"""Seconds between one try and the next."""


@pytest.fixture
def webhooks(store: Store, clock: Clock) -> Webhooks:
    """None yet."""
    return Webhooks(store, clock)


@pytest.fixture
def outbox(store: Store, clock: Clock) -> Outbox:
    """Nothing is told yet."""
    return Outbox(store, clock)


async def _webhook(webhooks: Webhooks, name: str = "合规群", *kinds: NoticeKind) -> Webhook:
    return await webhooks.create(name, Platform.JSON, "https://example.com/hook", kinds or list(NoticeKind))


async def _happen(store: Store, *events: str) -> int:
    async with store.writing() as connection:
        for event in events:
            head = await audit.append(connection, "张合规", event)
    return head.number


def _keys(deliveries: list[Delivery]) -> list[str]:
    return [each.notice.key for each in deliveries]


class TestReadingOn:
    async def test_what_was_before_the_first_look_is_no_news(self, store: Store, outbox: Outbox) -> None:
        before = await _happen(store, "lexicon.frozen", "person.created")
        assert await outbox.position() == before
        assert await outbox.unread(before, EVENTS) == ([], before)
        after = await _happen(store, "lexicon.unfrozen")
        assert await outbox.position() == before
        entries, until = await outbox.unread(before, EVENTS)
        assert ([entry.event for entry in entries], until) == (["lexicon.unfrozen"], after)

    async def test_an_empty_trail_is_read_from_its_beginning(self, store: Store, outbox: Outbox) -> None:
        assert await outbox.position() == 0
        await _happen(store, "lexicon.frozen")
        assert len((await outbox.unread(0, EVENTS))[0]) == 1

    async def test_of_several_that_begin_at_once_all_begin_at_one_place(self, store: Store, clock: Clock) -> None:
        await _happen(store, "lexicon.frozen")
        assert await asyncio.gather(*(Outbox(store, clock).position() for _ in range(5))) == [1] * 5

    async def test_what_nobody_wants_to_know_is_passed_over(self, store: Store, outbox: Outbox) -> None:
        await outbox.position()
        last = await _happen(store, "person.logged_in", "person.logged_in")
        assert await outbox.unread(0, EVENTS) == ([], last)

    async def test_much_is_read_in_parts_and_none_is_left_out(self, store: Store, outbox: Outbox) -> None:
        await _happen(store, *(["lexicon.frozen", "x"] * 5), "x")
        position = 0
        found: list[int] = []
        while True:
            entries, until = await outbox.unread(position, EVENTS, limit=2)
            if until == position:
                break
            position, found = until, [*found, *(entry.number for entry in entries)]
        assert (found, position) == ([1, 3, 5, 7, 9], 11)

    async def test_of_several_one_hands_out_a_row(self, store: Store, webhooks: Webhooks, clock: Clock) -> None:
        outboxes = [Outbox(store, clock) for _ in range(4)]
        position = await outboxes[0].position()
        hook = await _webhook(webhooks)
        until = await _happen(store, "lexicon.frozen")
        done = await asyncio.gather(
            *(each.hand_out([notice(key="trail:2")], position=position, until=until) for each in outboxes)
        )
        assert sorted(done) == [False, False, False, True]
        assert await outboxes[0].position() == until
        assert await outboxes[0].waiting() == {hook.id: 1}

    async def test_a_notice_goes_to_whom_its_kind_is_told(self, outbox: Outbox, webhooks: Webhooks) -> None:
        one = await _webhook(webhooks, "一", NoticeKind.WAITING)
        two = await _webhook(webhooks, "二", NoticeKind.FAILING, NoticeKind.WAITING)
        await _webhook(webhooks, "三", NoticeKind.ACCESS)
        await outbox.position()
        told = [notice(key="a"), notice(key="b", kind=NoticeKind.FAILING), notice(key="c", kind=NoticeKind.DECIDED)]
        assert await outbox.hand_out(told, position=2 + 1, until=9)
        assert _keys(await outbox.newest(one.id)) == ["a"]
        assert _keys(await outbox.newest(two.id)) == ["b", "a"]
        assert await outbox.known(["a", "b", "c"]) == {"a", "b"}

    async def test_the_same_is_handed_out_once(self, outbox: Outbox, webhooks: Webhooks) -> None:
        hook = await _webhook(webhooks)
        twice = [notice("先", key="a"), notice("后", key="a")]
        await asyncio.gather(*(outbox.put(twice) for _ in range(4)))
        [kept] = await outbox.newest(hook.id)
        assert kept.notice.title == "先"

    async def test_who_comes_later_is_not_told_what_was_handed_out_before(
        self, outbox: Outbox, webhooks: Webhooks
    ) -> None:
        await _webhook(webhooks)
        await outbox.put([notice(key="a")])
        later = await _webhook(webhooks, "后来")
        assert await outbox.newest(later.id) == []


class TestCarrying:
    async def test_a_notice_is_kept_as_it_was(self, outbox: Outbox, webhooks: Webhooks, clock: Clock) -> None:
        await _webhook(webhooks)
        told = notice("标题\n“引号”\U0001f600", "一", "二", key="a")
        await outbox.put([told])
        [delivery] = await outbox.claim()
        assert delivery.notice == told
        assert (delivery.attempts, delivery.created_at, delivery.failure) == (0, clock.time, None)

    async def test_what_is_claimed_is_nobody_elses_for_a_minute(
        self, outbox: Outbox, webhooks: Webhooks, clock: Clock
    ) -> None:
        """A process that was killed settles nothing: its claim runs out, and the notice has the number it had."""
        await _webhook(webhooks)
        await outbox.put([notice(key="a")])
        [first] = await outbox.claim()
        clock.pass_by(seconds=59)
        assert await outbox.claim() == []
        clock.pass_by(seconds=1)
        [again] = await outbox.claim()
        assert (again.number, again.notice, again.attempts) == (first.number, first.notice, 0)

    async def test_several_claim_each_notice_once(self, store: Store, webhooks: Webhooks, clock: Clock) -> None:
        await _webhook(webhooks)
        await Outbox(store, clock).put([notice(key=str(number)) for number in range(30)])
        claimed = await asyncio.gather(*(Outbox(store, clock).claim(limit=10) for _ in range(5)))
        numbers = [each.number for some in claimed for each in some]
        assert len(numbers) == len(set(numbers))
        rest = await Outbox(store, clock).claim(limit=100)
        assert len(numbers) + len(rest) == 30

    async def test_the_oldest_come_first_and_some_webhooks_can_be_left_out(
        self, outbox: Outbox, webhooks: Webhooks, clock: Clock
    ) -> None:
        busy, free = await _webhook(webhooks, "一"), await _webhook(webhooks, "二", NoticeKind.DECIDED)
        for key in "ab":
            await outbox.put([notice(key=key)])
            clock.pass_by(seconds=1)
        await outbox.put([notice(key="c", kind=NoticeKind.DECIDED)])
        assert [each.webhook for each in await outbox.claim(besides=[busy.id])] == [free.id]
        assert _keys(await outbox.claim(limit=2)) == ["a", "b"]

    async def test_what_arrived_is_over(self, outbox: Outbox, webhooks: Webhooks, clock: Clock) -> None:
        hook = await _webhook(webhooks)
        await outbox.put([notice(key="a")])
        [delivery] = await outbox.claim()
        await outbox.failed(delivery, "timeout")
        clock.pass_by(seconds=10)
        [delivery] = await outbox.claim()
        await outbox.delivered(delivery)
        clock.pass_by(days=1)
        assert await outbox.claim() == []
        [kept] = await outbox.newest(hook.id)
        assert (kept.attempts, kept.due_at, kept.failure) == (2, None, None)
        assert kept.delivered_at == clock.time - timedelta(days=1)
        assert await outbox.waiting() == {}

    async def test_a_try_follows_the_other_as_documented_until_a_day_is_over(
        self, outbox: Outbox, webhooks: Webhooks, clock: Clock
    ) -> None:
        hook = await _webhook(webhooks)
        await outbox.put([notice(key="a")])
        begun, pauses, tried = clock.time, [], clock.time
        while True:
            [delivery] = await outbox.claim()
            await outbox.failed(delivery, "HTTP 500")
            [kept] = await outbox.newest(hook.id)
            if kept.due_at is None:
                break
            pauses.append((kept.due_at - tried).total_seconds())
            clock.time = tried = kept.due_at
        assert pauses[: len(DOCUMENTED)] == DOCUMENTED
        assert set(pauses[len(DOCUMENTED) :]) == {1800}
        assert timedelta(hours=24) <= tried - begun < timedelta(hours=24, minutes=31)
        assert (kept.attempts, kept.delivered_at, kept.failure) == (len(pauses) + 1, None, "HTTP 500")
        clock.pass_by(days=2)
        assert await outbox.claim() == []
        assert await outbox.waiting() == {}

    async def test_a_receiver_is_left_alone_for_as_long_as_it_wants(
        self, outbox: Outbox, webhooks: Webhooks, clock: Clock
    ) -> None:
        hook = await _webhook(webhooks)
        await outbox.put([notice(key="a")])
        for wanted, waited in ((300.0, 300), (3.0, 30)):
            [delivery] = await outbox.claim()
            await outbox.failed(delivery, "HTTP 429", wanted)
            [kept] = await outbox.newest(hook.id)
            assert kept.due_at == clock.time + timedelta(seconds=waited)
            clock.pass_by(seconds=waited)

    async def test_after_a_failure_all_others_for_the_same_address_wait(
        self, outbox: Outbox, webhooks: Webhooks, clock: Clock
    ) -> None:
        broken, sound = await _webhook(webhooks, "一"), await _webhook(webhooks, "二", NoticeKind.DECIDED)
        await outbox.put([notice(key=str(number)) for number in range(5)])
        await outbox.put([notice(key="x", kind=NoticeKind.DECIDED)])
        first, *rest = [each for each in await outbox.claim(limit=3) if each.webhook == broken.id]
        await outbox.failed(first, "HTTP 429", 60)
        await outbox.postpone(broken.id, rest, 60)
        assert {each.webhook for each in await outbox.claim()} == {sound.id}
        clock.pass_by(seconds=59)
        assert await outbox.claim() == []
        clock.pass_by(seconds=1)
        again = await outbox.claim()
        assert sorted(each.attempts for each in again if each.webhook == broken.id) == [0, 0, 0, 0, 0, 1]


class TestLookingUp:
    async def test_the_newest_first_and_no_more_than_asked(self, outbox: Outbox, webhooks: Webhooks) -> None:
        hook = await _webhook(webhooks)
        await outbox.put([notice(key=key) for key in "abcd"])
        assert _keys(await outbox.newest(hook.id, limit=3)) == ["d", "c", "b"]
        assert await outbox.newest("0" * 16) == []

    async def test_what_is_over_is_forgotten_after_thirty_days(
        self, outbox: Outbox, webhooks: Webhooks, clock: Clock
    ) -> None:
        hook = await _webhook(webhooks)
        await outbox.put([notice(key="a"), notice(key="b")])
        arrived, _ = await outbox.claim()
        await outbox.delivered(arrived)
        clock.pass_by(days=29, hours=23)
        await outbox.forget()
        assert len(await outbox.newest(hook.id)) == 2
        clock.pass_by(hours=2)
        await outbox.forget()
        assert _keys(await outbox.newest(hook.id)) == ["b"]


async def test_a_store_that_does_not_answer_is_told_so(outbox: Outbox, webhooks: Webhooks, clock: Clock) -> None:
    await _webhook(webhooks)
    await outbox.put([notice(key="a")])
    [delivery] = await outbox.claim()
    silent = Outbox(Store(), clock)
    for step in (
        silent.position(),
        silent.unread(0, EVENTS),
        silent.hand_out([], position=0, until=1),
        silent.put([notice()]),
        silent.known(["a"]),
        silent.claim(),
        silent.delivered(delivery),
        silent.failed(delivery, "x"),
        silent.postpone("0" * 16, [delivery], 1.0),
        silent.newest("0" * 16),
        silent.waiting(),
        silent.forget(),
    ):
        with pytest.raises(StoreError):
            await step


async def test_a_restored_store_goes_on_where_the_backup_was_and_tells_of_the_restore(
    store: Store, outbox: Outbox, webhooks: Webhooks, tmp_path: Path, clock: Clock
) -> None:
    position = await outbox.position()
    hook = await _webhook(webhooks)
    await outbox.put([notice(key="a")])
    await back_up(store, tmp_path / "backup.gz")
    other = await open_store(f"sqlite:///{tmp_path / 'other.db'}")
    try:
        await restore(other, tmp_path / "backup.gz", "operator")
        again = Outbox(other, clock)
        assert await again.position() == position
        assert [entry.event for entry in (await again.unread(0, ["store.restored"]))[0]] == ["store.restored"]
        assert _keys(await again.claim()) == ["a"]
        await again.put([notice(key="b")])
        assert _keys(await again.newest(hook.id)) == ["b", "a"]
        assert await AuditTrail(other).verify() is None
    finally:
        await other.close()
