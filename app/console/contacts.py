"""Contacts: what one customer refused and since when, the way back by two persons, and what changed lately."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from app.approved.events import EventType
from app.console.frame.forms import Form, legible
from app.console.frame.refusals import told_by
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.contacts import Closures, ContactEvent, Effect, Kept, Scope, effects_of
from app.errors import Forbidden, RequestError
from app.lexicon.labels import CALLEES, CHANNELS, SCENARIOS
from app.parts import Parts
from app.records import Role
from app.records.names import is_same_person
from app.requests import REF
from guards.types import Case, Scenario

KINDS = {Kept.OPT_OUT: "拒绝来电", Kept.WRONG_NUMBER: "打错了", Kept.THIRD_PARTY: "接听的旁人拒绝"}
"""What officers call what is kept."""
SCOPES = {Scope.MARKETING: "营销来电", Scope.SERVICING: "营销来电，其他来电也不要机器语音"}
SAID = {
    "marketing": ("不要再打营销电话", ContactEvent(EventType.OPT_OUT, Scope.MARKETING)),
    "servicing": ("不要再打营销电话，别的电话也不要机器打", ContactEvent(EventType.OPT_OUT, Scope.SERVICING)),
    "wrong_number": ("打错了，号码不是这个客户的", ContactEvent(EventType.WRONG_NUMBER)),
}
"""What a customer may have said elsewhere, such as to a person on the hotline, and what is noted of it."""
SOURCES = {"call": "通话里说的", "api": "人工登记", "import": "名单导入", "retention": "保存期满"}
"""How it came about."""
_READERS = (Role.CALLER, Role.APPROVER, Role.AUDITOR)
_WRITERS = (Role.CALLER, Role.EDITOR, Role.APPROVER)
_PAGE = 30
_LONGEST_REASON = 500


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    anybody = Depends(require(parts, *_READERS, *_WRITERS))
    writer = Depends(require(parts, *_WRITERS))

    @routes.get("/contacts")
    async def read(request: Request, visitor: Annotated[Visitor, anybody]) -> Response:
        ref = request.query_params.get("ref", "").strip()
        return await _page(parts, pages, request, visitor, ref, _unfit_ref(ref) if ref else [])

    @routes.post("/contacts/opening")
    async def reopen(request: Request, visitor: Annotated[Visitor, writer]) -> Response:
        form = await Form.of(request)
        ref, kind, reason = form.text("ref"), form.text("kind"), legible(form.text("reason"))
        errors = _unfit_ref(ref)
        if kind not in {each.value for each in Kept}:
            errors.append(FieldError("kind", "请选要重新开放哪一种。"))
        if not reason:
            errors.append(FieldError(f"reason-{kind}", "请写理由：审批的人和以后的审计都要看。"))
        elif len(reason) > _LONGEST_REASON:
            told = f"理由最长 {_LONGEST_REASON} 个字，现在是 {len(reason)} 个。"
            errors.append(FieldError(f"reason-{kind}", told))
        typed = {"kind": kind, "reason": reason}
        if errors:
            return await _page(parts, pages, request, visitor, ref, errors, typed, status=422)
        # The store knows the customer by a digest: a reason must not say the reference beside it.
        kept = parts.policy.current.personal_data.masked(reason, Case(known_personal_data={"ref": ref}))
        try:
            said = await _reopened(parts, ref, Kept(kind), visitor, kept)
        except RequestError as refused:
            errors = [FieldError(f"reason-{kind}", told) for told in told_by(refused)]
            return await _page(parts, pages, request, visitor, ref, errors, typed, status=refused.status)
        return to(request, f"/contacts?{urlencode({'ref': ref})}", said=said)

    @routes.post("/contacts/closing")
    async def close(request: Request, visitor: Annotated[Visitor, writer]) -> Response:
        form = await Form.of(request)
        ref, said = form.text("ref"), form.text("said")
        errors = _unfit_ref(ref)
        if said not in SAID:
            errors.append(FieldError("said", "请选客户说了什么。"))
        if errors:
            return await _page(parts, pages, request, visitor, ref, errors, status=422)
        await parts.contacts.note(ref, [SAID[said][1]], visitor.name)
        where = f"/contacts?{urlencode({'ref': ref})}" if visitor.may(*_READERS) else "/contacts"
        return to(request, where, said="closed")

    return routes


async def _reopened(parts: Parts, ref: str, kept: Kept, visitor: Visitor, reason: str) -> str:
    """Ask, or grant what somebody else asked for; which of the two, as the page says it."""
    asked = (await parts.contacts.closures(ref)).asks.get(kept)
    if asked is None or is_same_person(asked.person, visitor.name):
        await parts.contacts.ask(ref, kept, visitor.name, reason, renew=True)
        return "asked"
    if not visitor.may(Role.APPROVER):
        raise Forbidden("已经有人申请过，要有审批权限的人来批准。(it needs the role approver to grant it)")
    await parts.contacts.open(ref, kept, visitor.name, reason)
    return "opened"


async def _page(
    parts: Parts,
    pages: Pages,
    request: Request,
    visitor: Visitor,
    ref: str,
    errors: Sequence[FieldError] = (),
    typed: Mapping[str, str] | None = None,
    status: int | None = None,
) -> Response:
    """The page about a customer, who is nobody where `ref` is empty. `typed`: what could not be taken."""
    is_reader = visitor.may(*_READERS)
    is_known = is_reader and bool(ref) and re.fullmatch(REF, ref) is not None
    closures = await parts.contacts.closures(ref) if is_known else Closures()
    before = request.query_params.get("before", "")
    number = int(before) if re.fullmatch("[0-9]{1,15}", before) else None
    changes = await parts.contacts.latest(before=number, limit=_PAGE + 1) if is_reader else []
    told = changes[:_PAGE]
    return await pages.page(
        request,
        "contacts.html",
        visitor,
        here="/contacts",
        status=status or (422 if errors else 200),
        ref=ref,
        is_known=is_known,
        is_reader=is_reader,
        may_ask=visitor.may(*_WRITERS),
        may_grant=visitor.may(Role.APPROVER),
        may_search=visitor.may(Role.AUDITOR),
        closed=[closures.closed[kept] for kept in Kept if kept in closures.closed],
        asks=closures.asks,
        own={kept for kept, ask in closures.asks.items() if is_same_person(ask.person, visitor.name)},
        effects=_told(effects_of(closures)),
        digest=parts.contacts.digest(ref) if is_known else None,
        changes=told,
        older=urlencode({**({"ref": ref} if ref else {}), "before": told[-1].number}) if len(changes) > _PAGE else None,
        is_later=number is not None,
        kinds=KINDS,
        saids=[(name, told) for name, (told, _) in SAID.items()],
        scopes=SCOPES,
        sources=SOURCES,
        errors=errors,
        typed=typed or {"kind": "", "reason": ""},
    )


def _told(effects: Sequence[Effect]) -> list[str]:
    """What is closed, in one sentence each: scenarios with the same consequence stand together.

    Where nobody may be called at all, that says it all.
    """
    if {one.scenario for one in effects if one.channel is None and one.roles is None} == set(Scenario):
        return ["所有来电：不打"]
    together: dict[tuple[str, str, str], list[str]] = {}
    for one in effects:
        channel = "任何渠道" if one.channel is None else CHANNELS[one.channel]
        roles = "" if one.roles is None else f"，接听的是{'、'.join(CALLEES[role] for role in one.roles)}时"
        end = "转人工" if one.is_handed_over else "不打"
        together.setdefault((channel, roles, end), []).append(SCENARIOS[one.scenario])
    return [f"{'、'.join(names)}（{channel}{roles}）：{end}" for (channel, roles, end), names in together.items()]


def _unfit_ref(ref: str) -> list[FieldError]:
    if re.fullmatch(REF, ref):
        return []
    return [FieldError("ref", "客户编号是 1 到 64 个字母、数字和 . _ : - ，请照客户系统里的写。")]
