"""The judge of candidates: what makes a body unusable, what is left to complements, and that everybody asks it."""

from dataclasses import replace
from typing import Any

import pytest

from app.approved.wording import FallbackBody
from app.data import Data
from app.scripts.candidate import Candidate, examine, examine_piece, read_body, read_drafts
from app.scripts.intake import Order, take_order
from app.scripts.proof import prove_wording
from evals.examiner import Examiner
from finetune.comparing.shares import fits, shares
from finetune.screening.judge import Judge
from guards.lexicon.documents import DocumentError
from guards.script import Script, Segment
from guards.types import Action, Channel, Finding, Scenario, Stage
from tests.app.conftest import OpenDesk, TakeOrder
from tests.app.examples import bare_facts, script_request
from tests.fakes import FakeModel

GOOD = "说重点，成本是{年化利率}。合不合适您自己看，想了解哪项？"
VOICE = Channel.AI_VOICE
ARRIVAL = 10.0**9
_FACTS = {"product": "应急贷", "annual_rate": "3.6"}


@pytest.fixture
def order(take: TakeOrder) -> Order:
    """An order for a body that must say the annual rate, and nothing else."""
    return take(script_request(facts=_FACTS))


def examined(body: str, order: Order, data: Data) -> Candidate:
    """The candidate as the desk's order has it."""
    read = read_body(body, order.plan.brief, order.moment.channel)
    return examine(read, order.moment, order.case, data.wording, data.policy.panel)


class TestReading:
    def test_drafts_are_tidied_and_each_body_is_read_once(self, order: Order) -> None:
        drafts = [f"<think>想想</think>“{GOOD}”", "您看合适吗？", GOOD]
        read = read_drafts(drafts, order.plan.brief, VOICE)
        assert [candidate.skeleton for candidate in read] == [GOOD, "您看合适吗？"]

    def test_what_comes_after_four_thousand_characters_is_not_looked_at(self, order: Order) -> None:
        (read,) = read_drafts(["想" * 4000 + GOOD], order.plan.brief, VOICE)
        assert GOOD not in read.skeleton
        assert not read.is_usable

    def test_a_slot_that_is_left_out_is_no_problem_and_is_named(self, order: Order) -> None:
        read = read_body("您看合适吗？", order.plan.brief, VOICE)
        assert (read.is_usable, read.unsaid) == (True, ("年化利率",))

    @pytest.mark.parametrize(
        ("body", "channel", "problem"),
        [
            ("", VOICE, "正文是空的"),
            ("成本是{年化利率}", VOICE, "没有说完"),
            ("成本是3.6%。", VOICE, "数字"),
            ("成本是{年化利率}，尾号{卡尾号}。", VOICE, "没有给出的槽位"),
            ("您听我说。", Channel.SMS, "这个渠道不能说"),
            ("我是机器人。", Channel.HUMAN_AGENT, "这个渠道不能说"),
        ],
    )
    def test_a_problem_is_a_hint_and_a_finding(self, body: str, channel: Channel, problem: str, order: Order) -> None:
        read = read_body(body, order.plan.brief, channel)
        assert not read.is_usable
        assert any(problem in told for told in read.problems)
        assert {(each.rule, each.action) for each in read.objections} == {("skeleton.unusable", Action.REVISE)}
        assert [each.reason for each in read.verdict.findings] == list(read.problems)


class TestExamining:
    def test_a_body_that_passes_has_its_script(self, order: Order, data: Data) -> None:
        found = examined(GOOD, order, data)
        assert found.may_be_said
        assert found.script is not None
        assert "年化利率3.6%" in found.script.text
        assert found.objections == ()

    def test_an_unsaid_slot_is_said_by_a_complement(self, order: Order, data: Data) -> None:
        found = examined("您看合适吗？", order, data)
        assert found.may_be_said
        assert found.script is not None
        assert "年化利率3.6%" in found.script.text

    def test_one_that_was_not_examined_may_not_be_said(self, order: Order) -> None:
        assert not read_body(GOOD, order.plan.brief, VOICE).may_be_said
        assert not Candidate("").may_be_said

    def test_an_unusable_one_is_not_examined(self, order: Order, data: Data) -> None:
        read = read_body("成本是3.6%。", order.plan.brief, VOICE)
        assert examine(read, order.moment, order.case, data.wording, data.policy.panel) is read

    def test_a_slot_that_nothing_fills_is_a_problem(self, order: Order, data: Data) -> None:
        bare = replace(order.moment, fillings={})
        for found in (
            examine(Candidate(GOOD), bare, order.case, data.wording, data.policy.panel),
            examine_piece(Candidate(GOOD), {}, order.case, data.policy.panel),
        ):
            assert found.script is None
            assert not found.may_be_said
            assert [problem.startswith("nothing fills ") for problem in found.problems] == [True]

    def test_what_would_be_masked_may_not_be_said(self) -> None:
        script = Script((Segment(Stage.BODY, "您好。", "您好。"),))
        masked = Finding("personal_data.mobile", "personal_data", Action.MASK, "手机号", replacement="***")
        noted = replace(masked, action=Action.OBSERVE)
        assert Candidate("您好。", script=script, findings=(noted,)).may_be_said
        found = Candidate("您好。", script=script, findings=(masked, noted))
        assert (found.may_be_said, found.objections) == (False, (masked,))

    def test_a_body_alone_is_a_piece_of_a_call(self, order: Order, data: Data) -> None:
        found = examine_piece(Candidate("成本是{年化利率}。"), order.moment.fillings, order.case, data.policy.panel)
        assert found.script is not None
        assert (found.script.text, found.script.spoken) == ("成本是年化利率3.6%。", "成本是年化利率百分之三点六。")


