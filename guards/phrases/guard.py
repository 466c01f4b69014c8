"""Words that must not be said: all hits in every disguise, overlapping, with exceptions and conditions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from guards.lexicon.examples import filled
from guards.lexicon.rules import Family, PhraseRule
from guards.lexicon.scope import applies, holds, is_decidable
from guards.numbers.scan import extract, states
from guards.phrases.compiled import STAGES, units_of
from guards.phrases.search import Search
from guards.script import Script
from guards.text import reading
from guards.text.folding import Folding
from guards.text.reading import Reading
from guards.text.words import load_dictionaries
from guards.types import Case, Finding, Span

_Rank = tuple[int, int, int, int]
_DISGUISED = frozenset(map(STAGES.index, ("sound", "likely", "letters", "look")))
_DIGITS = re.compile("[0-9]")
_NAMES = ("product", "institution")
"""Facts that are names: nobody disguises a word in one, so that A1B2贷 is not read as 二货."""


class Phrases:
    """The guard that looks for banned words in the written and, by way of the panel, the spoken form.

    What `earlier` has compiled of the same rules is shared.
    """

    name = "phrases"

    def __init__(self, families: Iterable[Family], earlier: "Phrases | None" = None) -> None:
        by_folding: dict[Folding, list[Family]] = {}
        for family in families:
            by_folding.setdefault(family.folding, []).append(family)
        load_dictionaries()
        known = {search.folding: search for search in earlier.searches} if earlier else {}
        self.searches: Sequence[Search] = [
            Search(folding, list(units_of(group)), known.get(folding)) for folding, group in by_folding.items()
        ]

    def __call__(self, script: Script, case: Case, only: str | None = None) -> Sequence[Finding]:
        """Findings with spans in `script.text`, in order of position; `only`: of the rule of that id alone."""
        found: dict[tuple[str, Span], tuple[_Rank, Finding]] = {}
        text = reading.of(script)
        statements = _Statements(text, case)
        names = _names_in(script.text, case)

        def is_asked_for(rule: PhraseRule) -> bool:
            return (only is None or rule.id == only) and applies(rule, case)

        for number, search in enumerate(self.searches):
            for place, rule, span in search.find(text, case.scenario, only, is_asked_for):
                if place[1] in _DISGUISED and any(name.covers(span) for name in names):
                    continue
                rank = (number, *place)
                known = found.get((rule.id, span))
                if (known is None or rank < known[0]) and _is_in_scope(rule, span, script, case, statements):
                    found[rule.id, span] = rank, Finding(rule.id, self.name, rule.severity, rule.reason, span)
        if not found:
            return []
        # By rank and not in the order of finding: in which parts a search was compiled shows in no verdict.
        ranked = [finding for _, finding in sorted(found.values(), key=itemgetter(0))]
        return sorted(_without_covered(ranked), key=lambda finding: (finding.span or Span(0, 1)).start)

    def unlike(self, earlier: "Phrases", words: Mapping[str, str]) -> Iterator[PhraseRule]:
        """The rules that `earlier` does not hold as they are, and those whose own examples it may have read otherwise.

        One rule changes how another's examples are read only by a numeral that it names: see `Search.numerals`.
        `words` fill the examples.
        """
        known = {search.folding: search for search in earlier.searches}
        for search in self.searches:
            before = known.get(search.folding)
            held = {unit.rule.id: unit for unit in before.units} if before else {}
            numerals = search.numerals ^ before.numerals if before else search.numerals
            for unit in search.units:
                examples = (*unit.rule.examples.hits, *unit.rule.examples.misses) if numerals else ()
                if held.get(unit.rule.id) != unit or any(
                    search.is_read_by(Reading(filled(text, words)), numerals) for text in examples
                ):
                    yield unit.rule

    def may_continue(self, text: str, end: int) -> bool:
        """Whether a phrase that began before `end` may go on behind the end of `text`."""
        begun = Reading(text)
        return any(search.may_continue(begun, end) for search in self.searches)


def _names_in(text: str, case: Case) -> Sequence[Span]:
    """Where the text says a name that is in the facts."""
    found = []
    # No pattern is compiled of a name: re would keep it.
    said = {str(fact.value) for fact in case.facts or () if fact.name in _NAMES and fact.value}
    # As it is spoken, E贷3.0 is E贷三点零: what stands before its digits is the same.
    for name in said | {words for name in said if len(words := _DIGITS.split(name)[0]) > 1}:
        start = text.find(name)
        while start >= 0:
            found.append(Span(start, start + len(name)))
            start = text.find(name, start + len(name))
    return found


class _Statements:
    """Which facts the sentences of a text state, looked up once for each sentence."""

    def __init__(self, text: Reading, case: Case) -> None:
        self._text = text
        self._case = case
        self._known: dict[tuple[Span, str], bool] = {}

    def states_required_facts(self, rule: PhraseRule, span: Span) -> bool:
        """Whether the sentence of the hit or the one after it states the facts on which the exemption depends."""
        return all(self._states(self._text.sentences.around(span), name) for name in rule.stating)

    def _states(self, place: Span, name: str) -> bool:
        if (place, name) not in self._known:
            fact = self._case.fact(name)
            numbers = extract(self._text.raw[place.start : place.end])
            self._known[place, name] = fact is not None and states(numbers, fact)
        return self._known[place, name]


def _is_in_scope(rule: PhraseRule, span: Span, script: Script, case: Case, statements: _Statements) -> bool:
    if not is_decidable(rule.unless_fact, case):
        return False
    if rule.unless_fact and holds(rule.unless_fact, case) and statements.states_required_facts(rule, span):
        return False
    if not rule.stages:
        return True
    return (case.stage or script.stage_at(span.start)) in rule.stages


def _without_covered(findings: Iterable[Finding]) -> list[Finding]:
    """Without hits that lie inside a longer hit of the same rule."""
    kept: list[Finding] = []
    reach: dict[str, int] = {}
    for finding in sorted(findings, key=_place):
        # Of what begins no later, the furthest end tells: a text of nothing but hits must not take quadratic time.
        _, negative_end = _place(finding)
        if -negative_end > reach.get(finding.rule, -1):
            reach[finding.rule] = -negative_end
            kept.append(finding)
    return kept


def _place(finding: Finding) -> tuple[int, int]:
    """Orders by start, and of those that start together the longest first."""
    return (finding.span.start, -finding.span.end) if finding.span else (0, 0)
