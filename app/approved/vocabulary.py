"""The vocabulary of requests and prompts, read from YAML: generations, scenarios, tags, strategies, facts and slots."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.approved.agreement import AGREEMENTS, Agreement
from app.approved.effects import Effect, effect_problems
from app.approved.events import EventType
from guards.lexicon.documents import Document, DocumentError, read_document
from guards.lexicon.rules import Strict
from guards.types import Channel, Generation, Quantity, Role, Scenario, Stage

Name = Annotated[str, Field(min_length=1, max_length=40)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
StrategyName = Annotated[str, Field(pattern=r"^[a-z_]+$")]
REPLY = "reply"
"""The strategy that answers what the customer has just said, and nothing more."""
Emotion = Literal["distressed", "angry", "anxious", "calm"]


class GenerationProfile(Strict):
    """How one generation likes to be spoken to; a slot counts as six characters of a sentence."""

    id: Generation
    label: Name
    ages: tuple[int, int]
    likes: str
    prefer: list[Name]
    avoid: list[Name]
    sentence_chars: Annotated[int, Field(ge=10)]
    speech_rate: Annotated[float, Field(ge=0.5, le=1.5)]
    repeat_key_points: bool
    contact_window: tuple[Clock, Clock]


class ScenarioProfile(Strict):
    """What a scenario is for, who may be spoken to, what must be known, how long a whole script may take (seconds)."""

    id: Scenario
    label: Name
    goal: str
    stages: list[Stage]
    roles: list[Role]
    required_facts: list[Name]
    optional_facts: list[Name]
    default_strategy: dict[Generation, StrategyName]
    longest_seconds: dict[Generation, Annotated[float, Field(gt=0)]] = {}
    overdue_days: tuple[int, int] | None = None
    speaks: Literal["script", "handoff"]


class Tag(Strict):
    """Something known about the customer at this moment, and what it changes in the script.

    `speaks`: a body addresses it in words. `said`: the customer has just said it, so that a reply can answer it; with
    `strategies: [reply]` only a reply can. `slots` are worth saying to such a customer, and those in `excludes` make no
    sense. `rank`: which tags come first where there are several, 1 before 6. `denies_identity`: whoever says so is not
    the customer, and must not be told of a debt. `event` is what it means after the call.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    label: Name
    scenarios: list[Scenario] = Field(min_length=1)
    speaks: bool
    said: bool = False
    denies_identity: bool = False
    event: EventType | None = None
    strategies: list[StrategyName] = []
    slots: list[Name] = []
    excludes: list[Name] = []
    emotion: Emotion | None = None
    channels: list[Channel] = []
    pace: Literal["slower"] | None = None
    brief: bool = False
    rank: Annotated[int, Field(ge=1, le=6)] = 6
    effect: str

    @property
    def needs_reply(self) -> bool:
        """Whether only a reply can answer what was said, such as that the customer wants no more calls."""
        return self.strategies == [REPLY]

    def is_addressed_by(self, strategy: str) -> bool:
        """Whether a body of this strategy addresses the tag in words."""
        return self.speaks and (self.said if strategy == REPLY else not self.needs_reply)


Part = Literal[
    "hook",
    "benefit",
    "speed",
    "rate",
    "instalment",
    "assure",
    "remind",
    "minimum",
    "help",
    "plan",
    "soothe",
    "fact",
    "ask",
    "reply",
]


class Strategy(Strict):
    """How a body is built: its parts in speaking order."""

    id: StrategyName
    label: Name
    scenarios: list[Scenario] = Field(min_length=1)
    parts: list[Part] = Field(min_length=1)
    needs: list[Name] = []
    brief: str


class FactSpec(Strict):
    """A fact that a request may carry: its type, unit and quantity. A number must be `above` or at `least` this.

    `spoken_of`: it is how the name that another fact holds is read aloud.
    """

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Name
    type: Literal["decimal", "integer", "integers", "date", "time", "text", "digits", "choice", "choices"]
    quantity: Quantity | None
    unit: str | None
    choices: list[str] | None = None
    digits: tuple[int, int] | None = None
    example: str | int | list[int] | list[str]
    above: Decimal | None = None
    least: Decimal | None = None
    spoken_of: Name | None = None

    @model_validator(mode="after")
    def _complete(self) -> "FactSpec":
        if (self.choices is None) == (self.type in ("choice", "choices")):
            raise ValueError("choices belong to the types choice and choices, and only there")
        if (self.digits is None) == (self.type == "digits"):
            raise ValueError("digits (least and most) belong to the type digits, and only there")
        if self.spoken_of and self.type != "text":
            raise ValueError("spoken_of belongs to the type text, and only there")
        return self


class FactFile(Strict):
    """All facts, and what they must agree with."""

    facts: list[FactSpec]
    agreements: list[Agreement]


class Forms(Strict):
    """How a filled slot reads, written and spoken; `{v}` is the formatted value."""

    written: str
    spoken: str


