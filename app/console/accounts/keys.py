"""Keys to the API: one is made and shown this once, and revoked."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.console.accounts.people import ROLES, unfit_roles
from app.console.frame.forms import Form
from app.console.frame.refusals import errors_of
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.errors import RequestError
from app.parts import Parts
from app.records import Role
from app.records.names import require_actor, require_name
from guards.lexicon.scope import CHINA

_ID = re.compile("[0-9a-f]{16}")


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these pages."""
    routes = page_routes(pages)
    admin = Depends(require(parts, Role.ADMIN))

    @routes.get("/keys/new")
    async def ask(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        return await _form(request, visitor, {"name": "", "person": "", "last": "", "roles": ["caller"]})

    @routes.post("/keys/new")
    async def create(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        form = await Form.of(request)
        name, person, last, roles = form.text("name"), form.text("person"), form.text("last"), form.all("roles")
        given = {"name": name, "person": person, "last": last, "roles": roles}
        expires_at, errors = _expiry(last)
        errors = [*_unfit(name, person), *unfit_roles(roles), *errors]
        if errors:
            return await _form(request, visitor, given, errors)
        try:
            secret = await parts.keys.create(
                name, [Role(role) for role in roles], person or None, expires_at=expires_at, by=visitor.name
            )
        except RequestError as refused:
            return await _form(request, visitor, given, errors_of(refused, "name"))
        made = await parts.keys.find(name=name)
        return await pages.page(request, "key_made.html", visitor, here="/people", secret=secret, key=made)

    @routes.post("/keys/revoke")
    async def revoke(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        identity = (await Form.of(request)).text("id")
        key = await parts.keys.find(identity=identity if _ID.fullmatch(identity) else "-")
        await parts.keys.revoke(key.name, by=visitor.name, keep_admin=True)
        return to(request, "/people", said="revoked")

    async def _form(
        request: Request, visitor: Visitor, given: dict[str, Any], errors: Sequence[FieldError] = ()
    ) -> Response:
        status = 422 if errors else 200
        return await pages.page(
            request, "key_new.html", visitor, here="/people", status=status, choices=ROLES, given=given, errors=errors
        )

    return routes


def _unfit(name: str, person: str) -> list[FieldError]:
    errors = []
    try:
        require_name("name", name)
    except RequestError:
        errors.append(FieldError("name", "名称要有 1 到 64 个看得见的字，前后没有空格。"))
    try:
        require_actor("person", person or name or "-")
    except RequestError:
        field = "person" if person else "name"
        errors.append(FieldError(field, "这个名字不能用：最长 64 个看得见的字，也不能是系统自己的名称。"))
    return errors


def _expiry(last: str) -> tuple[datetime | None, list[FieldError]]:
    """The end of the last day, in China; None for a key that is good until it is revoked."""
    if not last:
        return None, []
    try:
        day = date.fromisoformat(last)
    except ValueError:
        return None, [FieldError("last", "日期写错了，请写成 2027-12-31 这样。")]
    if not datetime.now(CHINA).date() <= day < date(2200, 1, 1):
        return None, [FieldError("last", "最后一天要在今天或者以后。")]
    return datetime.combine(day + timedelta(days=1), time(), CHINA), []
