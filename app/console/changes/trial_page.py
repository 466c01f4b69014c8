"""The dry run of a change: begun by a form, watched on its page or by a script, told of when it is over."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.console.changes.page import READERS, ChangePage, Identity, trouble_of
from app.console.changes.tries import SIZES, TooManyRuns
from app.console.frame.forms import Form
from app.console.frame.rendering import Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.parts import Parts
from app.records import Role


def router(page: ChangePage, parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this form."""
    routes = page_routes(pages)
    trier, reader = Depends(require(parts, Role.EDITOR, Role.APPROVER)), Depends(require(parts, *READERS))

    @routes.post("/changes/{identity}/trial")
    async def begin(request: Request, identity: Identity, visitor: Annotated[Visitor, trier]) -> Response:
        form = await Form.of(request)
        asked = form.text("records")
        records = int(asked) if asked in map(str, SIZES) else SIZES[0]
        _, dossier = await page.find(identity)
        try:
            page.runs.start(dossier.record, records, visitor.name)
        except TooManyRuns as refused:
            return await page.show(request, visitor, dossier, trouble_of(refused, {}))
        return to(request, f"/changes/{identity}#trial")

    @routes.get("/changes/{identity}/trial")
    async def watch(request: Request, identity: Identity, visitor: Annotated[Visitor, reader]) -> Response:
        _, dossier = await page.find(identity)
        if "hx-request" not in request.headers:
            return to(request, f"/changes/{identity}#trial")
        return await page.show_trial(request, visitor, dossier)

    return routes
