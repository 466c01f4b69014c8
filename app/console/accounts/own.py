"""One's own account: another password, for who knows the one of today."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.console.accounts.people import unfit_password
from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, remember, require
from app.parts import Parts


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    anybody = Depends(require(parts))

    @routes.get("/account")
    async def read(request: Request, visitor: Annotated[Visitor, anybody]) -> Response:
        return await _page(request, visitor)

    @routes.post("/account")
    async def change(request: Request, visitor: Annotated[Visitor, anybody]) -> Response:
        form = await Form.of(request)
        old, new, again = form.raw("old"), form.raw("new"), form.raw("again")
        errors = unfit_password(visitor.name, new, "new")
        if not errors and new != again:
            errors = [FieldError("again", "两次输入的新密码不一样，请再输一遍。")]
        if not errors and new == old:
            errors = [FieldError("new", "新密码和现在的密码一样，请换一个。")]
        # Asked for last, so that who only mistypes the new one is not locked out.
        if not errors and not await parts.people.confirm(visitor.name, old):
            told = "现在的密码不对，或者试错太多次、暂时不能改。请过 15 分钟再试，或者请管理员重设。"
            errors = [FieldError("old", told)]
        if errors:
            return await _page(request, visitor, errors)
        await parts.people.set_password(visitor.name, new, by=visitor.name)
        session = await parts.sessions.open(visitor.name, new)
        response = to(request, "/account", said="password-changed", session=session.token if session else None)
        if session is not None:
            remember(response, request, session.token)
        return response

    async def _page(request: Request, visitor: Visitor, errors: Sequence[FieldError] = ()) -> Response:
        one = await parts.people.find(visitor.name)
        status = 422 if errors else 200
        return await pages.page(request, "account.html", visitor, status=status, one=one, errors=errors)

    return routes
