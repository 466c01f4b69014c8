"""The guard that lets a script state a number only if a verified fact holds it.

A number is compared by value and unit. The closed list of derivations: the last four of a digits fact said as a tail,
the sum of two money facts where the sentence announces a total, the daily rate of the annual one, the daily cost of a
round or known principal, the weekday of a date. A rate without a period is grounded only if all rate facts of its value
have one period. A monthly payment must be a fact about a month where the facts hold one; a daily price never equals a
plain amount, nor dollars yuan. A clock time must stand in a fact. The quota is a number of places (名额), not of any
other things. 今天, 明天 and 后天 are judged only where they name when something is due.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, zip_longest

from guards.grounding.ledger import Ledger, is_daily_cost
from guards.grounding.rates import judge_rates
from guards.lexicon.numbers import APPROXIMATE, RULES, SUBJECTS, UNGROUNDED, Example, NumberRule
from guards.lexicon.scope import china_today, segment_spans
from guards.numbers.drafts import plain_digits
from guards.numbers.scan import Number, find, scan
from guards.numbers.units import PRICED, RATES
from guards.text.folding import Folding, fold
from guards.text.numerals import respell
from guards.types import Case, Fact, Finding, Group, Quantity, Script

__all__ = ["RULES", "Example", "Grounding", "GroundingSettings", "NumberRule"]

_NUMERAL = re.compile("[0-9零一二三四五六七八九十百千万亿两]")


@dataclass(frozen=True, slots=True)
class GroundingSettings:
    """What a deployment decides: the highest annual rate in per cent, and the day counts its daily rates may use."""

    annual_rate_cap: Decimal = Decimal(24)
    days_in_year: tuple[int, ...] = (360, 365)


@dataclass(frozen=True, slots=True)
class Grounding:
    """Judge every number of the written and of the spoken text.

    Without facts nothing is compared with them, but the rules on how rates and debts are spoken still hold in a known
    scenario; with neither, nothing is judged.
    """

    settings: GroundingSettings = GroundingSettings()
    rules: tuple[NumberRule, ...] = RULES
    name = "grounding"

    def __call__(self, script: Script, case: Case) -> list[Finding]:
        """Findings with spans of `script.text`; one on the spoken form marks the segment that is spoken so."""
        if case.facts is None and case.scenario is None:
            return []
        text, spoken = script.text, script.spoken
        findings = self._judge(text, case)
        if spoken != text and (heard := self._judge(spoken, case)):
            findings += _to_written(heard, findings, script)
        return self._in_force(findings, case) if findings else findings

    def _judge(self, text: str, case: Case) -> list[Finding]:
        """Findings with spans of `text`."""
        read = scan(text)
        if not read.numbers:
            return []
        plain, numbers = read.text, read.numbers
        if (nameless := _without_names(plain, case.facts or ())) != plain:
            plain, numbers = nameless, find(nameless)
        findings = [*self._compare(plain, numbers, case)]
        if estimates := [number for number in numbers if number.approximate]:
            findings += _approximate(estimates, case)
        findings += judge_rates(plain, numbers, case, self.settings.annual_rate_cap, self.settings.days_in_year)
        return [replace(one, span=read.folded.span(one.span.start, one.span.end)) for one in findings if one.span]

    def _compare(self, text: str, numbers: Sequence[Number], case: Case) -> Iterator[Finding]:
        """Findings on numbers that no fact holds."""
        if case.facts is None:
            return
        ledger = Ledger(case.facts, _today(case), self.settings.days_in_year)
        principal: Number | None = None
        for number, following in zip_longest(numbers, numbers[1:]):
            if number is principal:
                continue
            if following is not None and is_daily_cost(text, number, following, ledger):
                principal = following
            elif not ledger.grounds(text, number):
                yield UNGROUNDED.find(number.span, SUBJECTS[number.quantity])

    def _in_force(self, findings: list[Finding], case: Case) -> list[Finding]:
        days = [china_today()] + ([case.today] if case.today is not None else [])
        in_force = {rule.id for rule in self.rules if any(rule.effective.covers(day) for day in days)}
        return [finding for finding in findings if finding.rule in in_force]


def _approximate(estimates: Sequence[Number], case: Case) -> Iterator[Finding]:
    if case.scenario is None:
        return
    exact = RATES if case.scenario.group is Group.MARKETING else PRICED
    for number in estimates:
        if number.quantity in exact:
            yield APPROXIMATE.find(number.span, SUBJECTS[number.quantity])


def _today(case: Case) -> date | None:
    return case.today or (case.call.time.date() if case.call is not None else None)


def _without_names(text: str, facts: Sequence[Fact]) -> str:
    """The folded text with names blanked out, length kept: the digits of a name are no claims (应急贷360)."""
    names = [
        _folded_name(fact.value)
        for fact in facts
        if fact.quantity is Quantity.TEXT and isinstance(fact.value, str) and _NUMERAL.search(fact.value)
    ]
    for name in sorted(names, key=len, reverse=True):
        if not plain_digits(name).isdigit():
            text = text.replace(name, "□" * len(name))
    return text


@lru_cache(maxsize=256)
def _folded_name(name: str) -> str:
    return respell(fold(name, Folding.PLAIN).text)


def _to_written(heard: Sequence[Finding], seen: Sequence[Finding], script: Script) -> Iterator[Finding]:
    """Findings on the spoken form, on the written form of the segment that is spoken so, unless they are seen there."""
    spans = segment_spans(script)
    written = list(accumulate(len(segment.text) for segment in script.segments))
    spoken = list(accumulate(len(segment.spoken) for segment in script.segments))
    known = {(finding.rule, _segment(written, finding)) for finding in seen}
    for finding in heard:
        segment = _segment(spoken, finding)
        if (finding.rule, segment) not in known:
            known.add((finding.rule, segment))
            yield replace(finding, span=spans[segment])


def _segment(ends: Sequence[int], finding: Finding) -> int:
    """The number of the segment in which a finding begins, by where the segments end."""
    return bisect_right(ends, finding.span.start if finding.span else 0)
