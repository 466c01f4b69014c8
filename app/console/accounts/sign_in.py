"""Sign in and out."""

import math
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import QueryParams

from app.console.accounts.door import Door, Tries, address_of
from app.console.frame.forms import Form
from app.console.frame.kept_forms import opened_form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import COOKIE, Visitor, csrf_of, forget, remember, require, require_own_page
from app.parts import Parts


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these pages."""
    routes = page_routes(pages)
    anybody, door, tries = Depends(require(parts)), Door(), Tries()

    @routes.get("/sign-in")
    async def ask(request: Request) -> Response:
        following = _own(request, request.query_params)
        return pages.alone(request, "sign_in.html", given="", errors=[], next=following, kept="", told="")

    @routes.post("/sign-in")
    async def enter(request: Request) -> Response:
        require_own_page(request)
        form = await Form.of(request)
        name = form.text("name")
        following, kept, address = _own(request, form), form.raw("kept"), address_of(request)

        def refused(told: str, status: int) -> Response:
            errors = [FieldError(None, told)]
            more = {"given": name, "errors": errors, "next": following, "kept": kept, "told": ""}
            return pages.alone(request, "sign_in.html", status=status, **more)

        wait, told = _kept_out(tries, door, address)
        if wait:
            kept_out = refused(told, 429)
            kept_out.headers["retry-after"] = str(wait)
            return kept_out
        with door.passing(address):
            session = await parts.sessions.open(name, form.raw("password"))
        if session is None:
            tries.note(address)
            told = "姓名或密码不对，请再试一次。连续试错 5 次要等 15 分钟；忘了密码，请管理员重设。"
            return refused(told, 401)
        again = opened_form(request, session.principal.person, kept)
        await parts.sessions.close(request.cookies.get(COOKIE, ""))  # whose window this was before is signed out
        response: Response = RedirectResponse(following, 303)
        if again is not None:
            token = csrf_of(session.token, session.principal.person)
            response = pages.alone(request, "form_again.html", kept=again, token=token)
        remember(response, request, session.token)
        return response

    @routes.post("/sign-out")
    async def leave(request: Request, _: Annotated[Visitor, anybody]) -> Response:
        await parts.sessions.close(request.cookies.get(COOKIE, ""))
        response = to(request, "/sign-in")
        forget(response, request)
        return response

    @routes.post("/sign-out-everywhere")
    async def leave_everywhere(request: Request, visitor: Annotated[Visitor, anybody]) -> Response:
        await parts.sessions.close_all(visitor.name)
        response = to(request, "/sign-in")
        forget(response, request)
        return response

    return routes


def _kept_out(tries: Tries, door: Door, address: str) -> tuple[int, str]:
    """For how many seconds nobody from here comes in, and why; 0 for now."""
    if wait := tries.wait(address):
        return wait, f"从您的网络地址试错太多次了。请过 {math.ceil(wait / 60)} 分钟再试。"
    return (1, "现在登录的人太多，请过一会儿再试。") if door.is_full(address) else (0, "")


def _own(request: Request, given: "Form | QueryParams") -> str:
    """Where to go on, on pages of the console only."""
    base = f"{request.scope.get('root_path', '')}/console"
    wanted = given.get("next") or ""
    path = unquote(wanted.partition("?")[0])
    is_own = path == base or path.startswith(f"{base}/")
    return wanted if is_own and not {"..", ""} & set(path.split("/")[1:]) and "\\" not in wanted else base
