"""Routes of pages: whatever is refused is a page too, and who is not signed in is led to where one signs in."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from app.console.frame.kept_forms import sealed_form
from app.console.frame.notices import leave
from app.console.frame.refusals import told_by
from app.console.frame.rendering import Pages, in_chinese
from app.console.frame.visitors import COOKIE, SignInNeeded
from app.errors import HeyanError, Malformed, RequestError, StoreError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def page_routes(pages: Pages) -> APIRouter:
    """Routes of pages, whose errors are pages."""

    class PageRoute(APIRoute):
        def __init__(self, *given: Any, methods: Iterable[str] | None = None, **named: Any) -> None:
            """See FastAPI; HTTP gives HEAD to whatever has GET."""
            asked = list(methods or ("GET",))
            super().__init__(*given, methods=[*asked, "HEAD"] if "GET" in asked else asked, **named)

        def get_route_handler(self) -> Handler:
            """See FastAPI."""
            handler = super().get_route_handler()

            async def answered(request: Request) -> Response:
                response = await shown(request)
                if request.method == "HEAD":
                    response.body = b""  # its headers stay those of the page, its length too
                return response

            async def shown(request: Request) -> Response:
                try:
                    if b"%00" in request.scope.get("raw_path", b""):
                        raise Malformed("网址里有写错的地方。(no address holds a NUL)")
                    return await handler(request)
                except SignInNeeded:
                    if request.method == "POST" and not request.headers.get("hx-request"):
                        return await _kept(request, pages)
                    return to_sign_in(request)
                except RequestError as refused:
                    told = told_by(refused)
                    head, more = (in_chinese(refused.detail), told) if refused.fields else (told[0], [])
                    return pages.alone(request, "refused.html", status=refused.status, told=head, more=more)
                except RequestValidationError:
                    return pages.alone(request, "refused.html", status=422, told="网址里有写错的地方。", more=[])
                except StoreError:
                    told_ = "现在读不到存储，页面打不开。正在生效的规则不受影响，请过一会儿再试。"
                    return pages.alone(request, "refused.html", status=503, told=told_, more=[])
                except HeyanError:
                    return pages.alone(request, "refused.html", status=500, told="没有做成，请过一会儿再试。", more=[])

            return answered

    return APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)


async def _kept(request: Request, pages: Pages) -> Response:
    """The page where one signs in, which keeps what stood in the form that was sent."""
    kept = await sealed_form(request)
    if kept is None and not request.cookies.get(COOKIE):
        return to_sign_in(request)
    told = "登录已过期，请重新登录，您填的内容还在。"
    if kept is None:
        told = "登录已过期，请重新登录。您填的内容太长，没能留住；按浏览器的“后退”可以看到，请先抄下来。"
    where = f"{request.scope.get('root_path', '')}/console"
    return pages.alone(request, "sign_in.html", status=401, given="", errors=[], next=where, kept=kept or "", told=told)


def to_sign_in(request: Request) -> Response:
    """The way to the page where one signs in, and back to here."""
    base = f"{request.scope.get('root_path', '')}/console"
    is_read = request.method in ("GET", "HEAD")
    back = request.url.path if is_read else base
    if is_read and request.url.query:
        back += f"?{request.url.query}"
    where = f"{base}/sign-in?next={quote(back, safe='')}"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"hx-redirect": where})
    return RedirectResponse(where, 303)


def to(request: Request, path: str, said: str | None = None, session: str | None = None) -> Response:
    """On to another page of the console, which says what was done; `session`: a new one that looks at it."""
    response = RedirectResponse(f"{request.scope.get('root_path', '')}/console{path}", 303)
    if said is not None:
        leave(response, request, path, said, session)
    return response
