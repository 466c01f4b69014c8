"""The answers about rules, their changes and revisions, field by field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field
from typing_extensions import TypeAliasType

from app.api.answers import Digest, Told
from app.lexicon.files import Kind
from app.lexicon.problems import Severity
from app.lexicon.register import Dossier
from app.records import Activation, ChangeRecord, ChangeState, Comment, Entry, Revision

RuleState = TypeAliasType("RuleState", Literal["active", "scheduled", "ended"])
"""In force today; from a later day on; no more."""
RuleText = Annotated[dict[str, Any], Field(description="The whole rule, in the contract's shape.")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Files = Annotated[dict[str, Sha256], Field(description="SHA-256 of each file, by its name.")]


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


class RevisionSummary(Told):
    """A revision; `note` is the title of the change `change_id` that made it. No approver: it needed none."""

    number: int
    sha256: Sha256
    author: str
    approver: str | None
    created_at: datetime
    note: str
    change_id: str | None

    @classmethod
    def of(cls, revision: Revision, **more: Any) -> Self:
        """What is told of a revision."""
        return cls(
            number=revision.number,
            sha256=revision.sha256,
            author=revision.author,
            approver=revision.approver,
            created_at=revision.created_at,
            note=revision.title,
            change_id=revision.change_id,
            **more,
        )


class RevisionAnswer(RevisionSummary):
    """A revision with the digests of its files."""

    lexicon: Files
    wording: Files


class RevisionsAnswer(Told):
    """Revisions, the newest first. `next` goes on with older ones, null at the end."""

    revisions: list[RevisionSummary]
    next: int | None


class WholeRule(Told):
    """A rule that is only in one of two revisions."""

    rule: str
    kind: Kind
    file: str
    title: str | None
    text: RuleText


class FieldDifference(Told):
    """A field that differs: what a list gained and lost, or what stood and stands there."""

    field: str
    added: list[Any] | None = None
    removed: list[Any] | None = None
    before: Any = None
    after: Any = None


class EditedRule(Told):
    """A rule that differs between two revisions."""

    rule: str
    kind: Kind
    file: str
    title: str | None
    fields: list[FieldDifference]


class SettingDifference(Told):
    """What differs in a file beside its rules."""

    file: str
    field: str
    before: Any
    after: Any


class DifferenceAnswer(Told):
    """What differs from revision `before` to revision `after`; `files`: all whose bytes differ."""

    before: int
    after: int
    added: list[WholeRule]
    retired: list[WholeRule]
    edited: list[EditedRule]
    settings: list[SettingDifference]
    files: list[str]


class ReplicaStatus(Told):
    """What one replica runs since when, and when it was last heard of."""

    replica: str
    revision: int
    digest: Digest
    since: datetime
    seen_at: datetime

    @classmethod
    def of(cls, activation: Activation) -> Self:
        """What is told of a replica."""
        return cls(
            replica=activation.replica,
            revision=activation.revision,
            digest=activation.digest,
            since=activation.since,
            seen_at=activation.seen_at,
        )


class LexiconStatus(Told):
    """The newest revision, which every replica has to run, and what each of them runs."""

    revision: int
    sha256: Sha256
    replicas: list[ReplicaStatus]


class AuditEntry(Told):
    """A row of the audit trail; `hash` covers the row and the hash before it."""

    number: int
    at: datetime
    person: str
    event: str
    subject: str | None
    details: dict[str, Any]
    previous: Sha256
    hash: Sha256

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """What is told of a row."""
        return cls(
            number=entry.number,
            at=entry.at,
            person=entry.person,
            event=entry.event,
            subject=entry.subject,
            details=dict(entry.details),
            previous=entry.previous,
            hash=entry.hash,
        )


class AuditAnswer(Told):
    """Rows of the audit trail, oldest first. `next` is where to go on from, always; `more`: there are some already."""

    entries: list[AuditEntry]
    next: int
    more: bool


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
    RevisionAnswer,
    RevisionsAnswer,
    DifferenceAnswer,
    LexiconStatus,
    AuditAnswer,
)
"""All that these routes answer with, each a named schema."""
