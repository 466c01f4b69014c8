"""Judges texts by altered rules alone, before and after, with the guards that judge them among all others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.lexicon.altered import Altered, Side
from app.lexicon.sieve import sieve_of
from guards.disclosures import Disclosures
from guards.grounding.guard import Grounding
from guards.grounding.rates import GroundingSettings
from guards.panel import Panel
from guards.phrases.guard import Phrases
from guards.policy import Institution
from guards.script import Guard, Script
from guards.types import Action, Case, Finding

FAILED = "guard.failed"
"""The rule of a guard that broke: it blocks."""
_BOTH_FORMS = (Phrases.name, Grounding.name)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that stops a text; `words` are what it hit, as they stand there, none where something was not said."""

    rule: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to one text: rules that newly stop it, or those that stopped it so far; one of both."""

    stopped: tuple[Hit, ...] = ()
    passed: tuple[Hit, ...] = ()

    def __bool__(self) -> bool:
        """Whether it does anything."""
        return bool(self.stopped or self.passed)


class Judge:
    """One side of altered rules, compiled. It judges nothing else."""

    def __init__(self, side: Side, rules: frozenset[str], institution: Institution) -> None:
        self._rules = rules
        self._guards: list[Guard] = []
        phrases = Phrases(side.families) if side.families else None
        if phrases is not None:
            self._guards.append(phrases)
        if side.disclosures:
            name, hotline = institution.full_name, institution.hotline
            self._guards.append(Disclosures(side.disclosures, institution=name, hotline=hotline))
        if side.numbers and side.roles is not None:
            settings = GroundingSettings(annual_rate_cap=institution.annual_rate_cap)
            self._guards.append(Grounding(side.numbers, side.roles, settings))
        self._panel = Panel(self._guards, both_forms=_BOTH_FORMS)
        self._sieve = sieve_of(side, phrases)

    def may_object(self, scripts: Sequence[Script]) -> list[bool]:
        """Of each script whether there may be objections: found out of many at once, where that can be."""
        if self._sieve is not None:
            return self._sieve.may_hit(scripts)
        return [bool(self._guards)] * len(scripts)

    def objections(self, script: Script, case: Case) -> list[Finding]:
        """The findings for which these rules would not let the script be said."""
        if not self._guards:
            return []
        return [finding for finding in self._panel.examine(script, case).findings if self._counts(finding)]

    def hits(self, script: Script, case: Case) -> list[tuple[Finding, Script]]:
        """The same, each with the form in which it was found: spans are of that form's text."""
        return [
            (finding, form)
            for guard in self._guards
            for form in (dict.fromkeys((script, script.as_spoken)) if guard.name in _BOTH_FORMS else (script,))
            for finding in guard(form, case)
            if self._counts(finding)
        ]

    def _counts(self, finding: Finding) -> bool:
        return finding.action > Action.ALLOW and (finding.rule in self._rules or finding.rule == FAILED)


class Judges:
    """Both sides of a change."""

    def __init__(self, altered: Altered) -> None:
        self.needs_facts = altered.before.needs_facts or altered.after.needs_facts
        self.before = Judge(altered.before, altered.rules, altered.institution)
        self.after = Judge(altered.after, altered.rules, altered.institution)
        self._stricter = {"before": self.before, "after": self.after}.get(altered.stricter or "")

    def may_affect(self, scripts: Sequence[Script]) -> list[bool]:
        """Of each script whether the change may do anything to it."""
        asked = [self._stricter] if self._stricter is not None else [self.before, self.after]
        return [any(may) for may in zip(*(judge.may_object(scripts) for judge in asked), strict=True)]

    def effect(self, script: Script, case: Case) -> Effect:
        """What becomes of a script: stopped by the rules as they will be and not as they are, or the reverse."""
        if self._stricter is not None and not self._stricter.objections(script, case):
            return Effect()
        stops = self.after.objections(script, case)
        stopped = self.before.objections(script, case)
        if bool(stops) == bool(stopped):
            return Effect()
        if stops:
            return Effect(stopped=tuple(_told(self.after, stops, script, case)))
        return Effect(passed=tuple(_told(self.before, stopped, script, case)))


def _told(judge: Judge, findings: list[Finding], script: Script, case: Case) -> Iterator[Hit]:
    words: dict[str, dict[str, None]] = {finding.rule: {} for finding in findings}
    if FAILED not in words:  # whatever broke would break again
        for finding, form in judge.hits(script, case):
            if finding.span is not None and finding.rule in words:
                words[finding.rule][form.text[finding.span.start : finding.span.end]] = None
    for rule, found in words.items():
        yield Hit(rule, tuple(found))
