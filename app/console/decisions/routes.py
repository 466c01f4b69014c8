"""The pages of this room, in the order in which their paths are looked through."""

from fastapi import APIRouter

from app.console.decisions import exceptions, listing, page
from app.console.frame.rendering import Pages
from app.parts import Parts


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this room."""
    routes = APIRouter()
    for room in (listing, page, exceptions):
        routes.include_router(room.router(parts, pages))
    return routes
