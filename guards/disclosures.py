"""Words that must be said: institution, AI identity, recording, opt-out, the annual rate, the exact amount due."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guards.conditions import holds
from guards.numbers import extract
from guards.places import applies
from guards.rules import DisclosureRule
from guards.statement import states
from guards.text import Folding, fold
from guards.types import Case, Fact, Finding, Script


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: DisclosureRule
    phrases: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


class Disclosures:
    """The guard that looks for missing disclosures in whole scripts; a piece of a stage owes none."""

    name = "disclosures"

    def __init__(self, rules: Iterable[DisclosureRule], *, institution: str, hotline: str) -> None:
        self._rules = [_compile(rule, institution, hotline) for rule in rules]

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """One finding without a span for each disclosure that is owed and not made."""
        if case.scenario is None or case.stage is not None:
            return []
        owed = [compiled for compiled in self._rules if _is_owed(compiled.rule, case)]
        if not owed:
            return []
        numbers = extract(script.text)
        folded = fold(script.text, Folding.TIGHT)
        missing = []
        for compiled in owed:
            rule = compiled.rule
            limit = rule.within if rule.within is not None else len(script.text)
            said = _is_said(compiled, folded.text, folded.origins, limit)
            if not said or not all(states(numbers, fact) for fact in _facts_to_state(rule, case)):
                missing.append(Finding(rule.id, self.name, rule.severity, rule.reason))
        return missing


def _compile(rule: DisclosureRule, institution: str, hotline: str) -> _Compiled:
    def fill(words: str) -> str:
        filled = fold(words.replace("{institution}", institution).replace("{hotline}", hotline), Folding.TIGHT).text
        if not filled:
            raise ValueError(f"{rule.id}: nothing is left of {words!r}, so every text would say it")
        return filled

    return _Compiled(
        rule,
        tuple(fill(phrase) for phrase in rule.phrases),
        tuple(re.compile(pattern) for pattern in rule.patterns),
    )


def _is_owed(rule: DisclosureRule, case: Case) -> bool:
    if not applies(rule, case) or (rule.channels and case.channel is None):
        return False  # what only some channels owe is not owed in an unknown one
    if rule.generations:
        generation = case.call.generation if case.call else None
        if generation not in rule.generations:
            return False
    return rule.only_if_fact is None or holds(rule.only_if_fact, case)


def _is_said(compiled: _Compiled, text: str, origins: Sequence[int], limit: int) -> bool:
    """Whether one of the wordings stands within the first `limit` original code points."""
    if not compiled.phrases and not compiled.patterns:
        return True
    head = text[: bisect_left(origins, limit)]
    if any(phrase in head for phrase in compiled.phrases):
        return True
    return any((match := pattern.search(head)) and match[0] for pattern in compiled.patterns)


def _facts_to_state(rule: DisclosureRule, case: Case) -> list[Fact]:
    return [fact for name in rule.states if (fact := case.fact(name)) is not None]
