"""The pages of this room, in the order in which their paths are looked through."""

from fastapi import APIRouter

from app.console.frame.rendering import Pages
from app.console.wording import drafts, files, lines, steps
from app.parts import Parts


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this room."""
    routes = APIRouter()
    for room in (files, lines, steps, drafts):  # the path of one text would fit the files too
        routes.include_router(room.router(parts, pages))
    return routes
