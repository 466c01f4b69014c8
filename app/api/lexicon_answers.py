"""The answers about rules and their changes, field by field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel
from typing_extensions import TypeAliasType

from app.api.answers import Told
from app.api.revision_answers import RuleText
from app.lexicon.files import Kind
from app.lexicon.problems import Severity
from app.lexicon.register import Dossier
from app.records import ChangeRecord, ChangeState, Comment

RuleState = TypeAliasType("RuleState", Literal["active", "scheduled", "ended"])
"""In force today; from a later day on; no more."""


class RuleAnswer(Told):
    """A rule, and where it stands: in a file of the revision, from a line on."""

    id: str
    kind: Kind
    file: str
    line: int
    state: RuleState
    rule: RuleText


class RulesAnswer(Told):
    """The rules of one revision, in the order of their files."""

    revision: int
    rules: list[RuleAnswer]


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
    edit; `touches` names the rules that it adds, edits and retires, `warning_count` says how much there is to know.
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
    def of(cls, dossier: Dossier) -> Self:
        """What is told of a change."""
        return cls(**_summary(dossier))


class ChangeAnswer(ChangeSummary):
    """A change with its rules, what is worth knowing about it, and what was said about it."""

    adds: list[RuleText]
    edits: list[RuleText]
    retires: list[str]
    warnings: list[ChangeWarning]
    comments: list[ChangeComment]

    @classmethod
    def of(cls, dossier: Dossier) -> Self:
        """What is told of a change."""
        body = dossier.change.as_json()
        return cls(
            **_summary(dossier),
            adds=body["adds"],
            edits=body["edits"],
            retires=body["retires"],
            warnings=[ChangeWarning(**warning) for warning in dossier.warnings],
            comments=[ChangeComment.of(comment) for comment in dossier.comments],
        )


class ChangesAnswer(Told):
    """Changes, the newest first. `next` goes on with older ones, null at the end."""

    changes: list[ChangeSummary]
    next: str | None


class DroppedAnswer(Told):
    """The draft that is gone."""

    id: str
    dropped: Literal[True] = True


def _summary(dossier: Dossier) -> Mapping[str, Any]:
    record: ChangeRecord = dossier.record
    names = (name for name in ChangeSummary.model_fields if name not in ("touches", "warning_count", "reviewers"))
    change = dossier.change
    touches = [*(str(rule.get("id")) for _, rule in change.rules()), *change.retires]
    return {
        **{name: getattr(record, name) for name in names},
        "reviewers": list(record.reviewers),
        "touches": touches,
        "warning_count": len(dossier.warnings),
    }


LEXICON_ANSWERS: tuple[type[BaseModel], ...] = (
    RulesAnswer,
    ChangeAnswer,
    ChangesAnswer,
    DroppedAnswer,
)
"""All that these routes answer with, each a named schema."""
