"""All pages of the console under /console, and the files that they load."""

from fastapi import APIRouter, Response

from app.console import accounts, changes, contacts, decisions, notices, overview, rules, trail, trying, wording
from app.console.frame.rendering import FOLDER, Pages
from app.errors import NotFound
from app.parts import Parts

_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

_ROOMS = (accounts, overview, changes, rules, wording, trying, decisions, trail, contacts, notices)


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
