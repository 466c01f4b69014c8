"""Rules on what must be said, and the words that waive it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from guards.lexicon.rules import Condition, Examples, Pattern, Scoped, Source, Strict, Words, checked_pattern, severity
from guards.text.folding import Folding, fold
from guards.types import Action, Generation


def _with_characters(words: str) -> str:
    """Words of which folding leaves something: others would stand in every text."""
    if not fold(words, Folding.TIGHT).text:
        raise ValueError(f"nothing is left of {words!r}")
    return words


class Waiver(Strict):
    """What a text says that owes a disclosure no more: it holds one of the phrases, and nothing that needs it.

    That is none of the words in `unless` (beside the institution's own name), and no amount and no rate at all.
    """

    phrases: list[Annotated[Words, AfterValidator(_with_characters)]] = Field(min_length=1)
    unless: list[Annotated[Words, AfterValidator(_with_characters)]] = []


def _named_waiver(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f"{value} is no waiver of this file")
    return value


class DisclosureRule(Scoped):
    """Words that must be said. `{institution}` and `{hotline}` stand for the institution's own.

    The rule is met when a phrase or a pattern is found (wholly within the first `within` code points, if given) and
    every fact in `states` that the case knows is stated with its exact value; or when a text meets its `waiver`. Words
    of a rule `once` are owed by what opens a call, and not by what goes on with it (`Case.continues_call`).
    """

    id: Annotated[str, Field(pattern=r"^disclosure\.[a-z0-9_]+$")]
    title: Words
    action: Literal["observe", "revise", "escalate", "block"]
    phrases: list[Words] = []
    patterns: list[Annotated[Pattern, AfterValidator(checked_pattern)]] = []
    states: list[str] = []
    within: Annotated[int, Field(gt=0)] | None = None
    once: bool = False
    generations: list[Generation] = []
    only_if_fact: dict[str, Condition] | None = None
    waiver: Annotated[Waiver | None, BeforeValidator(_named_waiver)] = None
    reason: Words
    suggest: str | None = None
    source: Source
    examples: Examples

    @property
    def severity(self) -> Action:
        """The action as the vocabulary's ordered kind."""
        return severity(self.action)


class Disclosures(Strict):
    """The file of required disclosures; a rule names a waiver of the file, and then holds it."""

    waivers: dict[str, Waiver] = {}
    disclosures: list[DisclosureRule] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _with_waivers(cls, data: Any) -> Any:
        waivers = data.get("waivers") if isinstance(data, dict) else None
        rules = data.get("disclosures") if isinstance(data, dict) else None
        if not isinstance(rules, list) or not isinstance(waivers or {}, dict):
            return data
        known = waivers or {}
        named = [
            {**rule, "waiver": known[rule["waiver"]]}
            if isinstance(rule, dict) and isinstance(rule.get("waiver"), str) and rule["waiver"] in known
            else rule
            for rule in rules
        ]
        return {**data, "disclosures": named}
