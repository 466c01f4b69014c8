"""Try a text: the verdict on it under the rules in force, and beside that under the rules of an open change."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages, in_chinese
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.console.trying.draft_policies import DraftPolicies
from app.console.trying.fact_fields import fact_errors, fact_fields, request_facts, typed_facts
from app.console.trying.moments import (
    CALLEES,
    CHANNEL_OPTIONS,
    SCENARIO_OPTIONS,
    STAGE_OPTIONS,
    callee_of,
    channel_of,
    scenario_of,
    stage_of,
)
from app.console.trying.verdicts import Remark, Stretch, differences, remarks, stretches
from app.errors import Malformed, RequestError
from app.lexicon.rule_faults import document_problem
from app.parts import Parts
from app.records import Role, utc_now
from app.requests import MAX_TEXT, ReviewItem
from app.reviews import checked_guards, masked_text
from app.scripts.intake import take_review
from guards.lexicon.documents import DocumentError
from guards.policy import Policy
from guards.types import Case

_BLANK = {"text": "", "scenario": "", "channel": "", "stage": "", "callee": "", "draft": ""}


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on a text. `named`: which rules judged; `href`: the page of the change that they are of."""

    named: str
    href: str | None
    action: str
    stretches: Sequence[Stretch]
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a text: one verdict or two. `unchecked`: what was not looked at, for want of what it needs."""

    sides: Sequence[Judged]
    masked: str | None
    unchecked: Sequence[str]
    stopped: Sequence[Remark] = ()
    passed: Sequence[Remark] = ()


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    anybody = Depends(require(parts))
    drafts = DraftPolicies(parts)

    async def page(
        request: Request,
        visitor: Visitor,
        given: Mapping[str, str],
        facts: Mapping[str, Sequence[str]],
        errors: Sequence[FieldError] = (),
        tried: Tried | None = None,
    ) -> Response:
        scenario = scenario_of(given["scenario"])
        return await pages.page(
            request,
            "try_text.html",
            visitor,
            here="/try",
            status=422 if errors else 200,
            given=given,
            longest=MAX_TEXT,
            scenarios=SCENARIO_OPTIONS,
            channels=CHANNEL_OPTIONS,
            stages=STAGE_OPTIONS,
            callees=CALLEES,
            drafts=[(one.id, one.title or "（没有标题）") for one in await drafts.open()] if _compares(visitor) else [],
            fields=fact_fields(parts.vocabulary, scenario, facts) if scenario else [],
            has_facts=any(facts.values()),
            errors=errors,
            tried=tried,
        )

    turn = asyncio.Semaphore(1)

    @routes.get("/try")
    async def ask(request: Request, visitor: Annotated[Visitor, anybody], draft: str = "") -> Response:
        return await page(request, visitor, {**_BLANK, "draft": draft}, {})

    @routes.post("/try")
    async def judge(request: Request, visitor: Annotated[Visitor, anybody]) -> Response:
        form = await Form.of(request)
        given = {name: form.text(name) for name in _BLANK}
        facts = typed_facts(form)
        if form.get("does") == "facts":
            return await page(request, visitor, given, facts)
        errors = _unfit(given["text"])
        try:
            item = _item(parts, given, facts)
            case = take_review(item, parts.vocabulary, parts.wording, utc_now())
        except Malformed as malformed:
            errors += fact_errors(malformed.fields, parts.vocabulary)
        policy = None
        if given["draft"] and _compares(visitor):
            try:
                policy = await drafts.get(given["draft"])
            except DocumentError as broken:
                errors += [FieldError("draft", document_problem(line).message) for line in broken.problems]
            except RequestError as refused:
                errors.append(FieldError("draft", in_chinese(refused.detail)))
        if errors:
            return await page(request, visitor, given, facts, errors)
        others = [] if policy is None else [(f"草稿：{policy.title}", policy.id, policy.policy)]
        sides = [("现行规则", None, parts.policy.current), *others]
        async with turn:  # one at a time: who tries must not make calls wait
            tried = await asyncio.to_thread(_tried, item.text, case, sides)
        return await page(request, visitor, given, facts, tried=tried)

    return routes


def _compares(visitor: Visitor) -> bool:
    """Whether they may try what an open change would do: it takes seconds of the machine."""
    return visitor.may(Role.EDITOR, Role.APPROVER)


def _unfit(text: str) -> list[FieldError]:
    if not text:
        return [FieldError("text", "请贴上要审的话。")]
    if len(text) > MAX_TEXT:
        return [FieldError("text", f"这段话有 {len(text)} 个字，最多 {MAX_TEXT} 个字。")]
    return []


def _item(parts: Parts, given: Mapping[str, str], facts: Mapping[str, Sequence[str]]) -> ReviewItem:
    scenario = scenario_of(given["scenario"])
    known = request_facts(parts.vocabulary, scenario, facts) if scenario else {}
    return ReviewItem(
        text=given["text"][:MAX_TEXT],
        scenario=scenario,
        channel=channel_of(given["channel"]),
        stage=stage_of(given["stage"]),
        callee=callee_of(given["callee"], scenario),
        facts=known or None,
    )


def _tried(text: str, case: Case, sides: Sequence[tuple[str, str | None, Policy]]) -> Tried:
    """The verdicts; it may take a tenth of a second for a long text."""
    judged, masked = [], text
    for named, change, policy in sides:
        verdict = policy.panel.examine_text(text, case)
        told = remarks(verdict.findings, policy, text)
        judged.append(Judged(named, change, verdict.action.label, stretches(text, verdict.findings), told))
        masked = masked_text(policy, masked, case, verdict) if len(judged) == 1 else masked
    stopped, passed = differences(judged[0].remarks, judged[1].remarks) if len(judged) > 1 else ([], [])
    return Tried(judged, masked if masked != text else None, _unchecked(case), stopped, passed)


def _unchecked(case: Case) -> list[str]:
    checked: Any = checked_guards(case)
    told = []
    if "grounding" not in checked:
        told.append("没有填事实，金额、利率、日期这些数字没有核对")
    if case.scenario is None:
        told.append("没有选场景，各个场景的规则都算上了，没有查该说的告知")
    elif case.stage is not None:
        told.append("只审其中一段，没有查整篇该说的告知")
    return told
