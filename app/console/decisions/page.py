"""One decision: what was said and found, marks on the findings, the exception that a false hit asks for, evidence."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from orjson import OPT_INDENT_2, dumps

from app.console.decisions.asked import call_rows, event_rows, fact_rows, timing
from app.console.decisions.marking import Marking
from app.console.decisions.view import passages, rejections, sightings
from app.console.frame.downloads import download
from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.parts import Parts
from app.records import Mark, Role, Taken, UnknownDecision
from guards.types import Case

MARKS = {Mark.TRUE_HIT: "真命中", Mark.FALSE_HIT: "误命中"}
"""What officers call the marks."""
ScriptId = Annotated[str, Path(pattern="^[0-9A-Za-z]{1,40}$")]
Finding = Annotated[int, Path(ge=0, le=10_000)]
READERS = (Role.AUDITOR, Role.APPROVER)


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    reader = Depends(require(parts, *READERS))

    @routes.get("/decisions/{script_id}")
    async def read(request: Request, script_id: ScriptId, visitor: Annotated[Visitor, reader]) -> Response:
        return await _page(parts, pages, request, script_id, visitor)

    @routes.get("/decisions/{script_id}/evidence")
    async def evidence(request: Request, script_id: ScriptId, visitor: Annotated[Visitor, reader]) -> Response:
        content = dumps(await parts.evidence.issue(script_id), option=OPT_INDENT_2)
        name, kind = f"evidence-{script_id}.json", "application/json"
        return await download(parts, request, visitor, content, name, kind, Taken.EVIDENCE, subject=script_id)

    @routes.post("/decisions/{script_id}/marks")
    async def mark(request: Request, script_id: ScriptId, visitor: Annotated[Visitor, reader]) -> Response:
        form = await Form.of(request)
        marking = Marking.of(form)
        errors = [] if form.text("again") else list(marking.errors())
        if errors or form.text("again"):
            typed, status = dict(marking.typed), 422 if errors else 200
            return await _page(parts, pages, request, script_id, visitor, errors=errors, typed=typed, status=status)
        for finding, one, note in marking.new(await _own(parts, script_id, visitor)):
            kept = parts.policy.current.personal_data.masked(note, Case())
            await parts.marks.mark(script_id, finding, one, kept, visitor.name)
        return to(request, f"/decisions/{script_id}", said="marked")

    return routes


async def _page(
    parts: Parts,
    pages: Pages,
    request: Request,
    script_id: str,
    visitor: Visitor,
    *,
    errors: Sequence[FieldError] = (),
    typed: dict[int, tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    """The decision. `typed`: what somebody wrote about a finding that could not be taken.

    Raises:
        UnknownDecision: if there is none.
    """
    decision = await parts.log.get(script_id)
    if decision is None:
        raise UnknownDecision
    rules = (await parts.lifecycle.rules()).rules
    marks = await parts.marks.of(script_id)
    strategies = {each.id: each.label for each in parts.vocabulary.strategies.values()}
    own = await _own(parts, script_id, visitor)
    return await pages.page(
        request,
        "decision.html",
        visitor,
        here="/decisions",
        status=status,
        one=decision,
        passages=passages(decision),
        findings=sightings(decision, rules, marks),
        rejected=rejections(decision, rules),
        call=call_rows(decision),
        facts=fact_rows(decision, parts.vocabulary),
        events=event_rows(decision),
        strategy=strategies.get(decision.strategy or ""),
        timing=timing(decision),
        raw=dumps(dict(decision.request), option=OPT_INDENT_2).decode(),
        marks=MARKS,
        own={**own, **(typed or {})},
        errors=errors,
        may_edit=visitor.may(Role.EDITOR),
        may_search=visitor.may(Role.AUDITOR),
        now=datetime.now(UTC),
    )


async def _own(parts: Parts, script_id: str, visitor: Visitor) -> dict[int, tuple[str, str]]:
    """What the visitor says of each finding."""
    marks = await parts.marks.of(script_id)
    return {each.finding: (each.mark.value, each.note) for each in marks if each.person == visitor.name}
