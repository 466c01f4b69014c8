"""One person: other roles, another password, in or out; the name stands in forms and never in a path."""

from collections.abc import Awaitable, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from app.console.accounts.people import ROLES, unfit_password, unfit_roles
from app.console.frame.forms import Form
from app.console.frame.refusals import told_by
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.errors import RequestError
from app.parts import Parts
from app.records import PersonState, Role
from app.records.names import is_same_person


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    admin = Depends(require(parts, Role.ADMIN))

    @routes.get("/people/one")
    async def read(request: Request, visitor: Annotated[Visitor, admin], name: str = "") -> Response:
        return await shown(request, visitor, name)

    @routes.post("/people/roles")
    async def roles(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        form = await Form.of(request)
        name, given = form.text("name"), form.all("roles")
        if errors := unfit_roles(given):
            return await shown(request, visitor, name, errors, given)
        wanted = [Role(role) for role in given]
        doing = parts.people.set_roles(name, wanted, by=visitor.name, keep_admin=True)
        return await done(request, visitor, name, doing, "roles", given)

    @routes.post("/people/password")
    async def password(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        form = await Form.of(request)
        name, given = form.text("name"), form.raw("password")
        if errors := unfit_password(name, given):
            return await shown(request, visitor, name, errors)
        doing = parts.people.set_password(name, given, by=visitor.name)
        return await done(request, visitor, name, doing, "password")

    @routes.post("/people/disable")
    async def disable(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        name = (await Form.of(request)).text("name")
        doing = parts.people.disable(name, by=visitor.name, keep_admin=True)
        return await done(request, visitor, name, doing, "disable")

    @routes.post("/people/enable")
    async def enable(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        name = (await Form.of(request)).text("name")
        return await done(request, visitor, name, parts.people.enable(name, by=visitor.name), "enable")

    @routes.post("/people/confirm")
    async def confirm(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        name = (await Form.of(request)).text("name")
        return await done(request, visitor, name, parts.grants.confirm(name, by=visitor.name), "confirm")

    async def done(
        request: Request,
        visitor: Visitor,
        name: str,
        doing: Awaitable[None],
        field: str,
        roles: Sequence[str] | None = None,
    ) -> Response:
        """What was asked for is done, or told why not beside where it was asked for."""
        try:
            await doing
        except RequestError as refused:
            errors = [FieldError(field, told) for told in told_by(refused)]
            return await shown(request, visitor, name, errors, roles, status=refused.status)
        return to(request, f"/people/one?{urlencode({'name': name})}", said="changed")

    async def shown(
        request: Request,
        visitor: Visitor,
        name: str,
        errors: Sequence[FieldError] = (),
        roles: Sequence[str] | None = None,
        status: int | None = None,
    ) -> Response:
        one = await parts.people.find(name)
        hands = (await parts.grants.unconfirmed()).get(one.name, ())
        return await pages.page(
            request,
            "person.html",
            visitor,
            here="/people",
            status=status or (422 if errors else 200),
            one=one,
            is_out=one.state is not PersonState.ACTIVE,
            given=[role.value for role in one.roles] if roles is None else roles,
            choices=ROLES,
            errors=errors,
            hands=hands,
            may_confirm=not any(is_same_person(visitor.name, each) for each in (one.name, *hands)),
            keys=[key for key in await parts.keys.list() if key.person == name],
        )

    return routes
