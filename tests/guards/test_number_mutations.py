"""Whatever is changed in a number of a true script, the guard finds it, unless what is then said is true as well.

Each script marks its numbers as `{fact:number}`. A changed number may pass only if this file's own reader, which knows
nothing of the guard's, reads it as the value of a fact; nothing is excused by hand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from guards.script import Script, Segment
from guards.types import Action, Case, Fact, Group, Quantity, Scenario, Stage
from tests.guards.number_rules import grounding_panel

Q = Quantity
Known = dict[str, tuple[Q, Decimal | date | str]]
TODAY = date(2026, 11, 20)
PANEL = grounding_panel()
_LOAN: Known = {
    "product": (Q.TEXT, "应急贷"),
    "annual_rate": (Q.RATE_ANNUAL, Decimal("3.6")),
    "monthly_rate": (Q.RATE_MONTHLY, Decimal("0.3")),
    "credit_limit": (Q.MONEY, Decimal(200000)),
    "monthly_payment": (Q.MONEY, Decimal("856.5")),
    "terms": (Q.TERM, Decimal(12)),
    "approval_minutes": (Q.MINUTES, Decimal(10)),
    "first_loan_discount": (Q.MONEY, Decimal(50)),
    "free_interest_days": (Q.DAYS, Decimal(30)),
    "campaign_end": (Q.DATE, date(2026, 11, 30)),
    "quota": (Q.COUNT, Decimal(500)),
    "hotline": (Q.DIGITS, "4000000000"),
}
_ODD_LOAN = _LOAN | {
    "annual_rate": (Q.RATE_ANNUAL, Decimal("15.48")),
    "monthly_rate": (Q.RATE_MONTHLY, Decimal("1.29")),
    "credit_limit": (Q.MONEY, Decimal(35000)),
    "monthly_payment": (Q.MONEY, Decimal("2917.62")),
    "terms": (Q.TERM, Decimal(24)),
    "approval_minutes": (Q.MINUTES, Decimal(45)),
    "campaign_end": (Q.DATE, date(2026, 12, 9)),
    "quota": (Q.COUNT, Decimal(128)),
}
_DEBT: Known = {
    "amount_due": (Q.MONEY, Decimal("1234.5")),
    "min_payment": (Q.MONEY, Decimal("123.45")),
    "due_date": (Q.DATE, date(2026, 11, 25)),
    "card_tail": (Q.DIGITS, "6789"),
    "hotline": (Q.DIGITS, "4008123567"),
}
_OVERDUE = _DEBT | {
    "amount_due": (Q.MONEY, Decimal("20873.06")),
    "due_date": (Q.DATE, date(2026, 11, 8)),
    "overdue_days": (Q.DAYS, Decimal(12)),
    "deferral_periods": (Q.TERM, Decimal(3)),
}
_A, _B, _C, _D, _E = (
    Scenario.ACQUISITION,
    Scenario.ACTIVATION,
    Scenario.BILL_REMINDER,
    Scenario.COLLECTION_M1,
    Scenario.COLLECTION_M2,
)

SCRIPTS: list[tuple[Scenario, Known, str]] = [
    (_A, _LOAN, "应急贷最高可申请{credit_limit:20万元}，年化利率{annual_rate:3.6%}，每月还{monthly_payment:856.5元}。"),
    (
        _A,
        _LOAN,
        "应急贷最高可申请{credit_limit:二十万元}，年化利率{annual_rate:百分之三点六}，每月还{monthly_payment:八百五十六元五角}。",
    ),
    (_A, _LOAN, "年化利率是{annual_rate:3.60%}，月利率{monthly_rate:0.3%}，分{terms:12期}还。"),
    (_A, _LOAN, "年化利率是{annual_rate:百分之三点六}，月利率{monthly_rate:百分之零点三}，分{terms:十二期}还。"),
    (_A, _LOAN, "年化利率{annual_rate:3.6%}，月息{monthly_rate:3厘}，可以分{terms:12个月}还。"),
    (_A, _LOAN, "审批一般要{approval_minutes:10分钟}，首次借款立减{first_loan_discount:50元}。"),
    (_A, _LOAN, "审批一般要{approval_minutes:十分钟}，首次借款立减{first_loan_discount:五十元}。"),
    (_A, _LOAN, "前{free_interest_days:30天}免息，之后年化利率{annual_rate:3.6%}。活动到{campaign_end:11月30日}为止。"),
    (_A, _LOAN, "前{free_interest_days:三十天}免息。活动到{campaign_end:十一月三十日}为止，有{quota:五百个}名额。"),
    (_A, _LOAN, "活动有{quota:500个}名额，到{campaign_end:2026年11月30日}结束，热线{hotline:4000000000}。"),
    (
        _A,
        _ODD_LOAN,
        "最高可申请{credit_limit:35,000元}，年化利率{annual_rate:15.48%}，每月还{monthly_payment:2,917.62元}。",
    ),
    (
        _A,
        _ODD_LOAN,
        "最高可申请{credit_limit:三万五千元}，年化利率{annual_rate:百分之十五点四八}，分{terms:二十四期}。",
    ),
    (_A, _ODD_LOAN, "年化利率{annual_rate:15.48%}，月利率{monthly_rate:1.29%}，最高可申请{credit_limit:3.5万元}。"),
    (
        _B,
        _ODD_LOAN,
        "年化利率{annual_rate:百分之十五点四八}，每月还{monthly_payment:两千九百一十七元六角二分}，分{terms:24个月}。",
    ),
    (_B, _ODD_LOAN, "名额有{quota:128个}，活动到{campaign_end:12月9号}，审批要{approval_minutes:45分钟}。"),
    (
        _B,
        _ODD_LOAN,
        "活动到{campaign_end:十二月九号}，审批要{approval_minutes:四十五分钟}，有{quota:一百二十八个}名额。",
    ),
    (_C, _DEBT, "您尾号{card_tail:6789}的卡本期应还{amount_due:1234.5元}，到期日是{due_date:11月25日}。"),
    (
        _C,
        _DEBT,
        "您尾号{card_tail:六七八九}的卡本期应还{amount_due:一千二百三十四元五角}，到期日是{due_date:十一月二十五日}。",
    ),
    (_C, _DEBT, "最低还款是{min_payment:123.45元}，本月{due_date:25号}到期，客服热线{hotline:400-812-3567}。"),
    (
        _C,
        _DEBT,
        "最低还款是{min_payment:一百二十三元四角五分}，下周{due_date:三}到期，热线{hotline:四零零八幺二三五六七}。",
    ),
    (_C, _DEBT, "到期日是{due_date:11月25号星期三}，应还{amount_due:1,234.50元}。"),
    (_D, _OVERDUE, "应还{amount_due:20873.06元}，到期日是{due_date:11月8日}，到今天逾期{overdue_days:12天}。"),
    (
        _D,
        _OVERDUE,
        "应还{amount_due:两万零八百七十三元零六分}，到期日是{due_date:十一月八日}，到今天逾期{overdue_days:十二天}。",
    ),
    (_D, _OVERDUE, "可以申请延期{deferral_periods:3期}，先还{min_payment:123.45元}，尾号{card_tail:6789}。"),
    (
        _E,
        _OVERDUE,
        "可以申请延期{deferral_periods:三期}，先还{min_payment:一百二十三块四毛五}，尾号{card_tail:六七八九}。",
    ),
    (_E, _OVERDUE, "自{due_date:2026-11-08}起逾期{overdue_days:12日}，待还{amount_due:20,873.06元}。"),
]
_MARK = re.compile(r"\{(\w+):([^}]*)\}")


@dataclass(frozen=True)
class Mutant:
    """A script in which the number of one fact reads `said` instead of what it should."""

    text: str
    fact: str
    said: str
    before: str
    signed: bool = False


def _facts(known: Known) -> tuple[Fact, ...]:
    return tuple(Fact(name, quantity, value) for name, (quantity, value) in known.items())


def _plain(marked: str) -> str:
    return _MARK.sub(lambda mark: mark[2], marked)


def _mutants(marked: str) -> Iterator[Mutant]:
    for mark in _MARK.finditer(marked):
        before, after = _plain(marked[: mark.start()]), _plain(marked[mark.end() :])
        for said in sorted({*_other_digits(mark[2]), *_swapped(mark[2]), *_other_units(mark[2]), *_moved(mark[2])}):
            yield Mutant(before + said + after, mark[1], said, before)
        for sign in ("满", "不到", "约"):
            yield Mutant(before + sign + mark[2] + after, mark[1], mark[2], before, signed=True)


_ARABIC, _CHINESE = "0123456789", "零一二三四五六七八九"


def _other_digits(said: str) -> Iterator[str]:
    for place, character in enumerate(said):
        for alphabet in (_ARABIC, _CHINESE):
            plain = {"两": "二", "幺": "一"}.get(character, character)
            if plain in alphabet:
                yield from (said[:place] + other + said[place + 1 :] for other in alphabet if other != plain)


def _swapped(said: str) -> Iterator[str]:
    for place in range(len(said) - 1):
        first, second = said[place], said[place + 1]
        if first != second and all(character in _ARABIC + _CHINESE for character in first + second):
            yield said[:place] + second + first + said[place + 2 :]


_FAMILIES = (
    ("%", "厘", "分", "折", "成", "‰"),
    ("期", "天", "个月", "年", "周"),
    ("万元", "元", "角", "美元"),
    ("分钟", "小时", "天"),
    ("个", "次", "天"),
)


def _other_units(said: str) -> Iterator[str]:
    for family in _FAMILIES:
        unit = next((unit for unit in sorted(family, key=len, reverse=True) if said.endswith(unit)), None)
        if unit is not None:
            yield from (said.removesuffix(unit) + other for other in family if other != unit)
    if said.startswith("百分之"):
        yield from (parts + said.removeprefix("百分之") for parts in ("千分之", "万分之", "十分之"))


def _moved(said: str) -> Iterator[str]:
    """A day or a month later or earlier."""
    for number in re.finditer("([0-9]+)(?=[月日号-]|$)", said) if re.search("[月日号]|-", said) else ():
        for step in (1, -1):
            moved = f"{int(number[1]) + step:0{len(number[1])}}"
            yield said[: number.start()] + moved + said[number.end() :]


def _read(said: str) -> Decimal | None:
    """A numeral, Arabic or Chinese as one says it; None where it is none."""
    if re.fullmatch(r"[0-9,]+(\.[0-9]+)?万?", said):
        return Decimal(said.replace(",", "").removesuffix("万")) * (10000 if said.endswith("万") else 1)
    whole, point, places = said.partition("点")
    if not re.fullmatch("[零一二三四五六七八九两十百千万]+", whole) or not re.fullmatch(
        "[零一二三四五六七八九]*", places
    ):
        return None
    total, section, digit, previous = 0, 0, 0, ""
    for character in whole:
        if character in _CHINESE + "两":
            if digit:
                return None
            digit = _CHINESE.index(character.replace("两", "二"))
        elif character == "万":
            total, section, digit = (total + section + digit) * 10000, 0, 0
        elif previous == "零" and character != "十":
            return None
        else:
            section, digit = section + (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character], 0
        previous = character
    tail = "".join(str(_CHINESE.index(place)) for place in places)
    return total + section + digit + Decimal(f"0.{tail or 0}") if point == "" or places else None


_UNITS = {
    "%": (Q.RATE, "1"), "厘": (Q.RATE, "0.1"), "分": (Q.RATE, "1"), "成": (Q.RATE, "10"), "‰": (Q.RATE, "0.1"),
    "折": (Q.DISCOUNT, "1"),
    "期": (Q.TERM, "1"), "个月": (Q.TERM, "1"), "年": (Q.TERM, "12"), "天": (Q.DAYS, "1"), "日": (Q.DAYS, "1"),
    "周": (Q.DAYS, "7"), "分钟": (Q.MINUTES, "1"), "小时": (Q.MINUTES, "60"), "个": (Q.COUNT, "1"),
    "万元": (Q.MONEY, "10000"), "元": (Q.MONEY, "1"), "角": (Q.MONEY, "0.1"),
}  # fmt: skip
_CHANGE = re.compile("(?P<yuan>[^元块]+)[元块](?:零?(?P<jiao>.)[角毛])?(?:零?(?P<fen>.)分?)?")
_DATE = re.compile(
    "(?:(?P<year>[0-9]{4})[年-])?(?P<month>[0-9]+|[一二三四五六七八九十零]+)[月-](?P<day>[0-9]+|[一二三四五六七八九十零]+)[日号]?(?:星期(?P<weekday>.))?"
)


def _meaning(mutant: Mutant, quantity: Q) -> tuple[Q, Decimal | date | str] | None:
    """What the changed number says, in the quantity that its unit gives it; None where it makes no sense."""
    said = mutant.said
    if quantity is Q.DIGITS:
        return Q.DIGITS, "".join(
            str(_CHINESE.find(c)) if c in _CHINESE else c for c in said.replace("幺", "一") if c != "-"
        )
    if quantity is Q.DATE:
        return _day(said)
    if said.endswith("美元") or (said[-1] in "分厘" and quantity is Q.RATE_ANNUAL):
        return None  # 年息三分 is 3% to some and 30% to others
    if fraction := re.fullmatch("([十百千万])分之(.+)", said):
        share, parts = _read(fraction[2]), {"十": 10, "百": 100, "千": 1000, "万": 10000}[fraction[1]]
        return None if share is None else (quantity, share * 100 / parts)
    if change := _CHANGE.fullmatch(said):
        parts_of_yuan = [_read(change[name] or "零") for name in ("yuan", "jiao", "fen")]
        yuan, jiao, fen = parts_of_yuan
        return None if yuan is None or jiao is None or fen is None else (Q.MONEY, yuan + jiao / 10 + fen / 100)
    unit = next((unit for unit in sorted(_UNITS, key=len, reverse=True) if said.endswith(unit)), None)
    number = _read(said.removesuffix(unit)) if unit else None
    if unit is None or number is None:
        return None
    found, size = _UNITS[unit]
    return (quantity if found is Q.RATE and "rate" in quantity else found), number * Decimal(size)


def _day(said: str) -> tuple[Q, date] | None:
    if lone := re.fullmatch("([0-9]+)号", said):
        said = f"11月{lone[1]}日"
    elif len(said) == 1:
        said = f"11月{22 + _CHINESE.index(said)}日"  # 下周: the week from Monday 23 November
    if not (match := _DATE.fullmatch(said)):
        return None
    month, day = _read(match["month"]), _read(match["day"])
    try:
        found = date(int(match["year"] or 2026), int(month or 0), int(day or 0))
    except ValueError:
        return None
    if match["weekday"] and found.isoweekday() != _CHINESE.find(match["weekday"]):
        return None
    return Q.DATE, found


def _is_true(mutant: Mutant, known: Known, scenario: Scenario) -> bool:
    """Whether what is said after the change is still a fact, said as firmly as it must be."""
    quantity = known[mutant.fact][0]
    if mutant.signed:
        exact = quantity.value.startswith("rate") or (quantity is Q.MONEY and scenario.group is not Group.MARKETING)
        return not exact
    return _meaning(mutant, quantity) in known.values()


@pytest.mark.parametrize(("scenario", "known", "marked"), SCRIPTS, ids=[_plain(marked) for _, _, marked in SCRIPTS])
def test_a_true_script_passes(scenario: Scenario, known: Known, marked: str) -> None:
    text = _plain(marked)
    case = Case(scenario=scenario, facts=_facts(known), stage=Stage.BODY, today=TODAY)
    assert PANEL.examine(Script((Segment(Stage.BODY, text, text),)), case).findings == ()


@pytest.mark.parametrize("form", ["written", "spoken"])
@pytest.mark.parametrize(("scenario", "known", "marked"), SCRIPTS, ids=[_plain(marked) for _, _, marked in SCRIPTS])
def test_every_change_that_makes_it_untrue_is_found(scenario: Scenario, known: Known, marked: str, form: str) -> None:
    text = _plain(marked)
    case = Case(scenario=scenario, facts=_facts(known), stage=Stage.BODY, today=TODAY)
    survivors = []
    for mutant in _mutants(marked):
        forms = (mutant.text, text) if form == "written" else (text, mutant.text)
        found = PANEL.examine(Script((Segment(Stage.BODY, *forms),)), case).findings
        assert "guard.failed" not in {finding.rule for finding in found}, mutant.text
        if not any(finding.action is Action.BLOCK for finding in found) and not _is_true(mutant, known, scenario):
            survivors.append(mutant.text)
    assert survivors == []


def test_the_mutants_are_many_and_hardly_one_of_them_is_true_after_all() -> None:
    mutants = [(scenario, known, mutant) for scenario, known, marked in SCRIPTS for mutant in _mutants(marked)]
    excused = [mutant for scenario, known, mutant in mutants if not mutant.signed and _is_true(mutant, known, scenario)]
    assert len(mutants) > 2500
    assert len(excused) < len(mutants) / 50
    assert {known[mutant.fact][0] for _, known, mutant in mutants} == {
        quantity for known in (_LOAN, _OVERDUE) for quantity, _ in known.values()
    } - {Q.TEXT}
