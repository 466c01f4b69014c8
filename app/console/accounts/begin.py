"""On the first start, the page that makes the first two people."""

import hmac
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response

from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages, told_of
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import require_own_page
from app.errors import NotFound, RequestError
from app.parts import Parts
from app.records import Newcomer, Role
from app.records.names import require_person_name
from app.records.passwords import require_good_password

_ALL = (Role.EDITOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)

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
