"""The rules on numbers: what each asks for, on what authority, and texts that break and keep it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guards.lexicon.rules import Effective, Source
from guards.types import Action, Fact, Finding, Quantity, Scenario, Span

GUARD = "grounding"


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the facts it is judged by; a rule's tests are made of these. `spoken` None: as written."""

    text: str
    facts: tuple[Fact, ...] | None
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
    source: Source
    effective: Effective
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
    Fact("quota", Quantity.COUNT, Decimal(500)),
)
_SIMPLE = (*_LOAN, Fact("rate_method", Quantity.TEXT, "simple"))
_DEBT = (
    Fact("amount_due", Quantity.MONEY, Decimal("1234.5")),
    Fact("due_date", Quantity.DATE, date(2026, 11, 25)),
    Fact("overdue_days", Quantity.DAYS, Decimal(12)),
    Fact("card_tail", Quantity.DIGITS, "1234"),
)


def _loan(*texts: str, facts: tuple[Fact, ...] | None = _LOAN) -> tuple[Example, ...]:
    return tuple(Example(text, facts) for text in texts)


def _debt(*texts: str, scenario: Scenario = Scenario.COLLECTION_M1) -> tuple[Example, ...]:
    return tuple(Example(text, _DEBT, scenario) for text in texts)


def _since(year: int, month: int, day: int) -> Effective:
    return Effective.model_validate({"from": date(year, month, day)})


_OWN = Source(law="本机构规定", article="数字须有出处", force="policy", note="按监管对如实告知、不得夸大的要求从严")
_PBC_3 = Source(law="中国人民银行公告", article="〔2021〕第3号", force="regulation", verified=True)
_TOTAL_COST = Source(
    law="个人贷款业务明示综合融资成本规定",
    article="2026-03-15",
    force="regulation",
    note="换算核对是落实明示义务的办法，条文没有逐字规定",
)
_MARKETING_NOTICE = Source(
    law="关于进一步规范金融营销宣传行为的通知（银发〔2019〕316号）",
    force="policy",
    note="由不得隐瞒限制条件推出的从严规定",
)
_CEILING = Source(law="本机构规定", article="年化利率上限", force="policy", note="没有公布的统一上限，数值由机构设定")

UNGROUNDED = NumberRule(
    id="number.ungrounded",
    title="数字必须出自已核实的事实",
    action=Action.BLOCK,
    reason="话里的{subject}与已核实的事实对不上，不能对客户说。",
    source=_OWN,
    effective=_since(2026, 1, 1),
    hits=(
        *_loan("最高可借20万1千元。", "分12天还清。", "年化利率3.6厘。", "最高可借20万美元。", "我们有500个工作人员。"),
        *_debt(
            "您应还1234.51元，到期日11月26日。", "尾号1243的卡。", "到期日11月25日星期四。", "农历十一月二十五日到期。"
        ),
        *_debt("晚上八点以前还上。"),
        Example("最高可借20万元。", _LOAN, spoken="最高可借两万元。"),
    ),
    misses=(
        *_loan(
            "应急贷360单利年化利率百分之三点六，最高可借二十万元，分十二期，每月还八百五十六元五角。",
            "活动有500个名额。",
        ),
        *_debt(
            "您尾号幺二三四的卡应还1234.5元，到期日是11月25号，星期三，逾期12天。",
            "万一今天不方便，一会儿再说也一样，十分感谢您。",
        ),
        *_loan("年化利率9%，最高可借90万元。", facts=None),
    ),
)
APPROXIMATE = NumberRule(
    id="number.approximate",
    title="金额和利率不得说约数",
    action=Action.BLOCK,
    reason="{subject}用了约数说法，要么说准确的数，要么不说。",
    source=_OWN,
    effective=_since(2026, 1, 1),
    hits=(
        *_debt("您应还大约1234.5元。", "应还一千二百三十四块五左右。"),
        *_loan("年化利率3.6%左右。"),
        *_loan("年化利率不到4%。", facts=None),
    ),
    misses=(*_debt("您应还1234.5元。"), *_loan("约定的年化利率3.6%，大约20万元额度。")),
)
ANNUAL_FIRST = NumberRule(
    id="rate.annual_first",
    title="先说年化，再说日息月息和每天每月的花费",
    action=Action.BLOCK,
    reason="说了日、月利率或每天每月的花费，却没有先说或在同一句里说年化利率，或者年化说得更少。",
    source=_PBC_3,
    effective=_since(2021, 3, 31),
    hits=(
        *_loan(
            "月利率0.3%，很划算。",
            "每月还856.5元。年化利率3.6%。",
            "年化利率3.6%，日利率0.01%，也就是每天万分之一。",
        ),
        *_loan("日息万分之三。", facts=None),
    ),
    misses=(
        *_loan("年化利率3.6%。每月还856.5元。", "每月还856.5元，年化利率3.6%。"),
        Example("每月还856.5元。", _LOAN, Scenario.BILL_REMINDER),
    ),
)
SIMPLE_INTEREST = NumberRule(
    id="rate.simple_interest_stated",
    title="单利计息要在同一句里说明单利",
    action=Action.REVISE,
    reason="年化利率按单利计算，这一句里没有说“单利”。",
    source=_PBC_3,
    effective=_since(2021, 3, 31),
    hits=_loan("年化利率3.6%。按单利计算。", "按单利算。年化利率3.6%。", facts=_SIMPLE),
    misses=(
        *_loan("单利年化利率百分之三点六。", "按单利计息，借多少还多少都写在合同里，年化利率3.6%。", facts=_SIMPLE),
        *_loan("年化利率3.6%。"),
    ),
)
CONSISTENCY = NumberRule(
    id="rate.consistency",
    title="日、月利率与年化利率要换算得上",
    action=Action.BLOCK,
    reason="话里的{subject}与年化利率换算不上。",
    source=_TOTAL_COST,
    effective=_since(2026, 8, 1),
    hits=(
        *_loan("年化利率3.6%，月利率0.4%。", "年化利率3.6%，日利率万分之三。"),
        *_loan("年化利率7.2%，月利率1.2%。", facts=None),
    ),
    misses=_loan("年化利率3.6%，月利率0.3%。", "年化利率3.6%，日利率万分之一。"),
)
UPPER_BOUND = NumberRule(
    id="rate.upper_bound",
    title="说最低利率要在同一句里说上限",
    action=Action.BLOCK,
    reason="只说了最低的{subject}，同一句里没有说最高到多少。",
    source=_MARKETING_NOTICE,
    effective=_since(2020, 1, 25),
    hits=(
        *_loan("年化利率低至3.6%。", "年化利率3.6%起。", "年化利率最低3.6%。最高24%。"),
        *_loan("年化利率低至7.2%。", facts=None),
    ),
    misses=_loan("年化利率低至3.6%，最高24%。", "年化利率3.6%至24%。", "最低还款额是年化利率3.6%算的。"),
)
CAP = NumberRule(
    id="rate.cap",
    title="年化利率不得超过上限",
    action=Action.BLOCK,
    reason="{subject}折成年化后超过了允许的上限。",
    source=_CEILING,
    effective=_since(2026, 1, 1),
    hits=(*_loan("年化利率24.01%。", "年化利率36%，月利率3%。"), *_loan("年化利率36%。", facts=None)),
    misses=_loan("年化利率24%。"),
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
