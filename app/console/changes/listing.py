"""The changes of rules and of approved wording: what waits for the visitor, then all of them."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from app.console.changes import page as change_page
from app.console.changes import steps as change_steps
from app.console.changes import trial_page
from app.console.changes.page import READERS, ChangePage
from app.console.changes.tries import Runs
from app.console.frame.rendering import Pages
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.console.frame.words import CHANGE_STATES
from app.parts import Parts
from app.records import ChangeState, Headline, Role
from app.records.names import is_same_person

SUBJECTS = {"lexicon": "规则", "wording": "话术"}
"""What a change may be about."""
_AT_ONCE, _MOST_WAITING = 30, 50
_BACK = (ChangeState.REJECTED, ChangeState.FAILED)


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of all pages about changes."""
    routes = APIRouter()
    page = ChangePage(parts, pages, Runs(parts))
    routes.include_router(_list(parts, pages))
    for room in (change_page, change_steps, trial_page):
        routes.include_router(room.router(page, parts, pages))
    return routes


def _list(parts: Parts, pages: Pages) -> APIRouter:
    routes = page_routes(pages)
    reader = Depends(require(parts, *READERS))

    @routes.get("/changes")
    async def show(
        request: Request,
        visitor: Annotated[Visitor, reader],
        subject: Annotated[str, Query(max_length=20)] = "",
        state: Annotated[str, Query(max_length=20)] = "",
        mine: Annotated[str, Query(max_length=1)] = "",
        before: Annotated[str, Query(pattern="^[0-9A-Z]{0,26}$")] = "",
    ) -> Response:
        kept = {
            "subject": subject if subject in SUBJECTS else "",
            "state": state if state in CHANGE_STATES else "",
            "mine": "1" if mine else "",
        }
        found = await parts.headlines.page(**_wanted(kept, visitor), before=before or None, limit=_AT_ONCE + 1)
        listed = found[:_AT_ONCE]
        older = urlencode({**_said(kept), "before": listed[-1].id}) if len(found) > _AT_ONCE else None
        return await pages.page(
            request,
            "changes.html",
            visitor,
            here="/changes",
            todo=[] if before else await _todo(parts, visitor),
            listed=listed,
            subjects=SUBJECTS,
            states=[(name, told) for name, (told, _) in CHANGE_STATES.items()],
            kept=kept,
            is_first=not before,
            first=urlencode(_said(kept)),
            older=older,
            edits=visitor.may(Role.EDITOR),
        )

    return routes


def _wanted(kept: dict[str, str], visitor: Visitor) -> dict[str, Any]:
    return {
        "subject": kept["subject"] or None,
        "state": ChangeState(kept["state"]) if kept["state"] else None,
        "author": visitor.name if kept["mine"] else None,
    }


def _said(kept: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in kept.items() if value}


async def _todo(parts: Parts, visitor: Visitor) -> list[tuple[str, Headline]]:
    """What the visitor has to do: decide on what others ask for, and take up again what came back."""
    todo = []
    if visitor.may(Role.APPROVER):
        waiting = await parts.headlines.page(state=ChangeState.SUBMITTED, limit=_MOST_WAITING)
        todo += [("等您审批", one) for one in waiting if not is_same_person(one.author, visitor.name)]
        todo.sort(key=lambda each: visitor.name not in each[1].reviewers)
    if visitor.may(Role.EDITOR):
        for state in _BACK:
            told = "被驳回了，请看理由" if state is ChangeState.REJECTED else "没有发布成功，请看原因"
            back = await parts.headlines.page(state=state, author=visitor.name, limit=_MOST_WAITING)
            todo += [(told, one) for one in back]
    return todo
