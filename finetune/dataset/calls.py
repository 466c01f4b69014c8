"""Read recorded calls: the decisions that `heyan decisions export` prints, and the outcome of each call."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StrictBool, ValidationError

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from finetune.screening.briefs import brief_for, brief_problems, skeleton_problems
from finetune.tables.jsonl import Problems, read_objects
from guards.lexicon.rules import Strict
from guards.types import Generation, Scenario

OutcomeKind = Literal["convert", "neutral", "hang_up", "complaint"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said in one call, and on which order. `source` says who wrote it, as in the service's answers."""

    place: str
    script_id: str
    brief: Brief
    body: str
    source: Literal["model", "pool", "approved", "fallback"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended. `propensity` is the probability with which its strategy was chosen for this customer."""

    place: str
    script_id: str
    outcome: OutcomeKind
    matured: bool
    propensity: float | None


def read_decisions(path: Path, vocabulary: Vocabulary, problems: Problems) -> Iterator[Decision]:
    """The decisions of one file that the service exported."""
    for place, line in _lines(path, _DecisionLine, problems):
        brief = brief_for(line.scenario, line.generation, line.strategy, tuple(line.tags), line.offer, line.body)
        found = [f"body: {problem}" for problem in skeleton_problems(line.body, vocabulary)]
        found += brief_problems(brief, vocabulary)
        for problem in found:
            problems.add(place, problem)
        if not found:
            yield Decision(place, line.script_id, brief, line.body, line.source)


def read_outcomes(path: Path, problems: Problems) -> Iterator[Outcome]:
    """The outcomes of one file."""
    for place, line in _lines(path, _OutcomeLine, problems):
        yield Outcome(place, line.script_id, line.outcome, line.matured, line.propensity)


class _DecisionLine(Strict):
    script_id: Annotated[str, Field(min_length=1, max_length=64)]
    scenario: Scenario
    generation: Generation
    strategy: str
    tags: list[str] = []
    offer: str | None = None
    body: Annotated[str, Field(min_length=1)]
    source: Literal["model", "pool", "approved", "fallback"]


class _OutcomeLine(Strict):
    script_id: Annotated[str, Field(min_length=1, max_length=64)]
    outcome: OutcomeKind
    matured: StrictBool
    propensity: Annotated[float, Field(gt=0, le=1, strict=True)] | None = None


_Line = TypeVar("_Line", bound=Strict)


def _lines(path: Path, kind: type[_Line], problems: Problems) -> Iterator[tuple[str, _Line]]:
    """Every line of a JSONL file that is of this kind."""
    for place, found in read_objects(path, problems):
        try:
            yield place, kind.model_validate(found)
        except ValidationError as invalid:
            for error in invalid.errors():
                problems.add(place, f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}")
