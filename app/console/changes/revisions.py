"""The revisions: which there were, what differs between two of them, and the way back to one of them."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.console.changes import cards, wording_cards
from app.console.changes.draft_form import MOST_WORDS
from app.console.changes.page import trouble_of
from app.console.changes.steps import unsaid
from app.console.frame.forms import Form, legible
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.errors import NotFound, RequestError
from app.lexicon.shelf import Edition
from app.parts import Parts
from app.records import ChangeState, Role

_AT_ONCE, _MOST_KEPT = 30, 64
_HIGHEST = 2**31 - 1
_Number = Annotated[int, Path(ge=1, le=_HIGHEST)]
Cards = tuple[cards.Cards, wording_cards.WordingCards]


class Differences:
    """What differs between revisions, which never change: worked out once, the newest kept."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Cards] = {}

    async def between(self, before: Edition, after: Edition) -> Cards:
        """What differs in rules and in wording."""
        key = before.revision.number, after.revision.number
        if (known := self._known.get(key)) is None:
            known = (
                await asyncio.to_thread(cards.cards_between, before.files, after.files),
                await asyncio.to_thread(wording_cards.cards_between, before.wording, after.wording),
            )
            if len(self._known) >= _MOST_KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = known
        return known


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these pages."""
    routes, differences = page_routes(pages), Differences()
    anybody, approver = Depends(require(parts)), Depends(require(parts, Role.APPROVER))

    @routes.get("/revisions")
    async def show(
        request: Request,
        visitor: Annotated[Visitor, anybody],
        before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    ) -> Response:
        found = await parts.revisions.page(before=before, limit=_AT_ONCE + 1)
        head = await parts.revisions.head()
        return await pages.page(
            request,
            "revisions.html",
            visitor,
            here="/changes",
            listed=found[:_AT_ONCE],
            older=found[_AT_ONCE - 1].number if len(found) > _AT_ONCE else None,
            is_first=before is None,
            newest=head[0] if head else 0,
            may=visitor.may(Role.APPROVER),
        )

    @routes.get("/revisions/compare")
    async def compare(
        request: Request,
        visitor: Annotated[Visitor, anybody],
        one: Annotated[str, Query(max_length=12)] = "",
        other: Annotated[str, Query(max_length=12)] = "",
    ) -> Response:
        errors, found = [], []
        for name, label, number in (("one", "前一个版本", one), ("other", "后一个版本", other)):
            edition = await _edition(parts, number)
            if edition is None:
                errors.append(FieldError(name, f"没有第 {number or '…'} 版，请填{label}的号码。"))
            else:
                found.append(edition)
        between = await differences.between(*found) if not errors else None
        return await pages.page(
            request,
            "revisions_compared.html",
            visitor,
            here="/changes",
            status=422 if errors else 200,
            one=one,
            other=other,
            errors=errors,
            between=between,
        )

    async def shown(
        request: Request, visitor: Visitor, number: int, errors: list[FieldError], form: Form | None = None
    ) -> Response:
        edition = await parts.lifecycle.edition(number)
        head = await parts.revisions.head()
        last = await parts.lifecycle.edition(number - 1) if number > 1 else None
        return await pages.page(
            request,
            "revision.html",
            visitor,
            here="/changes",
            status=422 if errors else 200,
            revision=edition.revision,
            newest=head[0] if head else 0,
            between=await differences.between(last, edition) if last else None,
            errors=errors,
            typed={"what": form.text("what"), "note": form.raw("note")} if form else {"what": "lexicon", "note": ""},
            may=visitor.may(Role.APPROVER),
        )

    @routes.get("/revisions/{number}")
    async def read(request: Request, number: _Number, visitor: Annotated[Visitor, anybody]) -> Response:
        return await shown(request, visitor, number, [])

    @routes.post("/revisions/{number}/restore")
    async def restore(request: Request, number: _Number, visitor: Annotated[Visitor, approver]) -> Response:
        form = await Form.of(request)
        note = legible(form.text("note"), lines=True)
        errors = unsaid("note", "为什么要恢复", note, MOST_WORDS)
        if form.text("what") not in ("lexicon", "wording"):
            errors.append(FieldError("what", "请选恢复规则还是话术。"))
        if errors:
            return await shown(request, visitor, number, errors, form)
        life = parts.rewording if form.text("what") == "wording" else parts.lifecycle
        try:
            made = await life.restore(number, visitor.name, parts.policy.current.personal_data.masked(note))
        except NotFound:
            raise
        except RequestError as refused:
            return await shown(request, visitor, number, list(trouble_of(refused, {}).errors), form)
        said = "published" if made.record.state is ChangeState.PUBLISHED else "submitted"
        return to(request, f"/changes/{made.record.id}", said)

    return routes


async def _edition(parts: Parts, number: str) -> Edition | None:
    """The edition that an officer names; None where there is none."""
    if not number.isdecimal() or not 0 < int(number) <= _HIGHEST:
        return None
    try:
        return await parts.lifecycle.edition(int(number))
    except NotFound:
        return None
