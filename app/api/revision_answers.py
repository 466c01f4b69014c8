"""The answers about revisions, replicas and the audit trail, field by field."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from app.api.answers import Digest, Told
from app.api.wording_answers import HoldAnswer
from app.lexicon.files import Kind
from app.records import Activation, Entry, Revision

RuleText = Annotated[dict[str, Any], Field(description="The whole rule, in the contract's shape.")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Files = Annotated[dict[str, Sha256], Field(description="SHA-256 of each file, by its name.")]


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
    """What one replica runs since when, and when it was last heard of; `silent`: not for half a minute.

    One that stops in order is not told of any more, one that was killed or cut off is for a day.
    """

    replica: str
    revision: int
    digest: Digest
    since: datetime
    seen_at: datetime
    silent: bool

    @classmethod
    def of(cls, activation: Activation) -> Self:
        """What is told of a replica."""
        return cls(
            replica=activation.replica,
            revision=activation.revision,
            digest=activation.digest,
            since=activation.since,
            seen_at=activation.seen_at,
            silent=activation.is_silent,
        )


class LexiconStatus(Told):
    """The newest revision, which every replica has to run, and what each of them runs.

    `frozen`: only approved fallbacks are spoken; `suspended`: so many approved texts may not be said. `disagreeing`:
    revisions that replicas, none of them silent, run with different digests: their code or settings differ.
    """

    revision: int
    sha256: Sha256
    frozen: HoldAnswer | None
    suspended: int
    replicas: list[ReplicaStatus]
    disagreeing: list[int]


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


REVISION_ANSWERS: tuple[type[BaseModel], ...] = (
    RevisionAnswer,
    RevisionsAnswer,
    DifferenceAnswer,
    LexiconStatus,
    AuditAnswer,
)
"""All that these routes answer with, each a named schema."""
