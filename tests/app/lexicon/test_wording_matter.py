"""The life of approved wording, on SQLite and on PostgreSQL: whatever is published can be put in force."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.approved.holds import HOLDS_FILE
from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.wording import COMPLEMENTS_FILE, FALLBACKS_FILE, STITCH_FILE
from app.data import Data
from app.errors import RequestConflict
from app.lexicon.catalogue import Catalogue
from app.lexicon.conflicts import RulesMoved
from app.lexicon.files import RuleFiles
from app.lexicon.holding import Holding
from app.lexicon.judging import PolicyJudge
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.problems import ChangeRefused, errors
from app.lexicon.refused import HeldAnew, NotTheAuthor, OwnChange, WrongState
from app.lexicon.register import Dossier
from app.lexicon.rewording import Rewording
from app.lexicon.rule_matter import RuleMatter
from app.lexicon.shelf import Edition, UnknownRevision
from app.lexicon.wording_matter import WordingMatter
from app.policy import ActivePolicy
from app.records import AuditTrail, ChangeState, Revision, Revisions, Store, open_store
from app.scripts.proof import prove_wording
from guards.policy import Policy
from tests.app.lexicon.rules import DAY, INSTITUTION, SMALL, RuleLife, Verdicts, rule
from tests.app.lexicon.rules import SHIPPED as RULES
from tests.app.lexicon.wordings import (
    BODY,
    BRIDGE,
    COMPLEMENT,
    LEAVING,
    OTHER,
    REPLY,
    RIDER,
    SEGMENT,
    WORDS,
    WordingLife,
    add,
    edit,
    exchange,
    named,
)
from tests.app.stores import Clock, Told

AUTHOR, DECIDES, THIRD = "张合规", "李合规", "王合规"
LEADING = "{产品名}最高可申请{额度上限}。重点是利息，{年化利率}。用不上就放着，您想先看额度还是利率？"
NEW = "就说重点，{产品名}的利息是{年化利率}。要不要用您自己定，还有想问的吗？"
NEWER = "{产品名}的利息是{年化利率}。要不要用您自己定，您还想了解哪项？"
FIRST = Revision(1, "", {}, {}, "", "service", None, datetime(2026, 11, 22, tzinfo=UTC), None)
Parts = dict[str, Any]


@pytest.fixture
async def revisions(store: Store) -> Revisions:
    """A few rules and the shipped wording as revision 1."""
    opened = Revisions(store)
    await opened.begin(SMALL.contents, WORDS)
    return opened


@pytest.fixture(scope="module")
def strict(data: Data) -> PolicyJudge:
    """The judge of the service, with the shipped rules and wording in force."""
    return PolicyJudge(ActivePolicy(data.policy, data.wording), data.deployment, {})


@pytest.fixture
def matter(data: Data) -> WordingMatter:
    """Changes of wording."""
    return WordingMatter(data.vocabulary, data.deployment.prompts)


@pytest.fixture
def life(store: Store, revisions: Revisions, matter: WordingMatter, judge: Verdicts, clock: Clock) -> WordingLife:
    """No change yet; rules stop nothing."""
    return Lifecycle(store, revisions, matter, judge=judge, clock=clock)


@pytest.fixture
def judged(store: Store, revisions: Revisions, matter: WordingMatter, strict: PolicyJudge, clock: Clock) -> WordingLife:
    """No change yet; everything is judged as in the service."""
    return Lifecycle(store, revisions, matter, judge=strict, clock=clock)


@pytest.fixture
def holding(store: Store, revisions: Revisions, data: Data, clock: Clock, life: WordingLife) -> Holding:
    """The brake beside it."""
    return Holding(store, revisions, ActivePolicy(data.policy, data.wording), Catalogue({}), life, clock=clock)


async def _submitted(life: WordingLife, body: Parts, person: str = AUTHOR) -> str:
    made = await life.draft(body, person)
    await life.submit(made.record.id, person)
    return made.record.id


async def _published(life: WordingLife, body: Parts) -> Dossier[Rewording]:
    return await life.approve(await _submitted(life, body), DECIDES)


async def _words(revisions: Revisions) -> dict[str, bytes]:
    newest = await revisions.newest()
    assert newest is not None
    return (await revisions.texts(newest))[1]


def _only(name: str, content: bytes) -> dict[str, bytes]:
    return {**WORDS, name: content}


def _replaced(name: str, old: str, new: str) -> bytes:
    assert WORDS[name].decode().count(old) == 1
    return WORDS[name].replace(old.encode(), new.encode())


class TestLife:
    async def test_other_words_are_published_by_another_person_and_not_a_byte_besides(
        self, life: WordingLife, revisions: Revisions, told: Told, store: Store
    ) -> None:
        made = await life.draft(edit(BODY, NEW), AUTHOR, "客户听不懂")
        assert (made.record.state, made.record.subject, made.record.based_on) == (ChangeState.DRAFT, "wording", 1)
        assert (made.change.was, made.warnings) == ({named(BODY): BODY}, [])
        await life.submit(made.record.id, AUTHOR)
        for same in (AUTHOR, "张 合规", "张合规\u200b"):
            with pytest.raises(OwnChange):
                await life.approve(made.record.id, same)
        with pytest.raises(NotTheAuthor):
            await life.withdraw(made.record.id, DECIDES)
        approved = await life.approve(made.record.id, DECIDES, reason="同意")
        assert (approved.record.state, approved.record.revision) == (ChangeState.PUBLISHED, 2)
        assert await _words(revisions) == _only(FALLBACKS_FILE, _replaced(FALLBACKS_FILE, BODY, f'"{NEW}"'))
        first, second = await revisions.get(1), await revisions.get(2)
        assert first is not None
        assert second is not None
        assert (second.lexicon, second.author, second.approver) == (first.lexicon, AUTHOR, DECIDES)
        assert [entry.event for entry in await told()] == [
            "revision.published",
            "change.drafted",
            "change.submitted",
            "change.approved",
            "revision.published",
        ]
        assert await AuditTrail(store).verify() is None

    async def test_a_draft_is_edited_withdrawn_and_submitted_again(self, life: WordingLife, clock: Clock) -> None:
        identity = await _submitted(life, edit(BODY, NEW))
        with pytest.raises(WrongState):
            await life.edit(identity, edit(BODY, NEWER), AUTHOR)
        await life.withdraw(identity, AUTHOR)
        edited = await life.edit(identity, edit(BODY, NEWER), AUTHOR)
        assert [one.text for one in edited.change.edits] == [NEWER]
        await life.submit(identity, AUTHOR)
        clock.pass_by(days=15)
        with pytest.raises(WrongState):
            await life.approve(identity, DECIDES)
        await life.withdraw(identity, AUTHOR)
        await life.submit(identity, AUTHOR)
        assert (await life.approve(identity, DECIDES)).record.revision == 2
        with pytest.raises(WrongState):
            await life.withdraw(identity, AUTHOR)

    async def test_of_two_changes_of_one_text_the_second_is_refused_with_both(self, life: WordingLife) -> None:
        first, second = await _submitted(life, edit(BODY, NEW)), await _submitted(life, edit(BODY, NEWER), THIRD)
        beside = await _submitted(life, add(BODY, NEWER))
        other = await _submitted(life, edit(REPLY, "手里够用就好。"))
        await life.approve(first, DECIDES)
        assert [one["code"] for one in (await life.get(second)).warnings] == ["moved_rule"]
        with pytest.raises(RulesMoved, match="话术") as moved:
            await life.approve(second, DECIDES)
        told = {field.field.removeprefix(f"{named(BODY)}:"): field.reason for field in moved.value.fields}
        assert all(text in told[name] for name, text in (("then", BODY), ("now", NEW), ("wanted", NEWER)))
        with pytest.raises(RulesMoved):
            await life.approve(beside, DECIDES)
        assert (await life.approve(other, DECIDES)).record.revision == 3
        assert (await life.get(second)).record.state is ChangeState.SUBMITTED

    async def test_of_two_approvals_at_once_both_count_where_they_touch_different_texts(
        self, life: WordingLife, revisions: Revisions
    ) -> None:
        ids = [await _submitted(life, body) for body in (edit(BODY, NEW), edit(REPLY, "手里够用就好。"))]
        done = await asyncio.gather(*(life.approve(one, DECIDES) for one in ids))
        assert sorted(one.record.revision or 0 for one in done) == [2, 3]
        words = await _words(revisions)
        assert NEW.encode() in words[FALLBACKS_FILE]
        assert "手里够用就好。".encode() in words[REPLIES_FILE]

    async def test_an_approved_change_waits_for_its_minute_and_keeps_off_others(
        self, life: WordingLife, clock: Clock, revisions: Revisions
    ) -> None:
        first, second = await _submitted(life, edit(BODY, NEW)), await _submitted(life, edit(BODY, NEWER))
        files = await _submitted(life, exchange(BRIDGES_FILE, "请您稍等", "稍等"))
        waiting = await life.approve(first, DECIDES, effective_from=clock() + timedelta(minutes=10))
        assert waiting.record.state is ChangeState.APPROVED
        assert await life.publish_due() == []
        with pytest.raises(RulesMoved, match="话术") as moved:
            await life.approve(second, DECIDES)
        assert [(one.then, one.now, one.wanted) for one in moved.value.moved] == [(BODY, NEW, NEWER)]
        with pytest.raises(RulesMoved):
            await life.approve(files, DECIDES)
        clock.pass_by(minutes=10)
        assert [one.number for one in await life.publish_due()] == [2]
        assert NEW.encode() in (await _words(revisions))[FALLBACKS_FILE]


class OnOneStore:
    """Where it does not matter which kind of store it is."""

    @pytest.fixture
    async def store(self, sqlite_url: str) -> AsyncIterator[Store]:
        """An empty one."""
        opened = await open_store(sqlite_url)
        yield opened
        await opened.close()


class TestDrafts(OnOneStore):
    async def test_who_reads_a_change_sees_how_the_texts_read_that_it_touches_whatever_its_author_says(
        self, life: WordingLife
    ) -> None:
        lie = {named(BODY): "别的话"}
        made = await life.draft({**edit(BODY, NEW), "was": lie}, AUTHOR)
        assert made.change.was == {named(BODY): BODY}
        bodies: list[Parts] = [{"was": lie}, {"title": "题", "was": lie}, {"was": {}}]
        for body in bodies:
            edited = await life.edit(made.record.id, body, AUTHOR)
            assert edited.change.was == {named(BODY): BODY}
        added = await life.edit(made.record.id, {"retires": [named(OTHER)]}, AUTHOR)
        assert added.change.was == {named(BODY): BODY, named(OTHER): OTHER}

    async def test_what_is_wrong_is_kept_nowhere_and_what_changes_nothing_is_not_submitted(
        self, life: WordingLife
    ) -> None:
        with pytest.raises(ChangeRefused):
            await life.draft({**edit(BODY, "{产品"), "retires": ["fallback-0000000000"]}, AUTHOR)
        assert await life.page() == []
        made = await life.draft({"title": "空"}, AUTHOR)
        with pytest.raises(ChangeRefused, match="不能这样采用"):
            await life.submit(made.record.id, AUTHOR)

    async def test_the_same_text_is_not_added_twice_by_two_persons(self, life: WordingLife) -> None:
        ids = [await _submitted(life, add(OTHER, NEWER), person) for person in (AUTHOR, THIRD)]
        await life.approve(ids[0], DECIDES)
        with pytest.raises(ChangeRefused) as refused:
            await life.approve(ids[1], DECIDES)
        assert [problem.code for problem in refused.value.problems] == ["text_taken"]

    async def test_whole_files_are_moved_by_any_other_words(self, life: WordingLife) -> None:
        files = await _submitted(life, exchange(BRIDGES_FILE, "请您稍等", "稍等"))
        await _published(life, edit(REPLY, "手里够用就好。"))
        with pytest.raises(RulesMoved) as moved:
            await life.approve(files, DECIDES)
        assert {one.then for one in moved.value.moved} == {REPLY, None}

    async def test_what_cannot_be_published_at_its_minute_has_failed_and_says_why(
        self, life: WordingLife, store: Store, revisions: Revisions, matter: WordingMatter, clock: Clock
    ) -> None:
        identity = await _submitted(life, edit(BODY, NEW))
        await life.approve(identity, DECIDES, effective_from=clock() + timedelta(minutes=10))
        clock.pass_by(minutes=10)
        with pytest.raises(ChangeRefused) as refused:
            await life.draft(edit(BODY, ""), AUTHOR)
        other = Verdicts()
        other.problems = list(refused.value.problems)
        assert await Lifecycle(store, revisions, matter, judge=other, clock=clock).publish_due() == []
        failed = (await life.get(identity)).record
        assert failed.state is ChangeState.FAILED
        assert "话术不能是空的" in (failed.reason or "")


class TestBesideRulesAndHolds:
    @pytest.fixture
    def rules(self, store: Store, revisions: Revisions, clock: Clock) -> RuleLife:
        """The life of rules in the same store."""
        return Lifecycle(store, revisions, RuleMatter(INSTITUTION), judge=Verdicts(), clock=clock)

    async def test_rules_and_wording_move_each_other_in_nothing(
        self, life: WordingLife, rules: RuleLife, revisions: Revisions
    ) -> None:
        words = await _submitted(life, edit(BODY, NEW))
        made = await rules.draft({"adds": [rule()]}, AUTHOR)
        await rules.submit(made.record.id, AUTHOR)
        another = rule("extra.two", phrases=["青山绿水"], examples=_examples("青山绿水"))
        second = await rules.draft({"adds": [another]}, AUTHOR)
        await rules.submit(second.record.id, AUTHOR)
        assert (await rules.approve(made.record.id, DECIDES)).record.revision == 2
        assert (await life.get(words)).warnings == []
        assert (await life.approve(words, DECIDES)).record.revision == 3
        assert (await rules.approve(second.record.id, DECIDES)).record.revision == 4
        newest = await revisions.newest()
        assert newest is not None
        lexicon, wording = await revisions.texts(newest)
        assert {"extra.one", "extra.two"} <= RuleFiles(lexicon).rules.keys()
        assert NEW.encode() in wording[FALLBACKS_FILE]

    async def test_what_is_suspended_meanwhile_stays_so_when_other_words_are_published_or_restored(
        self, life: WordingLife, holding: Holding, revisions: Revisions
    ) -> None:
        words = await _submitted(life, edit(BODY, NEW))
        await holding.suspend(named(REPLY), THIRD, "投诉")
        await holding.freeze(THIRD, "投诉")
        assert (await life.approve(words, DECIDES)).record.revision == 4
        held = (await holding.held()).holds
        assert ([one.text for one in held.suspended], held.freeze is not None) == ([REPLY], True)
        restored = await life.restore(1, AUTHOR, "误改")
        assert (restored.record.state, restored.record.restores) == (ChangeState.SUBMITTED, 1)
        with pytest.raises(OwnChange):
            await life.approve(restored.record.id, AUTHOR)
        assert (await life.approve(restored.record.id, DECIDES)).record.revision == 5
        assert (await holding.held()).holds == held
        after = await _words(revisions)
        assert after.pop(HOLDS_FILE)
        assert after == WORDS
        for same in (1, 3, 5):
            with pytest.raises(RequestConflict, match="话术"):
                await life.restore(same, AUTHOR)
        with pytest.raises(UnknownRevision):
            await life.restore(99, AUTHOR)

    async def test_a_text_whose_words_change_stays_suspended_by_its_old_ones(
        self, life: WordingLife, holding: Holding
    ) -> None:
        await holding.suspend(named(BODY), THIRD, "投诉")
        await _published(life, edit(BODY, NEW))
        held = await holding.held()
        assert [one.text for one in held.holds.suspended] == [BODY]
        assert held.holds.stops(NEW) is None
        asked = (await holding.ask_to_resume(named(BODY), AUTHOR, "已改")).record
        assert (await life.approve(asked.id, DECIDES)).record.revision == 4
        assert not (await holding.held()).holds

    async def test_to_resume_is_asked_withdrawn_and_asked_again_with_what_was_said(
        self, life: WordingLife, holding: Holding
    ) -> None:
        await holding.suspend(named(BODY), THIRD, "投诉")
        asked = await holding.ask_to_resume(named(BODY), AUTHOR, "已改口径")
        assert asked.record.comment == "已改口径"
        await life.comment(asked.record.id, DECIDES, "再看看")
        with pytest.raises(RequestConflict):
            await holding.ask_to_resume(named(BODY), DECIDES, "我也要")
        await life.withdraw(asked.record.id, AUTHOR)
        await life.submit(asked.record.id, AUTHOR)
        done = await life.approve(asked.record.id, DECIDES)
        assert ([one.text for one in done.comments], done.record.revision) == (["再看看"], 3)

    async def test_who_decides_is_told_the_text_that_is_let_go_of_and_no_other(
        self, life: WordingLife, holding: Holding
    ) -> None:
        held = (await holding.suspend(named(BODY), THIRD, "投诉")).holds.get(named(BODY))
        assert held is not None
        resumed = {"id": held.id, "text": BODY, "since": held.at.isoformat()}
        with pytest.raises(ChangeRefused) as refused:
            await life.draft({"resumes": [{**resumed, "text": "谁也不在意的话"}]}, AUTHOR)
        assert [(one.code, one.field) for one in refused.value.problems] == [("other_text", "resumes.0.text")]
        made = await life.draft({"resumes": [resumed]}, AUTHOR)
        with pytest.raises(ChangeRefused):
            await life.edit(made.record.id, {"resumes": [{**resumed, "text": "谁也不在意的话"}]}, AUTHOR)
        with pytest.raises(HeldAnew):
            await life.draft({"resumes": [{**resumed, "since": "2020-01-01T00:00:00+00:00"}]}, AUTHOR)
        with pytest.raises(HeldAnew):
            await life.draft({"unfreezes": held.at.isoformat()}, AUTHOR)
        with pytest.raises(HeldAnew):
            await life.draft({"resumes": [resumed, resumed]}, AUTHOR)

    async def test_words_and_what_is_held_may_change_at_once(
        self, life: WordingLife, holding: Holding, told: Told, revisions: Revisions
    ) -> None:
        held = (await holding.suspend(named(BODY), THIRD, "投诉")).holds.get(named(BODY))
        assert held is not None
        both = {**edit(BODY, NEW), "resumes": [{"id": held.id, "text": BODY, "since": held.at.isoformat()}]}
        assert (await _published(life, both)).record.revision == 3
        words = await _words(revisions)
        assert HOLDS_FILE not in words
        assert NEW.encode() in words[FALLBACKS_FILE]
        assert "line.resumed" in [entry.event for entry in await told()]


def _examples(word: str) -> dict[str, list[str]]:
    return {"hits": [f"我们{word}。"], "misses": ["审批结果以系统为准。", "别的话。"]}


class Judged(OnOneStore):
    """On all shipped rules."""

    @pytest.fixture
    async def revisions(self, store: Store) -> Revisions:
        """The shipped rules and wording as revision 1."""
        opened = Revisions(store)
        await opened.begin(RULES.contents, WORDS)
        return opened


class TestWhatRulesSay(Judged):
    async def test_words_that_a_rule_stops_are_a_warning_of_the_draft_and_never_published(
        self, judged: WordingLife, revisions: Revisions
    ) -> None:
        made = await judged.draft(edit(LEAVING, "保证通过，百分百下款。"), AUTHOR)
        [told] = [one for one in made.warnings if one.get("rule") == "promise.guaranteed_approval"][:1]
        assert (told["code"], told["severity"]) == ("stopped_by_rule", "warning")
        for words in ("promise.guaranteed_approval", "保证通过，百分百下款。", "里的“"):
            assert words in told["message"]
        with pytest.raises(ChangeRefused):
            await judged.submit(made.record.id, AUTHOR)
        assert len(await revisions.page()) == 1

    async def test_a_rule_published_meanwhile_stops_a_change_that_was_sound(
        self, store: Store, revisions: Revisions, matter: WordingMatter, data: Data, clock: Clock
    ) -> None:
        active = ActivePolicy(data.policy, data.wording)
        judged = Lifecycle(store, revisions, matter, judge=PolicyJudge(active, data.deployment, {}), clock=clock)
        identity = await _submitted(judged, edit(LEAVING, "好的，青山绿水。今天先说到这儿。"))
        since = {"from": "2027-03-01"}  # later than today, and than the day of the proof
        rules = Lifecycle(store, revisions, RuleMatter(INSTITUTION), judge=Verdicts(), clock=clock)
        forbids = rule(phrases=["青山绿水"], examples=_examples("青山绿水"), effective=since)
        made = await rules.draft({"adds": [forbids]}, AUTHOR)
        await rules.submit(made.record.id, AUTHOR)
        await rules.approve(made.record.id, DECIDES)
        lexicon = (await rules.rules()).lexicon()
        active.swap(data.deployment.ruling(lexicon, WORDS, revision=2, base=data.policy))
        with pytest.raises(ChangeRefused) as refused:
            await judged.approve(identity, DECIDES)
        assert {problem.rule for problem in refused.value.problems} == {"extra.one"}
        assert (await judged.get(identity)).record.state is ChangeState.SUBMITTED
        assert (await _published(judged, edit(LEAVING, "好的。今天先说到这儿。"))).record.revision == 3


def _together(*bodies: Parts) -> Parts:
    """Several changes of texts as one."""
    return {part: [one for body in bodies for one in body.get(part, ())] for part in ("adds", "edits")}


class TestWhatIsPublishedCanBePutInForce(Judged):
    """One change after the other; each is compiled as a replica does it, and all are proven as a restart does it."""

    CHANGES: tuple[Parts, ...] = (
        {**_together(add(REPLY, "够用就好——不急。"), add(OTHER, NEWER, before=True)), "retires": [named(LEADING)]},
        _together(
            edit(BODY, "yes"),
            edit(OTHER, "{产品名}：“利息是{年化利率}”、“好不好”？"),
            edit(REPLY, "null"),
            edit(SEGMENT, "请理性借贷！"),
            edit(RIDER, "没还的，照合同计息。"),
            edit(COMPLEMENT, "要还{应还金额}。"),
            edit(BRIDGE, REPLY),
        ),
        exchange(BRIDGES_FILE, "# What", "%YAML 1.3\n---\n# What"),
        {
            "files": {
                BRIDGES_FILE: "\ufeff" + WORDS[BRIDGES_FILE].decode().replace("\n", "\r\n"),
                REPLIES_FILE: WORDS[REPLIES_FILE].decode().replace("texts: [", "texts: [\n    # 注\n    "),
            }
        },
        _together(edit(BRIDGE, "由人工专员跟您说，请稍等。"), add(REPLY, "够用就好。")),
    )

    async def test_whatever_is_published_is_activated_and_survives_a_restart(
        self, store: Store, revisions: Revisions, matter: WordingMatter, data: Data, clock: Clock
    ) -> None:
        active = ActivePolicy(data.policy, data.wording)
        life = Lifecycle(store, revisions, matter, judge=PolicyJudge(active, data.deployment, {}), clock=clock)
        policy: Policy = data.policy
        published = 1
        for body in self.CHANGES:
            try:
                approved = await _published(life, body)
            except ChangeRefused as refused:
                raise AssertionError(f"{body}: {[problem.message for problem in refused.problems]}") from None
            published += 1
            revision = await revisions.newest()
            assert isinstance(revision, Revision)
            assert approved.record.revision == revision.number == published
            lexicon, wording = await revisions.texts(revision)
            ruling = data.deployment.ruling(RuleFiles(lexicon).lexicon(), wording, revision=published, base=policy)
            active.swap(ruling)
            policy = ruling.policy
        prove_wording(policy, data.vocabulary, active.ruling.wording)

    @pytest.mark.parametrize(
        "body",
        [
            edit("【{机构}】您好，", "您好，"),
            edit("利息按{年化利率}算。", "利息按{月利率}算。"),
            edit("综合融资成本看借款页面。", "综合融资成本{其他费用}。"),
            edit("请问您是{称呼}本人吗？", "请问您是{机构}本人吗？"),
            edit(COMPLEMENT, "好的。"),
            edit(BRIDGE, "接下来由人工专员跟您说，您的账单逾期了。"),
            {"files": {COMPLEMENTS_FILE: "[]"}},
            {"files": {REPLIES_FILE: "[]"}},
            exchange(FALLBACKS_FILE, "      offers: [deferral]\n", ""),
            exchange(STITCH_FILE, "when: {fees: unknown}", "when: {fees: unknown, rate_method: irr, leaves: true}"),
            exchange(STITCH_FILE, "- group: collection\n  channel: sms", "- group: collection\n  channel: fax"),
        ],
    )
    def test_what_would_leave_a_disclosure_a_frame_or_a_reply_out_is_never_published(
        self, body: Parts, matter: WordingMatter, strict: PolicyJudge
    ) -> None:
        edition, change = Edition(FIRST, RULES, WORDS), matter.parse(body)
        problems = errors(matter.problems(edition, change, DAY)) or strict(matter.proposal(edition, change, DAY))
        assert errors(problems)
        for problem in problems:
            assert re.search("[\u4e00-\u9fff]", problem.message)
            assert "话术有问题" not in problem.message
