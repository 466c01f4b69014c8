"""The life of a change of rules, on SQLite and on PostgreSQL."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from app.errors import Malformed, RequestConflict
from app.lexicon.conflicts import RulesMoved
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.refused import NotTheAuthor, OtherVersion, OwnChange, UnknownChange, WrongState
from app.lexicon.rule_matter import RuleMatter
from app.lexicon.shelf import UnknownRevision
from app.records import AuditTrail, ChangeState, Grants, OneHand, People, Revision, Revisions, Role, Store, Tie
from tests.app.lexicon.rules import INSTITUTION, SMALL, RuleLife, Verdicts, rule, shipped
from tests.app.stores import Clock, Told

AUTHOR, OTHER, THIRD = "张合规", "李合规", "王合规"
BODY: dict[str, Any] = {"title": "新词", "adds": [rule()]}
PHRASES = "promise.guaranteed_approval"
STOPS_WORDING = Problem(
    code="stops_wording", message="“包过件”会拦住已批准的话术“您的件包过件”。", english="an approved wording is stopped"
)


@pytest.fixture
def strict(store: Store, revisions: Revisions, clock: Clock) -> RuleLife:
    """The same on a replica where every change would stop approved wording."""
    judge = Verdicts()
    judge.problems = [STOPS_WORDING]
    return Lifecycle(store, revisions, RuleMatter(INSTITUTION), judge=judge, clock=clock)


async def _submitted(lifecycle: RuleLife, body: object = None, person: str = AUTHOR) -> str:
    made = await lifecycle.draft(body or BODY, person, "客户投诉")
    await lifecycle.submit(made.record.id, person)
    return made.record.id


async def _published(lifecycle: RuleLife, body: object = None, person: str = AUTHOR) -> int:
    identity = await _submitted(lifecycle, body, person)
    approved = await lifecycle.approve(identity, OTHER if person != OTHER else AUTHOR)
    assert approved.record.revision is not None
    return approved.record.revision


async def _events(told: Told) -> list[str]:
    return [entry.event for entry in await told()]


class TestDrafts:
    async def test_a_draft_is_kept_as_it_was_sent_with_its_warnings(self, lifecycle: RuleLife) -> None:
        made = await lifecycle.draft({**BODY, "adds": [rule(phrases=["百分百包过件", "没有例句的词"])]}, AUTHOR, "注")
        read = await lifecycle.get(made.record.id)
        assert (read.record.state, read.record.title, read.record.comment) == (ChangeState.DRAFT, "新词", "注")
        assert (read.record.author, read.record.based_on, read.record.version) == (AUTHOR, 1, 1)
        assert read.change.as_json()["adds"][0]["phrases"] == ["百分百包过件", "没有例句的词"]
        assert [one["code"] for one in read.warnings] == ["no_hit_example"]

    async def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_kept(self, lifecycle: RuleLife) -> None:
        bad = {"adds": [rule(action="shout"), rule("extra.two", phrases="包过")], "retires": ["no.such"]}
        with pytest.raises(ChangeRefused) as refused:
            await lifecycle.draft(bad, AUTHOR)
        assert {problem.field for problem in refused.value.fields} == {"adds.0.action", "adds.1.phrases", "retires.0"}
        assert all(re.search("[\u4e00-\u9fff].* \\(.*[a-z]", problem.reason) for problem in refused.value.fields)
        assert await lifecycle.page() == []

    async def test_only_its_author_edits_submits_withdraws_and_drops_it(self, lifecycle: RuleLife) -> None:
        made = await lifecycle.draft(BODY, AUTHOR)
        for step in (
            lifecycle.edit(made.record.id, {"title": "别的"}, OTHER),
            lifecycle.submit(made.record.id, OTHER),
            lifecycle.withdraw(made.record.id, OTHER),
            lifecycle.drop(made.record.id, OTHER),
        ):
            with pytest.raises(NotTheAuthor):
                await step

    async def test_an_edit_changes_what_it_names_and_counts(self, lifecycle: RuleLife) -> None:
        made = await lifecycle.draft(BODY, AUTHOR)
        edited = await lifecycle.edit(made.record.id, {"title": "改名"}, AUTHOR, "另注")
        assert (edited.record.title, edited.record.comment, edited.record.version) == ("改名", "另注", 2)
        assert edited.change.adds == made.change.adds
        with pytest.raises(ChangeRefused):
            await lifecycle.edit(made.record.id, {"adds": [rule(action="shout")]}, AUTHOR)
        assert (await lifecycle.get(made.record.id)).record.version == 2

    async def test_what_would_stop_approved_wording_is_told_to_a_draft_and_cannot_be_submitted(
        self, strict: RuleLife
    ) -> None:
        made = await strict.draft(BODY, AUTHOR)
        assert [(one["code"], one["severity"]) for one in made.warnings] == [("stops_wording", "warning")]
        with pytest.raises(ChangeRefused, match="不能这样采用"):
            await strict.submit(made.record.id, AUTHOR)
        assert (await strict.get(made.record.id)).record.state is ChangeState.DRAFT

    async def test_a_dropped_draft_is_gone(self, lifecycle: RuleLife, told: Told) -> None:
        made = await lifecycle.draft(BODY, AUTHOR)
        await lifecycle.comment(made.record.id, OTHER, "再想想")
        await lifecycle.drop(made.record.id, AUTHOR)
        with pytest.raises(UnknownChange):
            await lifecycle.get(made.record.id)
        assert (await _events(told))[-1] == "change.dropped"

    async def test_a_change_that_changes_nothing_cannot_be_submitted(self, lifecycle: RuleLife) -> None:
        made = await lifecycle.draft({"title": "空"}, AUTHOR)
        with pytest.raises(ChangeRefused, match="不能这样采用"):
            await lifecycle.submit(made.record.id, AUTHOR)

    async def test_changes_are_listed_by_state_and_author_newest_first(self, lifecycle: RuleLife) -> None:
        first = await lifecycle.draft(BODY, AUTHOR)
        second = await lifecycle.draft(BODY, OTHER)
        third = await _submitted(lifecycle)
        ids = [one.record.id for one in await lifecycle.page()]
        assert sorted(ids) == sorted([first.record.id, second.record.id, third])
        assert [one.record.id for one in await lifecycle.page(ChangeState.SUBMITTED)] == [third]
        assert [one.record.id for one in await lifecycle.page(author=OTHER)] == [second.record.id]
        assert [one.record.id for one in await lifecycle.page(before=ids[0], limit=1)] == [ids[1]]


class TestDeciding:
    async def test_another_person_publishes_and_every_step_is_in_the_trail(
        self, lifecycle: RuleLife, revisions: Revisions, told: Told, store: Store
    ) -> None:
        identity = await _submitted(lifecycle)
        await lifecycle.ask_reviewers(identity, AUTHOR, [OTHER])
        await lifecycle.comment(identity, OTHER, "看过了")
        approved = await lifecycle.approve(identity, OTHER, reason="同意")
        assert (approved.record.state, approved.record.revision) == (ChangeState.PUBLISHED, 2)
        assert [(one.person, one.text) for one in approved.comments] == [(OTHER, "看过了")]
        newest = await revisions.newest()
        assert newest is not None
        assert (newest.number, newest.author, newest.approver) == (2, AUTHOR, OTHER)
        assert (newest.title, newest.change_id) == ("新词", identity)
        rules = await lifecycle.rules()
        assert rules.rules["extra.one"].data["phrases"] == ["百分百包过件"]
        assert {name: rules.contents[name] for name in SMALL.contents} == SMALL.contents
        first = await revisions.get(1)
        assert first is not None
        assert newest.wording == first.wording
        assert await _events(told) == [
            "revision.published",
            "change.drafted",
            "change.submitted",
            "change.reviewers_asked",
            "change.commented",
            "change.approved",
            "revision.published",
        ]
        last = (await told())[-1]
        assert (last.person, last.subject) == (OTHER, "2")
        assert last.details == {
            "sha256": newest.sha256, "lexicon": rules.digest, "change": identity, "based_on": 1, "holds": None
        }  # fmt: skip
        assert await AuditTrail(store).verify() is None

    async def test_nobody_decides_on_what_is_ones_own(self, lifecycle: RuleLife) -> None:
        identity = await _submitted(lifecycle)
        with pytest.raises(OwnChange):
            await lifecycle.approve(identity, AUTHOR)
        with pytest.raises(OwnChange):
            await lifecycle.reject(identity, AUTHOR, "不")
        with pytest.raises(Malformed):
            await lifecycle.ask_reviewers(identity, OTHER, [AUTHOR])
        assert (await lifecycle.get(identity)).record.state is ChangeState.SUBMITTED

    async def test_a_person_whom_the_author_made_approves_nothing_of_the_authors(
        self, lifecycle: RuleLife, people: People
    ) -> None:
        identity = await _submitted(lifecycle)
        await people.create(OTHER, [Role.APPROVER], "correct horse battery", by=AUTHOR)
        with pytest.raises(OneHand) as refused:
            await lifecycle.approve(identity, OTHER)
        assert refused.value.tie is Tie.DECIDING
        assert (await lifecycle.get(identity)).record.state is ChangeState.SUBMITTED
        await lifecycle.approve(identity, THIRD)

    async def test_nor_does_the_author_approve_what_somebody_asked_whom_the_author_made(
        self, lifecycle: RuleLife, people: People, store: Store, clock: Clock
    ) -> None:
        await people.create(OTHER, [Role.EDITOR], "correct horse battery", by=AUTHOR)
        await people.set_password(OTHER, "another horse battery", by=OTHER)
        identity = await _submitted(lifecycle, person=OTHER)
        clock.pass_by(minutes=1)
        await Grants(store, clock).confirm(OTHER)
        with pytest.raises(OneHand):
            await lifecycle.approve(identity, AUTHOR)
        clock.pass_by(minutes=1)
        await lifecycle.withdraw(identity, OTHER)
        await lifecycle.submit(identity, OTHER)
        assert (await lifecycle.approve(identity, AUTHOR)).record.state is ChangeState.PUBLISHED

    async def test_a_person_whom_the_author_made_may_still_reject(self, lifecycle: RuleLife, people: People) -> None:
        identity = await _submitted(lifecycle)
        await people.create(OTHER, [Role.APPROVER], "correct horse battery", by=AUTHOR)
        assert (await lifecycle.reject(identity, OTHER, "不对")).record.state is ChangeState.REJECTED

    async def test_a_draft_cannot_be_approved_and_nothing_twice(self, lifecycle: RuleLife) -> None:
        made = await lifecycle.draft(BODY, AUTHOR)
        with pytest.raises(WrongState):
            await lifecycle.approve(made.record.id, OTHER)
        await lifecycle.submit(made.record.id, AUTHOR)
        await lifecycle.approve(made.record.id, OTHER)
        with pytest.raises(WrongState):
            await lifecycle.approve(made.record.id, THIRD)
        with pytest.raises(WrongState):
            await lifecycle.withdraw(made.record.id, AUTHOR)

    async def test_of_two_who_approve_at_once_one_publishes(self, lifecycle: RuleLife, revisions: Revisions) -> None:
        identity = await _submitted(lifecycle)
        done = await asyncio.gather(
            *(lifecycle.approve(identity, person) for person in (OTHER, THIRD)), return_exceptions=True
        )
        assert sorted(isinstance(one, WrongState) for one in done) == [False, True]
        assert len(await revisions.page()) == 2

    async def test_whoever_is_second_is_told_that_it_is_decided_and_not_that_its_rules_moved(
        self, lifecycle: RuleLife, store: Store, judge: Verdicts, clock: Clock
    ) -> None:
        identity = await _submitted(lifecycle)

        class Overtaken(Revisions):
            async def newest(self) -> Revision | None:
                if (await lifecycle.get(identity)).record.state is ChangeState.SUBMITTED:
                    await lifecycle.approve(identity, OTHER)
                return await super().newest()

        late = Lifecycle(store, Overtaken(store), RuleMatter(INSTITUTION), judge=judge, clock=clock)
        with pytest.raises(WrongState):
            await late.approve(identity, THIRD)

    async def test_what_was_edited_after_it_was_read_is_not_approved(self, lifecycle: RuleLife) -> None:
        identity = await _submitted(lifecycle)
        read = (await lifecycle.get(identity)).record.version
        await lifecycle.withdraw(identity, AUTHOR)
        await lifecycle.edit(identity, {"adds": [rule(title="改名")]}, AUTHOR)
        await lifecycle.submit(identity, AUTHOR)
        with pytest.raises(OtherVersion):
            await lifecycle.approve(identity, OTHER, version=read)
        assert (await lifecycle.approve(identity, OTHER, version=read + 1)).record.revision == 2

    async def test_a_rejected_change_says_why_and_can_be_taken_up_again(self, lifecycle: RuleLife) -> None:
        identity = await _submitted(lifecycle)
        rejected = await lifecycle.reject(identity, OTHER, "缺少依据")
        assert (rejected.record.state, rejected.record.reason) == (ChangeState.REJECTED, "缺少依据")
        assert rejected.record.decided_by == OTHER
        assert (await lifecycle.withdraw(identity, AUTHOR)).record.state is ChangeState.DRAFT
        again = await lifecycle.submit(identity, AUTHOR)
        assert again.record.decided_by is None

    async def test_what_would_stop_approved_wording_is_not_published(
        self, lifecycle: RuleLife, strict: RuleLife, revisions: Revisions
    ) -> None:
        identity = await _submitted(lifecycle)
        with pytest.raises(ChangeRefused) as refused:
            await strict.approve(identity, OTHER)
        assert "您的件包过件" in refused.value.fields[0].reason
        assert (await lifecycle.get(identity)).record.state is ChangeState.SUBMITTED
        assert len(await revisions.page()) == 1

    async def test_a_request_that_nobody_decides_expires(self, lifecycle: RuleLife, clock: Clock, told: Told) -> None:
        identity = await _submitted(lifecycle)
        clock.pass_by(days=13, hours=23)
        assert (await lifecycle.get(identity)).record.state is ChangeState.SUBMITTED
        clock.pass_by(hours=1)
        with pytest.raises(WrongState):
            await lifecycle.approve(identity, OTHER)
        assert (await lifecycle.get(identity)).record.state is ChangeState.EXPIRED
        assert [entry.person for entry in await told() if entry.event == "change.expired"] == ["service"]
        await lifecycle.withdraw(identity, AUTHOR)
        renewed = await lifecycle.submit(identity, AUTHOR)
        assert renewed.record.expires_at == clock() + timedelta(days=14)


class TestTwoChangesOfOneRule:
    async def test_the_second_is_refused_with_both_texts(self, lifecycle: RuleLife) -> None:
        first = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改一")]})
        second = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改二")]}, THIRD)
        await lifecycle.approve(first, OTHER)
        warned = await lifecycle.get(second)
        assert (warned.warnings[0]["code"], warned.warnings[0]["rule"]) == ("moved_rule", PHRASES)
        with pytest.raises(RulesMoved) as refused:
            await lifecycle.approve(second, OTHER)
        told = {problem.field: problem.reason for problem in refused.value.fields}
        assert "第 2 版" in told[PHRASES]
        assert SMALL.rules[PHRASES].data["title"] in told[f"{PHRASES}:then"]
        assert "改一" in told[f"{PHRASES}:now"]
        assert "改二" in told[f"{PHRASES}:wanted"]

    async def test_an_author_who_edits_again_has_seen_what_is_in_force(self, lifecycle: RuleLife) -> None:
        first = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改一")]})
        second = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改二")]}, THIRD)
        await lifecycle.approve(first, OTHER)
        await lifecycle.withdraw(second, THIRD)
        edited = await lifecycle.edit(second, {"edits": [shipped(PHRASES, title="改三")]}, THIRD)
        assert "moved_rule" not in [one["code"] for one in edited.warnings]
        await lifecycle.submit(second, THIRD)
        assert (await lifecycle.approve(second, OTHER)).record.revision == 3

    async def test_an_edit_of_something_else_takes_nothing_from_others_unseen(self, lifecycle: RuleLife) -> None:
        first = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改一")]})
        second = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改二")]}, THIRD)
        await lifecycle.approve(first, OTHER)
        await lifecycle.withdraw(second, THIRD)
        edited = await lifecycle.edit(second, {"adds": [rule()]}, THIRD)
        assert "moved_rule" in [one["code"] for one in edited.warnings]
        await lifecycle.submit(second, THIRD)
        with pytest.raises(RulesMoved):
            await lifecycle.approve(second, OTHER)
        await lifecycle.withdraw(second, THIRD)
        edited = await lifecycle.edit(second, {"edits": [shipped(PHRASES, title="改二")]}, THIRD)
        assert "moved_rule" in [one["code"] for one in edited.warnings]
        edited = await lifecycle.edit(second, {"edits": [shipped(PHRASES, title="改二")]}, THIRD, seen={PHRASES})
        assert "moved_rule" not in [one["code"] for one in edited.warnings]

    async def test_changes_of_different_rules_are_joined(self, lifecycle: RuleLife) -> None:
        first = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改一")]})
        second = await _submitted(lifecycle, BODY, THIRD)
        await lifecycle.approve(first, OTHER)
        await lifecycle.approve(second, OTHER)
        rules = (await lifecycle.rules()).rules
        assert rules[PHRASES].data["title"] == "改一"
        assert "extra.one" in rules
        assert "extra.one" not in (await lifecycle.rules(2)).rules

    @pytest.mark.parametrize("body", [BODY, {"retires": [PHRASES]}])
    async def test_what_two_add_or_retire_is_one_rule_too(self, lifecycle: RuleLife, body: dict[str, Any]) -> None:
        first, second = await _submitted(lifecycle, body), await _submitted(lifecycle, body, THIRD)
        await lifecycle.approve(first, OTHER)
        with pytest.raises(RulesMoved):
            await lifecycle.approve(second, OTHER)

    async def test_one_that_waits_for_its_time_counts_too(self, lifecycle: RuleLife, clock: Clock) -> None:
        first = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改一")]})
        second = await _submitted(lifecycle, {"edits": [shipped(PHRASES, title="改二")]}, THIRD)
        await lifecycle.approve(first, OTHER, effective_from=clock() + timedelta(days=1))
        with pytest.raises(RulesMoved, match="别人也改了") as refused:
            await lifecycle.approve(second, OTHER)
        assert first in refused.value.fields[0].reason


class TestEffectiveDates:
    async def test_an_approved_change_waits_for_its_minute(
        self, lifecycle: RuleLife, clock: Clock, revisions: Revisions, told: Told
    ) -> None:
        identity = await _submitted(lifecycle)
        moment = clock() + timedelta(hours=3)
        waiting = await lifecycle.approve(identity, OTHER, effective_from=moment)
        assert (waiting.record.state, waiting.record.effective_from) == (ChangeState.APPROVED, moment)
        clock.pass_by(hours=2, minutes=59)
        assert await lifecycle.publish_due() == []
        clock.pass_by(minutes=1)
        [published] = await lifecycle.publish_due()
        assert (published.number, published.author, published.approver) == (2, AUTHOR, OTHER)
        assert await lifecycle.publish_due() == []
        assert (await lifecycle.get(identity)).record.state is ChangeState.PUBLISHED
        assert (await _events(told))[-2:] == ["change.approved", "revision.published"]
        assert len(await revisions.page()) == 2

    async def test_two_replicas_publish_it_once(
        self, lifecycle: RuleLife, clock: Clock, revisions: Revisions, store: Store
    ) -> None:
        identity = await _submitted(lifecycle)
        await lifecycle.approve(identity, OTHER, effective_from=clock() + timedelta(minutes=1))
        clock.pass_by(minutes=1)
        beside = Lifecycle(store, revisions, RuleMatter(INSTITUTION), judge=Verdicts(), clock=clock)
        done = await asyncio.gather(lifecycle.publish_due(), beside.publish_due())
        assert sorted(map(len, done)) == [0, 1]
        assert len(await revisions.page()) == 2

    async def test_one_that_cannot_be_published_then_has_failed_and_says_why(
        self, lifecycle: RuleLife, strict: RuleLife, clock: Clock, told: Told
    ) -> None:
        identity = await _submitted(lifecycle)
        await lifecycle.approve(identity, OTHER, effective_from=clock() + timedelta(minutes=1))
        clock.pass_by(minutes=1)
        assert await strict.publish_due() == []
        failed = (await lifecycle.get(identity)).record
        assert failed.state is ChangeState.FAILED
        assert "包过件" in (failed.reason or "")
        assert (await _events(told))[-1] == "change.failed"

    async def test_it_can_be_stopped_before(self, lifecycle: RuleLife, clock: Clock) -> None:
        identity = await _submitted(lifecycle)
        await lifecycle.approve(identity, OTHER, effective_from=clock() + timedelta(minutes=1))
        await lifecycle.reject(identity, THIRD, "先不上")
        clock.pass_by(minutes=1)
        assert await lifecycle.publish_due() == []

    async def test_a_time_that_has_passed_means_at_once_and_seconds_are_refused(
        self, lifecycle: RuleLife, clock: Clock
    ) -> None:
        identity = await _submitted(lifecycle)
        with pytest.raises(Malformed):
            await lifecycle.approve(identity, OTHER, effective_from=clock() + timedelta(seconds=90))
        assert (await lifecycle.approve(identity, OTHER, effective_from=clock())).record.revision == 2


class TestRestoring:
    async def test_a_second_person_puts_an_earlier_revision_back_byte_for_byte(
        self, lifecycle: RuleLife, revisions: Revisions, told: Told
    ) -> None:
        assert await _published(lifecycle) == 2
        asked = await lifecycle.restore(1, AUTHOR, "误伤太多")
        assert (asked.record.state, asked.record.restores) == (ChangeState.SUBMITTED, 1)
        assert asked.change.retires == ("extra.one",)
        with pytest.raises(OwnChange):
            await lifecycle.approve(asked.record.id, AUTHOR)
        assert (await lifecycle.approve(asked.record.id, OTHER)).record.revision == 3
        first, third = await revisions.get(1), await revisions.get(3)
        assert first is not None
        assert third is not None
        assert (third.lexicon, third.sha256) == (first.lexicon, first.sha256)
        assert (await lifecycle.rules()).contents == SMALL.contents
        assert (await told())[-1].details["restores"] == 1

    async def test_one_person_may_put_back_what_only_tightens(
        self, lifecycle: RuleLife, revisions: Revisions, told: Told
    ) -> None:
        await _published(lifecycle)
        await _published(lifecycle, {"retires": ["extra.one"]})
        restored = await lifecycle.restore(2, AUTHOR, "紧急")
        assert (restored.record.state, restored.record.revision) == (ChangeState.PUBLISHED, 4)
        newest = await revisions.newest()
        assert newest is not None
        assert newest.approver is None
        assert (await told())[-1].details["only_tightens"] is True

    async def test_what_only_tightens_and_stops_wording_leaves_nothing_behind(
        self, lifecycle: RuleLife, strict: RuleLife
    ) -> None:
        await _published(lifecycle)
        await _published(lifecycle, {"retires": ["extra.one"]})
        with pytest.raises(ChangeRefused):
            await strict.restore(2, AUTHOR)
        assert await lifecycle.page(ChangeState.SUBMITTED) == []

    async def test_rules_that_are_in_force_and_revisions_that_never_were_cannot_be_put_back(
        self, lifecycle: RuleLife
    ) -> None:
        with pytest.raises(RequestConflict):
            await lifecycle.restore(1, AUTHOR)
        with pytest.raises(UnknownRevision):
            await lifecycle.restore(9, AUTHOR)

    async def test_what_others_published_meanwhile_is_not_lost_unseen(self, lifecycle: RuleLife) -> None:
        await _published(lifecycle)
        asked = await lifecycle.restore(1, AUTHOR)
        await _published(lifecycle, {"edits": [shipped(PHRASES, title="改一")]})
        with pytest.raises(RulesMoved):
            await lifecycle.approve(asked.record.id, OTHER)
        await lifecycle.withdraw(asked.record.id, AUTHOR)
        again = await lifecycle.submit(asked.record.id, AUTHOR)
        assert {edit["id"] for edit in again.change.edits} == {PHRASES}
        assert (await lifecycle.approve(asked.record.id, OTHER)).record.revision == 4
        assert (await lifecycle.rules()).contents == SMALL.contents
