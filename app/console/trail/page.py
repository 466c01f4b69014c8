"""The audit trail, the newest row first, and whether it is what it was."""

import re
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.console.trail.words import EVENTS, row_of
from app.parts import Parts
from app.records import Broken, Head, Role
from app.records.names import is_name

_PAGE = 50
_HIGHEST = 2**31 - 1
_HASH = re.compile("[0-9a-f]{64}")
_BROKEN = {
    "the row is missing, or one stands before it that does not belong there": "这一行不见了，或者前面多了不该有的一行",
    "the row does not follow the one before it": "这一行和前一行对不上",
    "the row was changed": "这一行被改过",
    "the row is not the one that was kept as the anchor": "这一行不是您记下的那一行",
    "the row cannot be read": "这一行读不出来",
    "the end of the trail is missing": "从这一行起的结尾不见了",
}


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    auditor = Depends(require(parts, Role.AUDITOR))

    @routes.get("/audit")
    async def read(request: Request, visitor: Annotated[Visitor, auditor]) -> Response:
        return await _page(parts, pages, request, visitor)

    @routes.post("/audit")
    async def verify(request: Request, visitor: Annotated[Visitor, auditor]) -> Response:
        form = await Form.of(request)
        number, digest = form.text("number"), form.text("hash").lower()
        errors = _unfit(number, digest)
        if errors:
            kept = {"number": number, "hash": digest}
            return await _page(parts, pages, request, visitor, errors=errors, kept=kept, status=422)
        head = await parts.trail.head()
        broken = await parts.trail.verify(head)
        if broken is None and number:
            broken = await parts.trail.verify(Head(int(number), digest))
        told = None if broken is None else _BROKEN.get(broken.reason, broken.reason)
        return await _page(
            parts, pages, request, visitor, head=head, broken=broken, told=told, kept={"number": number, "hash": digest}
        )

    return routes


async def _page(
    parts: Parts,
    pages: Pages,
    request: Request,
    visitor: Visitor,
    *,
    errors: Sequence[FieldError] = (),
    kept: dict[str, str] | None = None,
    head: Head | None = None,
    broken: Broken | None = None,
    told: str | None = None,
    status: int = 200,
) -> Response:
    """The trail. `head`: up to where it was verified just now, with what came of it."""
    query = request.query_params
    person, event = query.get("person", "").strip(), query.get("event", "").strip()
    before = int(query["before"]) if re.fullmatch("[0-9]{1,9}", query.get("before", "")) else None
    wanted: dict[str, Any] = {"person": _person(person), "event": event or None}
    is_possible = is_name(person or "-") and event in ("", *EVENTS)
    found = await parts.trail.page(before=before, limit=_PAGE + 1, **wanted) if is_possible else []
    told_rows = found[:_PAGE]
    titles = await parts.headlines.titles({entry.subject for entry in told_rows if entry.subject})
    given = {name: value for name, value in (("person", person), ("event", event)) if value}
    older = urlencode({**given, "before": told_rows[-1].number}) if len(found) > _PAGE else None
    return await pages.page(
        request,
        "audit.html",
        visitor,
        here="/audit",
        status=status,
        rows=[row_of(entry, titles) for entry in told_rows],
        person=person,
        event=event,
        events=EVENTS.items(),
        newest=urlencode(given),
        is_later=before is not None,
        older=older,
        errors=errors,
        kept=kept or {"number": "", "hash": ""},
        head=head,
        broken=broken,
        told=told,
    )


def _person(given: str) -> str | None:
    """The name that stands in the trail, of those that do what the program does by itself too."""
    return {"系统": "service", "命令行": "operator", "本机": "loopback"}.get(given, given) or None


def _unfit(number: str, digest: str) -> list[FieldError]:
    errors = []
    if bool(number) != bool(digest):
        lacking = "hash" if number else "number"
        errors.append(FieldError(lacking, "行号和摘要要一起填；不核对以前记下的，就都空着。"))
    if number and not (re.fullmatch("[0-9]{1,10}", number) and 0 < int(number) <= _HIGHEST):
        errors.append(FieldError("number", "行号是一个大于 0 的整数，请照以前记下的填。"))
    if digest and not _HASH.fullmatch(digest):
        errors.append(FieldError("hash", "摘要是 64 个字符，只有数字和 a 到 f，请照以前记下的填。"))
    return errors
