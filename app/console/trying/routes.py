"""The pages of this room, in the order in which their paths are looked through."""

from fastapi import APIRouter

from app.console.frame.rendering import Pages
from app.console.trying import script, talk, text
from app.parts import Parts


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this room."""
    routes = APIRouter()
    for room in (text, script, talk):
        routes.include_router(room.router(parts, pages))
    return routes
