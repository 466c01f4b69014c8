"""From a request to an order: generation, tags, strategy, facts, and what is told of a refusal."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.errors import Malformed
from app.requests import ReviewItem
from app.scripts.intake import masked_request, take_order, take_review
from guards.types import Channel, Generation, Role, Scenario, Stage
from tests.app.conftest import TakeOrder
from tests.app.examples import SPOKEN, bare_facts, rich_facts, script_request

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def problems(take: TakeOrder, scenario: Scenario = Scenario.ACQUISITION, **changes: Any) -> dict[str, str]:
    """The problems of a request that must be refused, by field."""
    with pytest.raises(Malformed) as refused:
        take(script_request(scenario, **changes))
    return {problem.field: problem.reason for problem in refused.value.fields}


class TestGeneration:
    @pytest.mark.parametrize(
        ("age", "generation"),
        [
            (17, Generation.GEN_Z),
            (18, Generation.GEN_Z),
            (27, Generation.GEN_Z),
            (28, Generation.YOUNG),
            (39, Generation.YOUNG),
            (40, Generation.MIDDLE_AGED),
            (59, Generation.MIDDLE_AGED),
            (60, Generation.SENIOR),
            (120, Generation.SENIOR),
            (121, Generation.SENIOR),
            (130, Generation.SENIOR),
        ],
    )
    def test_follows_from_the_age(self, age: int, generation: Generation, take: TakeOrder) -> None:
        order = take(script_request(customer={"generation": None, "age": age}))
        assert order.plan.brief.generation is generation
        assert order.moment.generation is generation
        assert order.case.call is not None
        assert (order.case.call.generation, order.case.call.age) == (generation, age)

    def test_a_minor_is_stopped_by_the_gate(self, take: TakeOrder, policy: Any) -> None:
        order = take(script_request(customer={"generation": None, "age": 17}))
        assert "gate.minor" in {finding.rule for finding in policy.gates(order.case)}

    def test_that_is_given_goes_before_the_age(self, take: TakeOrder) -> None:
        order = take(script_request(customer={"generation": "senior", "age": 30}))
        assert order.plan.brief.generation is Generation.SENIOR

    def test_one_of_the_two_is_required(self, take: TakeOrder) -> None:
        assert problems(take, customer={"generation": None}) == {"customer.age": "age or generation is required"}


class TestTags:
    def test_are_known_by_id_and_by_label(self, take: TakeOrder) -> None:
        by_id = take(script_request(customer={"tags": ["asked_rate", "browsing_loan"]}))
        by_label = take(script_request(customer={"tags": ["咨询过利率", "实时浏览应急贷"]}))
        assert by_id.plan == by_label.plan
        assert by_id.plan.brief.tags == ("asked_rate", "browsing_loan")

    @pytest.mark.parametrize(
        ("name", "nearest"),
        [("咨询过利息", "咨询过利率"), ("浏览应急贷", "实时浏览应急贷"), ("asked_rates", "asked_rate")],
    )
    def test_an_unknown_one_is_named_with_the_nearest(self, name: str, nearest: str, take: TakeOrder) -> None:
        told = problems(take, customer={"tags": ["asked_rate", name]})
        assert set(told) == {"customer.tags.1"}
        assert name in told["customer.tags.1"]
        assert told["customer.tags.1"].endswith(nearest)

    def test_said_twice_count_once(self, take: TakeOrder) -> None:
        order = take(script_request(customer={"tags": ["asked_rate", "咨询过利率"]}))
        assert order.plan.brief.tags == ("asked_rate",)

    @pytest.mark.parametrize(("region", "adds"), [("county", True), ("city", False), ("tier1", False), (None, False)])
    def test_the_county_adds_one(self, region: str | None, adds: bool, take: TakeOrder) -> None:
        order = take(script_request(customer={"region": region}))
        assert ("county" in order.plan.brief.tags) is adds

    def test_the_county_comes_after_the_requests_own(self, take: TakeOrder) -> None:
        order = take(script_request(customer={"region": "county", "tags": ["asked_rate"]}))
        assert order.plan.brief.tags == ("asked_rate", "county")


class TestStrategy:
    def test_is_the_requests_when_it_fits(self, take: TakeOrder) -> None:
        order = take(script_request(options={"strategy": "plain_talk"}))
        assert order.plan.brief.strategy == "plain_talk"

    def test_of_another_scenario_is_refused_with_those_that_fit(self, take: TakeOrder) -> None:
        told = problems(take, options={"strategy": "plan_plain"})
        assert set(told) == {"options.strategy"}
        assert "benefit_first、rate_first" in told["options.strategy"]

    def test_a_reply_needs_something_said(self, take: TakeOrder) -> None:
        told = problems(take, customer={"tags": ["县域"]}, options={"strategy": "reply"})
        assert told == {"options.strategy": "reply needs a tag for what the customer has just said"}
        order = take(script_request(customer={"tags": ["县域", "说打错了"]}, options={"strategy": "reply"}))
        assert order.plan.brief.tags == ("said_wrong_number",)

    def test_a_reply_needs_something_said_that_means_something_in_the_channel(self, take: TakeOrder) -> None:
        asked = {"tags": ["问过是不是机器人"]}
        assert take(script_request(customer=asked, options={"strategy": "reply"})).plan.brief.tags == ("asked_ai",)
        told = problems(take, channel="sms", customer=asked, options={"strategy": "reply"})
        assert set(told) == {"options.strategy"}

    def test_that_needs_a_fact_is_refused_without_it(self, take: TakeOrder) -> None:
        facts = bare_facts(Scenario.ACQUISITION)
        told = problems(take, facts=facts, options={"strategy": "speed_first"})
        assert told == {"options.strategy": "needs facts.approval_minutes"}
        order = take(script_request(facts={**facts, "approval_minutes": 5}, options={"strategy": "speed_first"}))
        assert order.plan.brief.strategy == "speed_first"


def test_everything_wrong_is_told_at_once(take: TakeOrder) -> None:
    told = problems(
        take,
        customer={"generation": None, "tags": ["没有的标签"]},
        options={"strategy": "nothing"},
        facts={"product": "应急贷", "annual_rate": 3.6},
    )
    assert set(told) == {"customer.tags.0", "customer.age", "options.strategy", "facts.annual_rate"}


class TestTheOrder:
    def test_today_is_chinas(self, take: TakeOrder) -> None:
        order = take(script_request(call_time="2026-11-20T17:30:00+00:00"))
        assert order.case.today == date(2026, 11, 21)

    def test_hotline_and_channel_come_from_the_institution(self, take: TakeOrder, wording: Wording) -> None:
        order = take(script_request(Scenario.BILL_REMINDER, facts=bare_facts(Scenario.BILL_REMINDER)))
        assert order.moment.fillings["客服热线"].written == wording.institution.hotline
        assert order.moment.fillings["还款渠道"].written == wording.institution.repay_channel
        assert order.case.fact("hotline") is not None

    def test_the_requests_own_hotline_goes_first(self, take: TakeOrder) -> None:
        facts = {**bare_facts(Scenario.BILL_REMINDER), "hotline": "4001112222"}
        assert (
            take(script_request(Scenario.BILL_REMINDER, facts=facts)).moment.fillings["客服热线"].written
            == "4001112222"
        )

    def test_without_a_surname_nobody_is_addressed(self, take: TakeOrder) -> None:
        assert take(script_request()).moment.fillings["称呼"].written == "张先生"
        for missing in ({"surname": None}, {"honorific": None}):
            assert "称呼" not in take(script_request(customer=missing)).moment.fillings

    @pytest.mark.parametrize(("fees", "known"), [("0", "none"), ("0.00", "none"), ("20", "some"), (None, "unknown")])
    def test_fees(self, fees: str | None, known: str, take: TakeOrder) -> None:
        facts = {**bare_facts(Scenario.ACQUISITION), "fees": fees}
        moment = take(script_request(facts=facts)).moment
        assert moment.fees == known
        assert ("其他费用" in moment.fillings) is (known == "some")

    @pytest.mark.parametrize(
        ("scenario", "callee", "speaks"),
        [
            (Scenario.ACQUISITION, {"identity_verified": False}, True),
            (Scenario.BILL_REMINDER, {"identity_verified": True}, True),
            (Scenario.BILL_REMINDER, {"identity_verified": False}, False),
            (Scenario.COLLECTION_M1, {"role": "guarantor", "identity_verified": True}, True),
            (Scenario.COLLECTION_M1, {"role": "contact", "identity_verified": True}, False),
            (Scenario.COLLECTION_M1, {"role": "unknown", "identity_verified": True}, False),
        ],
    )
    def test_who_hears_the_body(
        self, scenario: Scenario, callee: dict[str, Any], speaks: bool, take: TakeOrder
    ) -> None:
        assert take(script_request(scenario, callee=callee)).moment.speaks_body is speaks

    def test_options_are_carried(self, take: TakeOrder) -> None:
        order = take(script_request(options={"candidates": 8, "deadline_ms": 750, "source": "model"}))
        assert (order.candidates, order.deadline_seconds, order.source) == (8, 0.75, "model")


class TestPersonalDataStaysOut:
    """Invariant 3."""

    @pytest.mark.parametrize("scenario", SPOKEN)
    def test_of_plan_and_brief(self, scenario: Scenario, take: TakeOrder) -> None:
        pii = {"name": "欧阳建国", "mobile": "13812345678"}
        order = take(script_request(scenario, customer={"pii": pii, "surname": "欧阳", "ref": "u-778"}))
        for value in ("欧阳", "13812345678", "u-778", "先生", "1234", "200000", "3.6"):
            assert value not in repr(order.plan)
        assert order.case.known_personal_data == pii

    def test_of_what_a_record_keeps(self) -> None:
        customer = {"pii": {"name": "欧阳建国"}, "surname": "欧阳", "ref": "13812345678", "tags": ["asked_rate"]}
        kept = masked_request(script_request(customer=customer))
        for value in ("欧阳", "13812345678"):
            assert value not in repr(kept)
        assert kept["customer"]["tags"] == ["asked_rate"]
        assert kept["facts"]["annual_rate"] == "3.6"

    def test_no_brief_holds_a_digit(self, take: TakeOrder, vocabulary: Vocabulary) -> None:
        for scenario in SPOKEN:
            brief = take(script_request(scenario)).plan.brief
            told = (brief.strategy, *brief.slots, *brief.optional_slots, brief.offer or "")
            assert not re.search(r"\d", "".join(told))


class TestReviews:
    def test_what_is_absent_is_unknown(self, vocabulary: Vocabulary, wording: Wording) -> None:
        case = take_review(ReviewItem(text="您好"), vocabulary, wording, NOW)
        assert (case.scenario, case.channel, case.callee, case.stage, case.facts) == (None, None, None, None, None)
        assert case.today == date(2026, 11, 21)
        assert case.known_personal_data == {}

    def test_what_is_given_is_known(self, vocabulary: Vocabulary, wording: Wording) -> None:
        item = ReviewItem.model_validate(
            {
                "text": "您好",
                "scenario": "collection_m1",
                "channel": "sms",
                "stage": "body",
                "callee": {"role": "debtor", "identity_verified": True},
                "facts": {"amount_due": "5", "offers": ["waiver"]},
                "pii": {"name": "欧阳建国"},
            }
        )
        case = take_review(item, vocabulary, wording, NOW)
        assert (case.scenario, case.channel, case.stage) == (Scenario.COLLECTION_M1, Channel.SMS, Stage.BODY)
        assert case.callee is not None
        assert case.callee.role is Role.DEBTOR
        assert case.offers == {"waiver"}
        assert case.fact("amount_due") is not None
        assert case.fact("hotline") is not None
        assert case.known_personal_data == {"name": "欧阳建国"}

    def test_facts_without_a_scenario_are_parsed_all_the_same(self, vocabulary: Vocabulary, wording: Wording) -> None:
        facts = rich_facts(Scenario.BILL_REMINDER) | rich_facts(Scenario.ACQUISITION)
        case = take_review(ReviewItem(text="您好", facts=facts), vocabulary, wording, NOW)
        assert case.fact("annual_rate") is not None
        assert case.fact("amount_due") is not None
        with pytest.raises(Malformed):
            take_review(ReviewItem(text="您好", facts={"rebate": "5"}), vocabulary, wording, NOW)


def test_orders_for_one_customer_have_one_key_and_it_tells_nothing(take: TakeOrder) -> None:
    first = take(script_request(request_id="a", customer={"ref": "u-778"}))
    again = take(script_request(request_id="b", customer={"ref": "u-778"}))
    other = take(script_request(request_id="b", customer={"ref": "u-779"}))
    unknown = take(script_request(request_id="u-778", customer={"ref": None}))
    assert first.key == again.key != other.key
    assert "u-778" not in first.key
    assert len({other.key, unknown.key}) == 2


def test_two_requests_make_two_orders_of_their_own(vocabulary: Vocabulary, wording: Wording) -> None:
    first = take_order(script_request(request_id="a"), vocabulary, wording)
    second = take_order(script_request(request_id="b"), vocabulary, wording)
    assert (first.request_id, second.request_id) == ("a", "b")
    assert first.plan == second.plan


@pytest.mark.parametrize(("channel", "heard"), [("ai_voice", ("asked_ai",)), ("human_agent", ()), ("sms", ())])
def test_a_tag_that_means_nothing_in_a_channel_is_not_taken_up_there(
    take: TakeOrder, channel: str, heard: tuple[str, ...]
) -> None:
    customer = {"age": 33, "tags": ["问过是不是机器人"], "marketing_consent": True}
    order = take(script_request(channel=channel, customer=customer))
    assert order.plan.brief.tags == heard
