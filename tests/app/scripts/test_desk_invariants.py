"""What must hold of every answer, whatever the model writes: see the invariants of the design."""

import asyncio
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.approved.events import EventType
from app.errors import ModelTimeout, ModelUnavailable
from app.scripts.answer import Answer
from app.scripts.intake import Order
from app.writing.model import WritingTask
from guards.numbers.dates import PartialDate
from guards.numbers.scan import Number, extract
from guards.types import Action, Channel, Fact, Generation, Group, Quantity, Scenario
from tests.app.conftest import OpenDesk, Shipped, TakeOrder
from tests.app.examples import SPOKEN, bare_facts, rich_facts, script_request, some_facts
from tests.fakes import FakeModel

_BANNED = {
    Group.MARKETING: ("百分百获批", "包过", "秒批", "零门槛", "全国最低", "手慢无", "稳赚不赔"),
    Group.SERVICING: ("上门催收", "爆通讯录", "坐牢", "人渣"),
    Group.COLLECTION: ("上门催收", "爆通讯录", "坐牢", "人渣"),
}
"""Phrases that a scenario of the group may never say, written the way a careless model would."""
_SENTENCES = (
    "直接说重点。",
    "家里要是想周转，用得上再用。",
    "我们这边百分百获批，包过。",
    "再不还就上门催收，爆通讯录。",
    "最高可以借三十万元。",
    "年化利率百分之二。",
    "今天还五百块就行。",
    "每天只要一块钱。",
    "下个月三号之前还。",
    "分二十四期。",
    "成本是{年化利率}。",
    "每月还{月还款}。",
    "最高可申请{额度上限}。",
    "月利率也就是{月利率}。",
    "先免息{免息天数}。",
    "应还{应还金额}，{到期日}到期。",
    "先还{最低还款}也行。",
    "可以申请延期{延期期数}，以审核为准。",
    "请{称呼}打{客服热线}。",
    "我是{机构}的真人。",
    "张三，您的手机是13812345678。",
    "张三先生，您别着急。",
    "转到私人账户就行。",
    "您看哪天方便？",
    "{}",
    "{{年化利率}}",
)
_ECHOES = ("{张三}您看行吗？", "{13812345678}。", "{上官}先生，您好。")
_SLOTS = st.sampled_from(["{年化利率}", "{月还款}", "{应还金额}", "{到期日}", "{产品名}", "{没有}", "{机构}", "{"])
_FRAGMENTS = st.one_of(
    st.sampled_from(_SENTENCES),
    st.sampled_from([phrase for phrases in _BANNED.values() for phrase in phrases]),
    _SLOTS,
    st.integers(0, 10**6).map(str),
    st.sampled_from(
        ["三百元", "百分之五", "１２期", "⑨天", "两万", "幺三八", "。", "？", "，", "%", "元", "\u200b", "\n"]
    ),
    st.text(max_size=8),
    st.text(alphabet="保证必批通过下款还钱年化利率三五十百万元天期，。？{}", max_size=24),
)
_SKELETONS = st.lists(_FRAGMENTS, max_size=7).map("".join)
ARRIVAL = 10.0**9
"""On the clock of the desk, so far ahead that no test runs out of time."""
_MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
_FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _write(desk: OpenDesk, model: FakeModel, order: Order) -> Answer:
    return asyncio.run(desk(model).write(order, ARRIVAL))


@st.composite
def _requests(draw: st.DrawFn) -> dict[str, Any]:
    """Scenario, channel, generation and a part of the optional facts."""
    scenario = draw(st.sampled_from(SPOKEN))
    kept = draw(st.sets(st.sampled_from(sorted(rich_facts(scenario)))))
    return {
        "scenario": scenario,
        "channel": draw(st.sampled_from(list(Channel))).value,
        "customer": {
            "generation": draw(st.sampled_from(list(Generation))).value,
            "pii": {"name": "张三", "mobile": "13812345678"},
        },
        "facts": some_facts(scenario, kept),
    }


