"""What a customer refused is closed for every later request, and opened again by two persons only."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import app.contacts
from app.approved.events import EventType
from app.contacts import Closures, ContactEvent, Kept, Ledger, Scope, open_references
from app.contacts.closing import Refusal
from app.contacts.errors import NothingClosed, SamePerson
from app.records import (
    AuditTrail,
    Decision,
    DecisionLog,
    DuplicateRequest,
    Entry,
    OneHand,
    People,
    Role,
    Store,
    open_store,
)

ROOT = Path(app.contacts.__file__).parents[2]
OpenLedger = Callable[..., Awaitable[Ledger]]
MakeDecision = Callable[..., Decision]
NOW = datetime.now(UTC)
WRITER = """
import asyncio, os, sys
from itertools import count
from app.approved.events import EventType
from app.contacts import ContactEvent, Ledger, open_references
from app.records import open_store

async def main(url):
    store = await open_store(url)
    ledger = Ledger(store, await open_references(store, None))

    async def keep_noting(name):
        for number in count():
            ref = f"{name}-{number}"
            await ledger.note(ref, [ContactEvent(EventType.WRONG_NUMBER)], "engine")
            os.write(1, f"{ref}\\n".encode())

    await asyncio.gather(*map(keep_noting, "abc"))

asyncio.run(main(*sys.argv[1:]))
"""


def opt_out(scope: Scope | None = Scope.MARKETING, at: datetime | None = None) -> ContactEvent:
    return ContactEvent(EventType.OPT_OUT, scope, at)


def scope_of(closures: Closures) -> Scope | None:
    return closures.closed[Kept.OPT_OUT].scope


async def trail(store: Store) -> list[Entry]:
    return [entry async for entry in AuditTrail(store).entries()]


class TestClosing:
    """A refusal closes at once, and never less than before."""

    async def test_nothing_is_closed_at_first(self, ledger: Ledger) -> None:
        assert await ledger.closures("u-1") == Closures()
        assert await ledger.closures(None) == Closures()

    async def test_an_opt_out_of_marketing_closes_calls_that_sell(self, ledger: Ledger) -> None:
        told = await ledger.note("u-1", [opt_out(at=NOW)], "engine")
        assert told == await ledger.closures("u-1")
        assert (told.opted_out, told.asked_for_person, told.wrong_number) == (True, False, False)
        closure = told.closed[Kept.OPT_OUT]
        assert (closure.since, closure.latest, closure.source) == (NOW, NOW, "api")
        assert await ledger.closures("u-2") == Closures()

    async def test_an_opt_out_in_servicing_closes_the_machine_everywhere(self, ledger: Ledger) -> None:
        told = await ledger.note("u-1", [opt_out(Scope.SERVICING)], "engine")
        assert (told.opted_out, told.asked_for_person) == (True, True)

    async def test_an_opt_out_without_a_scope_is_of_marketing(self, ledger: Ledger) -> None:
        assert scope_of(await ledger.note("u-1", [opt_out(None)], "engine")) is Scope.MARKETING

    async def test_other_kinds_stand_beside_it(self, ledger: Ledger) -> None:
        events = [
            opt_out(),
            ContactEvent(EventType.WRONG_NUMBER),
            ContactEvent(EventType.THIRD_PARTY_REFUSED),
            ContactEvent(EventType.ALREADY_PAID),
        ]
        told = await ledger.note("u-1", events, "engine")
        assert set(told.closed) == set(Kept)
        assert (told.wrong_number, told.third_party_refused) == (True, True)

    async def test_it_is_widened_and_never_narrowed(self, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out(at=NOW - timedelta(2))], "engine")
        wider = await ledger.note("u-1", [opt_out(Scope.SERVICING, NOW - timedelta(1))], "engine")
        assert scope_of(wider) is Scope.SERVICING
        again = await ledger.note("u-1", [opt_out(at=NOW)], "engine")
        assert scope_of(again) is Scope.SERVICING
        closure = again.closed[Kept.OPT_OUT]
        assert (closure.since, closure.latest) == (NOW - timedelta(2), NOW)

    async def test_the_order_of_what_is_told_does_not_matter(self, ledger: Ledger) -> None:
        told = [opt_out(at=NOW - timedelta(days)) for days in (2, 3, 1)]
        for event in told:
            await ledger.note("one by one", [event], "engine")
        await ledger.note("together", told, "engine")
        assert (await ledger.closures("one by one")).closed == (await ledger.closures("together")).closed
        closure = (await ledger.closures("together")).closed[Kept.OPT_OUT]
        assert (closure.since, closure.latest) == (NOW - timedelta(3), NOW - timedelta(1))

    async def test_every_replica_sees_it_and_it_outlives_a_restart(self, url: str) -> None:
        for is_first in (True, False):
            store = await open_store(url)
            ledger = Ledger(store, await app.contacts.open_references(store, None))
            if is_first:
                await ledger.note("u-1", [opt_out()], "engine")
            assert (await ledger.closures("u-1")).opted_out
            await store.close()

    async def test_two_that_refuse_at_once_both_count(self, store: Store, open_ledger: OpenLedger) -> None:
        ledgers = [await open_ledger() for _ in range(4)]
        scopes = [Scope.MARKETING, Scope.SERVICING] * 2
        await asyncio.gather(
            *(each.note("u-1", [opt_out(scope)], "engine") for each, scope in zip(ledgers, scopes, strict=True))
        )
        assert scope_of(await ledgers[0].closures("u-1")) is Scope.SERVICING
        assert await AuditTrail(store).verify() is None

    async def test_the_trail_names_who_said_so_and_no_reference(self, store: Store, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out()], "dialogue engine")
        await ledger.note("u-1", [opt_out()], "dialogue engine")
        (entry,) = await trail(store)
        assert (entry.person, entry.event, entry.subject) == ("dialogue engine", "contact.closed", ledger.digest("u-1"))
        assert entry.details == {"type": "opt_out", "scope": "marketing"}


class TestNoting:
    """What is said in a call is kept with the decision that heard it, or neither is."""

    async def test_it_is_kept_with_the_decision(
        self, log: DecisionLog, ledger: Ledger, make_decision: MakeDecision
    ) -> None:
        await log.record(make_decision(request_id="c-1"), ledger.noting("u-1", [opt_out()], "c-1"))
        closure = (await ledger.closures("u-1")).closed[Kept.OPT_OUT]
        assert closure.source == "call"
        (change,) = await ledger.changes()
        assert change.request_id == "c-1"

    async def test_what_is_refused_keeps_nothing(
        self, log: DecisionLog, ledger: Ledger, make_decision: MakeDecision
    ) -> None:
        await log.record(make_decision(request_id="c-1"))
        with pytest.raises(DuplicateRequest):
            await log.record(make_decision(request_id="c-1"), ledger.noting("u-1", [opt_out()], "c-1"))
        assert await ledger.closures("u-1") == Closures()
        assert await ledger.changes() == []

    async def test_of_many_at_once_only_the_duplicate_keeps_nothing(
        self, log: DecisionLog, ledger: Ledger, make_decision: MakeDecision
    ) -> None:
        names = ["c-0", "c-1", "c-2", "c-1", "c-3"]
        await asyncio.gather(
            *(
                log.record(make_decision(request_id=name), ledger.noting(f"u-{index}", [opt_out()], name))
                for index, name in enumerate(names)
            ),
            return_exceptions=True,
        )
        closed = [(await ledger.closures(f"u-{index}")).opted_out for index in range(5)]
        assert closed == [True, True, True, False, True]
        assert len(await ledger.changes()) == 4


class TestOpening:
    """One asks, another grants."""

    async def test_two_persons_open(self, store: Store, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out(Scope.SERVICING), ContactEvent(EventType.WRONG_NUMBER)], "engine")
        asked = await ledger.ask("u-1", Kept.OPT_OUT, "张合规", "客户书面同意")
        assert asked.opted_out
        assert (asked.asks[Kept.OPT_OUT].person, asked.asks[Kept.OPT_OUT].reason) == ("张合规", "客户书面同意")
        opened = await ledger.open("u-1", Kept.OPT_OUT, "李审批", "已核对")
        assert (set(opened.closed), opened.asks) == ({Kept.WRONG_NUMBER}, {})
        last = (await trail(store))[-1]
        assert (last.person, last.event) == ("李审批", "contact.opened")
        assert last.details == {
            "type": "opt_out",
            "asked_by": "张合规",
            "asked_because": "客户书面同意",
            "reason": "已核对",
        }

    async def test_one_person_opens_nothing_alone(self, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out()], "engine")
        with pytest.raises(SamePerson):
            await ledger.open("u-1", Kept.OPT_OUT, "张合规", "nobody asked")
        await ledger.ask("u-1", Kept.OPT_OUT, "张合规", "客户书面同意")
        with pytest.raises(SamePerson):
            await ledger.open("u-1", Kept.OPT_OUT, "张合规", "with another key")
        assert (await ledger.closures("u-1")).opted_out

    async def test_a_person_whom_one_made_is_no_second_one(self, ledger: Ledger, people: People) -> None:
        await people.create("李审批", [Role.APPROVER], "correct horse battery", by="张合规")
        for asks, grants in (("张合规", "李审批"), ("李审批", "张合规")):
            await ledger.note("u-1", [opt_out(Scope.SERVICING)], "engine")
            await ledger.ask("u-1", Kept.OPT_OUT, asks, "客户书面同意")
            with pytest.raises(OneHand):
                await ledger.open("u-1", Kept.OPT_OUT, grants, "已核对")
            assert (await ledger.closures("u-1")).opted_out
            await ledger.open("u-1", Kept.OPT_OUT, "王审批", "已核对")

    async def test_who_asks_second_does_not_become_the_one_who_asked(self, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out()], "engine")
        await ledger.ask("u-1", Kept.OPT_OUT, "张合规", "客户书面同意")
        again = await ledger.ask("u-1", Kept.OPT_OUT, "李审批", "me too")
        assert again.asks[Kept.OPT_OUT].person == "张合规"
        assert not (await ledger.open("u-1", Kept.OPT_OUT, "李审批", "已核对")).opted_out

    async def test_what_is_not_closed_is_not_opened(self, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out()], "engine")
        with pytest.raises(NothingClosed):
            await ledger.ask("u-1", Kept.WRONG_NUMBER, "张合规", "x")
        with pytest.raises(NothingClosed):
            await ledger.open("u-2", Kept.OPT_OUT, "张合规", "x")

    @pytest.mark.parametrize("scope", [Scope.MARKETING, Scope.SERVICING])
    async def test_a_new_refusal_drops_what_was_asked(self, ledger: Ledger, scope: Scope) -> None:
        await ledger.note("u-1", [opt_out()], "engine")
        await ledger.ask("u-1", Kept.OPT_OUT, "张合规", "客户书面同意")
        assert (await ledger.note("u-1", [opt_out(scope)], "engine")).asks == {}
        with pytest.raises(SamePerson):
            await ledger.open("u-1", Kept.OPT_OUT, "李审批", "已核对")

    async def test_a_list_that_says_nothing_new_drops_nothing(self, ledger: Ledger) -> None:
        refusal = Refusal(ledger.digest("u-1"), Kept.OPT_OUT, Scope.MARKETING, NOW, NOW)
        await ledger.close_all([refusal])
        await ledger.ask("u-1", Kept.OPT_OUT, "张合规", "客户书面同意")
        await ledger.close_all([refusal])
        assert Kept.OPT_OUT in (await ledger.closures("u-1")).asks
        later = datetime.now(UTC)
        await ledger.close_all([Refusal(refusal.ref_digest, Kept.OPT_OUT, Scope.MARKETING, later, later)])
        assert (await ledger.closures("u-1")).asks == {}

    async def test_of_two_who_grant_at_once_one_does(self, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out()], "engine")
        await ledger.ask("u-1", Kept.OPT_OUT, "张合规", "客户书面同意")
        results = await asyncio.gather(
            *(ledger.open("u-1", Kept.OPT_OUT, person, "x") for person in ("李审批", "王审批")), return_exceptions=True
        )
        assert sorted(type(result).__name__ for result in results) == ["Closures", "NothingClosed"]
        assert [change.change for change in await ledger.changes()] == ["closed", "opened"]

    async def test_who_refuses_again_is_closed_again(self, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out(Scope.SERVICING, NOW - timedelta(9))], "engine")
        await ledger.ask("u-1", Kept.OPT_OUT, "张合规", "x")
        await ledger.open("u-1", Kept.OPT_OUT, "李审批", "x")
        closure = (await ledger.note("u-1", [opt_out(at=NOW)], "engine")).closed[Kept.OPT_OUT]
        assert (closure.scope, closure.since) == (Scope.MARKETING, NOW)


class TestChanges:
    """The feed tells what was closed and opened, once, in order, after a cursor."""

    async def test_each_change_is_told_once_and_in_order(self, ledger: Ledger) -> None:
        for event in (opt_out(), opt_out(), opt_out(Scope.SERVICING), opt_out()):
            await ledger.note("u-1", [event], "engine")
        await ledger.note("u-2", [ContactEvent(EventType.THIRD_PARTY_REFUSED)], "engine")
        await ledger.ask("u-1", Kept.OPT_OUT, "张合规", "x")
        await ledger.open("u-1", Kept.OPT_OUT, "李审批", "x")
        changes = await ledger.changes()
        one, two = ledger.digest("u-1"), ledger.digest("u-2")
        assert [(change.ref_digest, change.type, change.scope, change.change) for change in changes] == [
            (one, Kept.OPT_OUT, Scope.MARKETING, "closed"),
            (one, Kept.OPT_OUT, Scope.SERVICING, "closed"),
            (two, Kept.THIRD_PARTY, None, "closed"),
            (one, Kept.OPT_OUT, Scope.SERVICING, "opened"),
        ]
        assert [change.number for change in changes] == sorted(change.number for change in changes)

    async def test_the_latest_are_told_first(self, ledger: Ledger) -> None:
        for number in range(5):
            await ledger.note(f"u-{number}", [opt_out()], "engine")
        whole = (await ledger.changes())[::-1]
        assert await ledger.latest() == whole
        assert await ledger.latest(limit=2) == whole[:2]
        assert await ledger.latest(before=whole[1].number, limit=2) == whole[2:4]

    @pytest.mark.parametrize("limit", [1, 2, 3, 1000])
    async def test_a_cursor_goes_on_where_it_was(self, ledger: Ledger, limit: int) -> None:
        for number in range(5):
            await ledger.note(f"u-{number}", [opt_out()], "engine")
        seen, after = [], 0
        while page := await ledger.changes(after=after, limit=limit):
            seen += [change.ref_digest for change in page]
            after = page[-1].number
        assert seen == [ledger.digest(f"u-{number}") for number in range(5)]

    async def test_whoever_reads_while_others_write_misses_nothing(self, ledger: Ledger) -> None:
        done = asyncio.Event()
        seen, after = [], 0

        async def write() -> None:
            await asyncio.gather(*(ledger.note(f"u-{number}", [opt_out()], "engine") for number in range(40)))
            done.set()

        writing = asyncio.create_task(write())
        while True:
            was_done = done.is_set()
            page = await ledger.changes(after=after, limit=7)
            seen += [change.ref_digest for change in page]
            after = page[-1].number if page else after
            if was_done and not page:
                break
        await writing
        assert sorted(seen) == sorted(ledger.digest(f"u-{number}") for number in range(40))


class TestRetention:
    """What was refused long ago counts no more where the institution says so, and is deleted."""

    async def test_without_a_retention_everything_counts(self, ledger: Ledger) -> None:
        await ledger.note("u-1", [opt_out(at=NOW - timedelta(36_500))], "engine")
        assert (await ledger.closures("u-1")).opted_out
        assert await ledger.purge() == 0
        assert (await ledger.closures("u-1")).opted_out

    async def test_what_is_older_counts_no_more(self, open_ledger: OpenLedger) -> None:
        ledger = await open_ledger(400)
        await ledger.note("old", [opt_out(at=NOW - timedelta(401))], "engine")
        await ledger.note("young", [opt_out(at=NOW - timedelta(399))], "engine")
        assert await ledger.closures("old") == Closures()
        assert (await ledger.closures("young")).opted_out
        with pytest.raises(NothingClosed):
            await ledger.ask("old", Kept.OPT_OUT, "张合规", "x")
        assert [digest async for digest, _ in ledger.every()] == [ledger.digest("young")]

    async def test_what_is_older_is_deleted_and_told(self, store: Store, open_ledger: OpenLedger) -> None:
        ledger = await open_ledger()
        await ledger.note("old", [opt_out(Scope.SERVICING, NOW - timedelta(401))], "engine")
        await ledger.note("renewed", [opt_out(at=NOW - timedelta(401))], "engine")
        await ledger.note("renewed", [opt_out(at=NOW)], "engine")
        await ledger.ask("old", Kept.OPT_OUT, "张合规", "x")
        brief = await open_ledger(400)
        before = len(await ledger.changes())
        assert await brief.purge("王运维") == 1
        assert await ledger.closures("old") == Closures()
        assert (await ledger.closures("renewed")).opted_out
        (change,) = (await ledger.changes())[before:]
        assert (change.ref_digest, change.scope, change.change) == (ledger.digest("old"), Scope.SERVICING, "opened")
        assert change.source == "retention"
        last = (await trail(store))[-1]
        assert (last.person, last.event, last.details["closures"]) == ("王运维", "contact.purged", 1)
        assert await brief.purge() == 0
        assert (await trail(store))[-1] == last

    async def test_many_are_deleted_with_a_row_in_the_trail_for_each_portion(
        self, store: Store, open_ledger: OpenLedger
    ) -> None:
        ledger = await open_ledger(400)
        long_ago = NOW - timedelta(500)
        refusals = [Refusal(f"{n:064x}", Kept.OPT_OUT, Scope.MARKETING, long_ago, long_ago) for n in range(4_100)]
        await ledger.close_all(refusals)
        assert await ledger.purge() == 4_100
        assert [entry.details["closures"] for entry in await trail(store)] == [2_000, 2_000, 100]
        changes = await ledger.changes(limit=10_000)
        assert [change.change for change in changes] == ["closed"] * 4_100 + ["opened"] * 4_100

    async def test_who_refuses_again_after_it_is_closed_anew(self, open_ledger: OpenLedger) -> None:
        ledger = await open_ledger(400)
        await ledger.note("u-1", [opt_out(Scope.SERVICING, NOW - timedelta(500))], "engine")
        closure = (await ledger.note("u-1", [opt_out(at=NOW)], "engine")).closed[Kept.OPT_OUT]
        assert (closure.scope, closure.since, closure.latest) == (Scope.MARKETING, NOW, NOW)
        assert [change.change for change in await ledger.changes()] == ["closed", "closed"]

    async def test_a_list_without_dates_renews_what_counts_no_more(self, open_ledger: OpenLedger) -> None:
        ledger = await open_ledger(400)
        await ledger.note("u-1", [opt_out(at=NOW - timedelta(500))], "engine")
        undated = Refusal(ledger.digest("u-1"), Kept.OPT_OUT, Scope.MARKETING, NOW, NOW, is_dated=False)
        assert len((await ledger.close_all([undated])).new) == 1
        assert (await ledger.closures("u-1")).opted_out
        assert len((await ledger.close_all([undated])).known) == 1


def start_writer(url: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITER, url]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


async def test_every_acknowledged_closure_outlives_a_kill(url: str) -> None:
    with start_writer(url) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline() for _ in range(60)]
        writer.kill()
        acknowledged += writer.stdout.readlines()
    store = await open_store(url)
    ledger = Ledger(store, await app.contacts.open_references(store, None))
    refs = [line.strip() for line in acknowledged if line.endswith("\n")]
    assert len(refs) >= 60
    for ref in refs:
        assert (await ledger.closures(ref)).wrong_number, ref
    told = {change.ref_digest for change in await ledger.changes(limit=100_000)}
    assert {ledger.digest(ref) for ref in refs} <= told
    assert await AuditTrail(store).verify() is None
    await store.close()


async def test_a_refusal_is_known_at_once_beside_a_reader_that_looked_before(url: str) -> None:
    """A quick look must never be older than what another process has committed."""
    here, there = await open_store(url), await open_store(url)
    first = Ledger(here, await open_references(here, None))
    second = Ledger(there, await open_references(there, None))
    for number in range(20):
        ref = f"u-{number}"
        assert not (await first.closures(ref)).closed
        await second.note(ref, [ContactEvent(EventType.WRONG_NUMBER)], "CRM")
        assert (await first.closures(ref)).wrong_number
    await here.close()
    await there.close()
