"""The pages of this room, in the order in which their paths are looked through."""

from fastapi import APIRouter

from app.console.accounts import begin, keys, own, people, person, sign_in
from app.console.frame.rendering import Pages
from app.parts import Parts


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this room."""
    routes = APIRouter()
    for room in (sign_in, begin, people, person, keys, own):
        routes.include_router(room.router(parts, pages))
    return routes
