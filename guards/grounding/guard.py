"""The guard that lets a script state a number only if a verified fact holds it.

A number is compared by value and unit. The closed list of derivations: the last four of a digits fact said as a tail,
the sum of two money facts where the sentence announces a total, the daily rate of the annual one, the daily cost of a
round or known principal, the weekday of a date. A rate without a period is grounded only if all rate facts of its value
have one period. A monthly payment must be a fact about a month where the facts hold one; a daily price never equals a
plain amount, nor dollars yuan. A clock time must stand in a fact. The quota is a number of places (名额), not of any
other things. 今天, 明天 and 后天 are judged only where they name when something is due.

What is only said not to be the number (还款日是20号，不是21号) needs no fact where the right one is told as well.

A number that the words around it name (`guards.grounding.naming`) must be a fact of that role: the least payment is
never said as what is due. One that no word names must be a fact by value and unit, and be heard as that fact
(`guards.grounding.heard`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import zip_longest

from guards.grounding.bare import with_amounts
from guards.grounding.estimates import judged_estimates
from guards.grounding.heard import Hearing, says_whole
from guards.grounding.ledger import Ledger, is_daily_cost
from guards.grounding.names import without_any_name, without_names
from guards.grounding.naming import Figure, Naming, is_refuted
from guards.grounding.rates import GroundingSettings, judge_rates
from guards.grounding.roles import derives, misfit, titles
from guards.grounding.unread import may_hold_some, unread
from guards.lexicon.numbers import GUARD, SUBJECTS, NumberRule, RuleId
from guards.lexicon.roles import FigureRole, FigureRoles
from guards.lexicon.scope import china_today
from guards.numbers.scan import Number, Scan, find, scan
from guards.script import Script
from guards.text import reading
from guards.text.numerals import normalise_digits
from guards.text.reading import Reading
from guards.types import Action, Case, Fact, Finding, Quantity

_OTHER = "别的数目"
_SURELY = "百分百"
"""Of a rate it is one; else a word for 一定, on which the rules about promises are."""


class Grounding:
    """Judge every number of a text, in the written and, by way of the panel, the spoken form.

    Without facts nothing is compared with them, but the rules on how rates and debts are spoken still hold in a known
    scenario; with neither, nothing is judged.
    """

    name = GUARD

    def __init__(
        self, rules: Iterable[NumberRule], roles: FigureRoles, settings: GroundingSettings | None = None
    ) -> None:
        self._rules: dict[RuleId, NumberRule] = {rule.id: rule for rule in rules}
        self._roles = roles
        self.naming = Naming(roles.roles)
        self._hearing = Hearing(roles.near)
        self._strict_naming = Naming(roles.roles, with_loose=False)
        self._settings = settings or GroundingSettings()

    def __call__(self, script: Script, case: Case) -> list[Finding]:
        """Findings with spans of `script.text`."""
        if case.facts is None and case.scenario is None:
            return []
        read = reading.of(script)
        scanned = scan(read)
        findings = self._judge(scanned, case) if scanned.numbers else []
        if "number.unread" in self._rules and may_hold_some(read.raw):
            findings += self._unread(read, scanned, case)
        return self._in_force(findings, case) if findings else findings

    def named(self, text: str) -> list[FigureRole]:
        """The roles that the figures of a text have, by the words around them."""
        read = scan(Reading(text))
        figures = [Figure(number.quantity, number.span.start, number.span.end) for number in read.numbers]
        return [role for roles in self.naming.names(read.text, figures) for role in roles]

    def _judge(self, read: Scan, case: Case) -> list[Finding]:
        plain = read.text
        numbers: Sequence[Number] = read.numbers
        if (nameless := without_names(plain, case.facts or ())) != plain:
            plain, numbers = nameless, find(nameless)
        findings: list[Finding] = []
        if case.facts is not None:
            ledger = Ledger(case.facts, _today(case), self._settings.days_in_year)
            numbers = with_amounts(plain, numbers, ledger)
            findings += self._compare(plain, numbers, case.facts, ledger)
        if estimates := [number for number in numbers if number.approximate]:
            findings += judged_estimates(plain, estimates, case, self._rules["number.approximate"])
        findings += judge_rates(plain, numbers, case, self._rules, self._settings)
        return [replace(one, span=read.folded.span(one.span.start, one.span.end)) for one in findings if one.span]

    def _compare(
        self, text: str, numbers: Sequence[Number], facts: Sequence[Fact], ledger: Ledger
    ) -> Iterator[Finding]:
        """Findings on numbers that no fact holds, or none of those that they are called or can be heard as."""
        bare = without_any_name(text, facts)
        names = self.naming.names(bare, [Figure(each.quantity, each.span.start, each.span.end) for each in numbers])
        beside_whole = says_whole(numbers, ledger)
        right = _Right(text, numbers, ledger)
        principal: Number | None = None
        for number, following, roles in zip_longest(numbers, numbers[1:], names):
            if number is principal or (number.text == _SURELY and number.quantity is Quantity.RATE):
                continue
            if following is not None and is_daily_cost(text, number, following, ledger):
                principal = following
            elif not (ledger.grounds(text, number) or derives(number, roles, ledger)):
                if not right.is_told_beside(number):
                    yield self._rules["number.ungrounded"].find(number.span, SUBJECTS[number.quantity])
            elif "number.wrong_role" in self._rules:
                wrong = misfit(number, roles, ledger)
                if wrong or self._hearing.is_misheard(bare, number, roles, ledger, beside_whole=beside_whole):
                    filled = {"{fact}": titles(number, ledger, self._roles), "{said}": wrong.title if wrong else _OTHER}
                    filled["{subject}"] = SUBJECTS[number.quantity]
                    yield self._rules["number.wrong_role"].finding(number.span, filled)

    def _unread(self, read: Reading, scanned: Scan, case: Case) -> Iterator[Finding]:
        """Findings on quantities that nobody could compare; without facts they are only noted."""
        folded = read.plain
        text = without_any_name(scanned.text or normalise_digits(folded.text), case.facts or ())
        for quantity, span in unread(text, scanned.numbers, self._strict_naming):
            place = folded.span(span.start, span.end)
            finding = self._rules["number.unread"].find(place, SUBJECTS[quantity])
            yield finding if case.facts is not None else replace(finding, action=Action.OBSERVE)

    def _in_force(self, findings: list[Finding], case: Case) -> list[Finding]:
        days = [china_today()] + ([case.today] if case.today is not None else [])
        in_force = {rule.id for rule in self._rules.values() if any(rule.effective.covers(day) for day in days)}
        return [finding for finding in findings if finding.rule in in_force]


class _Right:
    """The quantities of which a text tells a number that is right."""

    def __init__(self, text: str, numbers: Sequence[Number], ledger: Ledger) -> None:
        self._text, self._numbers, self._ledger = text, numbers, ledger

    def is_told_beside(self, number: Number) -> bool:
        """Whether a number is only said not to be the one, where the right one of its kind is told as well."""
        return is_refuted(self._text, number.span.start, number.span.end) and number.quantity in self._quantities

    @cached_property
    def _quantities(self) -> set[Quantity]:
        return {number.quantity for number in self._numbers if self._ledger.grounds(self._text, number)}


def _today(case: Case) -> date | None:
    return case.today or (case.call.time.date() if case.call is not None else None)