_BODIES = (
    (Scenario.ACQUISITION, GOOD, "passes"),
    (Scenario.ACQUISITION, "额度您随时看。成本是{年化利率}。您看合适吗？", "passes"),
    (Scenario.ACQUISITION, "您看合适吗？", "passes, a slot short"),
    (Scenario.ACQUISITION, "我们这边百分百获批，成本是{年化利率}。您看合适吗？", "stopped"),
    (Scenario.ACQUISITION, "成本是{年化利率}，先给您五百元。您看合适吗？", "stopped"),
    (Scenario.ACQUISITION, "成本是{年化利率}，请张伟先生打一三八一二三四五六七八。", "stopped"),
    (Scenario.ACQUISITION, "成本是{年化利率}，尾号{卡尾号}。", "unusable"),
    (Scenario.ACQUISITION, "成本是{年化利率}。您看合", "unusable"),
    (Scenario.ACQUISITION, "成本是3.6%。", "unusable"),
    (Scenario.COLLECTION_M1, "应还{应还金额}，{到期日}到期。一起想个办法。您哪天方便？", "passes"),
    (Scenario.COLLECTION_M1, "咱们想个办法。再不还就派人上门。应还{应还金额}，{到期日}到期。", "stopped"),
    (Scenario.COLLECTION_M1, "应还{应还金额}，{到期日}到期。利息可以申请减免。", "stopped"),
    (Scenario.COLLECTION_M1, "可以申请减免。应还{应还金额}，{到期日}到期。", "unusable"),
)
"""Bodies, and what becomes of each: the guards stop what answers its brief and may not be said."""


def _order(scenario: Scenario, data: Data) -> Order:
    facts: dict[str, Any] = _FACTS
    if scenario is not Scenario.ACQUISITION:
        facts = bare_facts(scenario)
    return take_order(script_request(scenario, facts=facts), data.vocabulary, data.wording)


@pytest.mark.parametrize(("scenario", "body", "outcome"), _BODIES)
async def test_desk_evals_and_fine_tuning_come_to_one_conclusion(
    scenario: Scenario, body: str, outcome: str, data: Data, open_desk: OpenDesk
) -> None:
    order, judge = _order(scenario, data), Judge(data.policy, data.vocabulary)
    brief = order.plan.brief
    answer = await open_desk(FakeModel(lambda task: [body])).write(order, ARRIVAL)
    usable, passing, _ = shares([(brief, body)], None, {body}, judge)
    found = {
        "judge": examined(body, order, data).may_be_said,
        "desk": answer.source == "model",
        "evals": Examiner(data, None).examine(body, order).passes,
        "fine-tuning, as served": fits([(brief, body)], None, judge)[0],
    }
    assert found == dict.fromkeys(found, outcome.startswith("passes"))
    # What is taught says every slot itself.
    assert (usable.value, passing.value) == (
        100 * (outcome in ("passes", "stopped")),
        100 * (outcome == "passes"),
    )


@pytest.mark.parametrize(
    ("scenario", "body", "outcome"), [each for each in _BODIES if each[2] in ("passes", "stopped")]
)
def test_the_proof_stops_what_the_desk_stops(scenario: Scenario, body: str, outcome: str, data: Data) -> None:
    brief = _order(scenario, data).plan.brief
    cell = brief.scenario, brief.generation
    wording = replace(
        data.wording,
        fallbacks={each: [] for each in data.wording.fallbacks} | {cell: [FallbackBody(text=body)]},
        places={(*cell, 0): "fallbacks.yaml:1"},
    )
    with pytest.raises(DocumentError) as refused:  # nothing is left that speaks some of the segments
        prove_wording(data.policy, data.vocabulary, wording)
    stopped = [problem for problem in refused.value.problems if problem.startswith("fallbacks.yaml:1: ")]
    assert bool(stopped) is (outcome == "stopped")
