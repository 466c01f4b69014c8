"""People and their keys: who may come in, with which roles; an admin makes, changes, disables and enables them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.console.frame.forms import Form
from app.console.frame.refusals import errors_of, told_by
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.errors import RequestError
from app.parts import Parts
from app.records import KeyState, PersonState, Role
from app.records.names import require_person_name
from app.records.passwords import require_good_password

ROLES = (
    (Role.EDITOR.value, "起草：提出规则和话术的变更"),
    (Role.APPROVER.value, "审批：批准或驳回别人提出的变更"),
    (Role.AUDITOR.value, "查看：查决策和审计记录，标注命中"),
    (Role.ADMIN.value, "管理：管理人员和密钥"),
    (Role.CALLER.value, "调用：外呼系统取话术用，人一般不需要"),
)
"""What officers are told of each role."""
_STATES = {
    PersonState.ACTIVE: ("可以登录", "go"),
    PersonState.LOCKED: ("已锁定", "ask"),
    PersonState.DISABLED: ("已停用", "stop"),
}
_KEY_STATES = {
    KeyState.ACTIVE: ("可用", "go"),
    KeyState.EXPIRED: ("已过期", ""),
    KeyState.REVOKED: ("已吊销", "stop"),
    KeyState.PERSON_DISABLED: ("人已停用", "stop"),
    KeyState.ROLES_TAKEN: ("没有权限了", "stop"),
}


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these pages; what is done to one person stands in `person_page`."""
    routes = page_routes(pages)
    admin = Depends(require(parts, Role.ADMIN))

    @routes.get("/people")
    async def listed(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        return await pages.page(
            request,
            "people.html",
            visitor,
            here="/people",
            people=await parts.people.list(),
            keys=await parts.keys.list(),
            hands=await parts.grants.unconfirmed(),
            states=_STATES,
            key_states=_KEY_STATES,
        )

    @routes.get("/people/new")
    async def ask(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        return await _new(request, visitor)

    @routes.post("/people/new")
    async def create(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        form = await Form.of(request)
        name, roles, password = form.text("name"), form.all("roles"), form.raw("password")
        errors = _unfit(name, roles, password)
        if not errors:
            try:
                wanted = [Role(role) for role in roles]
                await parts.people.create(name, wanted, password, by=visitor.name, keep_admin=True)
            except RequestError as refused:
                errors = errors_of(refused, "name")
        if errors:
            return await _new(request, visitor, name, roles, errors)
        return to(request, "/people", said="created")

    async def _new(
        request: Request,
        visitor: Visitor,
        name: str = "",
        roles: Sequence[str] = (),
        errors: Sequence[FieldError] = (),
    ) -> Response:
        status, given = 422 if errors else 200, {"typed": name, "given": roles, "errors": errors}
        return await pages.page(
            request, "person_new.html", visitor, here="/people", status=status, choices=ROLES, **given
        )

    return routes


def unfit_roles(roles: Sequence[str]) -> list[FieldError]:
    """What is wrong with the roles that were chosen."""
    if not roles:
        return [FieldError("roles", "请至少选一种权限。")]
    known = {role.value for role in Role}
    return [] if set(roles) <= known else [FieldError("roles", "请从列表里选权限。")]


def unfit_password(name: str, password: str, field: str = "password") -> list[FieldError]:
    """What is wrong with a new password."""
    try:
        require_good_password(name, password)
    except RequestError as refused:
        return [FieldError(field, told) for told in told_by(refused)]
    return []


def _unfit(name: str, roles: Sequence[str], password: str) -> list[FieldError]:
    errors = []
    try:
        require_person_name("name", name)
    except RequestError as refused:
        errors = [FieldError("name", told) for told in told_by(refused)]
    return [*errors, *unfit_roles(roles), *unfit_password(name, password)]
