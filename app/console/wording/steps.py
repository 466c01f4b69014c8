"""What is done to approved wording at once, by one person: suspend and freeze; and asking another to undo it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.console.frame.forms import JUST_NOW, Form
from app.console.frame.rendering import FieldError, Pages, in_chinese
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.console.wording.lines import Filters, LineId, line_page, list_page
from app.errors import RequestConflict
from app.parts import Parts
from app.records import Role, utc_now
from app.records.names import is_same_person

_WORD = "冻结"
"""What is typed to confirm a freeze."""
_LONGEST = 500


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these steps."""
    routes = page_routes(pages)
    _of_all(routes, parts, pages)
    _of_one(routes, parts, pages)
    return routes


def _of_all(routes: APIRouter, parts: Parts, pages: Pages) -> None:
    """The freeze."""
    holding, masked = parts.holding, parts.policy.current.personal_data.masked
    approver = Depends(require(parts, Role.APPROVER))
    askers = Depends(require(parts, Role.EDITOR, Role.APPROVER))

    @routes.post("/wording/freeze")
    async def freeze(request: Request, visitor: Annotated[Visitor, approver]) -> Response:
        form = await Form.of(request)
        if form.text("again"):
            typed = {name: form.text(name) for name in ("freeze_reason", "confirmed")}
            return await list_page(parts, pages, request, visitor, Filters(), given=typed)
        reason, errors = _reason(form, "freeze_reason")
        if form.text("confirmed") != _WORD:
            errors.append(FieldError("confirmed", f"请在这里输入“{_WORD}”两个字，表示确认。"))
        if not errors:
            try:
                await holding.freeze(visitor.name, masked(reason))
                return to(request, "/wording", "frozen")
            except RequestConflict as refused:
                frozen = (await holding.held()).holds.freeze
                if frozen is not None and _is_own(frozen.by, frozen.at, visitor):
                    return to(request, "/wording", "frozen")
                errors = [FieldError(None, in_chinese(refused.detail))]
        given = {"freeze_reason": reason, "confirmed": form.text("confirmed")}
        return await list_page(parts, pages, request, visitor, Filters(), errors=errors, given=given)

    @routes.post("/wording/unfreeze")
    async def unfreeze(request: Request, visitor: Annotated[Visitor, askers]) -> Response:
        form = await Form.of(request)
        if form.text("again"):
            typed = {"unfreeze_reason": form.text("unfreeze_reason")}
            return await list_page(parts, pages, request, visitor, Filters(), given=typed)
        reason, errors = _reason(form, "unfreeze_reason")
        if not errors:
            try:
                asked = await holding.ask_to_unfreeze(visitor.name, masked(reason))
                return to(request, f"/changes/{asked.record.id}", "asked")
            except RequestConflict as refused:
                errors = [FieldError(None, in_chinese(refused.detail))]
        given = {"unfreeze_reason": reason}
        return await list_page(parts, pages, request, visitor, Filters(), errors=errors, given=given)


def _of_one(routes: APIRouter, parts: Parts, pages: Pages) -> None:
    """One text."""
    holding, masked = parts.holding, parts.policy.current.personal_data.masked
    approver = Depends(require(parts, Role.APPROVER))
    askers = Depends(require(parts, Role.EDITOR, Role.APPROVER))

    @routes.post("/wording/{identity}/suspend")
    async def suspend(request: Request, identity: LineId, visitor: Annotated[Visitor, approver]) -> Response:
        form = await Form.of(request)
        if form.text("again"):
            return await line_page(parts, pages, request, visitor, identity, given=form.text("suspend_reason"))
        reason, errors = _reason(form, "suspend_reason")
        if not errors:
            try:
                await holding.suspend(identity, visitor.name, masked(reason))
                return to(request, f"/wording/{identity}", "suspended")
            except RequestConflict as refused:
                suspension = (await holding.held()).holds.get(identity)
                if suspension is not None and _is_own(suspension.by, suspension.at, visitor):  # pressed twice
                    return to(request, f"/wording/{identity}", "suspended")
                errors = [FieldError(None, in_chinese(refused.detail))]
        return await line_page(parts, pages, request, visitor, identity, errors=errors, given=reason)

    @routes.post("/wording/{identity}/resume")
    async def resume(request: Request, identity: LineId, visitor: Annotated[Visitor, askers]) -> Response:
        form = await Form.of(request)
        if form.text("again"):
            return await line_page(parts, pages, request, visitor, identity, given=form.text("resume_reason"))
        reason, errors = _reason(form, "resume_reason")
        if not errors:
            try:
                asked = await holding.ask_to_resume(identity, visitor.name, masked(reason))
                return to(request, f"/changes/{asked.record.id}", "asked")
            except RequestConflict as refused:
                errors = [FieldError(None, in_chinese(refused.detail))]
        return await line_page(parts, pages, request, visitor, identity, errors=errors, given=reason)


def _is_own(by: str, at: datetime, visitor: Visitor) -> bool:
    """Whether it is what this person has just done."""
    return is_same_person(by, visitor.name) and utc_now() - at < JUST_NOW


def _reason(form: Form, name: str) -> tuple[str, list[FieldError]]:
    """The reason that a form gives, and what is wrong with it."""
    legible = "".join(each if each.isprintable() or each == "\n" else " " for each in form.text(name)).strip()
    if not legible:
        return legible, [FieldError(name, "请写明原因，别人要据此审批或者查账。")]
    if len(legible) > _LONGEST:
        return legible, [FieldError(name, f"原因有 {len(legible)} 个字，最多 {_LONGEST} 个字。")]
    return legible, []
