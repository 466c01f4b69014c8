"""Looking up what was answered: a search that stands in the address, its pages, and the same as a sheet."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.console.decisions.search import (
    ACTION_CHOICES,
    KINDS,
    MOST_DAYS,
    SCENARIO_CHOICES,
    Search,
    titles_of,
)
from app.console.decisions.sheet import sheet_of
from app.console.frame.downloads import download
from app.console.frame.rendering import Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.parts import Parts
from app.records import Decision, DecisionLog, Role, Taken
from guards.lexicon.scope import CHINA

MOST_EXPORTED = 5_000
"""Rows of a sheet."""
_PAGE = 50
_AT_ONCE = 1_000


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these pages."""
    routes = page_routes(pages)
    auditor = Depends(require(parts, Role.AUDITOR))

    @routes.get("/decisions")
    async def search(request: Request, visitor: Annotated[Visitor, auditor]) -> Response:
        rules = (await parts.lifecycle.rules()).rules
        asked, errors = Search.of(request.query_params, rules)
        number = asked.given["number"]
        if number and not errors and (one := await _numbered(parts, number)) is not None:
            return to(request, f"/decisions/{one.script_id}")
        found = [] if errors or number else await asked.run(parts, _PAGE + 1, asked.before)
        told = found[:_PAGE]
        return await pages.page(
            request,
            "decisions.html",
            visitor,
            here="/decisions",
            status=422 if errors else 200,
            asked=asked,
            errors=errors,
            found=told,
            older=asked.address(before=told[-1].script_id) if len(found) > _PAGE else None,
            titles=titles_of(rules, told),
            kinds=KINDS.items(),
            actions=ACTION_CHOICES,
            scenarios=SCENARIO_CHOICES,
            most_days=MOST_DAYS,
            most_read=DecisionLog.MOST_READ,
            most_exported=MOST_EXPORTED,
        )

    @routes.get("/decisions/export")
    async def export(request: Request, visitor: Annotated[Visitor, auditor]) -> Response:
        rules = (await parts.lifecycle.rules()).rules
        asked, errors = Search.of(request.query_params, rules)
        if errors:
            return to(request, f"/decisions?{asked.address()}")
        found: list[Decision] = []
        if number := asked.given["number"]:
            found += filter(None, [await _numbered(parts, number)])
        else:
            last = None
            while len(found) < MOST_EXPORTED:
                some = await asked.run(parts, min(_AT_ONCE, MOST_EXPORTED - len(found)), last)
                found += some
                if len(some) < _AT_ONCE:
                    break
                last = some[-1].script_id
        name = f"decisions-{datetime.now(CHINA):%Y%m%d-%H%M}.csv"
        content, kind = sheet_of(found, titles_of(rules, found)), "text/csv; charset=utf-8"
        told = {"count": len(found), "format": "csv", **asked.told(parts)}
        return await download(parts, request, visitor, content, name, kind, Taken.DECISIONS, told)

    return routes


async def _numbered(parts: Parts, number: str) -> Decision | None:
    """The decision with this id, or that answered the request with this id."""
    return await parts.log.get(number) or await parts.log.find(number)
