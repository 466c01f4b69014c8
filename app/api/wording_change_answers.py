"""The requests and answers about changes of approved wording, field by field."""

from datetime import datetime
from itertools import zip_longest
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.api.answers import Told
from app.api.change_answers import ChangeSummary, ChangeWarning, WholeChange, summary_of, whole_of
from app.api.lexicon_requests import MOST_COMMENT
from app.api.wording_answers import HoldAnswer, LineId, SaidAnswer
from app.approved.holds import LineKind, Suspension
from app.approved.skeleton import MAX_CHARACTERS
from app.lexicon.register import Dossier
from app.lexicon.rewording import Rewording
from app.lexicon.said import Said
from app.lexicon.wording_differences import FileDifference, WordingDifference
from app.lexicon.wording_files import Stored
from app.lexicon.wording_trials import WordingTrial
from app.requests import Exact

RequestedText = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]


class AddedText(Exact):
    """A text to be said under the same conditions as the text `beside`: `before` it in its list, or behind it."""

    beside: LineId
    text: RequestedText
    before: bool = False


class RewordedText(Exact):
    """The words that take the place of a text, wherever it stands."""

    id: LineId
    text: RequestedText


class WordingChangeRequest(Exact):
    """A change of approved wording: texts beside others (fallbacks, replies), other words, ids of texts that go."""

    title: Annotated[str, Field(max_length=200)] = ""
    comment: Annotated[str, Field(max_length=MOST_COMMENT)] = ""
    adds: list[AddedText] = []
    edits: list[RewordedText] = []
    retires: list[LineId] = []


class WordingTrialRequest(Exact):
    """In how many of the newest recorded scripts is counted how often was said what would be gone."""

    records: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 1_000


class NewText(Told):
    """A text to be said under the same conditions as the text `beside`, which reads `was`: before or behind it."""

    beside: LineId
    text: str
    before: bool
    was: str | None


class EditedText(Told):
    """A text that takes the place of another, which reads `was`, wherever that stands."""

    id: LineId
    text: str
    was: str | None


class RetiredText(Told):
    """A text that is no longer to be said."""

    id: LineId
    was: str | None


class ResumedText(Told):
    """A text that is suspended since `since` and is to be said again; suspended anew it is not let go of by this."""

    id: LineId
    text: str
    since: datetime


class WordingChangeSummary(ChangeSummary):
    """A change of approved wording in a list; `touches` names the texts, `files` the whole files that it exchanges."""

    files: list[str]

    @classmethod
    def of(cls, dossier: Dossier[Rewording]) -> Self:
        """What is told of a change."""
        return cls(**summary_of(dossier), files=list(dossier.change.files))


class WordingChangeAnswer(WholeChange):
    """A change of approved wording, what is worth knowing about it, and what was said about it.

    `files`: whole files that it exchanges, by their names. `resumes`, `unfreezes`: what it lets go of, held since then.
    """

    adds: list[NewText]
    edits: list[EditedText]
    retires: list[RetiredText]
    files: list[str]
    resumes: list[ResumedText]
    unfreezes: datetime | None

    @classmethod
    def of(cls, dossier: Dossier[Rewording]) -> Self:
        """What is told of a change."""
        change, was = dossier.change, dossier.change.was
        return cls(
            **whole_of(dossier),
            adds=[
                NewText(beside=one.beside, text=one.text, before=one.is_before, was=was.get(one.beside))
                for one in change.adds
            ],
            edits=[EditedText(id=one.id, text=one.text, was=was.get(one.id)) for one in change.edits],
            retires=[RetiredText(id=one, was=was.get(one)) for one in change.retires],
            files=list(change.files),
            resumes=[
                ResumedText(id=one.id, text=one.text, since=datetime.fromisoformat(one.since)) for one in change.resumes
            ],
            unfreezes=datetime.fromisoformat(change.unfreezes) if change.unfreezes else None,
        )


