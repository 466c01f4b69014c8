"""The shape of a rule as an officer writes it, checked field by field."""

import re
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from guards.text.folding import Folding
from guards.text.speech_acts import EXCUSES
from guards.types import Act, Action, Channel, Group, Role, Scenario, Stage

Words = Annotated[str, Field(min_length=1, max_length=200)]
Pattern = Annotated[str, Field(min_length=1, max_length=600)]


def severity(action: str) -> Action:
    """The action that a rule names, as the vocabulary's ordered kind."""
    return Action[action.upper()]


def checked_pattern(pattern: str) -> str:
    """A pattern that is safe beside Chinese and takes bounded time."""
    if re.search(r"\\[bBwWsS]", pattern):
        raise ValueError(r"\b, \w and \s do not work beside Chinese characters; name the characters instead")
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", pattern, flags=re.DOTALL)  # without escapes and classes
    if re.search(r"[*+]|\{\d*,\}", bare):
        raise ValueError("unbounded repetition; write {0,n}")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as broken:
        raise ValueError(f"not a regular expression: {broken}") from None
    return pattern


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt key must not silently weaken a rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where a rule comes from. `verified` is true only when somebody read the text itself."""

    law: Words
    article: str | None = None
    force: Literal["law", "regulation", "standard", "self_regulation", "draft", "policy"]
    verified: bool = False
    note: str | None = None


class Effective(Strict):
    """The days on which a rule is in force, in China's time zone; `until` is the last of them."""

    since: date = Field(alias="from")
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the rule is in force on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)


class Examples(Strict):
    """Sentences that must hit and near misses that must not; they become tests."""

    hits: list[Words] = Field(min_length=1)
    misses: list[Words] = Field(min_length=1)


class FactBounds(Strict):
    """A condition on the size of a number fact, both ends included."""

    min: float | None = None
    max: float | None = None


Condition = Literal["present", "today"] | list[str] | FactBounds
"""What a fact must be: known; the day of the case; one of these values; between these sizes."""
Scope = Scenario | Group
Standing = Literal["verified", "unverified"]


class Scoped(Strict):
    """Where and when a rule applies; an empty list means everywhere."""

    scenarios: list[Scope] = []
    stages: list[Stage] = []
    channels: list[Channel] = []
    callees: list[Role | Standing] = []
    effective: Effective


class Near(Strict):
    """Two words close to each other in one sentence, at most `within` folded characters between them.

    `ordered`: the one of `words` comes first. It is no hit if a word of `unless_before` ends where the first one
    begins, or a word of `unless_between` stands between the two.
    """

    words: list[Words] = Field(min_length=1)
    with_: list[Words] = Field(alias="with", min_length=1)
    within: Annotated[int, Field(ge=0, le=30)]
    ordered: bool = True
    unless_before: list[Words] = []
    unless_between: list[Words] = []


class PhraseRule(Scoped):
    """Words that must not be said.

    `unless_fact` exempts where the facts support the words; with `stating`, only if the sentence of the hit or the next
    one also states those facts by value. Words that are denied, warned of or asked after are no hit, unless
    `even_if_negated`: then their mention is the violation. `unless_act` excuses more, or that much even then.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", max_length=80)]
    title: Words
    action: Literal["observe", "mask", "revise", "escalate", "block"]
    phrases: list[Words] = []
    patterns: list[Annotated[Pattern, AfterValidator(checked_pattern)]] = []
    near: list[Near] = []
    exceptions: list[Words] = Field(default=[], alias="except")
    unless_fact: dict[str, Condition] | None = None
    stating: list[Words] = []
    even_if_negated: bool = False
    unless_act: list[Act] = []
    reason: Words
    suggest: str | None = None
    source: Source
    examples: Examples

    @model_validator(mode="after")
    def _has_words(self) -> "PhraseRule":
        if not (self.phrases or self.patterns or self.near):
            raise ValueError("a rule needs a phrase, a pattern or two words near each other")
        if self.stating and not self.unless_fact:
            raise ValueError("stating says when unless_fact holds; there is none")
        return self

    @property
    def severity(self) -> Action:
        """The action as the vocabulary's ordered kind."""
        return severity(self.action)

    @cached_property
    def excuses(self) -> frozenset[Act]:
        """What a sentence may do with the words so that they are no hit."""
        return frozenset(self.unless_act) | (frozenset() if self.even_if_negated else EXCUSES)


class Family(Strict):
    """One file of phrase rules that share their foldings.

    `homophones`, `near_sounds`, `look_alikes` and `initials` are foldings beyond TIGHT, where a false alarm is rare.
    `only_in_disguise`: honest texts say these words too, and only whoever disguises them means harm.
    """

    family: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    folding: Folding = Folding.TIGHT
    homophones: bool = False
    near_sounds: bool = False
    look_alikes: bool = False
    initials: bool = False
    only_in_disguise: bool = False
    rules: list[PhraseRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _tight(self) -> "Family":
        switches = self.homophones, self.near_sounds, self.look_alikes, self.initials
        if self.folding is not Folding.TIGHT and any(switches):
            raise ValueError("homophones, near_sounds, look_alikes and initials need the folding tight")
        return self
