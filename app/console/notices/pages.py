"""Notices to the outside: where they go, whether they arrive; one is made, tried and removed by an admin."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.console.frame.forms import Form
from app.console.frame.refusals import told_by
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.console.notices.words import KINDS, PLATFORMS, platform, short, state, why
from app.errors import RequestError
from app.parts import Parts
from app.records import NoticeKind, Platform, Role, Webhook
from app.records.names import require_name
from app.records.webhooks import LONGEST_SECRET, require_secret, require_url

_HERE = "/webhooks"
_ID = re.compile("[0-9a-f]{16}")
_USUAL = [NoticeKind.WAITING.value, NoticeKind.PUBLISHED.value, NoticeKind.CONFLICTING.value, NoticeKind.FAILING.value]
_WORDS = {"platform": platform, "short": short, "state": state, "why": why, "kinds": tuple(NoticeKind)}


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these pages."""
    routes = page_routes(pages)
    admin = Depends(require(parts, Role.ADMIN))
    desk = parts.notices

    @routes.get("/webhooks")
    async def listed(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        webhooks, waiting = await desk.webhooks.list(), await desk.outbox.waiting()
        last = {each.id: next(iter(await desk.outbox.newest(each.id, limit=1)), None) for each in webhooks}
        context: dict[str, Any] = {"webhooks": webhooks, "left": waiting, "last": last, **_WORDS}
        return await pages.page(request, "webhooks.html", visitor, here=_HERE, **context)

    @routes.get("/webhooks/new")
    async def ask(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        return await _form(request, visitor, {"name": "", "platform": "", "url": "", "kinds": _USUAL})

    @routes.post("/webhooks/new")
    async def create(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        form = await Form.of(request)
        name, url, secret, kinds = form.text("name"), form.text("url"), form.text("secret"), form.all("kinds")
        given = {"name": name, "platform": form.text("platform"), "url": url, "kinds": kinds}
        if errors := _unfit(given, secret):
            return await _form(request, visitor, given, errors)
        try:
            made = await desk.webhooks.create(
                name,
                Platform(form.text("platform")),
                url,
                [NoticeKind(kind) for kind in kinds],
                secret=secret or None,
                by=visitor.name,
            )
        except RequestError as refused:
            return await _form(request, visitor, given, [FieldError("name", told) for told in told_by(refused)])
        return to(request, f"/webhooks/one?id={made.id}", said="webhook-made")

    @routes.get("/webhooks/one")
    async def one(
        request: Request, visitor: Annotated[Visitor, admin], identity: Annotated[str, Query(alias="id")]
    ) -> Response:
        return await _one(request, visitor, await _known(identity))

    @routes.post("/webhooks/test")
    async def test(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        webhook = await _known((await Form.of(request)).text("id"))
        failure = await desk.try_out(webhook.id, visitor.name)
        return await _one(request, visitor, webhook, {"tried": True, "failure": failure})

    @routes.post("/webhooks/remove")
    async def remove(request: Request, visitor: Annotated[Visitor, admin]) -> Response:
        webhook = await _known((await Form.of(request)).text("id"))
        await desk.webhooks.remove(webhook.id, by=visitor.name)
        return to(request, _HERE, said="webhook-removed")

    async def _known(identity: str) -> Webhook:
        return await desk.webhooks.find(identity if _ID.fullmatch(identity) else "-")

    async def _one(
        request: Request, visitor: Visitor, webhook: Webhook, more: Mapping[str, Any] | None = None
    ) -> Response:
        told = await desk.outbox.newest(webhook.id, limit=50)
        context = {"tried": False, "failure": None, "one": webhook, "told": told, **_WORDS, **(more or {})}
        return await pages.page(request, "webhook.html", visitor, here=_HERE, **context)

    async def _form(
        request: Request, visitor: Visitor, given: Mapping[str, Any], errors: Sequence[FieldError] = ()
    ) -> Response:
        context = {"given": given, "errors": errors, "platforms": PLATFORMS, "kinds": KINDS, "longest": LONGEST_SECRET}
        status = 422 if errors else 200
        return await pages.page(request, "webhook_new.html", visitor, here=_HERE, status=status, **context)

    return routes


def _unfit(given: Mapping[str, Any], secret: str) -> list[FieldError]:
    errors = []
    try:
        require_name("name", given["name"])
    except RequestError:
        errors.append(FieldError("name", "名称要有 1 到 64 个看得见的字，前后没有空格。"))
    if given["platform"] not in dict(PLATFORMS):
        errors.append(FieldError("platform", "请选发到哪个平台。"))
    try:
        require_url(given["url"])
    except RequestError as refused:
        errors += [FieldError("url", told) for told in told_by(refused)]
    try:
        require_secret(secret or "-")
    except RequestError as refused:
        errors += [FieldError("secret", told) for told in told_by(refused)]
    if not given["kinds"]:
        errors.append(FieldError("kinds", "请至少选一种要通知的事。"))
    elif not set(given["kinds"]) <= dict(KINDS).keys():
        errors.append(FieldError("kinds", "请从列表里选。"))
    return errors