class WordingChangesAnswer(Told):
    """Changes, the newest first. `next` goes on with older ones, null at the end."""

    changes: list[WordingChangeSummary]
    next: str | None


class ComparedText(Told):
    """A text that is only in one of two states. `said`: in how many recorded scripts it was, where that was counted."""

    id: LineId
    kind: LineKind
    text: str
    said: SaidAnswer | None = None

    @classmethod
    def of(cls, stored: Stored, said: Said | None = None) -> Self:
        """What is told of it."""
        told = None if said is None else SaidAnswer.of(said)
        return cls(id=stored.id, kind=stored.kind, text=stored.text, said=told)


class ComparedHold(Told):
    """A text that is suspended in one of two states only."""

    id: LineId
    text: str
    held: HoldAnswer

    @classmethod
    def of(cls, one: Suspension) -> Self:
        """What is told of it."""
        return cls(id=one.id, text=one.text, held=HoldAnswer(by=one.by, reason=one.reason, since=one.at))


class FileDifferenceAnswer(Told):
    """A file that differs, conditions and comments too: lines as `diff -u` tells them. `left_out`: how many more."""

    file: str
    lines: list[str]
    left_out: int

    @classmethod
    def of(cls, told: FileDifference) -> Self:
        """What is told of it."""
        return cls(file=told.file, lines=list(told.lines), left_out=told.left_out)


class WordingDifferenceAnswer(Told):
    """What differs in approved wording from revision `before` to revision `after`: an edited text is gone, and new.

    `frozen_before`, `frozen_after`: whether only approved fallbacks are spoken.
    """

    before: int
    after: int
    gone: list[ComparedText]
    new: list[ComparedText]
    suspended: list[ComparedHold]
    resumed: list[ComparedHold]
    frozen_before: HoldAnswer | None
    frozen_after: HoldAnswer | None
    files: list[FileDifferenceAnswer]

    @classmethod
    def of(cls, before: int, after: int, told: WordingDifference) -> Self:
        """What is told of it."""
        return cls(
            before=before,
            after=after,
            gone=[ComparedText.of(one) for one in told.gone],
            new=[ComparedText.of(one) for one in told.new],
            suspended=[ComparedHold.of(one) for one in told.suspended],
            resumed=[ComparedHold.of(one) for one in told.resumed],
            frozen_before=HoldAnswer.of(told.frozen[0]),
            frozen_after=HoldAnswer.of(told.frozen[1]),
            files=[FileDifferenceAnswer.of(one) for one in told.files],
        )


class WordingTrialAnswer(Told):
    """What a change of approved wording does. `against`: the revision it was compared with; `gone`: with how often it
    was said in the newest recorded scripts; `problems`: what stands in the way of publishing it.
    """

    change: str
    against: int
    gone: list[ComparedText]
    new: list[ComparedText]
    files: list[FileDifferenceAnswer]
    problems: list[ChangeWarning]
    seconds: float

    @classmethod
    def of(cls, made: WordingTrial) -> Self:
        """What is told of a dry run."""
        counted = zip_longest(made.difference.gone, made.said)
        return cls(
            change=made.change,
            against=made.against,
            gone=[ComparedText.of(one, said) for one, said in counted],
            new=[ComparedText.of(one) for one in made.difference.new],
            files=[FileDifferenceAnswer.of(one) for one in made.difference.files],
            problems=[ChangeWarning(**problem.as_json()) for problem in made.problems],
            seconds=round(made.seconds, 3),
        )


WORDING_CHANGE_REQUESTS: tuple[type[BaseModel], ...] = (WordingChangeRequest, WordingTrialRequest)
WORDING_CHANGE_ANSWERS: tuple[type[BaseModel], ...] = (
    WordingChangeAnswer,
    WordingChangesAnswer,
    WordingDifferenceAnswer,
    WordingTrialAnswer,
)
"""All that these routes take and answer with, each a named schema."""
