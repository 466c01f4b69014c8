"""The requests and answers about approved wording and what of it is held, field by field."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.api.answers import Told
from app.approved.holds import LINE_ID, Freeze, LineKind, Suspension
from app.lexicon.catalogue import Line, Place
from app.lexicon.holding import Held
from app.lexicon.said import Said
from app.requests import Exact, Reason
from guards.types import Channel, Generation, Scenario, Stage

LineId = Annotated[str, Field(pattern=LINE_ID)]


class HoldRequest(Exact):
    """Why something is held, or is to be let go of."""

    reason: Reason


class HoldAnswer(Told):
    """Since when something may not be said: by whose word, and why."""

    by: str
    reason: str
    since: datetime

    @classmethod
    def of(cls, held: Freeze | Suspension | None) -> Self | None:
        """What is told of it; null where it is not held."""
        return None if held is None else cls(by=held.by, reason=held.reason, since=held.at)


class LinePlace(Told):
    """Where a text may be said. An empty list, and null, leave it open; `model`: the model that may say it."""

    kind: LineKind
    scenarios: list[Scenario]
    channels: list[Channel]
    generations: list[Generation]
    stage: Stage | None
    tags: list[str]
    model: str | None

    @classmethod
    def of(cls, place: Place) -> Self:
        """What is told of a place."""
        return cls(
            kind=place.kind,
            scenarios=list(place.scenarios),
            channels=list(place.channels),
            generations=list(place.generations),
            stage=place.stage,
            tags=list(place.tags),
            model=place.model,
        )


class WordingLine(Told):
    """An approved text; without places it is suspended and approved no longer."""

    id: LineId
    kind: LineKind
    text: str
    places: list[LinePlace]
    suspended: HoldAnswer | None

    @classmethod
    def of(cls, line: Line, held: Held) -> Self:
        """What is told of a text."""
        return cls(
            id=line.id,
            kind=line.kind,
            text=line.text,
            places=[LinePlace.of(place) for place in line.places],
            suspended=HoldAnswer.of(held.holds.get(line.id)),
        )


class WordingLinesAnswer(Told):
    """The first approved texts that fit, of `total`, as revision `revision` holds them."""

    revision: int
    total: int
    lines: list[WordingLine]


class SaidAnswer(Told):
    """In how many of `scripts` a text was said, all recorded since `since`; not `is_whole`: older ones not counted."""

    count: int
    scripts: int
    since: datetime
    is_whole: bool

    @classmethod
    def of(cls, said: Said) -> Self:
        """What is told of it."""
        return cls(count=said.count, scripts=said.scripts, since=said.since, is_whole=said.is_whole)


class WordingLineAnswer(Told):
    """An approved text, and how often it was said in the last seven days."""

    revision: int
    line: WordingLine
    said: SaidAnswer

    @classmethod
    def read(cls, line: Line, held: Held, said: Said) -> Self:
        """What is told of it."""
        return cls(revision=held.revision.number, line=WordingLine.of(line, held), said=SaidAnswer.of(said))


class SuspensionAnswer(Told):
    """The text that may not be said from revision `revision` on."""

    revision: int
    line: WordingLine


class FreezeAnswer(Told):
    """From revision `revision` on only approved fallbacks are spoken."""

    revision: int
    frozen: HoldAnswer | None


WORDING_REQUESTS: tuple[type[BaseModel], ...] = (HoldRequest,)
WORDING_ANSWERS: tuple[type[BaseModel], ...] = (
    WordingLinesAnswer,
    WordingLineAnswer,
    SuspensionAnswer,
    FreezeAnswer,
)
"""All that these routes take and answer with, each a named schema."""
