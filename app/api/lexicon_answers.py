"""The answers about rules and their changes, field by field."""

from typing import Any, Literal, Self

from pydantic import BaseModel
from typing_extensions import TypeAliasType

from app.api.answers import Told
from app.api.change_answers import ChangeSummary, DroppedAnswer, WholeChange, whole_of
from app.api.revision_answers import RuleText
from app.lexicon.files import Kind
from app.lexicon.register import Dossier

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


class ChangeAnswer(WholeChange):
    """A change of rules, what is worth knowing about it, and what was said about it."""

    adds: list[RuleText]
    edits: list[RuleText]
    retires: list[str]

    @classmethod
    def of(cls, dossier: Dossier[Any]) -> Self:
        """What is told of a change."""
        body = dossier.change.as_json()
        return cls(**whole_of(dossier), adds=body["adds"], edits=body["edits"], retires=body["retires"])


class ChangesAnswer(Told):
    """Changes, the newest first. `next` goes on with older ones, null at the end."""

    changes: list[ChangeSummary]
    next: str | None


LEXICON_ANSWERS: tuple[type[BaseModel], ...] = (
    RulesAnswer,
    ChangeAnswer,
    ChangesAnswer,
    DroppedAnswer,
)
"""All that these routes answer with, each a named schema."""
