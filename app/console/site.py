"""All pages of the console under /console, the files that they load, and a page for whatever is refused there."""

from fastapi import APIRouter, Request, Response
from starlette.types import Scope

from app.console import accounts, changes, contacts, decisions, notices, overview, rules, trail, trying, wording
from app.console.frame.rendering import FOLDER, Pages
from app.errors import NotFound
from app.parts import Parts

_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

_ROOMS = (accounts, overview, changes, rules, wording, trying, decisions, trail, contacts, notices)
_REFUSED = {
    400: ("没有收到", "发来的表单读不出来。请回到原来的页面，再提交一次。"),
    404: ("没有这一页", "请核对网址，或者从概览进去找。"),
    405: ("没有做成", "这个网址不能这样打开，只能由页面上的按钮提交。请回到原来的页面再做一次。"),
    413: ("没有收下", "提交的内容太大了。请缩短以后再提交；文件太大的，请分成几份。"),
}
_BROKEN = ("没有做成", "没有做成，请过一会儿再试。")


class Site:
    """The console of one service."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pages = Pages(parts)

    def router(self) -> APIRouter:
        """The routes of all pages."""
        routes = APIRouter()
        for room in _ROOMS:
            routes.include_router(room.router(self._parts, self._pages))
        files = {file.name: file.read_bytes() for file in (FOLDER / "static").iterdir() if file.suffix in _KINDS}

        @routes.api_route("/console/static/{name}", methods=["GET", "HEAD"], include_in_schema=False)
        async def static(name: str) -> Response:
            if name not in files:
                raise NotFound("there is nothing under this path")
            kind = _KINDS[f".{name.rpartition('.')[2]}"]
            cached = {"cache-control": "public, max-age=86400, immutable"}
            return Response(files[name], media_type=kind, headers=cached)

        return routes

    def refusal(self, scope: Scope, status: int) -> Response | None:
        """The page for a request below /console that no page answers; it says nothing that only some may know."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path != "/console" and not path.startswith("/console/"):
            return None
        head, told = _REFUSED.get(status, _BROKEN)
        return self._pages.alone(Request(scope), "refused.html", status=status, head=head, told=told, more=[])
