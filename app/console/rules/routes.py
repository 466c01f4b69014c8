"""The pages of this room, in the order in which their paths are looked through."""

from fastapi import APIRouter

from app.console.frame.rendering import Pages
from app.console.rules import form, listing, page, tries
from app.parts import Parts


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this room."""
    routes = APIRouter()
    for room in (listing, tries, form, page):
        routes.include_router(room.router(parts, pages))
    return routes
