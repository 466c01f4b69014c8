"""/v1/lexicon/changes: changes of the rules."""

from fastapi import APIRouter

from app.api.change_answers import ChangeSummary
from app.api.change_routes import Changes, change_routes
from app.api.lexicon_answers import ChangeAnswer, ChangesAnswer
from app.api.lexicon_examples import CHANGE, DRAFTS, EDITS
from app.parts import Parts

PARAMETERS = ("id", "state", "mine", "before", "limit", "comment")
"""The names of what stands in a path, a query or beside a change."""


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    rules = Changes(
        life=parts.lifecycle,
        path="/v1/lexicon/changes",
        tag="lexicon",
        suffix="change",
        noun="the rules",
        request="ChangeRequest",
        answer=ChangeAnswer,
        summary=ChangeSummary,
        listed=ChangesAnswer,
        drafts=DRAFTS,
        edits=EDITS,
        shown=CHANGE,
    )
    return change_routes(parts, rules)
