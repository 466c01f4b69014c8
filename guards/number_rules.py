"""The rules on numbers: what each asks for, on what authority, and texts that break and keep it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guards.types import Action, Fact, Finding, Quantity, Scenario, Span

GUARD = "grounding"


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the facts it is judged by; a rule's tests are made of these. `spoken` None: as written."""

    text: str
    facts: tuple[Fact, ...]
    scenario: Scenario = Scenario.ACQUISITION
    today: date | None = None
    spoken: str | None = None


@dataclass(frozen=True, slots=True)
class NumberRule:
    """One rule. `hits` break it, `misses` keep it. `reason` is told to the officer; `{subject}`: what is measured."""

    id: str
    title: str
    action: Action
    reason: str
    source: str
    hits: tuple[Example, ...]
    misses: tuple[Example, ...]

    def find(self, span: Span, subject: str = "数字", action: Action | None = None) -> Finding:
        """The finding that this rule makes on a range of the text."""
        return Finding(
            self.id, GUARD, self.action if action is None else action, self.reason.format(subject=subject), span
        )


SUBJECTS = {
    Quantity.MONEY: "金额",
    Quantity.RATE_ANNUAL: "年化利率",
    Quantity.RATE_MONTHLY: "月利率",
    Quantity.RATE_DAILY: "日利率",
    Quantity.RATE: "比率",
    Quantity.DISCOUNT: "折扣",
    Quantity.DATE: "日期",
    Quantity.TERM: "期限",
    Quantity.DAYS: "天数",
    Quantity.MINUTES: "时长",
    Quantity.COUNT: "数量",
    Quantity.DIGITS: "数字串",
}

_LOAN = (
    Fact("product", Quantity.TEXT, "应急贷360"),
    Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6")),
    Fact("monthly_rate", Quantity.RATE_MONTHLY, Decimal("0.3")),
    Fact("credit_limit", Quantity.MONEY, Decimal(200000)),
    Fact("terms", Quantity.TERM, Decimal(12)),
    Fact("monthly_payment", Quantity.MONEY, Decimal("856.5")),
)
_SIMPLE = (*_LOAN, Fact("rate_method", Quantity.TEXT, "simple"))
_DEBT = (
    Fact("amount_due", Quantity.MONEY, Decimal("1234.5")),
    Fact("due_date", Quantity.DATE, date(2026, 11, 25)),
    Fact("overdue_days", Quantity.DAYS, Decimal(12)),
    Fact("card_tail", Quantity.DIGITS, "1234"),
)
_M1 = Scenario.COLLECTION_M1

UNGROUNDED = NumberRule(
    id="number.ungrounded",
    title="数字必须出自已核实的事实",
    action=Action.BLOCK,
    reason="话里的{subject}与已核实的事实对不上，不能对客户说。",
    source="A4.2, N17, D13",
    hits=(
        Example("最高可借20万1千元。", _LOAN),
        Example("分12天还清。", _LOAN),
        Example("年化利率3.6厘。", _LOAN),
        Example("您应还1234.51元，到期日11月26日。", _DEBT, _M1),
        Example("尾号1243的卡。", _DEBT, _M1),
        Example("最高可借20万元。", _LOAN, spoken="最高可借两万元。"),
    ),
    misses=(
        Example("应急贷360单利年化利率百分之三点六，最高可借二十万元，分十二期，每月还八百五十六元五角。", _LOAN),
        Example("您尾号幺二三四的卡应还1234.5元，到期日是11月25号，逾期12天。", _DEBT, _M1),
        Example("万一今天不方便，一会儿再说也一样，十分感谢您。", _DEBT, _M1),
    ),
)
APPROXIMATE = NumberRule(
    id="number.approximate",
    title="金额和利率不得说约数",
    action=Action.BLOCK,
    reason="{subject}用了约数说法，要么说准确的数，要么不说。",
    source="A4.2, A4.7",
    hits=(
        Example("您应还大约1234.5元。", _DEBT, _M1),
        Example("应还一千二百三十四块五左右。", _DEBT, _M1),
        Example("年化利率3.6%左右。", _LOAN),
    ),
    misses=(Example("您应还1234.5元。", _DEBT, _M1), Example("约定的年化利率3.6%，大约20万元额度。", _LOAN)),
)
ANNUAL_FIRST = NumberRule(
    id="rate.annual_first",
    title="先说年化，再说日息月息和每天每月的花费",
    action=Action.BLOCK,
    reason="说了日、月利率或每天每月的花费，却没有先说或在同一句里说年化利率，或者年化说得更少。",
    source="D6, A4.3 (L1 item 1)",
    hits=(
        Example("月利率0.3%，很划算。", _LOAN),
        Example("每月还856.5元。年化利率3.6%。", _LOAN),
        Example("年化利率3.6%，日利率0.01%，也就是每天万分之一。", _LOAN),
    ),
    misses=(
        Example("年化利率3.6%。每月还856.5元。", _LOAN),
        Example("每月还856.5元，年化利率3.6%。", _LOAN),
        Example("每月还856.5元。", _LOAN, Scenario.BILL_REMINDER),
    ),
)
SIMPLE_INTEREST = NumberRule(
    id="rate.simple_interest_stated",
    title="单利计息要在同一句里说明单利",
    action=Action.REVISE,
    reason="年化利率按单利计算，这一句里没有说“单利”。",
    source="D7 (L1 item 4)",
    hits=(Example("年化利率3.6%。按单利计算。", _SIMPLE),),
    misses=(Example("单利年化利率百分之三点六。", _SIMPLE), Example("年化利率3.6%。", _LOAN)),
)
CONSISTENCY = NumberRule(
    id="rate.consistency",
    title="日、月利率与年化利率要换算得上",
    action=Action.BLOCK,
    reason="话里的{subject}与年化利率换算不上。",
    source="A4.4",
    hits=(Example("年化利率3.6%，月利率0.4%。", _LOAN), Example("年化利率3.6%，日利率万分之三。", _LOAN)),
    misses=(Example("年化利率3.6%，月利率0.3%。", _LOAN), Example("年化利率3.6%，日利率万分之一。", _LOAN)),
)
UPPER_BOUND = NumberRule(
    id="rate.upper_bound",
    title="说最低利率要在同一句里说上限",
    action=Action.BLOCK,
    reason="只说了最低的{subject}，同一句里没有说最高到多少。",
    source="A4.5 (L11)",
    hits=(
        Example("年化利率低至3.6%。", _LOAN),
        Example("年化利率3.6%起。", _LOAN),
        Example("年化利率最低3.6%。最高24%。", _LOAN),
    ),
    misses=(
        Example("年化利率低至3.6%，最高24%。", _LOAN),
        Example("年化利率3.6%至24%。", _LOAN),
        Example("最低还款额是年化利率3.6%算的。", _LOAN),
    ),
)
CAP = NumberRule(
    id="rate.cap",
    title="年化利率不得超过上限",
    action=Action.BLOCK,
    reason="{subject}折成年化后超过了允许的上限。",
    source="A4.6 (L14, L15)",
    hits=(Example("年化利率24.01%。", _LOAN), Example("年化利率36%，月利率3%。", _LOAN)),
    misses=(Example("年化利率24%。", _LOAN),),
)

RULES: tuple[NumberRule, ...] = (
    UNGROUNDED,
    APPROXIMATE,
    ANNUAL_FIRST,
    SIMPLE_INTEREST,
    CONSISTENCY,
    UPPER_BOUND,
    CAP,
)
