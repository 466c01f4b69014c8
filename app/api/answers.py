"""The answers over HTTP, field by field: the description tells them, and tests hold real answers against them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

from app.approved.agreement import Agreement
from app.approved.events import EventType
from app.approved.vocabulary import (
    Clock,
    FactSpec,
    GenerationProfile,
    ScenarioProfile,
    Slot,
    Strategy,
    Tag,
)
from app.contacts import Scope
from app.scripts.answer import Act, Source
from guards.types import Channel, Generation, Group, Role, Scenario, Stage

Action = TypeAliasType("Action", Literal["observe", "allow", "mask", "revise", "escalate", "block"])
"""What a finding or a verdict asks for, mildest first."""
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""SHA-256, in hexadecimal, of everything that judges: rules, gates, disclosures, numbers, wording."""
Milliseconds = Annotated[float, Field(ge=0)]


class Told(BaseModel):
    """An answer or a part of one: no other fields, and none is left out."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


def may_lack(*names: str) -> ConfigDict:
    """The configuration of an answer in which these fields may be absent."""

    def changed(schema: dict[str, Any]) -> None:
        schema["required"] = [name for name in schema["required"] if name not in names]

    return ConfigDict(json_schema_extra=changed)


class Finding(Told):
    """What one rule found. `span` counts code points of the text: the first one, and the first one after it."""

    rule: str = Field(examples=["promise.guaranteed_approval"])
    guard: str = Field(examples=["phrases"])
    action: Action
    reason: str
    span: Annotated[list[int], Field(min_length=2, max_length=2)] | None
    replacement: str | None


class Verdict(Told):
    """What the rules say of the text that is returned."""

    action: Action
    findings: list[Finding]


class Segment(Told):
    """A part of the script in speaking order; `tts_text` is how it is said aloud, empty in a text message."""

    stage: Stage
    text: str
    tts_text: str
    interruptible: bool
    required: bool


class Delivery(Told):
    """How the script is to be spoken; the window is in China's time.

    For a text message `speech_rate` and `estimated_seconds` are null, and `characters` and `sms_segments`, as which it
    is charged, are there beside them.
    """

    model_config = may_lack("characters", "sms_segments")

    speech_rate: float | None
    repeat_key_points: bool
    estimated_seconds: float | None
    contact_window: Annotated[list[Clock], Field(min_length=2, max_length=2)]
    characters: int | None = None
    sms_segments: int | None = None


class Hint(Told):
    """What a person who speaks is told beside the words (channel `human_agent`); it is not said to the customer."""

    kind: Literal["pause", "listen", "if_asked"]
    text: str


class Timing(Told):
    """Milliseconds of the whole answer, of waiting for the model, and of the guards."""

    total: Milliseconds
    model: Milliseconds
    guards: Milliseconds


class ContactEvent(Told):
    """What the customer said that outlives the call. `scope` is an opt-out's, `at` a callback's, `date` and `amount` a
    promise's. `remembered` is there, and false, where it should be kept and the request names no customer to keep it
    under.
    """

    model_config = may_lack("scope", "at", "date", "amount", "remembered")

    type: EventType
    scope: Scope | None = None
    at: str | None = None
    date: str | None = None
    amount: str | None = None
    remembered: bool = True


class IgnoredTag(Told):
    """A known tag that changed nothing of this answer, by the name that the request gave it."""

    tag: str
    reason: str


class ScriptAnswer(Told):
    """One decision. A call that must not be made is one too: `text` is null, and the findings name the gate.

    `hints`, only for a person who speaks. `rejected`, only with `?explain=true`: the findings on candidates that are
    not returned.
    """

    model_config = may_lack("hints", "rejected")

    script_id: str
    request_id: str
    action: Act
    text: str | None
    segments: list[Segment]
    delivery: Delivery | None
    generation: Generation
    strategy: str | None
    source: Source | None
    verdict: Verdict
    attempts: Annotated[int, Field(ge=0)]
    policy_revision: int
    policy_digest: Digest
    prompt_version: str | None
    model: str | None
    events: list[ContactEvent]
    ignored_tags: list[IgnoredTag]
    timing_ms: Timing
    hints: list[Hint] = []
    rejected: list[Finding] = []


class ReviewAnswer(Told):
    """The verdict on one text; `masked_text` is the text where nothing is masked.

    `checked`: which guards had what they need.
    """

    action: Action
    findings: list[Finding]
    masked_text: str
    checked: list[Literal["phrases", "personal_data", "grounding", "disclosures"]]
    policy_revision: int
    policy_digest: Digest


class ReviewBatchAnswer(Told):
    """The verdicts in the order of the items."""

    items: list[ReviewAnswer]


class ScenarioAnswer(ScenarioProfile):
    """What a scenario is for, who may be spoken to, what must be known."""

    model_config = Told.model_config
    group: Group


class FactAnswer(FactSpec):
    """A fact that a request may carry: its type, unit and quantity, and where it is required or may be said."""

    model_config = Told.model_config
    required_in: list[Scenario]
    optional_in: list[Scenario]


class VocabularyAnswer(Told):
    """Everything that a request may name."""

    scenarios: list[ScenarioAnswer]
    generations: list[GenerationProfile]
    tags: list[Tag]
    strategies: list[Strategy]
    facts: list[FactAnswer]
    agreements: list[Agreement]
    slots: list[Slot]
    stages: list[Stage]
    channels: list[Channel]
    roles: list[Role]
    policy_revision: int


class LiveAnswer(Told):
    """The process answers."""

    status: Literal["live"]


class State(Told):
    """What is in force, and whether the model answers: where it does not, fallbacks are spoken.

    `policy`: whether that is known to be the newest revision, and the `problem` where it is not. `differing`: the files
    of rules and wording that are not as they were published, and change nothing.
    """

    policy_revision: int
    policy_digest: str
    policy: Literal["newest", "last good"]
    problem: str | None
    files: Literal["as published", "differ"]
    differing: list[str]
    store: Literal["answering", "failing", "restored"]
    model: Literal["unknown", "answering", "failing"]


class ReadyAnswer(State):
    """Calls can be answered; `store`: one that fails now did answer a short time ago."""

    status: Literal["ready"]


class FieldProblem(Told):
    """A field that is wrong, by its dotted path; the reason never repeats its value."""

    field: str
    reason: str


class ErrorAnswer(Told):
    """Every error: the name of its kind, what is wrong, and the fields that are, where it is about fields."""

    error: str = Field(examples=["Malformed"])
    detail: str
    fields: list[FieldProblem]


class NotReadyAnswer(ErrorAnswer, State):
    """The store does not answer, did not say for too long which revision is the newest, or was restored and waits for
    the refusals since then."""

    status: Literal["not ready"]


class HomeAnswer(Told):
    """What this is, and where to go."""

    name: str
    version: str
    description: str
    links: dict[str, str]


ANSWERS: tuple[type[BaseModel], ...] = (
    ScriptAnswer,
    ReviewAnswer,
    ReviewBatchAnswer,
    VocabularyAnswer,
    LiveAnswer,
    ReadyAnswer,
    NotReadyAnswer,
    HomeAnswer,
    ErrorAnswer,
)
"""All that a route answers with, each a named schema."""
