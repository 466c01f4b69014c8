"""A slot stands under its own name: a body that calls it something else is refused before anything is filled in."""

from datetime import date

import pytest

from app.approved.facts import Filling, example_facts, parse_facts
from app.approved.slot_names import misnamed_slots
from app.approved.vocabulary import Vocabulary
from guards.grounding.naming import Naming
from guards.types import Quantity, Scenario
from tests.guards.number_rules import ROLES

TODAY = date(2026, 11, 20)
NAMING = Naming(ROLES.roles)


@pytest.fixture
def fillings(vocabulary: Vocabulary) -> dict[str, Filling]:
    """What fills the slots of marketing and of collection."""
    filled: dict[str, Filling] = {"其他费用": Filling("20元", "二十元", "fees", Quantity.MONEY)}
    for scenario in (Scenario.ACQUISITION, Scenario.COLLECTION_M1):
        profile = vocabulary.scenarios[scenario]
        filled |= parse_facts(example_facts(profile, vocabulary, TODAY), profile, vocabulary).fillings(TODAY)
    return filled


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("本期总共{应还金额}，还了{最低还款}这期就算结清。", "{最低还款}不是结清所需的钱，不能这样说"),
        ("您这期的违约金是{应还金额}。", "{应还金额}不是罚息或者违约金，不能这样说"),
        ("到期日是{到期日}，本金只有{最低还款}。", "{最低还款}不是借款本金，不能这样说"),
        ("最低还款是{最低还款}，从{到期日}起开始借的。", "{到期日}不是借款日，不能这样说"),
        ("到期日是{到期日}，还剩{逾期天数}可以还。", "{逾期天数}不是还剩的天数，不能这样说"),
        ("应还{应还金额}，最低还款是{应还金额}。", "{应还金额}不是最低还款，不能这样说"),
        ("应还比最低还款多{最低还款}。", "{最低还款}不是两个金额的差，不能这样说"),
        ("提交以后{审批时长}到账。", "{审批时长}不是到账的时长，不能这样说"),
        ("最低能批{额度上限}。", "{额度上限}不是额度的下限，不能这样说"),
        ("已经给您批了{额度上限}。", "{额度上限}不是已经批下来的钱，不能这样说"),
        ("罚息按{年化利率}算。", "{年化利率}不是罚息、费率一类的比率，不能这样说"),
        ("手续费是{首贷优惠}。", "{首贷优惠}不是利息以外的费用，不能这样说"),
    ],
)
def test_a_slot_under_another_name_is_told_as_a_hint(body: str, problem: str, fillings: dict[str, Filling]) -> None:
    assert misnamed_slots(body, fillings, NAMING) == [problem]


@pytest.mark.parametrize(
    "body",
    [
        "本期应还{应还金额}，{到期日}到期，最低还款是{最低还款}，逾期{逾期天数}，尾号{卡尾号}。",
        "{产品名}最高可申请{额度上限}，利息是{年化利率}，每月还{月还款}，另有{其他费用}的费用。",
        "首次借款有{首贷优惠}的优惠，前{免息天数}免息，审批要{审批时长}，活动到{活动截止}为止。",
        "应还不是{最低还款}，是{应还金额}。",
        "您看哪天方便？",
        "用了{没有的槽位}，最低还款是{也没有}。",
    ],
)
def test_a_slot_under_its_own_name_or_none_is_no_problem(body: str, fillings: dict[str, Filling]) -> None:
    assert misnamed_slots(body, fillings, NAMING) == []
