"""The rows that adapters learn from, and their JSONL files: a brief and bodies, but no prompt."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, ValidationError

from app.approved.brief import Brief
from app.approved.skeleton import slots_in
from app.approved.vocabulary import Vocabulary
from finetune.folders import replacing
from finetune.screening.briefs import brief_problems
from finetune.tables.jsonl import Problems, read_objects
from guards.lexicon.rules import Strict
from guards.types import Generation, Scenario

Stage = Literal["sft", "dpo", "kto"]
Split = Literal["train", "validation"]
STAGES: tuple[Stage, ...] = ("sft", "dpo", "kto")
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1, strict=True)]


class BriefShape(Strict):
    """A brief, by the names of its fields."""

    scenario: Scenario
    generation: Generation
    strategy: str
    tags: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    optional_slots: tuple[str, ...] = ()
    offer: str | None = None

    def brief(self) -> Brief:
        """The same as a value."""
        return Brief(**dict(self))


class MetaShape(Strict):
    """A `Meta` as JSON has it."""

    source: Text
    template: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    split: Split
    strategy: str
    segment: str
    counts: dict[str, Annotated[int, Field(ge=0, strict=True)]] | None = None
    propensity: Share | None = None
    probability: Share | None = None


class SftShape(Strict):
    """An `SftRow` as JSON has it."""

    brief: BriefShape
    body: Text
    meta: MetaShape


class DpoShape(Strict):
    """A `DpoRow` as JSON has it."""

    brief: BriefShape
    chosen: Text
    rejected: Text
    meta: MetaShape


class KtoShape(Strict):
    """A `KtoRow` as JSON has it."""

    brief: BriefShape
    body: Text
    label: StrictBool
    meta: MetaShape


@dataclass(frozen=True, slots=True)
class Meta:
    """Where a row comes from; training ignores it.

    `source` is `file:line`; `template` the SHA-256 of the wording, which decides the split; `counts` the matured
    outcomes of the strategy in the segment, `propensity` the mean probability with which it was chosen there, and
    `probability` that of its mean reward being above the segment's.
    """

    source: str
    template: str
    split: Split
    strategy: str
    segment: str
    counts: dict[str, int] | None = None
    propensity: float | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class SftRow:
    """A body as it should be written for the brief."""

    brief: Brief
    body: str
    meta: Meta


@dataclass(frozen=True, slots=True)
class DpoRow:
    """Two bodies for one brief, of which the first is to be preferred."""

    brief: Brief
    chosen: str
    rejected: str
    meta: Meta


@dataclass(frozen=True, slots=True)
class KtoRow:
    """A body for the brief, and whether more of its kind are wanted."""

    brief: Brief
    body: str
    label: bool
    meta: Meta


Row = SftRow | DpoRow | KtoRow


def template_of(body: str) -> str:
    """The SHA-256 of a wording."""
    return hashlib.sha256(body.encode()).hexdigest()


def segment_of(brief: Brief) -> str:
    """The group of customers whose outcomes are compared: scenario and generation."""
    return f"{brief.scenario.value}/{brief.generation.value}"


def read_rows(path: Path, stage: Stage, vocabulary: Vocabulary) -> list[Row]:
    """The rows of one JSONL file, as `write_rows` wrote them.

    Raises:
        DocumentError: naming file and line of whatever is no row of this stage or does not fit `vocabulary`.
    """
    problems = Problems()
    rows: list[Row] = []
    for place, found in read_objects(path, problems):
        try:
            row = _row(found, stage)
        except ValidationError as invalid:
            for error in invalid.errors():
                problems.add(place, f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}")
            continue
        for problem in (*brief_problems(row.brief, vocabulary), *_row_problems(row, vocabulary)):
            problems.add(place, problem)
        rows.append(row)
    problems.check()
    return rows


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as JSONL, one a line; the file appears only when it is complete, and on the disk."""
    with replacing(path) as file:
        for row in rows:
            file.write((json.dumps(_plain(row), ensure_ascii=False) + "\n").encode())


def _row(found: object, stage: Stage) -> Row:
    match stage:
        case "sft":
            sft = SftShape.model_validate(found)
            return SftRow(sft.brief.brief(), sft.body, _meta(sft.meta))
        case "dpo":
            dpo = DpoShape.model_validate(found)
            return DpoRow(dpo.brief.brief(), dpo.chosen, dpo.rejected, _meta(dpo.meta))
        case "kto":
            kto = KtoShape.model_validate(found)
            return KtoRow(kto.brief.brief(), kto.body, kto.label, _meta(kto.meta))


def _meta(shape: MetaShape) -> Meta:
    return Meta(**dict(shape))


def _row_problems(row: Row, vocabulary: Vocabulary) -> list[str]:
    """What does not fit together in a row."""
    taught = row.chosen if isinstance(row, DpoRow) else row.body
    slots = (*row.brief.slots, *row.brief.optional_slots)
    problems = []
    if not set(slots) <= set(vocabulary.slots) or len(set(slots)) < len(slots):
        problems.append("brief.slots: an unknown slot, or one that stands there twice")
    if not row.brief.allowed_slots.issuperset(slots_in(taught)):
        problems.append("brief.slots: the body uses others")
    if row.meta.template != template_of(taught):
        problems.append("meta.template: is not the SHA-256 of the body; build the data set again")
    if row.meta.strategy != row.brief.strategy or row.meta.segment != segment_of(row.brief):
        problems.append("meta: strategy or segment differ from the brief's")
    return problems


def _plain(row: Row) -> dict[str, Any]:
    """A row as JSON; of the meta, what is not known is left out."""
    plain = asdict(row)
    plain["meta"] = {name: value for name, value in plain["meta"].items() if value is not None}
    return plain
