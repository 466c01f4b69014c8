"""The answers about decisions, field by field: what was recorded, masked; marks on findings; how good a rule is."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import BaseModel, Field
from typing_extensions import TypeAliasType

from app.api.answers import Digest, Told
from app.records import Decision, MarkedFinding, Quality
from app.requests import Exact

CURSOR = "^d[0-9A-Za-z]{1,40}$"
"""A place in the list of decisions: opaque to callers."""
MarkKind = TypeAliasType("MarkKind", Literal["true_hit", "false_hit"])
"""Whether a finding was right."""
DecisionKind = TypeAliasType("DecisionKind", Literal["script", "review", "turn"])
"""What was asked for."""


class MarkRequest(Exact):
    """What is said of a finding, by its place among the decision's `findings`, from 0."""

    finding: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    mark: MarkKind
    note: Annotated[str, Field(max_length=500)] = ""


class RecordedFinding(Told):
    """A finding as it was recorded; of an erased decision only rule, guard and action are left."""

    rule: str
    guard: str | None
    action: str | None
    reason: str | None
    span: list[int] | None
    replacement: str | None


class DecisionSummary(Told):
    """One answer that was given, in short; `erased_at`: since when nothing that was said is left of it."""

    script_id: str
    kind: DecisionKind
    request_id: str | None
    created_at: datetime
    scenario: str | None
    channel: str | None
    generation: str | None
    strategy: str | None
    action: str
    source: str | None
    policy_revision: int
    policy_digest: str | None
    prompt_version: str | None
    model: str | None
    text: str | None
    findings: list[RecordedFinding]
    erased_at: datetime | None

    @classmethod
    def of(cls, decision: Decision, **more: Any) -> Self:
        """What is told of a decision."""
        own = ("kind", "findings", *more)
        values = {name: getattr(decision, name) for name in DecisionSummary.model_fields if name not in own}
        return cls(kind=decision.kind.value, findings=_findings(decision.findings), **values, **more)


class DecisionsAnswer(Told):
    """Decisions, newest first. `next` is where older ones begin; null where there are none."""

    items: list[DecisionSummary]
    next: Annotated[str, Field(pattern=CURSOR)] | None


class MarkAnswer(Told):
    """What one person says of one finding; `id`: that of the finding, for a draft of the exception it asks for."""

    id: str
    finding: int
    rule: str
    mark: MarkKind
    note: str
    person: str
    at: datetime

    @classmethod
    def of(cls, made: MarkedFinding) -> Self:
        """What is told of a mark."""
        values = {name: getattr(made, name) for name in cls.model_fields if name not in ("id", "mark")}
        return cls(id=f"{made.script_id}:{made.finding}", mark=made.mark.value, **values)


class DecisionAnswer(DecisionSummary):
    """One answer with all that was recorded, personal data masked. `answer` is what the caller got, null if erased.

    `rejected`: what was found on candidates that were not returned.
    """

    request: dict[str, Any]
    answer: dict[str, Any] | None
    tags: list[str]
    offer: str | None
    body: str | None
    rejected: list[RecordedFinding]
    events: list[dict[str, Any]]
    timing_ms: dict[str, float]
    marks: list[MarkAnswer]

    @classmethod
    def whole(cls, decision: Decision, marks: list[MarkedFinding]) -> Self:
        """All that is told of a decision."""
        return cls.of(
            decision,
            request=dict(decision.request),
            answer=orjson.loads(decision.answer) if decision.answer else None,
            tags=list(decision.tags),
            offer=decision.offer,
            body=decision.body,
            rejected=_findings(decision.rejected),
            events=[dict(each) for each in decision.events],
            timing_ms=dict(decision.timing),
            marks=[MarkAnswer.of(each) for each in marks],
        )


class ErasedAnswer(Told):
    """How many decisions were erased."""

    erased: Annotated[int, Field(ge=0)]


class EvidenceAnswer(Told):
    """What was answered, by which rules, who answers for these, and the proof: `heyan evidence verify` checks it.

    `signature`: Ed25519 over all the rest as JSON with sorted keys and no space, in UTF-8.
    """

    format: Literal["heyan.evidence.v1"]
    issued_at: datetime
    script_id: str
    state: Literal["recorded", "erased"]
    erased_at: datetime | None
    decision: dict[str, Any] | None
    decision_digest: Digest
    verdict: dict[str, Any]
    policy: dict[str, Any]
    rules: list[dict[str, Any]]
    model: str | None
    prompt_version: str | None
    experiment: None
    seal: dict[str, Any]
    seal_row: dict[str, Any]
    trail_head: dict[str, Any]
    signature: dict[str, str]


class RuleHits(Told):
    """Decisions of the last `days` in which the rule found something: on the text returned, on what was not said."""

    days: int
    returned: int
    rejected: int


class MarkCounts(Told):
    """All marks there are on findings of the rule."""

    true_hit: int
    false_hit: int


class RulePrecision(Told):
    """The share of true hits among `findings` that were marked, and its 95 % interval (Wilson)."""

    value: float
    low: float
    high: float
    findings: int


class QualityAnswer(Told):
    """How a rule did. `precision` is null without marks; of several marks on a finding it counts the newest."""

    rule: str
    hits: list[RuleHits]
    marks: MarkCounts
    precision: RulePrecision | None
    latest: list[DecisionSummary]

    @classmethod
    def of(cls, quality: Quality) -> Self:
        """What is told of a rule."""
        found = quality.precision
        return cls(
            rule=quality.rule,
            hits=[RuleHits(days=each.days, returned=each.returned, rejected=each.rejected) for each in quality.hits],
            marks=MarkCounts(**{mark.value: count for mark, count in quality.marks.items()}),
            precision=found
            and RulePrecision(value=found.value, low=found.low, high=found.high, findings=found.findings),
            latest=[DecisionSummary.of(decision) for decision in quality.latest],
        )


DECISION_REQUESTS: tuple[type[BaseModel], ...] = (MarkRequest,)
DECISION_ANSWERS: tuple[type[BaseModel], ...] = (
    DecisionsAnswer,
    DecisionAnswer,
    MarkAnswer,
    ErasedAnswer,
    EvidenceAnswer,
    QualityAnswer,
)
"""All that these routes answer with, each a named schema."""


def _findings(recorded: Any) -> list[RecordedFinding]:
    return [RecordedFinding(**{name: each.get(name) for name in RecordedFinding.model_fields}) for each in recorded]
