"""The desk: gates, candidates, one revision, masking, the pool, fallbacks, handing over."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from app.approved.holds import Freeze, Holds, LineKind, Suspension, line_id
from app.approved.wording import Wording, approved_bodies, worked_examples
from app.data import Data
from app.errors import ModelError, ModelTimeout, ModelUnavailable
from app.lexicon.catalogue import Catalogue
from app.policy import ActivePolicy, Ruling, banned_phrases
from app.scripts.answer import Answer
from app.scripts.desk import Desk
from app.writing.model import Draft, Model, ModelHealth, WritingTask
from app.writing.pool import Pool
from guards.panel import Panel
from guards.policy import Policy
from guards.script import Script
from guards.types import Action, Case, Channel, Finding, Generation, Group, Scenario, Stage
from tests.app.conftest import OpenDesk, TakeOrder
from tests.app.examples import SPOKEN, bare_facts, script_request
from tests.app.hearing import HARMLESS, THREAT, heard_by
from tests.fakes import FakeModel, FakeSource

ARRIVAL = 10.0**9
"""On the clock of the desk, so far ahead that no test runs out of time."""
GOOD = "说重点，成本是{年化利率}。合不合适您自己看，想了解哪项？"
BANNED = "我们这边百分百获批，成本是{年化利率}。您看合适吗？"
ALSO_BANNED = "老客户包过，成本是{年化利率}。您看合适吗？"
BARE = bare_facts(Scenario.ACQUISITION)
DEBTOR = {"role": "debtor", "identity_verified": True}
_BILL = {"amount_due": "9665.18", "min_payment": "181.70", "card_tail": "0123", "hotline": "4001234567"}
RICH = {
    Scenario.BILL_REMINDER: {**_BILL, "due_date": "2026-11-25"},
    Scenario.COLLECTION_M1: {
        **_BILL,
        "due_date": "2026-11-08",
        "overdue_days": 12,
        "offers": ["deferral"],
        "deferral_periods": 3,
    },
}
Outcome = Sequence[str] | ModelError


def saying(*outcomes: Outcome) -> FakeModel:
    """A model that answers each order with the next outcome."""
    left = iter(outcomes)
    return FakeModel(lambda task: next(left))


class TestTheModelsAnswer:
    async def test_is_spoken_when_it_passes(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        answer = await open_desk(saying([GOOD])).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.action, answer.source, answer.attempts) == ("speak", "model", 1)
        assert (answer.model, answer.prompt_version) == ("fake", "fake.v1")
        assert answer.script is not None
        assert "说重点，成本是年化利率3.6%。合不合适您自己看，" not in answer.script.text
        assert "说重点，成本是年化利率3.6%。" in answer.script.text
        assert answer.script.text.endswith("合不合适您自己看，想了解哪项？")
        assert "年化利率百分之三点六" in answer.script.spoken
        assert answer.rejected == ()
        assert answer.generation == "young"
        assert answer.policy_revision == 1

    async def test_is_asked_for_what_was_planned(self, take: TakeOrder, open_desk: OpenDesk, policy: Policy) -> None:
        model = saying([GOOD])
        order = take(script_request(facts=BARE, options={"candidates": 3}))
        await open_desk(model).write(order, ARRIVAL)
        (task,) = model.tasks
        assert task.brief == order.plan.brief
        assert task.candidates == 3
        assert ARRIVAL < task.deadline < ARRIVAL + order.deadline_seconds
        assert task.banned == banned_phrases(policy, Scenario.ACQUISITION, Channel.AI_VOICE)
        assert task.banned
        assert task.hints == ()
        assert task.key == hashlib.sha256(order.request_id.encode()).hexdigest()

    async def test_is_the_next_candidate_when_the_first_is_blocked(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        answer = await open_desk(saying([BANNED, GOOD])).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.source, answer.attempts) == ("model", 1)
        assert answer.script is not None
        assert "百分百" not in answer.script.text
        assert "promise.guaranteed_approval" in {finding.rule for finding in answer.rejected}

    @pytest.mark.parametrize(
        ("scenario", "body"),
        [
            (
                Scenario.BILL_REMINDER,
                "本期总共{应还金额}，到期日是{到期日}，还了{最低还款}这期就算结清。您看哪天方便还？",
            ),
            (
                Scenario.BILL_REMINDER,
                "您这期的违约金是{应还金额}，到期日是{到期日}，本金只有{最低还款}。您看哪天方便还？",
            ),
            (
                Scenario.BILL_REMINDER,
                "您这期应还{应还金额}，最低还款是{最低还款}，从{到期日}起开始借的。您看哪天方便还？",
            ),
            (Scenario.BILL_REMINDER, "应还{最低还款}，到期日是{到期日}，最低还款是{应还金额}。您看哪天方便还？"),
            (
                Scenario.COLLECTION_M1,
                "有个办法，可以申请延期{延期期数}，结果以审核为准。应还{应还金额}，到期日是{到期日}，还剩{逾期天数}可以还。您想申请吗？",
            ),
        ],
    )
    async def test_is_not_spoken_when_a_slot_stands_under_the_name_of_another(
        self, scenario: Scenario, body: str, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        order = take(script_request(scenario=scenario, facts=RICH[scenario], callee=DEBTOR))
        answer = await open_desk(saying([body], [body])).write(order, ARRIVAL)
        assert (answer.action, answer.source) == ("speak", "fallback")
        assert answer.script is not None
        assert "skeleton.unusable" in {finding.rule for finding in answer.rejected}
        assert not any("结清" in segment.text for segment in answer.script.segments)

    async def test_says_every_slot_itself_where_one_does(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        lacking = "家里要是想周转，您可以看看。成本是{年化利率}。"
        whole = "成本是{年化利率}，最高可申请{额度上限}。"
        request = script_request(facts={**BARE, "credit_limit": "200000"})
        answer = await open_desk(saying([lacking, whole])).write(take(request), ARRIVAL)
        assert answer.script is not None
        assert "成本是年化利率3.6%，最高可申请20万元。" in answer.script.text

    @pytest.mark.parametrize(
        "unusable",
        [
            "成本是年化3.6%。您看合适吗？",
            "成本是{年化利率}，分12期。",
            "成本是{利率}。",
            "成本是{年化利率",
            "成本是{年化利率}，没有说完",
            "",
            "您" * 500 + "。",
        ],
    )
    async def test_is_rejected_when_it_is_no_skeleton(
        self, unusable: str, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        model = saying([unusable], [GOOD])
        answer = await open_desk(model).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.source, answer.attempts) == ("model", 2)
        assert {finding.rule for finding in answer.rejected} == {"skeleton.unusable"}
        assert model.tasks[1].hints

    async def test_is_asked_for_once_more_with_hints(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        model = saying([BANNED, BANNED], [GOOD])
        answer = await open_desk(model).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.source, answer.attempts) == ("model", 2)
        assert "对审批或放款结果作保证性承诺" in model.tasks[1].hints
        assert len(set(model.tasks[1].hints)) == len(model.tasks[1].hints)

    async def test_is_given_up_after_two_attempts(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        model = saying([BANNED], [ALSO_BANNED], [GOOD])
        answer = await open_desk(model).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.action, answer.source, answer.attempts) == ("speak", "fallback", 2)
        assert (answer.model, answer.prompt_version) == (None, None)
        assert len(model.tasks) == 2
        assert answer.rejected

    @pytest.mark.parametrize("failure", [ModelTimeout("slow"), ModelUnavailable("down")])
    @pytest.mark.parametrize("scenario", SPOKEN)
    async def test_fails_and_a_fallback_is_spoken(
        self, failure: ModelError, scenario: Scenario, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        model = saying(failure)
        desk = open_desk(model)
        answer = await desk.write(take(script_request(scenario)), ARRIVAL)
        assert (answer.action, answer.source, answer.attempts) == ("speak", "fallback", 1)
        assert len(model.tasks) == 1
        assert desk.health.is_answering is False

    async def test_tells_the_models_health(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        desk = open_desk(saying([BANNED], ModelUnavailable("down"), [GOOD]))
        assert desk.health.is_answering is None
        await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        assert desk.health.is_answering is False
        await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        assert desk.health.is_answering is True

    async def test_shares_the_models_health_with_the_model(
        self, take: TakeOrder, policy: Policy, wording: Wording
    ) -> None:
        health = ModelHealth()
        desk = Desk(ActivePolicy(policy, wording), saying([GOOD]), Pool(), health=health)
        health.is_answering = False
        assert desk.health.is_answering is False
        await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        assert health.is_answering is True


class Clock:
    """A clock that only the test moves; `reading` in seconds."""

    def __init__(self) -> None:
        self.reading = 100.0

    def __call__(self) -> float:
        return self.reading


class TestTheDeadline:
    @pytest.mark.parametrize(("takes", "attempts"), [(0.2, 2), (0.7, 1), (2.0, 1)])
    async def test_no_second_attempt_that_cannot_end_in_time(
        self, takes: float, attempts: int, take: TakeOrder, data: Data
    ) -> None:
        clock = Clock()

        def slow(task: WritingTask) -> Outcome:
            clock.reading += takes
            return [BANNED]

        model = FakeModel(slow)
        desk = Desk(ActivePolicy(data.policy, data.wording), model, Pool(), clock=clock)
        answer = await desk.write(take(script_request(facts=BARE)), clock.reading)
        assert answer.attempts == attempts
        assert answer.source == "fallback"
        assert answer.timing.model == pytest.approx(takes * attempts * 1000)
        assert answer.timing.total == pytest.approx(takes * attempts * 1000)

    async def test_no_attempt_at_all_when_the_time_is_gone(self, take: TakeOrder, data: Data) -> None:
        clock, model = Clock(), saying([GOOD])
        desk = Desk(ActivePolicy(data.policy, data.wording), model, Pool(), clock=clock)
        answer = await desk.write(take(script_request(facts=BARE)), clock.reading - 5)
        assert (answer.source, answer.attempts, model.tasks) == ("fallback", 0, [])

    async def test_keeps_time_back_for_guards_and_record(self, take: TakeOrder, data: Data) -> None:
        clock, model = Clock(), saying([GOOD], [GOOD])
        desk = Desk(ActivePolicy(data.policy, data.wording), model, Pool(), clock=clock)
        await desk.write(take(script_request(options={"deadline_ms": 500})), clock.reading)
        await desk.write(take(script_request(options={"deadline_ms": 3000})), clock.reading)
        assert [task.deadline - clock.reading for task in model.tasks] == pytest.approx([0.4, 2.75])


class TestHearing:
    """Sentences that the first score of the second opinion leaves open are encoded before the guards are asked."""

    async def test_a_candidate_that_the_encoder_stops_gives_way_to_the_next(self, take: TakeOrder, data: Data) -> None:
        source = FakeSource(lambda said: THREAT if "合不合适" in said else HARMLESS)
        other = "说重点，成本是{年化利率}。您想了解哪项？"
        with heard_by(source, data) as heard:
            desk = Desk(ActivePolicy(heard.policy, heard.wording), saying([GOOD, other]), Pool())
            answer = await desk.write(take(script_request(facts=BARE)), time.monotonic())
        assert (answer.source, answer.body) == ("model", other)
        assert [finding.rule for finding in answer.rejected] == ["meaning.threat"]
        assert answer.verdict.findings == ()

    async def test_a_bridge_is_listened_to_as_well(self, take: TakeOrder, data: Data) -> None:
        source = FakeSource(lambda _: HARMLESS)
        request = script_request(Scenario.COLLECTION_M3_PLUS)
        with heard_by(source, data) as heard:
            desk = Desk(ActivePolicy(heard.policy, heard.wording), saying(), Pool())
            answer = await desk.write(take(request), time.monotonic())
        assert answer.action == "handoff"
        assert answer.script is not None
        assert source.asked

    async def test_an_encoder_that_is_late_keeps_nobody_waiting_and_is_told_of(
        self, take: TakeOrder, data: Data
    ) -> None:
        release = Event()
        source = FakeSource(lambda _: THREAT, before=lambda: release.wait(60))
        with heard_by(source, data) as heard:
            desk = Desk(ActivePolicy(heard.policy, heard.wording), saying([GOOD]), Pool())
            request = script_request(facts=BARE, options={"deadline_ms": 500})
            began = time.monotonic()
            answer = await desk.write(take(request), began)
            release.set()
        assert answer.source == "model"
        assert [finding.rule for finding in answer.verdict.findings] == ["meaning.unheard"]
        assert [until - began for until in source.until] == pytest.approx([0.45], abs=0.2)

    async def test_an_encoder_that_broke_leaves_the_first_score(self, take: TakeOrder, data: Data) -> None:
        def broken() -> None:
            raise RuntimeError

        with heard_by(FakeSource(lambda _: THREAT, before=broken), data) as heard:
            desk = Desk(ActivePolicy(heard.policy, heard.wording), saying([GOOD]), Pool())
            answer = await desk.write(take(script_request(facts=BARE)), time.monotonic())
        assert answer.action == "speak"
        assert [finding.rule for finding in answer.verdict.findings] == ["meaning.unheard"]


class TestPersonalData:
    """What would need masking is not spoken at all: nobody says 隐私信息 to a customer."""

    async def test_a_candidate_with_a_known_name_gives_way_to_the_next(
        self, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        named = "成本是{年化利率}。欧阳建国，您看看合适吗？"
        request = script_request(facts=BARE, channel="human_agent", customer={"pii": {"name": "欧阳建国"}})
        answer = await open_desk(saying([named, GOOD])).write(take(request), ARRIVAL)
        assert (answer.action, answer.source) == ("speak", "model")
        assert answer.script is not None
        assert "欧阳" not in answer.script.text + answer.script.spoken
        assert "隐私信息" not in answer.script.text + answer.script.spoken
        assert "personal_data.known_name" in {finding.rule for finding in answer.rejected}

    async def test_a_form_of_address_that_is_the_whole_name_is_left_out(
        self, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        customer = {"surname": "欧阳", "honorific": "先生", "pii": {"nickname": "欧阳先生"}}
        answer = await open_desk(saying([GOOD], [GOOD])).write(
            take(script_request(facts=BARE, customer=customer)), ARRIVAL
        )
        assert (answer.action, answer.source) == ("speak", "fallback")
        assert answer.script is not None
        assert "欧阳" not in answer.script.text
        assert "隐私信息" not in answer.script.text

    async def test_a_machine_never_speaks_the_name(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        named = "成本是{年化利率}。欧阳建国，您看看合适吗？"
        request = script_request(facts=BARE, customer={"pii": {"name": "欧阳建国"}})
        answer = await open_desk(saying([named], [named])).write(take(request), ARRIVAL)
        assert answer.script is not None
        assert "欧阳" not in answer.script.text + answer.script.spoken

    async def test_a_masked_number_does_not_come_back_in_the_spoken_form(
        self, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        request = script_request(
            Scenario.BILL_REMINDER,
            channel="human_agent",
            facts={"amount_due": "123456", "due_date": "2026-11-25"},
            customer={"pii": {"password": "123456"}},
        )
        answer = await open_desk(saying([], [])).write(take(request), ARRIVAL)
        assert answer.rejected
        for segment in answer.script.segments if answer.script else ():
            assert "123456" not in segment.text
            assert "十二万三千四百五十六" not in segment.spoken


class TestHandingOver:
    @pytest.mark.parametrize("rate", ["24.01", "36", "100"])
    async def test_facts_that_break_the_policy_are_not_said(
        self, rate: str, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        order = take(script_request(facts={**BARE, "annual_rate": rate}))
        answer = await open_desk(saying([GOOD], [GOOD])).write(order, ARRIVAL)
        assert (answer.action, answer.source) == ("handoff", "approved")
        assert answer.script is not None
        assert rate not in answer.script.text
        assert "rate.cap" in {finding.rule for finding in answer.verdict.findings}
        assert answer.verdict.action is Action.BLOCK

    async def test_a_guard_that_breaks_blocks_model_and_fallback(self, take: TakeOrder, data: Data) -> None:
        policy = with_guard(data.policy, Broken(lambda script: True))
        desk = Desk(ActivePolicy(policy, data.wording), saying([GOOD], [GOOD]), Pool())
        answer = await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.action, answer.script) == ("handoff", None)
        assert {finding.rule for finding in answer.verdict.findings} == {"guard.failed"}
        assert "secret" not in repr(answer)

    async def test_a_guard_that_breaks_on_one_text_blocks_that_text(self, take: TakeOrder, data: Data) -> None:
        policy = with_guard(data.policy, Broken(lambda script: "想了解哪项" in script.text))
        other = "成本是{年化利率}。您看合适吗？"
        desk = Desk(ActivePolicy(policy, data.wording), saying([GOOD, other]), Pool())
        answer = await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        assert answer.source == "model"
        assert answer.script is not None
        assert "想了解哪项" not in answer.script.text

    async def test_before_verification_too(self, take: TakeOrder, data: Data) -> None:
        policy = with_guard(data.policy, Broken(lambda script: True))
        desk = Desk(ActivePolicy(policy, data.wording), saying(), Pool())
        request = script_request(Scenario.COLLECTION_M1, callee={"identity_verified": False})
        answer = await desk.write(take(request), ARRIVAL)
        assert (answer.action, answer.script) == ("handoff", None)

    async def test_the_last_scenario_is_a_persons(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        model = saying()
        answer = await open_desk(model).write(take(script_request(Scenario.COLLECTION_M3_PLUS, facts={})), ARRIVAL)
        assert (answer.action, answer.source, model.tasks) == ("handoff", "approved", [])
        assert [finding.rule for finding in answer.verdict.findings] == ["gate.person_speaks"]

    @pytest.mark.parametrize("generation", list(Generation))
    @pytest.mark.parametrize("verified", [True, False])
    async def test_a_machine_says_who_it_is_and_that_somebody_comes(
        self, generation: Generation, verified: bool, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        request = script_request(
            Scenario.COLLECTION_M1,
            callee={"role": "guarantor", "identity_verified": verified},
            customer={"generation": generation.value},
        )
        answer = await open_desk(saying()).write(take(request), ARRIVAL)
        assert answer.script is not None
        said = answer.script.text
        assert "智能语音助手" in said
        assert "录音" in said
        assert "人工专员" in said
        assert not any(word in said for word in ("先生", "还款", "逾期", "账单", "欠"))
        assert not any(character.isdigit() for character in said)
        assert answer.delivery is not None

    @pytest.mark.parametrize("channel", [Channel.HUMAN_AGENT, Channel.SMS])
    async def test_people_and_messages_need_no_bridge(
        self, channel: Channel, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        request = script_request(Scenario.COLLECTION_M3_PLUS, channel=channel.value, facts={})
        answer = await open_desk(saying()).write(take(request), ARRIVAL)
        assert (answer.action, answer.script, answer.source, answer.delivery) == ("handoff", None, None, None)


class Broken:
    """A guard that raises on some scripts."""

    name = "broken"

    def __init__(self, breaks: Callable[[Script], bool]) -> None:
        self._breaks = breaks

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        if self._breaks(script):
            raise RuntimeError("secret")
        return []


def with_guard(policy: Policy, guard: Broken) -> Policy:
    """The policy with another guard in front of its own chain."""

    class Chain(Panel):
        def examine(self, script: Script, case: Case) -> Any:
            own = policy.panel.examine(script, case)
            more = Panel([guard]).examine(script, case)
            return replace(own, findings=(*own.findings, *more.findings))

    return replace(policy, panel=Chain(()))


class TestGates:
    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({"customer": {"marketing_consent": None}}, "gate.marketing_consent"),
            ({"customer": {"opted_out": True}}, "gate.opted_out"),
            ({"customer": {"is_student": True}}, "gate.student"),
            ({"customer": {"generation": "gen_z", "is_student": None}}, "gate.student_unknown"),
            ({"customer": {"generation": None, "age": 17}}, "gate.minor"),
            ({"customer": {"age": 17}}, "gate.minor"),
            ({"callee": {"role": "contact"}}, "gate.third_party"),
            ({"call_time": "2026-11-20T22:30:00+08:00"}, "gate.quiet_hours"),
            ({"call_time": "2026-11-20T12:30:00+08:00"}, "gate.marketing_hours"),
            ({"history": {"connected_calls_today": 3}}, "gate.connected_calls"),
            ({"history": {"attempts_today": 6}}, "gate.attempts"),
        ],
    )
    async def test_a_closed_gate_forbids_the_call(
        self, changes: dict[str, Any], rule: str, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        model = saying()
        answer = await open_desk(model).write(take(script_request(**changes)), ARRIVAL)
        assert (answer.action, answer.script, answer.source, answer.delivery) == ("do_not_call", None, None, None)
        assert rule in {finding.rule for finding in answer.verdict.findings}
        assert model.tasks == []

    async def test_the_hour_is_chinas(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        in_time = script_request(call_time="2026-11-20T02:05:00+00:00")
        too_late = script_request(call_time="2026-11-20T10:05:00-04:00")
        assert (await open_desk(saying([GOOD])).write(take(in_time), ARRIVAL)).action == "speak"
        assert (await open_desk(saying()).write(take(too_late), ARRIVAL)).action == "do_not_call"


class TestBeforeVerification:
    @pytest.mark.parametrize("scenario", [scenario for scenario in SPOKEN if scenario.group is not Group.MARKETING])
    @pytest.mark.parametrize("callee", [{"identity_verified": False}, {"role": "unknown"}])
    async def test_only_opening_and_verification(
        self, scenario: Scenario, callee: dict[str, Any], take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        model = saying()
        answer = await open_desk(model).write(take(script_request(scenario, callee=callee)), ARRIVAL)
        assert answer.script is not None
        assert [segment.stage for segment in answer.script.segments] == [Stage.OPEN, Stage.VERIFY]
        assert answer.source == "approved"
        assert model.tasks == []


class TestThePool:
    async def test_is_empty_at_first_and_approved_words_are_due(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        model = saying()
        answer = await open_desk(model).write(take(script_request(options={"source": "pool"})), ARRIVAL)
        assert (answer.source, model.tasks) == ("approved", [])

    async def test_holds_what_was_accepted_and_says_it_with_new_facts(
        self, take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        model = saying([BANNED, GOOD])
        desk = open_desk(model)
        await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        request = script_request(facts={**BARE, "annual_rate": "7.2"}, options={"source": "pool"})
        answer = await desk.write(take(request), ARRIVAL)
        assert (answer.source, len(model.tasks)) == ("pool", 1)
        assert answer.script is not None
        assert "说重点，成本是年化利率7.2%。" in answer.script.text
        assert "3.6" not in answer.script.text

    async def test_is_examined_again(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        desk = open_desk(saying([GOOD]))
        await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        request = script_request(facts={**BARE, "annual_rate": "36"}, options={"source": "pool"})
        answer = await desk.write(take(request), ARRIVAL)
        assert answer.action == "handoff"

    async def test_obeys_rules_that_came_later(self, take: TakeOrder, data: Data) -> None:
        active = ActivePolicy(data.policy, data.wording)
        desk = Desk(active, saying([GOOD]), Pool())
        await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        active.swap(Ruling(with_guard(data.policy, Broken(lambda script: "想了解哪项" in script.text)), data.wording))
        answer = await desk.write(take(script_request(facts=BARE, options={"source": "pool"})), ARRIVAL)
        assert answer.source == "approved"


class TestFallbacks:
    @pytest.mark.parametrize("offer", ["deferral", "instalment", "waiver"])
    async def test_speak_of_the_offer_that_is_made(self, offer: str, take: TakeOrder, open_desk: OpenDesk) -> None:
        words = {"deferral": "延期", "instalment": "分期", "waiver": "减免"}
        request = script_request(
            Scenario.COLLECTION_M1,
            facts={**bare_facts(Scenario.COLLECTION_M1), "offers": [offer], "deferral_periods": 3},
        )
        answer = await open_desk(saying(ModelTimeout("slow"))).write(take(request), ARRIVAL)
        assert answer.script is not None
        for name, word in words.items():
            assert (word in answer.script.text) is (name == offer)

    async def test_promise_nothing_without_an_offer(self, take: TakeOrder, open_desk: OpenDesk) -> None:
        request = script_request(Scenario.COLLECTION_M1, facts=bare_facts(Scenario.COLLECTION_M1))
        answer = await open_desk(saying(ModelTimeout("slow"))).write(take(request), ARRIVAL)
        assert answer.script is not None
        assert not any(word in answer.script.text for word in ("延期", "分期", "减免"))


class BrokenModel:
    """A model that raises what no model should."""

    async def write(self, task: WritingTask) -> Draft:
        raise ZeroDivisionError


class StubbornModel:
    """A model that ignores its deadline."""

    async def write(self, task: WritingTask) -> Draft:
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits that long")


@pytest.mark.parametrize("model", [BrokenModel(), StubbornModel()])
async def test_a_model_that_keeps_no_contract_costs_no_answer(
    model: Model, take: TakeOrder, wording: Wording, policy: Policy
) -> None:
    desk = Desk(ActivePolicy(policy, wording), model, Pool())
    order = take(script_request(facts=BARE, options={"deadline_ms": 500}))
    answer = await desk.write(order, time.monotonic())
    assert (answer.action, answer.source) == ("speak", "fallback")
    assert desk.health.is_answering is False


async def test_more_candidates_than_ordered_are_not_read(take: TakeOrder, open_desk: OpenDesk) -> None:
    model = saying(["坏"] * 4 + [GOOD], ModelUnavailable("no more"))
    answer = await open_desk(model).write(take(script_request(facts=BARE)), ARRIVAL)
    assert answer.source == "fallback"


AT = datetime(2026, 11, 29, 2, 5, tzinfo=UTC)


def held(*texts: str, kind: LineKind = LineKind.FALLBACK, frozen: bool = False) -> Holds:
    """These texts are suspended."""
    freeze = Freeze("投诉集中", "李合规", AT) if frozen else None
    return Holds(freeze, tuple(Suspension(line_id(kind, text), text, "投诉", "李合规", AT) for text in texts))


OpenHeldDesk = Callable[..., Desk]


@pytest.fixture
def open_held(data: Data) -> OpenHeldDesk:
    """Makes a desk under the shipped rules, with something held."""

    def opened(holds: Holds, *outcomes: Outcome) -> Desk:
        return Desk(ActivePolicy(data.policy, replace(data.wording, holds=holds)), saying(*outcomes), Pool())

    return opened


def said(answer: Answer) -> str:
    """What is said, nothing where nothing is."""
    return answer.script.text if answer.script else ""


class TestWhatIsHeld:
    """What was suspended is in no answer, whoever wrote it, and no caller gets an error for it."""

    async def test_a_suspended_fallback_gives_way_to_the_next_and_the_last_to_a_person(
        self, take: TakeOrder, open_held: OpenHeldDesk, wording: Wording
    ) -> None:
        order = take(script_request())
        bodies = approved_bodies(order.plan.brief, wording)
        assert len(bodies) > 1
        spoken = []
        for count in range(len(bodies)):
            answer = await open_held(held(*bodies[:count]), ModelTimeout("slow")).write(order, ARRIVAL)
            assert (answer.action, answer.source, answer.body) == ("speak", "fallback", bodies[count])
            spoken.append(said(answer))
        assert len(set(spoken)) == len(bodies)
        nobody = await open_held(held(*bodies), ModelTimeout("slow")).write(order, ARRIVAL)
        assert (nobody.action, nobody.source) == ("handoff", "approved")
        assert "停用" in nobody.verdict.findings[0].reason
        assert "人工专员" in said(nobody)

    async def test_a_suspended_line_of_a_model_is_rejected_and_the_model_is_told(
        self, take: TakeOrder, data: Data
    ) -> None:
        model = saying([GOOD], [GOOD])
        holds = held("说重点，成本是{年化利率}。合不合适您自己看，想了解哪项？", kind=LineKind.LINE)
        desk = Desk(ActivePolicy(data.policy, replace(data.wording, holds=holds)), model, Pool())
        answer = await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.action, answer.source, answer.attempts) == ("speak", "fallback", 2)
        assert {finding.rule for finding in answer.rejected} == {"skeleton.unusable"}
        assert "停用" in model.tasks[1].hints[0]

    async def test_each_sentence_of_it_is_rejected_and_another_candidate_is_said(
        self, take: TakeOrder, open_held: OpenHeldDesk
    ) -> None:
        other = "成本是{年化利率}。您看合适吗？"
        holds = held("利息低。合不合适您自己看，想了解哪项？", kind=LineKind.LINE)
        answer = await open_held(holds, [GOOD, other]).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.source, answer.body) == ("model", other)

    async def test_what_the_pool_has_kept_is_not_said_either(self, take: TakeOrder, data: Data) -> None:
        active = ActivePolicy(data.policy, data.wording)
        desk = Desk(active, saying([GOOD]), Pool())
        await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        holds = held("合不合适您自己看，想了解哪项？", kind=LineKind.LINE)
        active.swap(Ruling(data.policy, replace(data.wording, holds=holds)))
        answer = await desk.write(take(script_request(facts=BARE, options={"source": "pool"})), ARRIVAL)
        assert (answer.action, answer.source) == ("speak", "approved")

    async def test_a_suspended_segment_is_not_left_out_but_a_person_takes_over(
        self, take: TakeOrder, data: Data
    ) -> None:
        model = saying()
        desk = Desk(
            ActivePolicy(data.policy, replace(data.wording, holds=held("额度和利率以审批和合同为准。"))),
            model,
            Pool(),
        )
        answer = await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.action, answer.source, model.tasks) == ("handoff", "approved", [])
        assert "额度和利率以审批和合同为准" not in said(answer)

    async def test_where_only_the_opening_by_name_is_suspended_nobody_is_called_by_name(
        self, take: TakeOrder, open_held: OpenHeldDesk, wording: Wording
    ) -> None:
        named = {
            piece.text
            for piece in wording.frames[Group.MARKETING, Channel.AI_VOICE].segments
            if piece.text and "称呼" in piece.text
        }
        answer = await open_held(held(*named), [GOOD]).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.action, answer.source) == ("speak", "model")
        assert "张先生" not in said(answer)

    async def test_a_suspended_opening_leaves_the_line_silent(
        self, take: TakeOrder, open_held: OpenHeldDesk, wording: Wording
    ) -> None:
        openings = [
            piece.text
            for piece in wording.frames[Group.MARKETING, Channel.AI_VOICE].segments
            if piece.text and piece.stage is Stage.OPEN
        ]
        answer = await open_held(held(*openings)).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.action, answer.script, answer.source) == ("handoff", None, None)

    async def test_a_suspended_complement_makes_only_what_needs_it_unusable(
        self, take: TakeOrder, open_held: OpenHeldDesk
    ) -> None:
        silent, whole = "合不合适您自己看，想了解哪项？", "成本是{年化利率}。您看合适吗？"
        holds = held("利息按{年化利率}算。", kind=LineKind.COMPLEMENT)
        answer = await open_held(holds, [silent, whole]).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (answer.source, answer.body) == ("model", whole)
        alone = await open_held(holds, [silent], [silent]).write(take(script_request(facts=BARE)), ARRIVAL)
        assert (alone.action, alone.source) == ("speak", "fallback")
        assert "利息按年化利率" not in said(alone)

    async def test_suspended_replies_give_way_to_the_others_and_the_last_to_a_person(
        self, take: TakeOrder, open_held: OpenHeldDesk, wording: Wording
    ) -> None:
        order = take(script_request(facts=BARE, customer={"tags": ["说别再打了"]}))
        assert order.plan.leaves
        suspended: list[str] = []
        while True:
            answer = await open_held(held(*suspended, kind=LineKind.REPLY)).write(order, ARRIVAL)
            if answer.action == "handoff":
                break
            assert answer.body
            assert answer.body not in suspended
            suspended.append(answer.body)
        assert suspended
        assert "人工专员" in said(answer)

    async def test_another_bridge_is_said_and_none_where_all_are_suspended(
        self, take: TakeOrder, open_held: OpenHeldDesk, wording: Wording
    ) -> None:
        order = take(script_request(Scenario.COLLECTION_M3_PLUS, facts={}))
        own, others = wording.replies.bridges[Generation.YOUNG], set(wording.replies.bridges.values())
        other = await open_held(held(own, kind=LineKind.BRIDGE)).write(order, ARRIVAL)
        assert other.script is not None
        assert other.script.segments[-1].text in others - {own}
        none = await open_held(held(*others, kind=LineKind.BRIDGE)).write(order, ARRIVAL)
        assert (none.action, none.script, none.source) == ("handoff", None, None)

    @pytest.mark.parametrize("source", ["auto", "pool"])
    async def test_while_frozen_only_approved_fallbacks_are_spoken(
        self, source: str, take: TakeOrder, data: Data
    ) -> None:
        active, model = ActivePolicy(data.policy, data.wording), saying([GOOD])
        desk = Desk(active, model, Pool())
        await desk.write(take(script_request(facts=BARE)), ARRIVAL)
        active.swap(Ruling(data.policy, replace(data.wording, holds=held(frozen=True))))
        order = take(script_request(facts=BARE, options={"source": source}))
        answer = await desk.write(order, ARRIVAL)
        assert (answer.action, answer.source, answer.attempts, len(model.tasks)) == ("speak", "fallback", 0, 1)
        assert answer.body in approved_bodies(order.plan.brief, data.wording)

    @pytest.mark.parametrize("scenario", list(Scenario))
    async def test_everything_suspended_is_still_an_answer(
        self, scenario: Scenario, take: TakeOrder, open_held: OpenHeldDesk, wording: Wording
    ) -> None:
        holds = held(*(line.text for line in Catalogue({}).of(wording).values()), frozen=True)
        for verified in (True, False):
            request = script_request(scenario, callee={"identity_verified": verified})
            answer = await open_held(holds).write(take(request), ARRIVAL)
            assert (answer.action, answer.script) == ("handoff", None)

    async def test_no_model_is_shown_what_is_suspended(self, take: TakeOrder, wording: Wording) -> None:
        brief = take(script_request()).plan.brief
        shown = worked_examples(brief, wording)
        left = worked_examples(brief, replace(wording, holds=held(shown[0])))
        assert shown[0] not in left
        assert left
