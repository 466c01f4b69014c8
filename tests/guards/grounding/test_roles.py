"""A figure is said only as what it is: every pair of facts, swapped in sentences that people say."""

import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from guards.grounding.guard import Grounding
from guards.script import Script, Segment
from guards.types import Action, Case, Fact, Quantity, Scenario, Stage
from tests.guards.number_rules import NUMBER_RULES as SHIPPED
from tests.guards.number_rules import ROLES, grounding

GUARD = grounding()
TODAY = date(2026, 12, 7)
NUMBER_RULES = {"number.ungrounded", "number.wrong_role"}
_UNITS = {
    Quantity.MONEY: "元",
    Quantity.DAYS: "天",
    Quantity.TERM: "期",
    Quantity.MINUTES: "分钟",
    Quantity.DATE: "",
    Quantity.DIGITS: "",
}
FACTS = {
    Scenario.COLLECTION_M1: (
        Fact("amount_due", Quantity.MONEY, Decimal("9665.18")),
        Fact("min_payment", Quantity.MONEY, Decimal("181.70")),
        Fact("monthly_payment", Quantity.MONEY, Decimal("856.5")),
        Fact("due_date", Quantity.DATE, date(2026, 11, 25)),
        Fact("overdue_days", Quantity.DAYS, Decimal(12)),
        Fact("deferral_periods", Quantity.TERM, Decimal(3)),
        Fact("card_tail", Quantity.DIGITS, "0123"),
        Fact("hotline", Quantity.DIGITS, "4001234567"),
    ),
    Scenario.ACQUISITION: (
        Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6")),
        Fact("credit_limit", Quantity.MONEY, Decimal(200000)),
        Fact("monthly_payment", Quantity.MONEY, Decimal("849.67")),
        Fact("first_loan_discount", Quantity.MONEY, Decimal(50)),
        Fact("principal", Quantity.MONEY, Decimal(10000)),
        Fact("fees", Quantity.MONEY, Decimal(20)),
        Fact("terms", Quantity.TERM, Decimal(12)),
        Fact("approval_minutes", Quantity.MINUTES, Decimal(10)),
        Fact("free_interest_days", Quantity.DAYS, Decimal(30)),
        Fact("campaign_end", Quantity.DATE, date(2026, 11, 30)),
    ),
}
_GROUPS = {"collection": Scenario.COLLECTION_M1, "marketing": Scenario.ACQUISITION}


class Frame(NamedTuple):
    """A sentence that somebody says, with a place for one figure, and the fact that belongs there."""

    scenario: Scenario
    fact: Fact
    sentence: str


def _frames() -> list[Frame]:
    rows = (Path(__file__).parent / "role_frames.tsv").read_text("utf-8").splitlines()
    parts = [row.split("\t") for row in rows]
    return [
        Frame(_GROUPS[group], next(fact for fact in FACTS[_GROUPS[group]] if fact.name == name), sentence)
        for group, name, sentence in parts
    ]


FRAMES = _frames()


def said(fact: Fact, as_what: Quantity | None = None) -> str:
    """A fact's value as a sentence has it; `as_what`: with the unit of another quantity."""
    if isinstance(fact.value, date):
        return f"{fact.value.month}月{fact.value.day}日"
    return f"{fact.value}{_UNITS[as_what or fact.quantity]}"


def found(text: str, scenario: Scenario = Scenario.COLLECTION_M1, *more: Fact) -> set[str]:
    """The rules on grounding that a text breaks."""
    case = Case(scenario=scenario, facts=FACTS[scenario] + more, today=TODAY)
    return {finding.rule for finding in GUARD(Script((Segment(Stage.BODY, text, text),)), case)}


def swapped() -> Iterator[tuple[Frame, Fact, str]]:
    """Every frame with the figure of every other fact of its scenario, under the unit that the sentence asks for."""
    for frame in FRAMES:
        for other in FACTS[frame.scenario]:
            is_figure = other.quantity in _UNITS and frame.fact.quantity in _UNITS
            if other.name == frame.fact.name or not is_figure:
                continue
            is_date = Quantity.DATE in (other.quantity, frame.fact.quantity)
            if other.quantity is frame.fact.quantity or not is_date:
                yield frame, other, frame.sentence.format(said(other, frame.fact.quantity))


def test_the_frames_are_many_and_cover_every_fact_that_a_sentence_can_say() -> None:
    assert len(FRAMES) >= 60
    for scenario, facts in FACTS.items():
        named = {frame.fact.name for frame in FRAMES if frame.scenario is scenario}
        assert {fact.name for fact in facts} - named <= {"annual_rate"}


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.sentence)
def test_a_figure_under_its_own_name_passes(frame: Frame) -> None:
    assert found(frame.sentence.format(said(frame.fact)), frame.scenario) == set()


