"""The rules on how rates are spoken: annual first, single interest named, consistent, bounded above, under the cap."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from guards.lexicon.numbers import SUBJECTS, NumberRule, RuleId
from guards.numbers.scan import Number
from guards.numbers.units import RATES
from guards.text.bystanders import is_beside
from guards.text.sentences import FOLDED_SENTENCE_END, Sentences
from guards.types import Act, Case, Finding, Group, Quantity

_FLOOR_BEFORE = re.compile("低至|低到|最低(?!还|应还)|起步")
_FLOOR_AFTER = re.compile("起(?![来到码见伏初诉])|以上")
_CEILING = re.compile("[至到~-]|最[高多]|上限|不超过|封顶")
_FLOOR_WINDOW = 12
_FOLLOWING = 4
"""How many rates after a lowest one may still name its upper end."""
_SIMPLE = re.compile("单利")
_NEAR = 16
_SPREAD = frozenset({Quantity.RATE_DAILY, Quantity.RATE_MONTHLY})
_BYSTANDERS = frozenset({Act.MUSES, Act.TELLS})
_PERIODS = {Quantity.RATE_ANNUAL: 1, Quantity.RATE_MONTHLY: 12}
_DAILY_PRECISION, _MONTHLY_TOLERANCE = Decimal("0.01"), Decimal("0.06")


def is_share(number: Number) -> bool:
    """Whether a rate is said as part of a whole, as of one's income: 一半, 三成."""
    return number.quantity in RATES and (number.unit == "成" or number.text.endswith("一半"))


Rules = Mapping[RuleId, NumberRule]
_OF_LOANS = re.compile(
    "还(?![有是没不能可要会])|要还|应还|本金|[利罚][息率]|息|月供|费率|成本|借(?!记)|(?<![房车])贷(?!记)|额度|分期|每期|年化|账单|应付|到期|逾期(?!费)|结清|用钱|花费|划算|[只才]要|养|拿出|[您你](?:挣|一天)"
)
_OF_OTHERS = re.compile(
    "工资|收入|薪|挣|赚|[能可]?补(?!息)|补贴|津贴|租(?!赁)|转(?:账)?|取(?!得)|限额?|短信|话费|流量|会员|停车|通知|生活费|伙食|房租|水电|物业|奖|存(?!在)"
)
"""Words of what is said by the day or month of other things than the loan."""


def is_cost(number: Number, sentences: Sentences) -> bool:
    """Whether what is said by the day or the month may be the cost of the loan: no wages, no rent, no limit."""
    if is_beside(sentences.text, number.span, _BYSTANDERS):
        return False
    if number.quantity is not Quantity.MONEY:
        return True
    place = sentences.around(number.span)
    said = sentences.text[place.start : place.end]
    return _OF_LOANS.search(said) is not None or _OF_OTHERS.search(said) is None


@dataclass(frozen=True, slots=True)
class GroundingSettings:
    """What a deployment decides: the highest annual rate in per cent, and the day counts its daily rates may use."""

    annual_rate_cap: Decimal = Decimal(24)
    days_in_year: tuple[int, ...] = (360, 365)


def judge_rates(
    text: str, numbers: Sequence[Number], case: Case, rules: Rules, settings: GroundingSettings
) -> Iterator[Finding]:
    """Findings of all rate rules on a folded text."""
    rates = [number for number in numbers if number.quantity in RATES and not is_share(number)]
    numbers = [number for number in numbers if not is_share(number)]
    spread = [number for number in numbers if number.per or number.quantity in _SPREAD]
    if not rates and not spread:
        return
    sentences = Sentences(text, FOLDED_SENTENCE_END)
    annual = [number for number in rates if number.quantity is Quantity.RATE_ANNUAL]
    if spread and case.scenario is not None and case.scenario.group is Group.MARKETING:
        told = [number for number in spread if is_cost(number, sentences)]
        yield from _annual_first(told, annual, sentences, rules["rate.annual_first"])
    if annual:
        method = case.fact("rate_method")
        if method is not None and method.value == "simple":
            yield from _simple_interest(annual, sentences, case, rules["rate.simple_interest_stated"])
        if len(annual) < len(rates):
            yield from _consistency(rates, annual, settings.days_in_year, rules["rate.consistency"])
    if rates:
        yield from _upper_bound(rates, sentences, rules["rate.upper_bound"])
        yield from _cap(rates, settings, rules["rate.cap"])


