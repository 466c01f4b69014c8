"""The guard that lets a script state a number only if a verified fact holds it.

A number is compared by value and unit. The closed list of derivations: the last four of a digits fact said as a tail,
the sum of two money facts where the sentence announces a total, the daily rate of the annual one, the daily cost of a
round or known principal, the weekday of a date. A rate without a period is grounded only if all rate facts of its value
have one period. A monthly payment must be a fact about a month where the facts hold one; a daily price never equals a
plain amount. 今天, 明天 and 后天 are judged only where they name when something is due.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from guards.dates import PartialDate
from guards.number_drafts import plain_digits
from guards.number_rules import APPROXIMATE, RULES, SUBJECTS, UNGROUNDED, Example, NumberRule
from guards.numbers import PRICED, RATES, Number, extract
from guards.numerals import fold
from guards.rates import judge_rates
from guards.types import Case, Fact, Finding, Group, Quantity, Script, Span

__all__ = ["RULES", "Example", "Grounding", "GroundingSettings", "NumberRule"]

_NUMERAL = re.compile("[0-9零一二三四五六七八九十百千万亿两]")
_TOTAL = re.compile("(?:合计|一共|总共|共计|加起来|总计)[^。！？；]{0,8}$")
_TAIL = re.compile("(?:尾号|末四位|后四位|末尾)[^，。！？；]{0,4}$")
_DUE_BEFORE = re.compile("(?:到期日?|截止日?期?|还款日|扣款日?|期限|最后一天)(?:就?[是为在到])?$")
_DUE_AFTER = re.compile("(?:就?是|为)?(?:您的?)?(?:最后|到期|截止|还款日|扣款)|(?:之|以)?前")
_ROUND_PRINCIPALS = frozenset({Decimal(100), Decimal(1000), Decimal(10000)})
_FEN = Decimal("0.01")
_RATE_PLACES = (Decimal("0.001"), Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class GroundingSettings:
    """What a deployment decides: the highest annual rate in per cent, and the day counts its daily rates may use."""

    annual_rate_cap: Decimal = Decimal(24)
    days_in_year: tuple[int, ...] = (360, 365)


@dataclass(frozen=True, slots=True)
class Grounding:
    """Judge every number of the written and of the spoken text. Without facts nothing is judged."""

    settings: GroundingSettings = GroundingSettings()
    name = "grounding"

    def __call__(self, script: Script, case: Case) -> list[Finding]:
        """Findings with spans of `script.text`; one on the spoken form marks the segment that is spoken so."""
        if case.facts is None:
            return []
        text, spoken = script.text, script.spoken
        findings = list(self._judge(text, case, case.facts))
        if spoken != text:
            seen = list(findings)
            for finding in self._judge(spoken, case, case.facts):
                moved = _to_written(finding, script)
                if not any(_is_same(moved, other) for other in seen):
                    findings.append(moved)
                    seen.append(moved)
        return findings

    def _judge(self, text: str, case: Case, facts: Sequence[Fact]) -> Iterator[Finding]:
        text = _without_names(text, facts)
        numbers = extract(text)
        if not numbers:
            return
        ledger = _Ledger(facts, _today(case), self.settings.days_in_year)
        for number in _ungrounded(text, numbers, ledger):
            yield UNGROUNDED.find(number.span, SUBJECTS[number.quantity])
        if case.scenario is not None:
            exact = RATES if case.scenario.group is Group.MARKETING else PRICED
            for number in numbers:
                if number.approximate and number.quantity in exact:
                    yield APPROXIMATE.find(number.span, SUBJECTS[number.quantity])
        yield from judge_rates(text, numbers, case, self.settings.annual_rate_cap, self.settings.days_in_year)


class _Ledger:
    """The facts of one case, by quantity."""

    def __init__(self, facts: Sequence[Fact], today: date | None, days_in_year: tuple[int, ...]) -> None:
        self.today, self.days_in_year = today, days_in_year
        self.facts: dict[Quantity, list[Fact]] = {}
        for fact in facts:
            self.facts.setdefault(fact.quantity, []).append(fact)

    def of(self, quantity: Quantity) -> Sequence[Fact]:
        return self.facts.get(quantity, ())

    def holds(self, number: Number) -> bool:
        return any(fact.value == number.value for fact in self.of(number.quantity))

    def annual_rates(self) -> list[Decimal]:
        return [fact.value for fact in self.of(Quantity.RATE_ANNUAL) if isinstance(fact.value, Decimal)]


def _ungrounded(text: str, numbers: Sequence[Number], ledger: _Ledger) -> Iterator[Number]:
    principal: Number | None = None
    for index, number in enumerate(numbers):
        if number is principal:
            continue
        following = numbers[index + 1] if index + 1 < len(numbers) else None
        if following is not None and _is_daily_cost(text, number, following, ledger):
            principal = following
            continue
        if number.vague or not _is_grounded(text, number, ledger):
            yield number


def _is_grounded(text: str, number: Number, ledger: _Ledger) -> bool:
    if judge := _JUDGES.get(number.quantity):
        return judge(text, number, ledger)
    return ledger.holds(number)


def _is_grounded_rate(text: str, number: Number, ledger: _Ledger) -> bool:
    """A rate whose period is not said: only where the facts leave no doubt which is meant."""
    return sum(any(fact.value == number.value for fact in ledger.of(period)) for period in RATES) == 1


def _is_grounded_daily_rate(text: str, number: Number, ledger: _Ledger) -> bool:
    return ledger.holds(number) or any(
        number.value in (rate / days, *((rate / days).quantize(places, ROUND_HALF_UP) for places in _RATE_PLACES))
        for rate in ledger.annual_rates()
        for days in ledger.days_in_year
    )


def _is_grounded_money(text: str, number: Number, ledger: _Ledger) -> bool:
    facts = ledger.of(Quantity.MONEY)
    if number.per == "day":
        facts = [fact for fact in facts if "daily" in fact.name]
    elif number.per == "month":
        facts = [fact for fact in facts if "month" in fact.name] or facts
    if any(fact.value == number.value for fact in facts):
        return True
    if number.per is not None or not _TOTAL.search(text[max(0, number.span.start - 12) : number.span.start]):
        return False
    amounts = [fact.value for fact in facts if isinstance(fact.value, Decimal)]
    return any(first + second == number.value for first, second in combinations(amounts, 2))


def _is_daily_cost(text: str, principal: Number, cost: Number, ledger: _Ledger) -> bool:
    """一万块钱一天一块: the interest of one day on a round principal, in fen, at an annual rate that is a fact."""
    if principal.vague or principal.per is not None or cost.vague or cost.per != "day":
        return False
    if principal.quantity is not Quantity.MONEY or cost.quantity is not Quantity.MONEY:
        return False
    if principal.value not in _ROUND_PRINCIPALS and not ledger.holds(principal):
        return False
    if cost.span.start - principal.span.end > 10 or re.search("[。！？；]", text[principal.span.end : cost.span.start]):
        return False
    amount = principal.value
    return isinstance(amount, Decimal) and any(
        (amount * rate / 100 / days).quantize(_FEN, ROUND_HALF_UP) == cost.value
        for rate in ledger.annual_rates()
        for days in ledger.days_in_year
    )


def _is_grounded_date(text: str, number: Number, ledger: _Ledger) -> bool:
    said = number.value
    if not isinstance(said, PartialDate):
        return False
    if said.days is not None:
        due = _DUE_AFTER.match(text, number.span.end) or _DUE_BEFORE.search(text[: number.span.start][-12:])
        if not due:
            return True
    return any(
        isinstance(fact.value, date) and said.matches(fact.value, ledger.today) for fact in ledger.of(Quantity.DATE)
    )


def _is_grounded_digits(text: str, number: Number, ledger: _Ledger) -> bool:
    known = [plain_digits(fold(fact.value)[0]) for fact in ledger.of(Quantity.DIGITS) if isinstance(fact.value, str)]
    if number.value in known:
        return True
    said = str(number.value)
    is_tail = len(said) == 4 and _TAIL.search(text[max(0, number.span.start - 10) : number.span.start])
    return bool(is_tail) and any(digits.endswith(said) for digits in known)


_JUDGES: dict[Quantity, Callable[[str, Number, _Ledger], bool]] = {
    Quantity.MONEY: _is_grounded_money,
    Quantity.DATE: _is_grounded_date,
    Quantity.DIGITS: _is_grounded_digits,
    Quantity.RATE: _is_grounded_rate,
    Quantity.RATE_DAILY: _is_grounded_daily_rate,
}


def _today(case: Case) -> date | None:
    return case.today or (case.call.time.date() if case.call is not None else None)


def _without_names(text: str, facts: Sequence[Fact]) -> str:
    """The text with product and channel names blanked out, length kept: their digits (应急贷360) are no claims."""
    names = {fact.value for fact in facts if fact.quantity is Quantity.TEXT and isinstance(fact.value, str)}
    for name in sorted(names, key=len, reverse=True):
        if _NUMERAL.search(name) and not plain_digits(name).isdigit():
            text = text.replace(name, "□" * len(name))
    return text


def _to_written(finding: Finding, script: Script) -> Finding:
    """The same finding on the written form of the segment in whose spoken form it begins."""
    written = spoken = 0
    span: Span | None = None
    for segment in script.segments:
        spoken += len(segment.spoken)
        if finding.span is not None and finding.span.start < spoken:
            span = Span(written, written + len(segment.text)) if segment.text else None
            break
        written += len(segment.text)
    return Finding(finding.rule, finding.guard, finding.action, finding.reason, span)


def _is_same(moved: Finding, other: Finding) -> bool:
    if moved.rule != other.rule:
        return False
    return moved.span == other.span or (
        moved.span is not None and other.span is not None and moved.span.covers(other.span)
    )
