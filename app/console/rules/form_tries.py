"""A sentence tried in the form of a rule: what the rule finds as it stands there, and what the rules in force do."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.console.frame.rendering import FieldError
from app.console.rules.drafts import rule_errors, with_rule
from app.console.rules.fields import FIELDS, Fields
from app.console.rules.tries import Given, PhraseTries, TriedPhrase, unfit
from app.lexicon.alone import found_alone, judging
from app.lexicon.drafts import Change
from app.lexicon.files import Kind, RuleFiles, kind_of_rule
from app.lexicon.problems import ChangeRefused
from app.parts import Parts
from guards.policy import Institution
from guards.types import Finding, Span


@dataclass(frozen=True, slots=True)
class Own:
    """What the rule finds. `is_owed`: it says what must be said, and finds what is lacking."""

    is_hit: bool
    is_owed: bool
    action: str
    words: Sequence[str]
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class TriedForm:
    """What came of it: of the rule in the form, and of the rules in force."""

    own: Own
    now: TriedPhrase


class FormTries:
    """Tries sentences in the form, one at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._phrases = PhraseTries(parts)
        self._turn = asyncio.Semaphore(1)

    async def run(
        self, given: Given, rule: Mapping[str, Any], sent: Fields, *, is_known: bool
    ) -> tuple[TriedForm | None, list[FieldError]]:
        """The rule as the form has it, on what is given; or else everything for which it cannot be tried."""
        name = str(rule["id"])
        body, place = with_rule(Change(), judging(rule), is_known=is_known)
        errors, files = unfit(given), await self._parts.lifecycle.rules()
        speaker = self._parts.wording.institution
        institution = Institution(speaker.full_name, speaker.hotline)
        try:
            async with self._turn:
                found = await asyncio.to_thread(_found, files, {"title": "", **body}, name, given, institution)
        except ChangeRefused as refused:
            shown = FIELDS[kind_of_rule(name)]
            return None, [*errors, *rule_errors(refused, place, sent, shown)]
        if errors:
            return None, errors
        return TriedForm(_own(found, rule, given.text), await self._phrases.run(given)), []


def _found(
    files: RuleFiles, body: Mapping[str, Any], name: str, given: Given, institution: Institution
) -> list[Finding]:
    text = "" if unfit(given) else given.text  # the rule is looked at all the same
    return found_alone(files, body, name, text, given.case, institution)


def _own(found: Sequence[Finding], rule: Mapping[str, Any], text: str) -> Own:
    is_owed = kind_of_rule(str(rule["id"])) is Kind.DISCLOSURE
    spans = [finding.span for finding in found if finding.span is not None and not is_owed]
    words = list(dict.fromkeys(text[span.start : span.end] for span in spans))
    return Own(bool(found), is_owed, str(rule.get("action") or "block"), words, spans)