class Slot(Strict):
    """A gap in a skeleton that code fills from a fact, in a written and a spoken form.

    `of_loan`: the forms where the loan is known that an instalment is of; `{principal}` and `{term}` belong to it.
    """

    name: Name
    fact: str
    written: str
    spoken: str
    of_loan: Forms | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The whole vocabulary; each mapping keeps the order of its file."""

    generations: dict[Generation, GenerationProfile]
    scenarios: dict[Scenario, ScenarioProfile]
    tags: dict[str, Tag]
    strategies: dict[str, Strategy]
    facts: dict[str, FactSpec]
    slots: dict[str, Slot]
    effects: dict[str, Effect]
    agreements: tuple[Agreement, ...]

    def tag(self, name: str) -> Tag | None:
        """The tag of that id or Chinese label."""
        return self.tags.get(name) or next((tag for tag in self.tags.values() if tag.label == name), None)

    def slot_of(self, fact: str) -> str | None:
        """The name of the slot that a fact fills."""
        return next((slot.name for slot in self.slots.values() if slot.fact == fact), None)

    def generation_of(self, age: int) -> Generation | None:
        """The generation of an age in completed years; None below the youngest."""
        return next((g.id for g in self.generations.values() if g.ages[0] <= age <= g.ages[1]), None)

    def strategies_for(self, scenario: Scenario) -> list[str]:
        """The strategies that fit a scenario."""
        return [strategy.id for strategy in self.strategies.values() if scenario in strategy.scenarios]


def read_vocabulary(directory: Path) -> Vocabulary:
    """Read and cross-check the vocabulary files of `directory`.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    documents = {
        name: read_document(directory / f"{name}.yaml")
        for name in ("generations", "scenarios", "tags", "strategies", "facts", "slots", "effects")
    }
    generations = documents["generations"].check(list[GenerationProfile])
    scenarios = documents["scenarios"].check(list[ScenarioProfile])
    tags = documents["tags"].check(list[Tag])
    strategies = documents["strategies"].check(list[Strategy])
    fact_file = documents["facts"].check(FactFile)
    facts = fact_file.facts
    slots = documents["slots"].check(list[Slot])
    problems = [
        *documents["generations"].repeated([g.id for g in generations]),
        *documents["scenarios"].repeated([s.id for s in scenarios]),
        *documents["tags"].repeated([t.id for t in tags]),
        *documents["tags"].repeated([t.label for t in tags]),
        *documents["strategies"].repeated([s.id for s in strategies]),
        *documents["facts"].repeated([f.name for f in facts], ("facts",)),
        *documents["facts"].repeated([a.id for a in fact_file.agreements], ("agreements",)),
        *documents["slots"].repeated([s.name for s in slots]),
    ]
    vocabulary = Vocabulary(
        {g.id: g for g in generations},
        {s.id: s for s in scenarios},
        {t.id: t for t in tags},
        {s.id: s for s in strategies},
        {f.name: f for f in facts},
        {s.name: s for s in slots},
        documents["effects"].check(dict[str, Effect]),
        tuple(fact_file.agreements),
    )
    problems += _dangling(vocabulary, documents)
    if problems:
        raise DocumentError(problems)
    return vocabulary


def _dangling(vocabulary: Vocabulary, documents: dict[str, Document]) -> list[str]:
    """Names that are defined nowhere, and generations and scenarios that no file describes."""
    problems = []
    for name, kind, known in (
        ("generations", Generation, vocabulary.generations),
        ("scenarios", Scenario, vocabulary.scenarios),
    ):
        problems += [documents[name].describe((), f"lacks {member}") for member in kind if member not in known]
    for index, scenario in enumerate(vocabulary.scenarios.values()):
        for fact in (*scenario.required_facts, *scenario.optional_facts):
            if fact not in vocabulary.facts:
                problems.append(documents["scenarios"].describe((index,), f"unknown fact {fact}"))
        for strategy in scenario.default_strategy.values():
            if strategy not in vocabulary.strategies_for(scenario.id):
                problems.append(
                    documents["scenarios"].describe((index,), f"{strategy} is no strategy of {scenario.id}")
                )
        if REPLY in scenario.default_strategy.values():
            problems.append(documents["scenarios"].describe((index,), "a generation's own strategy cannot be reply"))
        if scenario.speaks == "script" and set(scenario.default_strategy) != set(Generation):
            problems.append(documents["scenarios"].describe((index,), "default_strategy must name every generation"))
    for index, tag in enumerate(vocabulary.tags.values()):
        for slot in (*tag.slots, *tag.excludes):
            if slot not in vocabulary.slots:
                problems.append(documents["tags"].describe((index, "slots"), f"unknown slot {slot}"))
        if REPLY in tag.strategies and not tag.said:
            problems.append(documents["tags"].describe((index, "strategies"), "reply answers only what was said"))
        for strategy in tag.strategies:
            if strategy not in vocabulary.strategies:
                problems.append(documents["tags"].describe((index, "strategies"), f"unknown strategy {strategy}"))
    problems += effect_problems(vocabulary.effects, vocabulary.tags, documents["effects"])
    for index, agreement in enumerate(vocabulary.agreements):
        if agreement.fact not in vocabulary.facts:
            place = ("agreements", index, "fact")
            problems.append(documents["facts"].describe(place, f"unknown fact {agreement.fact}"))
    if missing := AGREEMENTS - {agreement.id for agreement in vocabulary.agreements}:
        problems.append(documents["facts"].describe(("agreements",), f"lacks {', '.join(sorted(missing))}"))
    for index, fact_spec in enumerate(vocabulary.facts.values()):
        if fact_spec.spoken_of and fact_spec.spoken_of not in vocabulary.facts:
            place = ("facts", index, "spoken_of")
            problems.append(documents["facts"].describe(place, f"unknown fact {fact_spec.spoken_of}"))
    for index, slot_spec in enumerate(vocabulary.slots.values()):
        if slot_spec.fact not in vocabulary.facts:
            problems.append(documents["slots"].describe((index, "fact"), f"unknown fact {slot_spec.fact}"))
    return problems
