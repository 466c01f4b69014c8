"""The requests about rules and their changes, field by field."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from app.api.accounts import KeyName
from app.requests import Exact, Moment, Reason


def _legible(text: str) -> str:
    """Without characters that cannot be shown; lines may end."""
    legible = "".join(each if each.isprintable() or each == "\n" else " " for each in text).strip()
    if not legible:
        raise ValueError("words are expected")
    return legible


ULID = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
"""What the id of a change looks like."""
MOST_COMMENT = 2_000
Words = Annotated[str, Field(min_length=1, max_length=MOST_COMMENT), AfterValidator(_legible)]
Rule = Annotated[
    dict[str, Any],
    Field(
        description="A rule: `id`, `title`, `action`, `reason`, `source`, `examples`, one of `phrases`, `patterns` and "
        "`near`, and what docs/rules.md says besides. What is wrong with it is a 422 that names rule, field and word."
    ),
]
"""A rule in the contract's shape; app.lexicon looks at it, and says what is wrong in words for officers."""
RuleId = Annotated[str, Field(examples=["promise.guaranteed_approval"])]


class ChangeRequest(Exact):
    """A change of the rules: new ones, ones that take the place of their namesakes, and ids that are retired."""

    title: Annotated[str, Field(max_length=200)] = ""
    comment: Annotated[str, Field(max_length=MOST_COMMENT)] = ""
    adds: list[Rule] = []
    edits: list[Rule] = []
    retires: list[RuleId] = []


class ApprovalRequest(Exact):
    """How a change is approved: from when on it is in force (a whole minute; absent: at once), and which text of it
    was read (its `version`).
    """

    reason: Reason | None = None
    effective_from: Moment | None = None
    version: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)] | None = None


class RejectionRequest(Exact):
    """Why a change is refused."""

    reason: Reason


class CommentRequest(Exact):
    """What somebody says about a change."""

    text: Words


class ReviewersRequest(Exact):
    """The persons who are asked to decide."""

    reviewers: Annotated[list[KeyName], Field(min_length=1, max_length=20)]


class TrialRequest(Exact):
    """How many of the newest recorded texts a change is tried on, and whether progress is told meanwhile."""

    records: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 1_000
    stream: Annotated[bool, Field(strict=True)] = False


class RestoreRequest(Exact):
    """Why an earlier revision is to be in force again."""

    note: Words


LEXICON_REQUESTS: tuple[type[BaseModel], ...] = (
    ChangeRequest,
    ApprovalRequest,
    RejectionRequest,
    CommentRequest,
    ReviewersRequest,
    TrialRequest,
    RestoreRequest,
)
"""All that these routes take as JSON, each a named schema."""
