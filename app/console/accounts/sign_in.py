"""Sign in and out; on the first start, the page that makes the first two people."""

import hmac
import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import QueryParams

from app.console.frame.forms import Form
from app.console.frame.kept_forms import opened_form
from app.console.frame.rendering import FieldError, Pages, told_of
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import COOKIE, Visitor, csrf_of, forget, remember, require, require_own_page
from app.errors import NotFound, RequestError
from app.parts import Parts
from app.records import Newcomer, Role
from app.records.names import require_person_name
from app.records.passwords import require_good_password

_SHOWN_AGAIN = re.compile("/console/(rules|wording|changes|decisions)/")
"""Forms whose pages show them as they were filled in, where `again` is sent along; others are sent anew."""
_ALL = (Role.EDITOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)


class Door:
    """How many passwords are being looked at, which takes memory and time: more than so many are not begun."""

    def __init__(self, most: int = 16) -> None:
        self._most = most
        self._within = 0

    @property
    def is_full(self) -> bool:
        """Whether nobody else may come in now."""
        return self._within >= self._most

    def __enter__(self) -> None:
        self._within += 1

    def __exit__(self, *_: object) -> None:
        self._within -= 1


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these pages."""
    routes = page_routes(pages)
    anybody, door = Depends(require(parts)), Door()

    @routes.get("/sign-in")
    async def ask(request: Request) -> Response:
        following = _own(request, request.query_params)
        return pages.alone(request, "sign_in.html", given="", errors=[], next=following, kept="", told="")

    @routes.post("/sign-in")
    async def enter(request: Request) -> Response:
        require_own_page(request)
        form = await Form.of(request)
        name = form.text("name")
        following, kept = _own(request, form), form.raw("kept")

        def refused(told: str, status: int) -> Response:
            errors = [FieldError(None, told)]
            more = {"given": name, "errors": errors, "next": following, "kept": kept, "told": ""}
            return pages.alone(request, "sign_in.html", status=status, **more)

        if door.is_full:
            return refused("现在登录的人太多，请过一会儿再试。", 429)
        with door:
            session = await parts.sessions.open(name, form.raw("password"))
        if session is None:
            told = "姓名或密码不对，或者试错太多次、暂时不能登录。请过 15 分钟再试，或者请管理员重设密码。"
            return refused(told, 401)
        again = opened_form(request, session.principal.person, kept)
        await parts.sessions.close(request.cookies.get(COOKIE, ""))  # whose window this was before is signed out
        response: Response = RedirectResponse(following, 303)
        if again is not None:
            token = csrf_of(session.token, session.principal.person)
            is_shown = _SHOWN_AGAIN.search(again.path) is not None
            response = pages.alone(request, "form_again.html", kept=again, token=token, is_shown=is_shown)
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

    @routes.get("/begin")
    async def begin(request: Request, token: str = "") -> Response:
        await _require_link(parts, token)
        return pages.alone(request, "begin.html", token=token, names=("", ""), errors=[])

    @routes.post("/begin")
    async def make(request: Request) -> Response:
        require_own_page(request)
        form = await Form.of(request)
        await _require_link(parts, form.text("token"))
        names = form.text("name_1"), form.text("name_2")
        newcomers = [Newcomer(name, _ALL, form.raw(f"password_{number}")) for number, name in enumerate(names, 1)]
        errors = [wrong for number, one in enumerate(newcomers, 1) for wrong in _unfit(one, number)]
        if not errors:
            try:
                await parts.people.begin(newcomers)
            except RequestError as refused:
                told = [each.told for each in told_of(refused.fields)]
                errors = [FieldError(None, each) for each in told or ["已经有人建好了，请直接登录。"]]
        if errors:
            return pages.alone(request, "begin.html", status=422, token=form.text("token"), names=names, errors=errors)
        return to(request, "/sign-in")

    return routes


async def _require_link(parts: Parts, token: str) -> None:
    """Raises NotFound: where there is somebody already, or the link is another one."""
    is_own = parts.first_link is not None and hmac.compare_digest(parts.first_link.encode(), token.encode())
    if not is_own or await parts.people.list():
        raise NotFound("这个链接已经用过了，或者不对。(this link is over)")


def _unfit(one: Newcomer, number: int) -> Iterator[FieldError]:
    """What is wrong with a name and with a password, each beside its field."""
    try:
        require_person_name("name", one.name)
    except RequestError as refused:
        yield from (FieldError(f"name_{number}", each.told) for each in told_of(refused.fields))
    try:
        require_good_password(one.name, one.password)
    except RequestError as refused:
        yield from (FieldError(f"password_{number}", each.told) for each in told_of(refused.fields))


def _own(request: Request, given: "Form | QueryParams") -> str:
    """Where to go on, on pages of the console only."""
    base = f"{request.scope.get('root_path', '')}/console"
    wanted = given.get("next") or ""
    path = unquote(wanted.partition("?")[0])
    is_own = path == base or path.startswith(f"{base}/")
    return wanted if is_own and not {"..", ""} & set(path.split("/")[1:]) and "\\" not in wanted else base
