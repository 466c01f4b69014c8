"""What a customer hears of names, telephone numbers and fen, from the request to the verdict on both forms."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from app.data import Data
from app.requests import ReviewItem
from app.scripts.candidate import examine, read_body
from app.scripts.intake import take_review
from guards.script import Script, Segment
from guards.types import Action, Scenario, Stage
from tests.app.conftest import TakeOrder
from tests.app.examples import bare_facts, script_request

_BODY = "{产品名}我跟您讲实的，成本是{年化利率}。合不合适您自己看，想了解哪项？"
_NAMES = {
    "360借条": "三六零借条",
    "E贷3.0-Pro": "E贷三点零Pro",
    "9.9元体验贷": "九点九元体验贷",
    "工薪贷(2号)": "工薪贷二号",
    "95518专享贷": "九五五一八专享贷",
    "7天贷": "七天贷",
    "12期随心贷": "十二期随心贷",
    "应急贷360": "应急贷三六零",
}


def examined(body: str, take: TakeOrder, data: Data, facts: dict[str, Any], scenario: Scenario) -> Script:
    """The whole script that the panel lets pass."""
    order = take(script_request(scenario, facts=facts))
    read = read_body(body, order.plan.brief, order.moment.channel)
    candidate = examine(read, order.moment, order.case, data.wording, data.policy.panel)
    assert not candidate.problems
    assert not candidate.objections, candidate.objections
    assert candidate.script is not None
    return candidate.script


@pytest.mark.parametrize(("name", "said"), _NAMES.items())
def test_a_name_passes_in_both_forms(name: str, said: str, take: TakeOrder, data: Data) -> None:
    facts = {"product": name, "annual_rate": "3.6", "rate_method": "simple", "fees": "0"}
    script = examined(_BODY, take, data, facts, Scenario.ACQUISITION)
    assert name in script.text
    assert said in script.spoken
    assert not re.search("[0-9()-]", script.spoken)


def test_a_request_may_say_how(take: TakeOrder, data: Data) -> None:
    facts = {"product": "E贷3.0", "product_spoken": "易贷，三点零", "annual_rate": "3.6", "fees": "0"}
    script = examined(_BODY, take, data, facts, Scenario.ACQUISITION)
    assert "E贷3.0" in script.text
    assert "易贷，三点零我跟您讲实的" in script.spoken


def test_what_a_request_says_of_a_name_is_judged_like_everything(take: TakeOrder, data: Data) -> None:
    facts = {"product": "安心贷", "product_spoken": "百分百获批贷", "annual_rate": "3.6", "fees": "0"}
    order = take(script_request(facts=facts))
    read = read_body(_BODY, order.plan.brief, order.moment.channel)
    found = examine(read, order.moment, order.case, data.wording, data.policy.panel).objections
    assert "promise.guaranteed_approval" in {finding.rule for finding in found}


@pytest.mark.parametrize("name", ["7天贷", "360借条", "9.9元体验贷"])
@pytest.mark.parametrize("text", ["免息七天贷款。", "免息7天。", "先还360元。", "只要九点九元。", "十七天到账。"])
def test_a_number_that_resembles_one_in_a_name_is_caught(name: str, text: str, data: Data) -> None:
    item = ReviewItem.model_validate(
        {"text": text, "scenario": "acquisition", "stage": "body", "facts": {"product": name, "annual_rate": "3.6"}}
    )
    case = take_review(item, data.vocabulary, data.wording, datetime(2026, 11, 20, tzinfo=UTC))
    for script in (Script((Segment(Stage.BODY, text, text),)), Script((Segment(Stage.BODY, "您看看。", text),))):
        verdict = data.policy.panel.examine(script, case)
        assert verdict.action is Action.BLOCK
        assert "number.ungrounded" in {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize(
    ("hotline", "said"),
    [
        ("400-000-0000", "四零零，零零零，零零零零"),
        ("4008201234", "四零零，八二零，幺二三四"),
        ("95518", "九五五幺八"),
        ("010-88886666", "零幺零，八八八八，六六六六"),
        ("057188886666", "零五七幺，八八八八，六六六六"),
    ],
)
def test_a_hotline_is_said_in_groups_and_passes(hotline: str, said: str, take: TakeOrder, data: Data) -> None:
    facts = {**bare_facts(Scenario.BILL_REMINDER), "hotline": hotline}
    script = examined("您这期应还{应还金额}，到期日是{到期日}。您看方便吗？", take, data, facts, Scenario.BILL_REMINDER)
    assert hotline.replace("-", "") in script.text
    assert said in script.spoken


@pytest.mark.parametrize(
    ("amount", "said"), [("0.05", "五分钱"), ("0.09", "九分钱"), ("0.01", "一分钱"), ("0.15", "一角五分")]
)
def test_fen_are_said_as_fen(amount: str, said: str, take: TakeOrder, data: Data) -> None:
    facts = {**bare_facts(Scenario.BILL_REMINDER), "amount_due": amount}
    body = "您这期应还{应还金额}，到期日是{到期日}。您看方便吗？"
    script = examined(body, take, data, facts, Scenario.BILL_REMINDER)
    assert f"应还{said}，" in script.spoken
    assert f"应还{amount}元，" in script.text