def test_a_figure_under_the_name_of_another_fact_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    cases = list(swapped())
    missed = [text for frame, _, text in cases if not found(text, frame.scenario) & NUMBER_RULES]
    same = [case for case in cases if case[1].quantity is case[0].fact.quantity]
    with capsys.disabled():
        sys.stdout.write(f"\nroles: {len(cases) - len(missed)} of {len(cases)} swaps found, {len(same)} of one kind\n")
    assert len(missed) <= len(cases) * 0.02, missed


WRONG_OF_A_DEBT = [
    "您好，您本期应还181.70元，到期日是11月25日，另外还有9665.18元的费用。",
    "还完181.70元这期就结清了。",
    "罚息是181.70元。",
    "您本期应还181.70元，最低还款9665.18元。",
    "违约金是9665.18元。",
    "还剩12天可以还。",
    "还剩12天到期。",
    "您还有12天的时间。",
    "最低还款是9665.18元，应还是181.70元。",
    "应还和最低还款分别是181.70元和9665.18元。",
    "最低还款、应还金额分别为9665.18元、181.70元。",
    "您应还的不是9665.18元，是181.70元。",
    "应还比最低还款多181.70元。",
    "本金9665.18元。",
    "利息181.70元。",
    "您借款日是11月25日。",
    "从11月25日起开始借的。",
    "您11月25日借的款。",
    "还了最低还款181.70元就结清了。",
    "一次还181.70元，就全部结清。",
    "您只需要支付181.70元即可结清本期账单。",
    "您只要还181.70元，剩下的就不用管了，这期就清了。",
    "181.70元，这就是您本期应还的金额。",
    "181.70元是应还金额，9665.18元是最低还款。",
    "您已逾期12期。",
    "您还有3期没还。",
    "罚息一共856.5元。",
    "滞纳金呢，我查了一下，是181.70元。",
    "12天以后到期。",
    "您的额度是9665.18元。",
    "可以分3期还。",
    "尾号4567的卡。",
    "宽限期12天。",
    "您每月还9665.18元。",
    "月供就是181.70元。",
    "应还多少呢？181.70元。",
    "本期应还一百八十一元七角，最低还款九千六百六十五元一角八分。",
    "应还：181.70元。最低还款：9665.18元。",
    "您这期要还的呢，其实就是181.70元。",
    "账单日是11月25日。",
    "已经扣了181.70元。",
    "您还欠我们181.70元。",
    "欠款181.70元。",
    "还款日是哪天？逾期了3天。",
    "优惠之后您要还181.70元，本来要还9665.18元。",
]
WRONG_OF_A_LOAN = [
    "已经给您批了20万元。",
    "借款10分钟到账。",
    "总共只要还849.67元。",
    "总利息一共50元。",
    "首次借款优惠849.67元，最高可申请20万元。",
    "最低能批20万元。",
    "最低可申请20万元。",
    "年化利率3.6%，每月还50元。",
    "年化利率3.6%，每个月只要20元。",
    "手续费50元。",
    "10分钟放款。",
    "10分钟钱就到您卡上。",
    "审批通过10分钟内到账。",
    "额度10000元。",
    "最高可借50元。",
    "借款本金20万元。",
    "系统预授信20万元。",
    "您有20万元已经到账了。",
    "优惠20万元。",
    "一共要还10000元。",
    "罚息年化利率3.6%。",
    "前12天免息。",
    "利息849.67元。",
    "费用849.67元。",
    "立减849.67元。",
    "借20元，先用着。",
    "一次还清只要849.67元。",
    "还款日是11月30日。",
    "放款日11月30日。",
]
RIGHT_OF_A_DEBT = [
    "您本期应还9665.18元，最低还款181.70元。",
    "应还比最低还款多9483.48元。",
    "两样加起来是9846.88元。",
    "还了最低还款181.70元，并不等于结清。",
    "还了181.70元，也不算结清，剩下的9483.48元照合同计息。",
    "11月25日到期，到今天逾期12天，应还9665.18元。",
    "手头紧可以先还181.70元。",
    "最低还款是181.70元，到期日11月25日，卡尾号0123，延期3期可以申请。",
    "您可以还181.70元，也可以全部还清，也就是9665.18元。",
    "扣款日11月25日，当天会自动扣9665.18元。",
    "您这笔12天没还，是9665.18元。",
    "应还不是181.70元，是9665.18元，您别记错。",
    "如果只还181.70元，这期不会结清。",
    "您说的181.70元是最低还款，不是应还金额，应还是9665.18元。",
    "本期账单9665.18元，其中最低还款181.70元。",
    "逾期12天，尾号0123的卡没扣上9665.18元。",
    "逾期后先还181.70元也行。",
    "客服热线4001234567，您随时打。",
]
RIGHT_OF_A_LOAN = [
    "年化利率3.6%，每月还849.67元，借10000元、分12期。",
    "最高可申请20万元，批多少看审核，审批要10分钟。",
    "首次借款立减50元，除利息外另收20元费用。",
    "前30天免息，之后按年化利率3.6%计息。",
    "年化利率3.6%，借1万元分12期，每月还849.67元。",
    "活动到11月30日，期间首借优惠50元，最高可申请20万元。",
    "审批10分钟，放款时间看银行。",
    "年化利率3.6%，20万元只是上限，够用就好。",
    "优惠50元，最高20万元额度，30天免息。",
    "额度最高20万元，优惠50元到11月30日为止。",
]


