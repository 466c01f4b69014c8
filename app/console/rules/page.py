"""The page of one rule: what it says and where it comes from, how it did, what became of it; and how it is retired."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.console.rules.drafts import Target, change_in, draft_errors, drafts_of, save, without_rule
from app.console.rules.fields import retirable
from app.console.rules.tries import GUARDS, Given
from app.console.rules.words import (
    EVENTS,
    FORCE_CHOICES,
    KINDS,
    STATE_WORDS,
    condition_words,
    fact_words,
    family_words,
    field_words,
    near_words,
    plainly,
    scope_words,
    value_words,
)
from app.errors import Forbidden, NotFound, RequestConflict
from app.lexicon.files import Kind, StoredRule
from app.lexicon.labels import values
from app.lexicon.listing import state_of
from app.lexicon.past import Chronicle
from app.lexicon.problems import ChangeRefused
from app.parts import Parts
from app.records import Role
from guards.lexicon.examples import filled
from guards.lexicon.scope import china_today

_MOST_WORDS = 200
"""Words of one list that a page shows at first."""


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    anybody, editor = Depends(require(parts)), Depends(require(parts, Role.EDITOR))
    chronicle = Chronicle(parts.revisions)

    @routes.get("/rules/{identity}")
    async def rule(
        request: Request,
        identity: str,
        visitor: Annotated[Visitor, anybody],
        older: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    ) -> Response:
        edition = await parts.lifecycle.edition()
        stored = edition.files.rules.get(identity)
        if stored is None and not await _was_heard_of(parts, identity):
            raise NotFound("没有这条规则，可能已经停用了。(there is no such rule)")
        may_read = visitor.may(Role.EDITOR, Role.APPROVER, Role.AUDITOR)
        quality = await parts.marks.quality(identity) if may_read else None
        if stored is None:
            own = GUARDS.get(identity.partition(".")[0])
            return await pages.page(
                request, "rule_gone.html", visitor, here="/rules", id=identity, own=own, quality=quality
            )
        past = await chronicle.of(identity, stored.file, newest=older)
        return await pages.page(
            request,
            "rule.html",
            visitor,
            here="/rules",
            rule=stored,
            data=stored.data,
            quality=quality,
            past=past,
            is_older=older is not None,
            may_edit=visitor.may(Role.EDITOR),
            may_retire=retirable(stored),
            given=Given(rule=identity, stage="") if stored.kind is Kind.DISCLOSURE else Given(rule=identity),
            **_words(parts, stored),
        )

    @routes.get("/rules/{identity}/retire")
    async def ask(request: Request, identity: str, visitor: Annotated[Visitor, editor]) -> Response:
        return await _asked(parts, pages, request, visitor, identity, Target("", "", ""), [])

    @routes.post("/rules/{identity}/retire")
    async def retire(request: Request, identity: str, visitor: Annotated[Visitor, editor]) -> Response:
        form = await Form.of(request)
        await _retirable(parts, identity)
        target = Target(form.text("draft"), "", form.text("comment"))
        if form.text("again"):
            return await _asked(parts, pages, request, visitor, identity, target, [])
        errors: list[FieldError] = []
        if not target.id and not target.comment:
            errors.append(FieldError("comment", "请写为什么停用，审批的人要看。"))
        try:
            if not errors:
                body = without_rule(await change_in(parts, target.id), identity)
                return to(request, f"/changes/{await save(parts, visitor, target, body, identity)}", "saved")
        except ChangeRefused as refused:
            errors = [FieldError(None, plainly(problem.message)) for problem in refused.problems]
        except (NotFound, Forbidden, RequestConflict) as refused:
            errors = draft_errors(refused)
        return await _asked(parts, pages, request, visitor, identity, target, errors)

    return routes


async def _asked(
    parts: Parts,
    pages: Pages,
    request: Request,
    visitor: Visitor,
    identity: str,
    target: Target,
    errors: list[FieldError],
) -> Response:
    """The page that asks whether the rule is really to be retired."""
    return await pages.page(
        request,
        "rule_retire.html",
        visitor,
        here="/rules",
        status=422 if errors else 200,
        rule=await _retirable(parts, identity),
        target=target,
        errors=errors,
        drafts=await drafts_of(parts, visitor),
    )


async def _retirable(parts: Parts, identity: str) -> StoredRule:
    """The rule of this id. Raises NotFound, also for one that nobody may retire."""
    stored = (await parts.lifecycle.rules()).rules.get(identity)
    if stored is None:
        raise NotFound("没有这条规则，可能已经停用了。(there is no such rule)")
    if not retirable(stored):
        told = "这条规则由程序判断，不能停用。"
        told += "要让它失效，请修改它的失效日。" if stored.kind is Kind.NUMBER else "它在任何一天都有效。"
        raise RequestConflict(f"{told}(it is code and cannot be retired)")
    return stored


async def _was_heard_of(parts: Parts, identity: str) -> bool:
    """Whether findings bear this name: of a rule that is retired, or of what is no rule of the files."""
    return identity.partition(".")[0] in GUARDS or bool(await parts.log.recent(1, rule=identity))


def _words(parts: Parts, stored: StoredRule) -> dict[str, Any]:
    """The rule as its page tells it."""
    facts = {name: fact.label for name, fact in parts.vocabulary.facts.items()}
    speaker = parts.wording.institution
    named = {"institution": speaker.full_name, "hotline": speaker.hotline}
    data = stored.data
    source: Mapping[str, Any] = data.get("source") or {}
    days: Mapping[str, Any] = data.get("effective") or {}
    examples: Mapping[str, Any] = data.get("examples") or {}
    stated = [f"这句或下一句还要说出：{fact_words(name, facts)}" for name in data.get("stating") or ()]
    state = state_of(data.get("effective"), china_today())
    return {
        "kind": KINDS[stored.kind],
        "family": family_words(stored.id.partition(".")[0]),
        "state_word": STATE_WORDS[state],
        "scope": scope_words(data) if stored.kind in (Kind.PHRASE, Kind.DISCLOSURE) else [],
        "near": [near_words(each) for each in data.get("near") or ()],
        "near_limits": [_limits(each) for each in data.get("near") or ()],
        "waived": [*condition_words(data.get("unless_fact"), facts), *stated],
        "acts": "、".join(values("unless_act").get(each, each) for each in data.get("unless_act") or ()),
        "only_if": condition_words(data.get("only_if_fact"), facts),
        "source": source,
        "force": dict(FORCE_CHOICES).get(str(source.get("force")), ""),
        "days": days,
        "examples": {
            name: [filled(each, named) for each in _sentences(examples.get(name))] for name in ("hits", "misses")
        },
        "is_owed": stored.kind is Kind.DISCLOSURE,
        "most": _MOST_WORDS,
        "events": EVENTS,
        "field_words": field_words,
        "value_words": value_words,
    }


def _limits(near: Mapping[str, Any]) -> str:
    told = [("前面有", near.get("unless_before")), ("中间有", near.get("unless_between"))]
    return "；".join(f"{label}“{'、'.join(words)}”的不算" for label, words in told if words)


def _sentences(listed: Any) -> list[str]:
    """Examples as sentences; those of rules on numbers stand in groups."""
    found: list[str] = []
    for each in listed or ():
        found += each.get("texts", ()) if isinstance(each, Mapping) else [str(each)]
    return found
