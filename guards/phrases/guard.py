"""Words that must not be said: all hits in every disguise, overlapping, with exceptions and conditions."""

from collections.abc import Iterable, Sequence
from itertools import chain

from guards.lexicon.rules import Family, PhraseRule
from guards.lexicon.scope import applies, holds, is_decidable
from guards.numbers.scan import extract, states
from guards.phrases.search import Search, TightSearch
from guards.script import Script
from guards.text import reading
from guards.text.folding import Folding
from guards.text.reading import Reading
from guards.text.words import load_dictionaries
from guards.types import Case, Finding, Span


class Phrases:
    """The guard that looks for banned words in the written and, by way of the panel, the spoken form."""

    name = "phrases"

    def __init__(self, families: Iterable[Family]) -> None:
        by_folding: dict[Folding, list[Family]] = {}
        for family in families:
            by_folding.setdefault(family.folding, []).append(family)
        load_dictionaries()
        self._searches = [
            TightSearch(group) if folding is Folding.TIGHT else Search(folding, group)
            for folding, group in by_folding.items()
        ]

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """Findings with spans in `script.text`, in order of position."""
        found: dict[tuple[str, Span], Finding] = {}
        text = reading.of(script)
        statements = _Statements(text, case)
        for rule, span in chain.from_iterable(search.find(text, case.scenario) for search in self._searches):
            if (rule.id, span) not in found and _is_in_scope(rule, span, script, case, statements):
                found[rule.id, span] = Finding(rule.id, self.name, rule.severity, rule.reason, span)
        return sorted(_without_covered(found.values()), key=lambda finding: (finding.span or Span(0, 1)).start)

    def may_continue(self, text: str, end: int) -> bool:
        """Whether a phrase that began before `end` may go on behind the end of `text`."""
        begun = Reading(text)
        return any(search.may_continue(begun, end) for search in self._searches)


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
    if not applies(rule, case) or not is_decidable(rule.unless_fact, case):
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
