"""The shape of a rule as an officer writes it, checked field by field."""

import re
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from guards.text import Folding, fold
from guards.types import Action, Channel, Generation, Group, Role, Scenario, Stage

Words = Annotated[str, Field(min_length=1, max_length=200)]
Pattern = Annotated[str, Field(min_length=1, max_length=600)]


def _without_zone(moment: time) -> time:
    """A time of day in China: with a zone of its own it could not be compared."""
    if moment.tzinfo is not None:
        raise ValueError("a time of day must name no zone; it is China's")
    return moment


Clock = Annotated[time, AfterValidator(_without_zone)]


def _checked_pattern(pattern: str) -> str:
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
    one also states those facts by value. Words that are plainly negated or quoted in a warning are no hit, unless
    `even_disowned`: then their mention is the violation.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", max_length=80)]
    title: Words
    action: Literal["observe", "mask", "revise", "escalate", "block"]
    phrases: list[Words] = []
    patterns: list[Annotated[Pattern, AfterValidator(_checked_pattern)]] = []
    near: list[Near] = []
    exceptions: list[Words] = Field(default=[], alias="except")
    unless_fact: dict[str, Condition] | None = None
    stating: list[Words] = []
    even_disowned: bool = False
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
        return Action[self.action.upper()]


class Family(Strict):
    """One file of phrase rules that share their foldings.

    `homophones`, `look_alikes` and `initials` are foldings beyond TIGHT, where a false alarm is unlikely.
    """

    family: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    folding: Folding = Folding.TIGHT
    homophones: bool = False
    look_alikes: bool = False
    initials: bool = False
    rules: list[PhraseRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _tight(self) -> "Family":
        if self.folding is not Folding.TIGHT and (self.homophones or self.look_alikes or self.initials):
            raise ValueError("homophones, look_alikes and initials need the folding tight")
        return self


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
    every fact in `states` that the case knows is stated with its exact value; or when a text meets its `waiver`.
    """

    id: Annotated[str, Field(pattern=r"^disclosure\.[a-z0-9_]+$")]
    title: Words
    action: Literal["observe", "revise", "escalate", "block"]
    phrases: list[Words] = []
    patterns: list[Annotated[Pattern, AfterValidator(_checked_pattern)]] = []
    states: list[str] = []
    within: Annotated[int, Field(gt=0)] | None = None
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
        return Action[self.action.upper()]


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


GATE_NAMES = (
    "marketing_consent",
    "opted_out",
    "student",
    "student_unknown",
    "minor",
    "third_party",
    "quiet_hours",
    "marketing_hours",
    "connected_calls",
    "attempts",
    "person_speaks",
    "person_speaks_to_guarantor",
)
"""The gates that `guards.gates` decides, in the order in which they are reported."""


class Hours(Strict):
    """A stretch of the day in China's time, `start` included, `end` excluded."""

    start: Clock
    end: Clock

    @model_validator(mode="after")
    def _forward(self) -> "Hours":
        if self.start >= self.end:
            raise ValueError("hours must end after they start, on the same day")
        return self

    def contains(self, moment: time) -> bool:
        """Whether the call may be made at `moment`."""
        return self.start <= moment < self.end


class GateRule(Strict):
    """What one gate says, and on what authority. Its examples describe requests, not texts.

    `since`: the day on which its source came into force; a gate stands on every day, whatever the clock says.
    """

    id: Annotated[str, Field(pattern=r"^gate\.[a-z0-9_]+$")]
    title: str
    reason: str
    source: Source
    since: date
    examples: Examples


class GateSettings(Strict):
    """Limits and roles of the gates, as the institution's officers set them."""

    collection_hours: Hours
    marketing_hours: list[Hours] = Field(min_length=1)
    marketing_hours_by_generation: dict[Generation, list[Hours]] = {}
    connected_calls_per_day: Annotated[int, Field(gt=0)]
    attempts_per_day: Annotated[int, Field(gt=0)]
    adult_age: Annotated[int, Field(ge=18)]
    student_status_required_for: list[Generation] = []
    roles: dict[Scenario, list[Role]]
    handoff: list[Scenario] = []
    handoff_roles: list[Role] = []
    gates: list[GateRule]

    @model_validator(mode="after")
    def _complete(self) -> "GateSettings":
        named = {rule.id for rule in self.gates}
        known = {f"gate.{name}" for name in GATE_NAMES}
        if named != known or len(self.gates) != len(known):
            raise ValueError(
                f"gates must describe exactly {sorted(known)}, each once; wrong or missing: {sorted(named ^ known)}"
            )
        if missing := set(Scenario) - set(self.roles):
            raise ValueError(f"roles lack {sorted(missing)}")
        return self
