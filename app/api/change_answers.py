"""What is told of any change, of the rules or of approved wording, field by field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from app.api.answers import Told
from app.lexicon.problems import Severity
from app.lexicon.register import Dossier
from app.records import ChangeRecord, ChangeState, Comment


class ChangeWarning(Told):
    """What is worth knowing about a change, and does not stand in its way; `english` says the same for engineers."""

    severity: Severity
    code: str
    message: str
    english: str
    rule: str | None = None
    field: str | None = None
    word: str | None = None
    file: str | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None


class ChangeComment(Told):
    """What a person said about a change."""

    number: int
    person: str
    at: datetime
    text: str

    @classmethod
    def of(cls, comment: Comment) -> Self:
        """What is told of a comment."""
        return cls(number=comment.number, person=comment.person, at=comment.at, text=comment.text)


class ChangeSummary(Told):
    """A change in a list. `based_on`, `restores` and `revision` are numbers of revisions; `version` grows with every
    edit; `touches` names what it adds, edits and retires, `warning_count` says how much there is to know.
    """

    id: str
    state: ChangeState
    title: str
    comment: str
    author: str
    reviewers: list[str]
    based_on: int
    restores: int | None
    version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    expires_at: datetime | None
    effective_from: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    revision: int | None
    touches: list[str]
    warning_count: int

    @classmethod
    def of(cls, dossier: Dossier[Any]) -> Self:
        """What is told of a change."""
        return cls(**summary_of(dossier))


def summary_of(dossier: Dossier[Any]) -> Mapping[str, Any]:
    """What is told of any change."""
    record: ChangeRecord = dossier.record
    names = (name for name in ChangeSummary.model_fields if name not in ("touches", "warning_count", "reviewers"))
    return {
        **{name: getattr(record, name) for name in names},
        "reviewers": list(record.reviewers),
        "touches": list(dossier.change.touches),
        "warning_count": len(dossier.warnings),
    }


class WholeChange(ChangeSummary):
    """What is worth knowing about a change, and what was said about it."""

    warnings: list[ChangeWarning]
    comments: list[ChangeComment]


def whole_of(dossier: Dossier[Any]) -> Mapping[str, Any]:
    """What is told of any change where it is read."""
    return {
        **summary_of(dossier),
        "warnings": [ChangeWarning(**warning) for warning in dossier.warnings],
        "comments": [ChangeComment.of(comment) for comment in dossier.comments],
    }


class DroppedAnswer(Told):
    """The draft that is gone."""

    id: str
    dropped: Literal[True] = True
