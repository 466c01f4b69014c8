"""What really happens is told, once, to everybody who is to be told; nobody waits for anybody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.approved.events import EventType
from app.approved.holds import LineKind, line_id
from app.contacts import ContactEvent, Ledger, open_references
from app.data import Data
from app.lexicon.catalogue import Catalogue
from app.lexicon.conflicts import RulesMoved
from app.lexicon.holding import Holding
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.problems import Problem
from app.lexicon.rule_matter import RuleMatter
from app.lexicon.wording_matter import WordingMatter
from app.notices.notifier import Notifier
from app.policy import ActivePolicy
from app.records import (
    KeyRing,
    NoticeKind,
    Outbox,
    People,
    Platform,
    Revisions,
    Role,
    Store,
    Webhook,
    Webhooks,
)
from app.writing.lines.library import ApprovedLine
from guards.types import Scenario
from tests.app.lexicon.revisions import BODY
from tests.app.lexicon.rules import INSTITUTION, RuleLife, Verdicts, rule
from tests.app.notices.conftest import Notifying
from tests.app.notices.receivers import BROKEN, HANGS, TAKEN, Answer, Received, Receiver, closed_port, notice, receiver
from tests.app.stores import Clock
from tests.model_server import until

AUTHOR, OTHER = "张合规", "李合规"
MOBILE = "13812345678"
LINE = ApprovedLine(Scenario.ACQUISITION, "利息低。您看看？")
REF = "customer-4711"


@pytest.fixture
def program() -> Iterator[Receiver]:
    """A program that reads JSON and takes everything."""
    with receiver() as running:
        yield running


async def _webhook(webhooks: Webhooks, told: Receiver, name: str = "工单", *kinds: NoticeKind) -> Webhook:
    return await webhooks.create(name, Platform.JSON, f"{told.url}/hook", kinds or list(NoticeKind))


@asynccontextmanager
async def _started(notifier: Notifier) -> AsyncIterator[Notifier]:
    notifier.start()
    try:
        yield notifier
    finally:
        await notifier.close()


async def _begun(notifying: Notifying, webhooks: Webhooks, told: Receiver, *kinds: NoticeKind) -> Notifier:
    notifier = notifying()
    await _webhook(webhooks, told, "工单", *kinds)
    await notifier.look()
    told.told.clear()
    return notifier


def _kinds(told: Receiver) -> list[tuple[str, str]]:
    return [(each.json["kind"], each.json["event"]) for each in told.told]


def _everything(told: Receiver) -> str:
    return "".join(f"{each.path}{each.headers}{each.body.decode()}" for each in told.told)


async def _submitted(lifecycle: RuleLife, name: str = "extra.one", title: str = "新词", **fields: Any) -> str:
    made = await lifecycle.draft({"title": title, "adds": [rule(name, **fields)]}, AUTHOR, f"注 {MOBILE}")
    await lifecycle.submit(made.record.id, AUTHOR)
    return made.record.id


class TestWhatIsTold:
    async def test_every_step_of_a_change(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver, clock: Clock
    ) -> None:
        notifier = await _begun(notifying, webhooks, program)
        identity = await _submitted(lifecycle)
        await lifecycle.ask_reviewers(identity, AUTHOR, [OTHER])
        await lifecycle.comment(identity, OTHER, f"看过了 {MOBILE}")
        await lifecycle.withdraw(identity, AUTHOR)
        await lifecycle.submit(identity, AUTHOR)
        await lifecycle.reject(identity, OTHER, f"不行，打 {MOBILE}")
        await lifecycle.withdraw(identity, AUTHOR)
        await lifecycle.submit(identity, AUTHOR)
        await lifecycle.approve(identity, OTHER, effective_from=clock.time + timedelta(minutes=5))
        clock.pass_by(minutes=5)
        await lifecycle.publish_due()
        await notifier.look()
        assert _kinds(program) == [
            ("waiting", "change.submitted"),
            ("waiting", "change.reviewers_asked"),
            ("decided", "change.withdrawn"),
            ("waiting", "change.submitted"),
            ("decided", "change.rejected"),
            ("decided", "change.withdrawn"),
            ("waiting", "change.submitted"),
            ("decided", "change.approved"),
            ("published", "revision.published"),
        ]
        assert MOBILE not in _everything(program)
        for word in ("百分百包过件", "不得承诺", "extra.one"):
            assert word not in _everything(program)

    async def test_what_is_approved_at_once_is_told_once(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        notifier = await _begun(notifying, webhooks, program)
        await lifecycle.approve(await _submitted(lifecycle), OTHER, reason="同意")
        await notifier.look()
        await notifier.look()
        assert _kinds(program) == [("waiting", "change.submitted"), ("published", "revision.published")]
        assert "2" in program.titles[1]

    async def test_what_expires_and_what_fails(
        self, store: Store, revisions: Revisions, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks,
        program: Receiver, clock: Clock,
    ) -> None:  # fmt: skip
        notifier = await _begun(notifying, webhooks, program, NoticeKind.DECIDED, NoticeKind.FAILING)
        await _submitted(lifecycle, "extra.two")
        clock.pass_by(days=15)
        await lifecycle.page()
        later = await _submitted(lifecycle)
        when = clock.time + timedelta(minutes=5)
        await lifecycle.approve(later, OTHER, effective_from=when)
        strict = Verdicts()
        strict.problems = [Problem(code="stops_wording", message=f"会拦住“{BODY}”", english="stopped")]
        clock.pass_by(minutes=5)
        await Lifecycle(store, revisions, RuleMatter(INSTITUTION), judge=strict, clock=clock).publish_due()
        clock.pass_by(seconds=1)
        await notifier.look()
        assert _kinds(program) == [
            ("decided", "change.expired"),
            ("decided", "change.approved"),
            ("failing", "change.failed"),
        ]
        assert BODY not in _everything(program)

    async def test_people_and_keys_and_webhooks(
        self, store: Store, notifying: Notifying, webhooks: Webhooks, program: Receiver, people: People, clock: Clock
    ) -> None:
        notifier = await _begun(notifying, webhooks, program)
        await people.create(AUTHOR, [Role.EDITOR], "correct horse battery", by="王管理")
        await people.set_roles(AUTHOR, [Role.APPROVER], by="王管理")
        await people.set_password(AUTHOR, "staple battery horse", by="王管理")
        for _ in range(5):
            assert await people.login(AUTHOR, "hunter2 hunter2") is None
        await people.login("hunter2", "x")
        await people.disable(AUTHOR, by="王管理")
        await people.enable(AUTHOR, by="王管理")
        ring = KeyRing(store, clock)
        secret = await ring.create(f"拨号 {MOBILE}", [Role.CALLER], by="王管理")
        await ring.revoke(f"拨号 {MOBILE}", by="王管理")
        await ring.close()
        with receiver() as other:
            made = await webhooks.create("群", Platform.WECOM, f"{other.url}/send?key=0123456789abcdef", ["access"])  # type: ignore[list-item]
            await webhooks.remove(made.id)
        await notifier.look()
        assert _kinds(program) == [
            ("access", f"{what}.{event}")
            for what, event in (
                ("person", "created"),
                ("person", "roles_changed"),
                ("person", "password_changed"),
                ("person", "locked"),
                ("person", "disabled"),
                ("person", "enabled"),
                ("key", "created"),
                ("key", "revoked"),
                ("webhook", "created"),
                ("webhook", "removed"),
            )
        ]
        for hidden in (MOBILE, secret.split("_")[2], "0123456789abcdef", "hunter2", "battery", other.url):
            assert hidden not in _everything(program)

    async def test_the_brake_and_how_it_is_let_go_without_the_words(
        self, store: Store, revisions: Revisions, notifying: Notifying, webhooks: Webhooks, program: Receiver,
        data: Data, clock: Clock,
    ) -> None:  # fmt: skip
        matter = WordingMatter(data.vocabulary, data.deployment.prompts)
        life = Lifecycle(store, revisions, matter, judge=Verdicts(), clock=clock)
        active, catalogue = ActivePolicy(data.policy, data.wording), Catalogue({"small": [LINE]})
        holding, identity = (
            Holding(store, revisions, active, catalogue, life, clock=clock),
            line_id(LineKind.LINE, LINE.text),
        )
        notifier = await _begun(notifying, webhooks, program)
        await holding.suspend(identity, AUTHOR, f"投诉 {MOBILE}")
        await holding.freeze(AUTHOR, "投诉")
        for asked in (
            await holding.ask_to_resume(identity, AUTHOR, f"查过了 {MOBILE}"),
            await holding.ask_to_unfreeze(AUTHOR, "查过了"),
        ):
            await life.approve(asked.record.id, OTHER, reason="同意")
        await notifier.look()
        assert _kinds(program) == [
            ("published", "line.suspended"),
            ("published", "lexicon.frozen"),
            ("waiting", "change.submitted"),
            ("waiting", "change.submitted"),
            ("published", "revision.published"),
            ("published", "line.resumed"),
            ("published", "revision.published"),
            ("published", "lexicon.unfrozen"),
        ]
        for hidden in (MOBILE, LINE.text, "利息低", identity):
            assert hidden not in _everything(program)

    async def test_a_customer_is_told_of_without_who_it_is(
        self, store: Store, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        ledger = Ledger(store, await open_references(store, None))
        notifier = await _begun(notifying, webhooks, program)
        closures = await ledger.note(REF, [ContactEvent(EventType.WRONG_NUMBER)], AUTHOR)
        [kept] = closures.closed
        await ledger.ask(REF, kept, AUTHOR, f"本人来电 {MOBILE}")
        await ledger.open(REF, kept, OTHER, "同意")
        await notifier.look()
        assert _kinds(program) == [("waiting", "contact.opening_asked")]
        for hidden in (MOBILE, REF, ledger.digest(REF), ledger.digest(REF)[:12]):
            assert hidden not in _everything(program)

    async def test_what_happened_before_the_first_start_is_no_news(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        await _webhook(webhooks, program)
        await lifecycle.approve(await _submitted(lifecycle), OTHER)
        notifier = notifying()
        await notifier.look()
        await notifier.look()
        assert program.told == []

    async def test_a_webhook_is_told_its_kinds_only(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        notifier = await _begun(notifying, webhooks, program, NoticeKind.PUBLISHED)
        await lifecycle.approve(await _submitted(lifecycle), OTHER)
        await notifier.look()
        assert _kinds(program) == [("published", "revision.published")]

    async def test_a_change_that_was_dropped_meanwhile_stops_nothing(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        notifier = await _begun(notifying, webhooks, program)
        gone = await _submitted(lifecycle)
        await lifecycle.withdraw(gone, AUTHOR)
        await lifecycle.drop(gone, AUTHOR)
        await _submitted(lifecycle, "extra.two", "另一个")
        await notifier.look()
        assert program.titles == ["待审批：另一个"]


class TestConflicts:
    async def test_each_change_that_no_longer_fits_is_told_once(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        notifier = await _begun(notifying, webhooks, program, NoticeKind.CONFLICTING)
        await lifecycle.draft({"title": "草稿", "adds": [rule()]}, OTHER)
        waiting, winning = await _submitted(lifecycle, title="等着"), await _submitted(lifecycle, title="先")
        await _submitted(lifecycle, "extra.two", "无关")
        await lifecycle.approve(winning, OTHER)
        await notifier.look()
        await notifier.look()
        assert sorted(program.titles) == ["变更冲突：等着", "变更冲突：草稿"]
        with pytest.raises(RulesMoved):
            await lifecycle.approve(waiting, OTHER)

    async def test_a_revision_that_has_nothing_to_do_with_it_tells_nothing_anew(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        notifier = await _begun(notifying, webhooks, program, NoticeKind.CONFLICTING)
        identity, winning = await _submitted(lifecycle, title="等着"), await _submitted(lifecycle)
        await lifecycle.approve(winning, OTHER)
        await notifier.look()
        for number in range(2):
            await lifecycle.approve(await _submitted(lifecycle, f"extra.n{number}"), OTHER)
            await notifier.look()
        assert program.titles == ["变更冲突：等着"]
        await lifecycle.withdraw(identity, AUTHOR)
        await lifecycle.edit(identity, {"adds": [], "edits": [rule(phrases=["百分百包过件", "包成"])]}, AUTHOR)
        other = await lifecycle.draft({"title": "改", "edits": [rule(reason="另一个理由")]}, OTHER)
        await lifecycle.submit(other.record.id, OTHER)
        await lifecycle.approve(other.record.id, AUTHOR)
        await notifier.look()
        assert program.titles == ["变更冲突：等着"] * 2

    async def test_several_revisions_that_are_read_at_once_tell_it_once(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        notifier = await _begun(notifying, webhooks, program, NoticeKind.CONFLICTING)
        await lifecycle.draft({"title": "草稿", "adds": [rule()]}, OTHER)
        for name in ("extra.one", "extra.two", "extra.three"):
            await lifecycle.approve(await _submitted(lifecycle, name), OTHER)
        await notifier.look()
        assert program.titles == ["变更冲突：草稿"]


class TestReplicas:
    async def test_one_that_is_silent_is_told_once(
        self, store: Store, revisions: Revisions, notifying: Notifying, webhooks: Webhooks, program: Receiver,
        clock: Clock,
    ) -> None:  # fmt: skip
        notifier = await _begun(notifying, webhooks, program, NoticeKind.FAILING)
        known = Revisions(store, clock)
        await known.activated("pod-1", 1, "a")
        await known.activated("pod-2", 1, "a")
        await notifier.look()
        clock.pass_by(seconds=31)
        await known.activated("pod-2", 1, "a")
        await known.gone("pod-3")
        for _ in range(3):
            await notifier.look()
        [told] = program.told
        assert told.json["kind"] == "failing"
        assert "pod-1" in str(told.json["lines"])
        await known.activated("pod-1", 1, "a")
        clock.pass_by(seconds=31)
        await known.activated("pod-2", 1, "a")
        await notifier.look()
        assert len(program.told) == 2

    async def test_one_that_lags_behind_is_told_once_for_each_revision(
        self, store: Store, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver,
        clock: Clock, revisions: Revisions,
    ) -> None:  # fmt: skip
        notifier = await _begun(notifying, webhooks, program, NoticeKind.FAILING)
        known = Revisions(store, clock)
        await lifecycle.approve(await _submitted(lifecycle), OTHER)
        newest = await revisions.newest()
        assert newest is not None
        clock.time = newest.created_at + timedelta(seconds=20)
        await known.activated("pod-1", 1, "a")
        await notifier.look()
        assert program.told == []
        clock.pass_by(seconds=11)
        await known.activated("pod-1", 1, "a")
        await known.activated("pod-2", 2, "b")
        await notifier.look()
        await notifier.look()
        [told] = program.told
        assert "2" in told.json["title"]
        assert "pod-1" in str(told.json["lines"])

    async def test_those_that_disagree_are_told_once(
        self, store: Store, notifying: Notifying, webhooks: Webhooks, program: Receiver, clock: Clock
    ) -> None:
        notifier = await _begun(notifying, webhooks, program, NoticeKind.FAILING)
        known = Revisions(store, clock)
        await known.activated("pod-1", 1, "a")
        await known.activated("pod-2", 1, "b")
        await notifier.look()
        await notifier.look()
        assert len(program.told) == 1


class TestCarrying:
    @pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)
    async def test_two_on_one_store_tell_each_notice_once(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        first, second = await _begun(notifying, webhooks, program, NoticeKind.WAITING), notifying()
        async with _started(first), _started(second):
            for number in range(5):
                await _submitted(lifecycle, f"extra.n{number}", f"第 {number} 个")
            await until(lambda: len(program.told) >= 5)
            await asyncio.gather(first.look(), second.look())
        assert sorted(program.titles) == [f"待审批：第 {number} 个" for number in range(5)]
        assert len({told.headers["webhook-id"] for told in program.told}) == 5

    async def test_what_a_killed_process_was_telling_is_told_again_with_its_id(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver, clock: Clock
    ) -> None:
        program.script = lambda told: HANGS
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        await _submitted(lifecycle)
        notifier.start()
        await until(lambda: program.told)
        await notifier.close()
        await until(program.hung_up.is_set)
        program.script = lambda told: TAKEN
        other = notifying()
        await other.look()
        assert len(program.told) == 1
        clock.pass_by(seconds=60)
        await other.look()
        first, again = program.told
        assert again.headers["webhook-id"] == first.headers["webhook-id"]
        assert again.json == first.json

    async def test_what_does_not_arrive_is_tried_again_and_said_once(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, outbox: Outbox, program: Receiver,
        clock: Clock,
    ) -> None:  # fmt: skip
        program.script = lambda told: BROKEN
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        [hook] = await webhooks.list()
        await _submitted(lifecycle)
        with capture_logs() as logs:
            for pause in (9, 1, 29, 1, 119, 1):
                await notifier.look()
                clock.pass_by(seconds=pause)
            program.script = lambda told: TAKEN
            await notifier.look()
            await notifier.look()
        assert len(program.told) == 4
        assert len({told.headers["webhook-id"] for told in program.told}) == 1
        assert len({told.headers["webhook-timestamp"] for told in program.told}) == 4
        [said] = [each for each in logs if each["event"] == "a notice did not arrive"]
        assert (said["webhook"], said["kind"], said["reason"], said["log_level"]) == (
            hook.id, "waiting", "HTTP 500", "warning",
        )  # fmt: skip
        assert program.url not in str(logs)
        [kept] = await outbox.newest(hook.id)
        assert (kept.attempts, kept.delivered_at) == (4, clock.time)

    async def test_who_wants_to_be_left_alone_is_told_nothing(
        self, outbox: Outbox, notifying: Notifying, webhooks: Webhooks, program: Receiver, clock: Clock
    ) -> None:
        program.script = lambda told: Answer(b"", 429, {"retry-after": "120"})
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        await outbox.put([notice(f"第 {number} 个", key=str(number)) for number in range(25)])
        for seconds in (2, 10, 107):
            await notifier.look()
            clock.pass_by(seconds=seconds)
        assert len(program.told) == 1
        program.script = lambda told: TAKEN
        clock.pass_by(seconds=1)
        await notifier.look()
        await notifier.look()
        assert program.titles == ["第 0 个"] + [f"第 {number} 个" for number in range(25)]

    async def test_one_that_refuses_one_notice_is_told_the_others(
        self, outbox: Outbox, notifying: Notifying, webhooks: Webhooks, program: Receiver, clock: Clock
    ) -> None:
        def picky(told: Received) -> Answer:
            return BROKEN if "坏" in told.json["title"] else TAKEN

        program.script = picky
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        await outbox.put([notice(title, key=title) for title in ("坏", "好", "好极了")])
        await notifier.look()
        clock.pass_by(seconds=10)
        for _ in range(3):
            await notifier.look()
            clock.pass_by(seconds=10)
        assert {"好", "好极了"} <= set(program.titles)

    async def test_a_slow_one_is_told_no_more_than_its_claim_allows(
        self, outbox: Outbox, notifying: Notifying, webhooks: Webhooks, program: Receiver, clock: Clock
    ) -> None:
        def slowly(told: Received) -> Answer:
            clock.pass_by(seconds=9)
            return TAKEN

        program.script = slowly
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        await outbox.put([notice(f"第 {number} 个", key=str(number)) for number in range(12)])
        await notifier.look()
        assert len(program.told) == 5
        for _ in range(12):
            clock.pass_by(seconds=61)
            await notifier.look()
        assert program.titles == [f"第 {number} 个" for number in range(12)]

    async def test_one_that_hangs_or_is_gone_holds_back_no_other(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        await webhooks.create("没人", Platform.WECOM, f"http://127.0.0.1:{closed_port()}/x", list(NoticeKind))
        with receiver(lambda told: HANGS) as hanging:
            await _webhook(webhooks, hanging, "挂起")
            async with _started(notifier):
                for number in range(3):
                    await _submitted(lifecycle, f"extra.n{number}", f"第 {number} 个")
                    await until(lambda wanted=number: len(program.told) > wanted)  # type: ignore[misc]
                await until(lambda: hanging.told)
                assert not hanging.hung_up.is_set()
            await until(hanging.hung_up.is_set)
        assert len(hanging.told) == 1

    async def test_a_removed_one_is_told_nothing_more(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver, clock: Clock
    ) -> None:
        program.script = lambda told: BROKEN
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        await _submitted(lifecycle)
        await notifier.look()
        [hook] = await webhooks.list()
        await webhooks.remove(hook.id)
        await _submitted(lifecycle, "extra.two")
        clock.pass_by(days=1)
        await notifier.look()
        assert len(program.told) == 1

    async def test_one_that_is_removed_while_it_hangs_ends_well(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, outbox: Outbox, program: Receiver
    ) -> None:
        program.script = lambda told: HANGS
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        await _submitted(lifecycle)
        async with _started(notifier):
            await until(lambda: program.told)
            [hook] = await webhooks.list()
            await webhooks.remove(hook.id)
        assert await outbox.newest(hook.id) == []

    async def test_what_cannot_be_read_keeps_back_nothing_that_was_handed_out(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver, outbox: Outbox
    ) -> None:
        async def broken(identity: str) -> Any:
            raise LookupError(identity)

        await _begun(notifying, webhooks, program)
        await _submitted(lifecycle)
        await lifecycle.approve(await _submitted(lifecycle, "extra.two"), OTHER)
        await outbox.put([notice("早就要说的")])
        notifier = notifying(read=broken)
        async with _started(notifier):
            await until(lambda: program.told)
        assert program.titles == ["早就要说的"]


class TestTheProcess:
    async def test_a_store_that_does_not_answer_is_said_once_and_waited_for(
        self, url: str, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, program: Receiver
    ) -> None:
        await _begun(notifying, webhooks, program)
        await _submitted(lifecycle)
        late = Store()
        with capture_logs() as logs:
            async with _started(notifying(late)) as notifier:
                await until(lambda: logs)
                for _ in range(5):
                    with pytest.raises(Exception, match="not reached"):
                        await notifier.look()
                await asyncio.sleep(0.05)
                await late.open(url)
                await until(lambda: program.told)
        await late.close()
        assert [(each["event"], each["log_level"]) for each in logs] == [("notices cannot be told now", "warning")]
        assert program.titles == ["待审批：新词"]

    async def test_an_end_does_not_wait_for_who_hangs_and_counts_no_failure(
        self, lifecycle: RuleLife, notifying: Notifying, webhooks: Webhooks, outbox: Outbox, program: Receiver
    ) -> None:
        program.script = lambda told: HANGS
        notifier = await _begun(notifying, webhooks, program, NoticeKind.WAITING)
        await _submitted(lifecycle)
        async with _started(notifier):
            await until(lambda: program.told)
        await until(program.hung_up.is_set)
        [hook] = await webhooks.list()
        [kept] = await outbox.newest(hook.id)
        assert (kept.attempts, kept.failure) == (0, None)
        assert len(asyncio.all_tasks()) == 1

    async def test_who_never_began_can_be_ended(self, notifying: Notifying) -> None:
        notifier = notifying()
        await notifier.close()
        await notifier.close()