class TestNothingBlockedIsSpoken:
    """Invariants 1 and 2."""

    @_MANY
    @given(changes=_requests(), drafts=st.lists(_SKELETONS, max_size=4), revised=st.lists(_SKELETONS, max_size=2))
    def test_whatever_a_model_writes(
        self,
        changes: dict[str, Any],
        drafts: list[str],
        revised: list[str],
        take: TakeOrder,
        open_desk: OpenDesk,
        shipped: Shipped,
    ) -> None:
        order = take(script_request(**changes))
        attempts = iter((drafts, revised))
        answer = _write(open_desk, FakeModel(lambda task: next(attempts)), order)

        assert answer.action == "speak"
        assert answer.script is not None
        verdict = shipped.policy.panel.examine(answer.script, order.case)
        assert verdict.may_be_said
        assert verdict == answer.verdict
        for phrase in _BANNED[changes["scenario"].group]:
            assert phrase not in answer.script.text
            assert phrase not in answer.script.spoken
        for form in (answer.script.text, answer.script.spoken):
            assert "张三" not in form
            assert "13812345678" not in form
            assert "{" not in form
            facts = order.case.facts or ()
            for number in _claims(form):
                assert _stands_in(number, facts), f"{number.text} in {form}"

    @_FEW
    @given(changes=_requests(), drafts=st.lists(_SKELETONS, max_size=4))
    def test_nor_before_the_customer_is_known(
        self, changes: dict[str, Any], drafts: list[str], take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        if changes["scenario"].group is Group.MARKETING:
            changes = {**changes, "scenario": Scenario.BILL_REMINDER, "facts": bare_facts(Scenario.BILL_REMINDER)}
        model = FakeModel(lambda task: drafts)
        answer = _write(open_desk, model, take(script_request(**changes, callee={"identity_verified": False})))

        assert answer.script is not None
        assert {segment.stage.value for segment in answer.script.segments} == {"open", "verify"}
        assert not model.tasks
        for form in (answer.script.text, answer.script.spoken):
            assert not extract(form)
            assert not any(word in form for word in ("账单", "欠", "还款", "逾期", "应还", "贷", "到期"))


def _stands_in(number: Number, facts: Sequence[Fact]) -> bool:
    """Whether a fact has this value in this quantity; written anew here, not with the guard's own judgement."""
    if number.approximate or number.vague:
        return False
    for fact in facts:
        if isinstance(number.value, PartialDate):
            if (
                isinstance(fact.value, date)
                and (number.value.month, number.value.day) == (fact.value.month, fact.value.day)
                and number.value.year in (None, fact.value.year)
            ):
                return True
        elif (fact.quantity is number.quantity and fact.value == number.value) or (
            number.quantity is Quantity.RATE and fact.value == number.value and "rate" in fact.name
        ):
            return True
    return False


def _claims(text: str) -> list[Number]:
    """The numbers of a text without 今天 and 到今天, which state no value of the request."""
    return [
        number for number in extract(text) if not (isinstance(number.value, PartialDate) and number.value.days == 0)
    ]


def _values(text: str) -> set[tuple[Quantity, Decimal | PartialDate | str]]:
    return {(number.quantity, number.value) for number in _claims(text)}


_PRICES = frozenset({Quantity.MONEY, Quantity.RATE, Quantity.RATE_ANNUAL, Quantity.RATE_MONTHLY})
_RIGHTS = {
    Group.MARKETING: ("录音", "营销", "综合融资成本|除利息外", "以审批和合同为准", "理性借贷", "人工|投诉|拒收"),
    Group.SERVICING: ("谢谢您|【", "官方", "密码", "验证码", "投诉"),
    Group.COLLECTION: ("谢谢您|【", "官方", "密码", "验证码", "投诉"),
}
"""What every customer is told, whatever the generation: one of the alternatives each. Who calls and that it is recorded
was told before the identity was asked for."""


class TestGenerationChangesOnlyTheTone:
    """Invariant 4, end to end."""

    @pytest.mark.parametrize("source", ["model", "fallback"])
    @pytest.mark.parametrize("scenario", SPOKEN)
    @given(draw=st.data())
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    def test_same_numbers_and_rights_for_all_four(
        self,
        draw: st.DataObject,
        scenario: Scenario,
        source: str,
        take: TakeOrder,
        open_desk: OpenDesk,
        shipped: Shipped,
    ) -> None:
        facts = some_facts(scenario, draw.draw(st.sets(st.sampled_from(sorted(rich_facts(scenario))))))
        known = [
            name
            for name, tag in shipped.vocabulary.tags.items()
            if scenario.group is Group.MARKETING or not tag.denies_identity
        ]
        tags = draw.draw(st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True))
        channel = draw.draw(st.sampled_from(list(Channel)))
        if channel is Channel.SMS:  # no message answers what was said in a call
            tags = [tag for tag in tags if shipped.vocabulary.tags[tag].event not in ANSWERED_IN_CALLS]
        seen = {}
        for generation in Generation:
            order = take(
                script_request(
                    scenario,
                    channel=channel.value,
                    facts=facts,
                    customer={"generation": generation.value, "tags": tags},
                )
            )

            def script(task: WritingTask) -> Sequence[str] | ModelUnavailable:
                if source == "fallback":
                    return ModelUnavailable("down")
                bodies = [body.text for body in shipped.wording.fallbacks[task.brief.scenario, task.brief.generation]]
                return [*draw.draw(st.permutations(bodies))[:2], "您看合适吗？"]

            answer = _write(open_desk, FakeModel(script), order)
            assert answer.script is not None
            is_approved = order.moment.leaves or channel is Channel.SMS
            assert answer.source == ("approved" if is_approved else source)
            seen[generation] = answer.script.text

        written = {generation: _values(text) for generation, text in seen.items()}
        assert all(values == written[Generation.YOUNG] for values in written.values()), seen
        may_be_untold = channel is Channel.SMS or order.moment.leaves
        for words in _RIGHTS[scenario.group]:
            told = {g: any(word in text for word in words.split("|")) for g, text in seen.items()}
            assert all(told.values()) or (may_be_untold and not any(told.values())), (words, seen)


