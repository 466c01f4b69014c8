"""The exception that a false hit asks for: suggested, looked at, changed where need be, and kept as a draft."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.console.decisions.page import READERS, Finding, ScriptId
from app.console.frame.forms import Form, legible
from app.console.frame.refusals import told_by
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import NoSuchRole, Visitor, require
from app.errors import RequestError
from app.lexicon.marks import draft_from_mark, false_hit, suggest_exception
from app.parts import Parts
from app.records import Role

_LONGEST = 200


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    editor = Depends(require(parts, Role.EDITOR))

    @routes.get("/decisions/{script_id}/exceptions/{finding}")
    async def suggest(
        request: Request, script_id: ScriptId, finding: Finding, visitor: Annotated[Visitor, editor]
    ) -> Response:
        return await _page(request, script_id, finding, visitor)

    @routes.post("/decisions/{script_id}/exceptions/{finding}")
    async def draft(
        request: Request, script_id: ScriptId, finding: Finding, visitor: Annotated[Visitor, editor]
    ) -> Response:
        wanted = legible((await Form.of(request)).text("exception"))
        error = None if wanted else "请写上例外的说法。"
        if len(wanted) > _LONGEST:
            error = f"例外最长 {_LONGEST} 个字，请选短一点的一段。"
        if error:
            return await _page(request, script_id, finding, visitor, wanted, [FieldError("exception", error)])
        try:
            drafted = await draft_from_mark(
                parts.lifecycle, parts.log, parts.marks, script_id, finding, visitor.name, wanted
            )
        except RequestError as refused:
            errors = [FieldError("exception", told) for told in told_by(refused)]
            return await _page(request, script_id, finding, visitor, wanted, errors)
        return to(request, f"/changes/{drafted.record.id}", said="drafted")

    async def _page(
        request: Request,
        script_id: str,
        finding: int,
        visitor: Visitor,
        wanted: str | None = None,
        errors: list[FieldError] | None = None,
    ) -> Response:
        """Raises NoSuchRole for who may not read what was said, UnknownMark, ChangeRefused with nothing to suggest."""
        if not visitor.may(*READERS):
            raise NoSuchRole
        hit = await false_hit(parts.log, parts.marks, script_id, finding)
        files = await parts.lifecycle.rules()
        found = await asyncio.to_thread(suggest_exception, files, hit.rule, hit.text, hit.span)
        choices = list(dict.fromkeys(each for each in (found.clause, found.exception) if each))
        return await pages.page(
            request,
            "exception.html",
            visitor,
            here="/decisions",
            status=422 if errors else 200,
            script_id=script_id,
            finding=finding,
            found=found,
            choices=choices,
            wanted=choices[0] if wanted is None else wanted,
            rule=files.rules[hit.rule],
            errors=errors or [],
        )

    return routes