@pytest.mark.parametrize("text", WRONG_OF_A_DEBT)
def test_what_is_wrongly_said_of_a_debt_is_found(text: str) -> None:
    assert found(text) & NUMBER_RULES


@pytest.mark.parametrize("text", WRONG_OF_A_LOAN)
def test_what_is_wrongly_said_of_a_loan_is_found(text: str) -> None:
    assert found(text, Scenario.ACQUISITION) & NUMBER_RULES


@pytest.mark.parametrize("text", RIGHT_OF_A_DEBT)
def test_what_is_rightly_said_of_a_debt_passes(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize("text", RIGHT_OF_A_LOAN)
def test_what_is_rightly_said_of_a_loan_passes(text: str) -> None:
    assert found(text, Scenario.ACQUISITION) == set()


def test_a_finding_says_what_the_figure_is_and_as_what_it_was_said() -> None:
    text = "您本期应还181.70元。"
    case = Case(scenario=Scenario.COLLECTION_M1, facts=FACTS[Scenario.COLLECTION_M1], today=TODAY)
    (finding,) = GUARD(Script((Segment(Stage.BODY, text, text),)), case)
    assert (finding.rule, finding.action) == ("number.wrong_role", Action.BLOCK)
    assert finding.reason == "话里把最低还款说成了本期应还的钱，一个数只能按它本来的名目说。"
    assert finding.span is not None
    assert text[finding.span.start : finding.span.end] == "181.70元"


def test_two_facts_of_one_value_may_be_said_as_either() -> None:
    same = Fact("fees", Quantity.MONEY, Decimal("181.70"))
    assert found("最低还款181.70元，手续费181.70元。", Scenario.COLLECTION_M1, same) == set()
    assert found("本期应还181.70元。", Scenario.COLLECTION_M1, same) == {"number.wrong_role"}


def test_a_figure_that_nothing_names_must_only_be_a_fact() -> None:
    assert found("您记个数，9665.18元，还有一个数是181.70元。") == set()
    assert found("您记个数，9665.19元。") == {"number.ungrounded"}


def test_without_facts_a_figure_has_no_role() -> None:
    text = "本期应还181.70元，罚息是50元。"
    case = Case(scenario=Scenario.COLLECTION_M1)
    assert [*GUARD(Script((Segment(Stage.BODY, text, text),)), case)] == []


def test_the_spoken_form_is_read_by_the_same_names() -> None:
    assert found("应还一百八十一元七角，最低还款九千六百六十五元一角八分。") == {"number.wrong_role"}


def test_the_name_of_a_product_names_no_figure() -> None:
    for product in ("应急贷", "省呗", "月月乐", "免息优惠贷"):
        name = Fact("product", Quantity.TEXT, product)
        assert found(f"{product}这期是9665.18元。", Scenario.COLLECTION_M1, name) == set()


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("最低178.61，您先还。", False),
        ("最低181.7，您先还。", True),
        ("应还9665.18，到25号。", True),
        ("应还181.7。", False),
        ("第9665位客户。", False),
        ("尾号0123的卡，应还9665.18。", True),
        ("到今天12月7号，逾期12天。", True),
        ("到今天12月8号，逾期12天。", False),
        ("到期日是今天12月7号。", False),
        ("还款日是11月25号，不是11月26号。", True),
        ("还款日不是11月26号。", False),
        ("还款日是11月25号，是不是11月26号就晚了。", False),
        ("还款日是11月25号，不是11月26号就行。", False),
        ("应还9665.18元，不是9665.19元，您放心。", True),
        ("应还9665.18元，不是11月26号。", False),
    ],
)
def test_a_figure_without_a_unit_is_an_amount_where_a_fact_holds_it(text: str, is_right: bool) -> None:
    assert (found(text) == set()) is is_right


def test_a_fact_is_heard_as_itself_only_with_one_of_its_words() -> None:
    assert found("拿181.70元出来吧。") == {"number.wrong_role"}
    assert found("拿181.70元出来吧。这是最少的。") == set()
    assert found("不是181.70元。") == set()
    assert found("有181.70元，也有9665.18元。") == set()
    assert found("对吧，是0123？") == {"number.wrong_role"}
    assert found("您记一下，9665.18元。") == set()


def test_rules_from_before_there_were_roles_judge_no_names() -> None:
    guard = Grounding([rule for rule in SHIPPED.rules if rule.id != "number.wrong_role"], ROLES)
    case = Case(scenario=Scenario.COLLECTION_M1, facts=FACTS[Scenario.COLLECTION_M1], today=TODAY)
    text = "本期应还181.70元。"
    assert guard(Script((Segment(Stage.BODY, text, text),)), case) == []
