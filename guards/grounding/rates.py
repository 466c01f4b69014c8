"""The rules on how rates are spoken: annual first, single interest named, consistent, bounded above, under the cap."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import cast

from guards.lexicon.numbers import ANNUAL_FIRST, CAP, CONSISTENCY, SIMPLE_INTEREST, SUBJECTS, UPPER_BOUND
from guards.numbers.scan import Number
from guards.numbers.units import RATES
from guards.text.sentences import FOLDED_SENTENCE_END
from guards.types import Action, Case, Finding, Group, Quantity

_FLOOR_BEFORE = re.compile("低至|低到|最低(?!还|应还)|起步")
_FLOOR_AFTER = re.compile("起(?![来到码见伏初诉])|以上")
_CEILING = re.compile("[至到~-]|最[高多]|上限|不超过|封顶")
_FLOOR_WINDOW = 12
_FOLLOWING = 4
"""How many rates after a lowest one may still name its upper end."""
_SIMPLE = re.compile("单利")
_NEAR = 16
_SPREAD = frozenset({Quantity.RATE_DAILY, Quantity.RATE_MONTHLY})
_PERIODS = {Quantity.RATE_ANNUAL: 1, Quantity.RATE_MONTHLY: 12}
_DAILY_PRECISION, _MONTHLY_TOLERANCE = Decimal("0.01"), Decimal("0.06")


class _Sentences:
    """The sentences of a text, told apart when first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def index(self, number: Number) -> int:
        """The sentence in which a number begins, counted from 0."""
        return self.at(number.span.start)

    def at(self, position: int) -> int:
        """The sentence that holds a code point, counted from 0."""
        return bisect_right(self._ends, position)

    @cached_property
    def naming_simple_interest(self) -> frozenset[int]:
        """The sentences that say 单利."""
        return frozenset(self.at(match.start()) for match in _SIMPLE.finditer(self.text))

    @cached_property
    def _ends(self) -> list[int]:
        return [match.end() for match in FOLDED_SENTENCE_END.finditer(self.text)]


def _is_share(number: Number) -> bool:
    """Whether a rate is said as part of a whole, as of one's income: 一半, 三成."""
    return number.quantity in RATES and (number.unit == "成" or number.text.endswith("一半"))


def judge_rates(
    text: str, numbers: Sequence[Number], case: Case, cap: Decimal, days_in_year: Sequence[int]
) -> Iterator[Finding]:
    """Findings of all rate rules on a folded text. `cap` in per cent a year; `days_in_year`: the day counts in use."""
    rates = [number for number in numbers if number.quantity in RATES and not _is_share(number)]
    numbers = [number for number in numbers if not _is_share(number)]
    spread = [number for number in numbers if number.per or number.quantity in _SPREAD]
    if not rates and not spread:
        return
    sentences = _Sentences(text)
    annual = [number for number in rates if number.quantity is Quantity.RATE_ANNUAL]
    if spread and case.scenario is not None and case.scenario.group is Group.MARKETING:
        yield from _annual_first(spread, annual, sentences)
    if annual:
        method = case.fact("rate_method")
        if method is not None and method.value == "simple":
            yield from _simple_interest(annual, sentences, Action.BLOCK if case.stage is None else Action.REVISE)
        if len(annual) < len(rates):
            yield from _consistency(rates, annual, days_in_year)
    if rates:
        yield from _upper_bound(rates, sentences)
        yield from _cap(rates, cap, min(days_in_year))


def _annual_first(spread: Sequence[Number], annual: Sequence[Number], sentences: _Sentences) -> Iterator[Finding]:
    """`spread`: what is said by the day or the month, rates and prices."""
    first = annual[0] if annual else None
    daily = 0
    for number in spread:
        each_day = number.quantity is Quantity.RATE_DAILY or number.per == "day"
        daily += each_day
        if (
            first is None
            or (each_day and daily > len(annual))
            or (first.span.start > number.span.start and sentences.index(first) > sentences.index(number))
        ):
            yield ANNUAL_FIRST.find(number.span)


def _simple_interest(annual: Sequence[Number], sentences: _Sentences, action: Action) -> Iterator[Finding]:
    text = sentences.text
    for number in annual:
        start = number.span.start
        near = text.rfind("单利", max(0, start - _NEAR), start)
        if near >= 0 and FOLDED_SENTENCE_END.search(text, near, start) is None:
            continue
        if sentences.index(number) not in sentences.naming_simple_interest:
            yield SIMPLE_INTEREST.find(number.span, action=action)


def _consistency(rates: Sequence[Number], annual: Sequence[Number], days_in_year: Sequence[int]) -> Iterator[Finding]:
    low, high = min(map(_per_cent, annual)), max(map(_per_cent, annual))
    for number in rates:
        if number.quantity is Quantity.RATE_DAILY:
            yearly = [(_per_cent(number) * days, _DAILY_PRECISION * days) for days in days_in_year]
        elif number.quantity is Quantity.RATE_MONTHLY:
            yearly = [(_per_cent(number) * 12, _MONTHLY_TOLERANCE)]
        else:
            continue
        if not any(low - tolerance <= value <= high + tolerance for value, tolerance in yearly):
            yield CONSISTENCY.find(number.span, SUBJECTS[number.quantity])


def _upper_bound(rates: Sequence[Number], sentences: _Sentences) -> Iterator[Finding]:
    previous = 0
    for index, number in enumerate(rates):
        if _is_floor(sentences.text, number, previous):
            following = rates[index + 1 : index + 1 + _FOLLOWING]
            if not any(_bounds(number, other, sentences) for other in following):
                yield UPPER_BOUND.find(number.span, SUBJECTS[number.quantity])
        previous = number.span.end


def _is_floor(text: str, number: Number, previous: int) -> bool:
    """Whether the words around a rate make it the lowest one; `previous`: where the rate before it ends."""
    start = number.span.start
    floors = [*_FLOOR_BEFORE.finditer(text, max(previous, start - _FLOOR_WINDOW), start)]
    if floors and FOLDED_SENTENCE_END.search(text, floors[-1].end(), start) is None:
        return True
    return _FLOOR_AFTER.match(text, number.span.end) is not None


def _bounds(floor: Number, other: Number, sentences: _Sentences) -> bool:
    """Whether `other` is the upper end that the sentence gives to `floor`."""
    return (
        other.quantity in (floor.quantity, Quantity.RATE)
        and _per_cent(other) > _per_cent(floor)
        and sentences.index(other) == sentences.index(floor)
        and _CEILING.search(sentences.text, floor.span.end, other.span.start) is not None
    )


def _cap(rates: Sequence[Number], cap: Decimal, days: int) -> Iterator[Finding]:
    for number in rates:
        times = days if number.quantity is Quantity.RATE_DAILY else _PERIODS.get(number.quantity, 0)
        if _per_cent(number) * times > cap:
            yield CAP.find(number.span, SUBJECTS[number.quantity])


def _per_cent(number: Number) -> Decimal:
    return cast(Decimal, number.value)  # of a rate it always is one
