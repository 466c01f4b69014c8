"""Words that must not be said: all hits, overlapping, with exceptions and conditions."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import ahocorasick

from guards.conditions import holds, is_decidable
from guards.places import applies, concerns, stage_at
from guards.rules import Family, PhraseRule
from guards.text import Folded, Folding, fold
from guards.types import Case, Finding, Scenario, Script, Span


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule with its patterns compiled and its exceptions folded."""

    rule: PhraseRule
    patterns: tuple[re.Pattern[str], ...]
    exceptions: tuple[str, ...]


class _Matcher:
    """All rules of one folding: one automaton for their phrases, and by scenario the rules whose patterns to run.

    Keys are UTF-8 read as latin-1: the automaton's child lists stay short, an order of magnitude faster on Chinese.
    """

    def __init__(self, folding: Folding, rules: Iterable[PhraseRule]) -> None:
        self.folding = folding
        self._rules = [_compile(rule, folding) for rule in rules]
        owners: dict[str, list[int]] = {}
        for index, compiled in enumerate(self._rules):
            for phrase in compiled.rule.phrases:
                folded = fold(phrase, folding).text
                if not folded:
                    raise ValueError(f"{compiled.rule.id}: nothing is left of the phrase {phrase!r} after folding")
                owners.setdefault(folded, []).append(index)
        self._automaton = ahocorasick.Automaton()
        for phrase, indices in owners.items():
            self._automaton.add_word(_key(phrase), (len(phrase), tuple(indices)))
        self._automaton.make_automaton()
        with_patterns = [index for index, compiled in enumerate(self._rules) if compiled.patterns]
        self._with_patterns: dict[Scenario | None, tuple[int, ...]] = {
            scenario: tuple(index for index in with_patterns if concerns(self._rules[index].rule, scenario))
            for scenario in (None, *Scenario)
        }

    def hits(self, folded: Folded, scenario: Scenario | None) -> Iterator[tuple[_Compiled, int, int]]:
        """Every (rule, start, end) in folded positions, exceptions taken out.

        Patterns of rules that do not concern `scenario` are not run; phrases are cheaper to find than to choose.
        """
        for index, start, end in self._raw_hits(folded.text, self._with_patterns[scenario]):
            compiled = self._rules[index]
            if not _is_excepted(folded.text, start, end, compiled.exceptions):
                yield compiled, start, end

    def _raw_hits(self, text: str, with_patterns: Iterable[int]) -> Iterator[tuple[int, int, int]]:
        key = _key(text)
        if len(self._automaton):
            is_ascii = len(key) == len(text)
            for last, (length, indices) in self._automaton.iter(key):
                end = last + 1 if is_ascii else len(key[: last + 1].encode("latin-1").decode("utf-8", "surrogatepass"))
                for index in indices:
                    yield index, end - length, end
        for index in with_patterns:
            for pattern in self._rules[index].patterns:
                for match in pattern.finditer(text):
                    if match.end() > match.start():
                        yield index, match.start(), match.end()


class Phrases:
    """The guard that looks for banned words in the written and, by way of the panel, the spoken form."""

    name = "phrases"

    def __init__(self, families: Iterable[Family]) -> None:
        by_folding: dict[Folding, list[PhraseRule]] = {}
        for family in families:
            by_folding.setdefault(family.folding, []).extend(family.rules)
        self._matchers = [_Matcher(folding, rules) for folding, rules in by_folding.items()]

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """Findings with spans in `script.text`, in order of position."""
        found: dict[tuple[str, Span], Finding] = {}
        for matcher in self._matchers:
            folded = fold(script.text, matcher.folding)
            for compiled, start, end in matcher.hits(folded, case.scenario):
                span = folded.span(start, end)
                if _is_in_scope(compiled.rule, span, script, case):
                    found[compiled.rule.id, span] = _finding(compiled.rule, span)
        return sorted(_without_covered(found.values()), key=lambda finding: (finding.span or Span(0, 1)).start)


def _compile(rule: PhraseRule, folding: Folding) -> _Compiled:
    patterns = tuple(re.compile(pattern) for pattern in rule.patterns)
    exceptions = tuple(filter(None, (fold(exception, folding).text for exception in rule.exceptions)))
    return _Compiled(rule, patterns, exceptions)


def _key(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _is_excepted(text: str, start: int, end: int, exceptions: Sequence[str]) -> bool:
    """Whether the hit lies wholly inside an occurrence of one of the exceptions."""
    for exception in exceptions:
        reach = len(exception) - (end - start)
        if reach >= 0 and exception in text[max(0, start - reach) : end + reach]:
            return True
    return False


def _is_in_scope(rule: PhraseRule, span: Span, script: Script, case: Case) -> bool:
    if not applies(rule, case) or not is_decidable(rule.unless_fact, case):
        return False
    if rule.unless_fact and holds(rule.unless_fact, case):
        return False
    if not rule.stages:
        return True
    stage = case.stage or stage_at(script, span.start)
    return stage is None or stage in rule.stages


def _finding(rule: PhraseRule, span: Span) -> Finding:
    return Finding(rule.id, Phrases.name, rule.severity, rule.reason, span)


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