def _annual_first(
    spread: Sequence[Number], annual: Sequence[Number], sentences: Sentences, rule: NumberRule
) -> Iterator[Finding]:
    """`spread`: what is said by the day or the month, rates and prices."""
    first = annual[0] if annual else None
    daily = 0
    for number in spread:
        each_day = number.quantity is Quantity.RATE_DAILY or number.per == "day"
        daily += each_day
        if (
            first is None
            or (each_day and daily > len(annual))
            or sentences.at(first.span.start) > sentences.at(number.span.start)
        ):
            yield rule.find(number.span)


def _simple_interest(annual: Sequence[Number], sentences: Sentences, case: Case, rule: NumberRule) -> Iterator[Finding]:
    text = sentences.text
    naming = {sentences.at(match.start()) for match in _SIMPLE.finditer(text)}
    for number in annual:
        start = number.span.start
        near = text.rfind("单利", max(0, start - _NEAR), start)
        if near >= 0 and FOLDED_SENTENCE_END.search(text, near, start) is None:
            continue
        if sentences.at(number.span.start) not in naming:
            yield rule.find(number.span, in_whole_script=case.stage is None)


def _consistency(
    rates: Sequence[Number], annual: Sequence[Number], days_in_year: Sequence[int], rule: NumberRule
) -> Iterator[Finding]:
    low, high = min(map(_per_cent, annual)), max(map(_per_cent, annual))
    for number in rates:
        if number.quantity is Quantity.RATE_DAILY:
            yearly = [(_per_cent(number) * days, _DAILY_PRECISION * days) for days in days_in_year]
        elif number.quantity is Quantity.RATE_MONTHLY:
            yearly = [(_per_cent(number) * 12, _MONTHLY_TOLERANCE)]
        else:
            continue
        if not any(low - tolerance <= value <= high + tolerance for value, tolerance in yearly):
            yield rule.find(number.span, SUBJECTS[number.quantity])


def _upper_bound(rates: Sequence[Number], sentences: Sentences, rule: NumberRule) -> Iterator[Finding]:
    previous = 0
    for index, number in enumerate(rates):
        if _is_floor(sentences.text, number, previous):
            following = rates[index + 1 : index + 1 + _FOLLOWING]
            if not any(_bounds(number, other, sentences) for other in following):
                yield rule.find(number.span, SUBJECTS[number.quantity])
        previous = number.span.end


def _is_floor(text: str, number: Number, previous: int) -> bool:
    """Whether the words around a rate make it the lowest one; `previous`: where the rate before it ends."""
    start = number.span.start
    floors = [*_FLOOR_BEFORE.finditer(text, max(previous, start - _FLOOR_WINDOW), start)]
    if floors and FOLDED_SENTENCE_END.search(text, floors[-1].end(), start) is None:
        return True
    return _FLOOR_AFTER.match(text, number.span.end) is not None


def _bounds(floor: Number, other: Number, sentences: Sentences) -> bool:
    """Whether `other` is the upper end that the sentence gives to `floor`."""
    return (
        other.quantity in (floor.quantity, Quantity.RATE)
        and _per_cent(other) > _per_cent(floor)
        and sentences.at(other.span.start) == sentences.at(floor.span.start)
        and _CEILING.search(sentences.text, floor.span.end, other.span.start) is not None
    )


def _cap(rates: Sequence[Number], settings: GroundingSettings, rule: NumberRule) -> Iterator[Finding]:
    days = min(settings.days_in_year)
    for number in rates:
        times = days if number.quantity is Quantity.RATE_DAILY else _PERIODS.get(number.quantity, 0)
        if _per_cent(number) * times > settings.annual_rate_cap:
            yield rule.find(number.span, SUBJECTS[number.quantity])


def _per_cent(number: Number) -> Decimal:
    return cast(Decimal, number.value)  # of a rate it always is one
