"""All pages of the console under /console, and the files that they load."""

from fastapi import APIRouter, Response

from app.console import (
    account,
    changes,
    contacts_page,
    decision_page,
    decisions,
    keys,
    overview,
    people,
    person_page,
    revisions_page,
    rule_form,
    rule_page,
    rule_tries,
    rules,
    scripting,
    sign_in,
    trail,
    trying,
    wording_drafts,
    wording_files,
    wording_pages,
    wording_steps,
)
from app.console.rendering import FOLDER, Pages
from app.errors import NotFound
from app.parts import Parts

_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

_ROOMS = (
    sign_in,
    overview,
    changes,
    revisions_page,
    rules,
    rule_tries,
    rule_form,
    rule_page,
    wording_files,  # before the pages of one text, whose paths would fit too
    wording_pages,
    wording_steps,
    wording_drafts,
    trying,
    scripting,
    decisions,
    decision_page,
    trail,
    people,
    person_page,
    keys,
    account,
    contacts_page,
)
"""The rooms, in the order in which their paths are looked through."""


def router(parts: Parts) -> APIRouter:
    """The routes of all pages."""
    pages = Pages(parts)
    routes = APIRouter()
    for room in _ROOMS:
        routes.include_router(room.router(parts, pages))
    files = {file.name: file.read_bytes() for file in (FOLDER / "static").iterdir() if file.suffix in _KINDS}

    @routes.get("/console/static/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        if name not in files:
            raise NotFound("there is nothing under this path")
        kind = _KINDS[f".{name.rpartition('.')[2]}"]
        return Response(files[name], media_type=kind, headers={"cache-control": "public, max-age=86400, immutable"})

    return routes