ANSWERED_IN_CALLS = (EventType.OPT_OUT, EventType.WRONG_NUMBER, EventType.ALREADY_PAID)


class TestWhoWantsNoMoreOfIt:
    """An answer to a refusal, a wrong number or a payment goes on about nothing."""

    @pytest.mark.parametrize("scenario", SPOKEN)
    @pytest.mark.parametrize("channel", [Channel.AI_VOICE, Channel.HUMAN_AGENT])
    @pytest.mark.parametrize("ref", ["u-778", None])
    def test_hears_no_figure_and_no_offer(
        self,
        scenario: Scenario,
        channel: Channel,
        ref: str | None,
        take: TakeOrder,
        open_desk: OpenDesk,
        shipped: Shipped,
    ) -> None:
        model = FakeModel(lambda task: [])
        for tag in shipped.vocabulary.tags.values():
            if not (tag.needs_reply and scenario in tag.scenarios):
                continue
            for generation in Generation:
                customer = {"generation": generation.value, "tags": ["asked_rate", tag.id], "ref": ref}
                order = take(script_request(scenario, channel=channel.value, customer=customer))
                answer = _write(open_desk, model, order)
                assert (answer.source, model.tasks) == ("approved", [])
                assert answer.script is not None
                said = answer.script.text
                assert not [number for number in _claims(said) if number.quantity in _PRICES]
                assert not any(word in said for word in ("额度", "营销来电", "年化", "理性借贷", "应还"))
                if ref is None and tag.event in (EventType.OPT_OUT, EventType.WRONG_NUMBER):
                    assert not any(word in said for word in ("记", "登记", "以后", "往后"))

    def test_hears_of_no_debt_when_it_is_another_person(
        self, take: TakeOrder, open_desk: OpenDesk, shipped: Shipped
    ) -> None:
        for scenario in SPOKEN:
            order = take(script_request(scenario, customer={"tags": ["said_wrong_number"]}))
            answer = _write(open_desk, FakeModel(lambda task: []), order)
            if scenario.group is Group.MARKETING:
                assert answer.action == "speak"
            else:
                assert answer.action == "do_not_call"
                assert [finding.rule for finding in answer.verdict.findings] == ["gate.third_party"]


class TestTheModelLearnsNothingPersonal:
    """Invariant 3, as far as the desk goes; `test_reception` looks at the record and the logs."""

    @_FEW
    @given(changes=_requests(), drafts=st.lists(_SKELETONS | st.sampled_from(_ECHOES), max_size=3))
    def test_no_known_value_in_any_task(
        self, changes: dict[str, Any], drafts: list[str], take: TakeOrder, open_desk: OpenDesk
    ) -> None:
        model = FakeModel(lambda task: drafts)
        changes = {**changes, "customer": {**changes["customer"], "surname": "上官", "ref": "u-778"}}
        answer = _write(open_desk, model, take(script_request(**changes)))
        for told in (*map(repr, model.tasks), repr(answer.rejected), repr(answer.verdict)):
            for value in ("张三", "上官", "13812345678", "u-778"):
                assert value not in told


class TestAnAnswerInAnyCase:
    """Invariant 8: with the model down, slow or mute, everything is answered from approved fallbacks."""

    @pytest.mark.parametrize("scenario", SPOKEN)
    @pytest.mark.parametrize("channel", list(Channel))
    @pytest.mark.parametrize("generation", list(Generation))
    @pytest.mark.parametrize("facts", [rich_facts, bare_facts])
    async def test_every_cell_has_a_fallback(
        self,
        scenario: Scenario,
        channel: Channel,
        generation: Generation,
        facts: Any,
        take: TakeOrder,
        open_desk: OpenDesk,
    ) -> None:
        request = script_request(
            scenario, channel=channel.value, facts=facts(scenario), customer={"generation": generation.value}
        )
        answer = await open_desk(FakeModel(lambda task: ModelTimeout("slow"))).write(take(request), ARRIVAL)
        due = "approved" if channel is Channel.SMS else "fallback"
        assert (answer.action, answer.source) == ("speak", due)
        assert answer.verdict.action is Action.ALLOW
