"""The rules on how rates are spoken: annual first, single interest named, consistent, bounded above, under the cap."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal

from guards.number_rules import ANNUAL_FIRST, CAP, CONSISTENCY, SIMPLE_INTEREST, SUBJECTS, UPPER_BOUND
from guards.numbers import RATES, Number
from guards.types import Action, Case, Finding, Group, Quantity

_STOP = re.compile("[。！？；!?;\n]")
_FLOOR_BEFORE = re.compile("低至|低到|最低(?!还|应还)|起步")
_FLOOR_AFTER = re.compile("起(?![来到码见伏初诉])|以上")
_CEILING = re.compile("[至到~～—–-]|最[高多]|上限|不超过|封顶")
_DAILY_PRECISION, _MONTHLY_TOLERANCE = Decimal("0.01"), Decimal("0.06")


class Sentences:
    """Where the sentences of a text begin and end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stops = [match.end() for match in _STOP.finditer(text)]

    def index(self, position: int) -> int:
        """The number of the sentence that holds a code point, from 0."""
        return bisect_right(self._stops, position)

    def of(self, position: int) -> str:
        """The sentence that holds a code point."""
        index = self.index(position)
        start = self._stops[index - 1] if index else 0
        return self._text[start : self._stops[index] if index < len(self._stops) else len(self._text)]


def judge_rates(
    text: str, numbers: Sequence[Number], case: Case, cap: Decimal, days_in_year: Sequence[int]
) -> Iterator[Finding]:
    """Findings of all rate rules on one text. `cap` in per cent a year; `days_in_year`: the day counts in use."""
    rates = [number for number in numbers if number.quantity in RATES]
    if not rates and not any(number.per for number in numbers):
        return
    sentences = Sentences(text)
    annual = [number for number in rates if number.quantity is Quantity.RATE_ANNUAL]
    if case.scenario is not None and case.scenario.group is Group.MARKETING:
        yield from _annual_first(numbers, annual, sentences)
    method = case.fact("rate_method")
    if method is not None and method.value == "simple":
        yield from _simple_interest(annual, sentences, Action.BLOCK if case.stage is None else Action.REVISE)
    yield from _consistency(rates, annual, days_in_year)
    yield from _upper_bound(text, rates, sentences)
    yield from _cap(rates, cap, min(days_in_year))


def _annual_first(numbers: Sequence[Number], annual: Sequence[Number], sentences: Sentences) -> Iterator[Finding]:
    daily = 0
    for number in numbers:
        each_day = number.quantity is Quantity.RATE_DAILY or number.per == "day"
        if not (each_day or number.quantity is Quantity.RATE_MONTHLY or number.per):
            continue
        daily += each_day
        sentence = sentences.index(number.span.start)
        led = any(sentences.index(rate.span.start) <= sentence for rate in annual)
        if not led or (each_day and daily > len(annual)):
            yield ANNUAL_FIRST.find(number.span)


def _simple_interest(annual: Sequence[Number], sentences: Sentences, action: Action) -> Iterator[Finding]:
    for number in annual:
        if "单利" not in sentences.of(number.span.start):
            yield SIMPLE_INTEREST.find(number.span, action=action)


def _consistency(rates: Sequence[Number], annual: Sequence[Number], days_in_year: Sequence[int]) -> Iterator[Finding]:
    stated = [number.value for number in annual if isinstance(number.value, Decimal)]
    if not stated:
        return
    low, high = min(stated), max(stated)
    for number in rates:
        if not isinstance(number.value, Decimal):
            continue
        if number.quantity is Quantity.RATE_DAILY:
            yearly = [(number.value * days, _DAILY_PRECISION * days) for days in days_in_year]
        elif number.quantity is Quantity.RATE_MONTHLY:
            yearly = [(number.value * 12, _MONTHLY_TOLERANCE)]
        else:
            continue
        if not any(low - tolerance <= value <= high + tolerance for value, tolerance in yearly):
            yield CONSISTENCY.find(number.span, SUBJECTS[number.quantity])


def _upper_bound(text: str, rates: Sequence[Number], sentences: Sentences) -> Iterator[Finding]:
    for index, number in enumerate(rates):
        begin = max(rates[index - 1].span.end if index else 0, number.span.start - 12)
        before = _STOP.split(text[begin : number.span.start])[-1]
        if not (_FLOOR_BEFORE.search(before) or _FLOOR_AFTER.match(text, number.span.end)):
            continue
        if not any(_bounds(text, number, other, sentences) for other in rates[index + 1 :]):
            yield UPPER_BOUND.find(number.span, SUBJECTS[number.quantity])


def _bounds(text: str, floor: Number, other: Number, sentences: Sentences) -> bool:
    """Whether `other` is the upper end that the sentence gives to `floor`."""
    return (
        other.quantity in (floor.quantity, Quantity.RATE)
        and isinstance(other.value, Decimal)
        and isinstance(floor.value, Decimal)
        and other.value > floor.value
        and sentences.index(other.span.start) == sentences.index(floor.span.start)
        and _CEILING.search(text, floor.span.end, other.span.start) is not None
    )


def _cap(rates: Sequence[Number], cap: Decimal, days: int) -> Iterator[Finding]:
    periods = {Quantity.RATE_ANNUAL: 1, Quantity.RATE_MONTHLY: 12, Quantity.RATE_DAILY: days}
    for number in rates:
        if isinstance(number.value, Decimal) and number.value * periods.get(number.quantity, 0) > cap:
            yield CAP.find(number.span, SUBJECTS[number.quantity])
