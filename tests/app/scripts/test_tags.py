"""What tags mean beyond the words: events that outlive the call, and tags that change nothing."""

from typing import Any

import pytest

from app.contacts import Closure, Closures, Kept, Scope
from app.data import Data
from app.scripts.intake import Order, take_order
from guards.types import Channel, Scenario
from tests.app.conftest import TakeOrder
from tests.app.examples import script_request


def events(order: Order) -> list[dict[str, Any]]:
    """The events in the contract's shape."""
    return [event.as_json() for event in order.events]


def told(take: TakeOrder, scenario: Scenario, *tags: str, ref: str | None = "u-778", **changes: Any) -> Order:
    """The order for a customer with these tags."""
    return take(script_request(scenario, customer={"tags": list(tags), "ref": ref}, **changes))


@pytest.mark.parametrize(
    ("scenario", "tag", "event"),
    [
        (Scenario.ACQUISITION, "说别再打了", {"type": "opt_out", "scope": "marketing"}),
        (Scenario.ACTIVATION, "说暂时不需要", {"type": "opt_out", "scope": "marketing"}),
        (Scenario.BILL_REMINDER, "说别再打了", {"type": "opt_out", "scope": "servicing"}),
        (Scenario.COLLECTION_M2, "said_stop_calling", {"type": "opt_out", "scope": "servicing"}),
        (Scenario.ACQUISITION, "说打错了", {"type": "wrong_number"}),
        (Scenario.COLLECTION_M1, "说打错了", {"type": "wrong_number"}),
        (Scenario.COLLECTION_M1, "说已经还过了", {"type": "already_paid"}),
        (Scenario.ACQUISITION, "说现在不方便", {"type": "callback", "at": None}),
        (Scenario.COLLECTION_M1, "没钱还", {"type": "hardship"}),
        (Scenario.COLLECTION_M1, "对账单有异议", {"type": "dispute"}),
        (Scenario.ACQUISITION, "希望人工服务", {"type": "human_requested"}),
    ],
)
def test_tags_that_say_it_are_events(take: TakeOrder, scenario: Scenario, tag: str, event: dict[str, Any]) -> None:
    assert events(told(take, scenario, tag)) == [event]


def test_a_refusal_counts_also_where_the_script_has_no_words_for_it(take: TakeOrder) -> None:
    assert events(told(take, Scenario.COLLECTION_M3_PLUS, "说别再打了")) == [{"type": "opt_out", "scope": "servicing"}]
    assert events(told(take, Scenario.BILL_REMINDER, "说暂时不需要")) == [{"type": "opt_out", "scope": "servicing"}]


@pytest.mark.parametrize("role", ["contact", "unrelated", "guarantor"])
def test_what_somebody_else_refuses_is_not_the_customers_refusal(take: TakeOrder, role: str) -> None:
    order = told(take, Scenario.COLLECTION_M1, "说别再打了", callee={"role": role})
    assert events(order) == [{"type": "third_party_refused"}]


def test_other_tags_mean_nothing_where_they_do_not_belong(take: TakeOrder) -> None:
    order = told(take, Scenario.ACQUISITION, "说已经还过了")
    assert events(order) == []
    assert [(each.tag, each.reason) for each in order.ignored_tags] == [
        ("说已经还过了", "means something in bill_reminder, collection_m1, collection_m2, not in acquisition")
    ]


def test_the_same_thing_said_twice_is_one_event(take: TakeOrder) -> None:
    order = told(take, Scenario.BILL_REMINDER, "说暂时不需要", "说别再打了")
    assert events(order) == [{"type": "opt_out", "scope": "servicing"}]


def test_without_a_reference_the_event_says_that_nobody_can_be_remembered(take: TakeOrder) -> None:
    order = told(take, Scenario.ACQUISITION, "说别再打了", "说现在不方便", ref=None)
    assert events(order) == [
        {"type": "opt_out", "scope": "marketing", "remembered": False},
        {"type": "callback", "at": None},
    ]
    assert not order.moment.remembers


def test_ordinary_tags_are_no_events_and_not_ignored(take: TakeOrder) -> None:
    order = told(take, Scenario.ACQUISITION, "实时浏览应急贷", "咨询过利率")
    assert (order.events, order.ignored_tags) == ((), ())


def test_ignored_tags_carry_the_name_of_the_request_and_the_reason(take: TakeOrder) -> None:
    order = told(take, Scenario.ACQUISITION, "first_overdue", "问过是不是机器人", channel="sms")
    assert [(each.tag, each.reason) for each in order.ignored_tags] == [
        ("first_overdue", "means something in collection_m1, not in acquisition"),
        ("问过是不是机器人", "means something on ai_voice, not on sms"),
    ]


def test_beside_a_refusal_other_tags_are_ignored(take: TakeOrder) -> None:
    order = told(take, Scenario.ACQUISITION, "说别再打了", "small_business")
    assert [(each.tag, each.reason) for each in order.ignored_tags] == [
        ("small_business", "the script answers 说别再打了, and nothing else")
    ]


def test_nearly_every_tag_is_taken_up_in_some_scenario(take: TakeOrder, data: Data) -> None:
    unused = {
        tag.id
        for tag in data.vocabulary.tags.values()
        if all(told(take, scenario, tag.id).ignored_tags for scenario in tag.scenarios)
    }
    # With every fact there is, what a rural teacher would ask for is said in any case.
    assert unused == set()


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(
    ("scenario", "tag", "is_answer"),
    [
        (Scenario.ACQUISITION, "说别再打了", True),
        (Scenario.ACQUISITION, "说暂时不需要", True),
        (Scenario.ACQUISITION, "说打错了", True),
        (Scenario.COLLECTION_M1, "说打错了", True),
        (Scenario.COLLECTION_M1, "说已经还过了", True),
        (Scenario.COLLECTION_M1, "说别再打了", True),
        (Scenario.COLLECTION_M1, "说暂时不需要", True),
        (Scenario.COLLECTION_M1, "没钱还", False),
        (Scenario.ACQUISITION, "说现在不方便", False),
        (Scenario.ACQUISITION, "咨询过利率", False),
    ],
)
def test_no_message_answers_what_was_said_in_a_call(
    take: TakeOrder, scenario: Scenario, tag: str, is_answer: bool, channel: Channel
) -> None:
    order = told(take, scenario, tag, channel=channel.value)
    assert order.case.call is not None
    assert order.case.call.said_on_telephone is is_answer


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ((Kept.OPT_OUT, Scope.MARKETING), {"opted_out"}),
        ((Kept.OPT_OUT, Scope.SERVICING), {"opted_out", "asked_for_person"}),
        ((Kept.WRONG_NUMBER, None), {"wrong_number"}),
        ((Kept.THIRD_PARTY, None), {"third_party_refused"}),
    ],
)
def test_the_gates_know_what_was_closed_before(
    data: Data, closed: tuple[Kept, Scope | None], expected: set[str]
) -> None:
    request = script_request()
    closures = Closures({closed[0]: Closure(*closed, request.call_time, request.call_time, "call")})
    call = take_order(request, data.vocabulary, data.wording, closures=closures).case.call
    assert call is not None
    names = ("opted_out", "asked_for_person", "wrong_number", "third_party_refused")
    assert {name for name in names if getattr(call, name)} == expected


def test_whoever_says_it_is_the_wrong_number_is_not_called_by_the_customers_name(take: TakeOrder) -> None:
    order = take(script_request(customer={"tags": ["说打错了"], "surname": "赵", "honorific": "叔叔"}))
    assert "称呼" not in order.moment.fillings
