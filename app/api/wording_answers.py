"""The requests and answers about approved wording and what of it is held, field by field."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from app.api.answers import Told
from app.approved.holds import LINE_ID, Freeze, LineKind, Suspension
from app.lexicon.catalogue import Line, Place
from app.lexicon.holding import Held
from app.lexicon.said import Said
from app.records import ChangeRecord, ChangeState
from app.requests import Exact, Reason
from guards.types import Channel, Generation, Scenario, Stage

LineId = Annotated[str, Field(pattern=LINE_ID)]


class HoldRequest(Exact):
    """Why something is held, or is to be let go of."""

    reason: Reason


class LettingGoRequest(Exact):
    """Why what somebody else asked for is granted."""

    reason: Reason | None = None


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


class WordingLineAnswer(Told):
    """An approved text, and how often it was said in the last seven days."""

    revision: int
    line: WordingLine
    said: SaidAnswer

    @classmethod
    def read(cls, line: Line, held: Held, said: Said) -> Self:
        """What is told of it."""
        counted = SaidAnswer(count=said.count, scripts=said.scripts, since=said.since, is_whole=said.is_whole)
        return cls(revision=held.revision.number, line=WordingLine.of(line, held), said=counted)


class SuspensionAnswer(Told):
    """The text that may not be said from revision `revision` on."""

    revision: int
    line: WordingLine


class FreezeAnswer(Told):
    """From revision `revision` on only approved fallbacks are spoken."""

    revision: int
    frozen: HoldAnswer | None


class HoldChange(Told):
    """What somebody asks to let go of: a suspended `line` with its `text` (`resume`), or everything (`unfreeze`).

    `since`: when it was held; what is held anew is not let go of by it. `revision`: the one that let go of it.
    """

    id: str
    does: Literal["resume", "unfreeze"]
    line: LineId | None
    text: str | None
    since: datetime
    state: ChangeState
    title: str
    reason: str
    author: str
    created_at: datetime
    expires_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    revision: int | None

    @classmethod
    def of(cls, record: ChangeRecord) -> Self:
        """What is told of a request."""
        asked = record.body["change"]
        return cls(
            id=record.id,
            does=asked["does"],
            line=asked.get("line"),
            text=asked.get("text"),
            since=datetime.fromisoformat(asked["since"]),
            state=record.state,
            title=record.title,
            reason=record.comment,
            author=record.author,
            created_at=record.created_at,
            expires_at=record.expires_at,
            decided_by=record.decided_by,
            decided_at=record.decided_at,
            decision=record.reason,
            revision=record.revision,
        )


class HoldChangesAnswer(Told):
    """What was asked for, the newest first. `next` goes on with older ones, null at the end."""

    changes: list[HoldChange]
    next: str | None


WORDING_REQUESTS: tuple[type[BaseModel], ...] = (HoldRequest, LettingGoRequest)
WORDING_ANSWERS: tuple[type[BaseModel], ...] = (
    WordingLinesAnswer,
    WordingLineAnswer,
    SuspensionAnswer,
    FreezeAnswer,
    HoldChange,
    HoldChangesAnswer,
)
"""All that these routes take and answer with, each a named schema."""
