"""“Try a phrase”: which rules in force find something in a sentence, of which nothing is recorded."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.console.rules.words import choices_of
from app.lexicon.files import StoredRule
from app.lexicon.hints import LONGEST, Hint, Hints
from app.parts import Parts
from app.records import Role
from guards.lexicon.scope import china_today
from guards.policy import Policy
from guards.types import Callee, Case, Channel, Finding, Scenario, Span, Stage
from guards.types import Role as Callees

_MOST = 2_000
_WHOLE = ("", "整段话，也看该说的有没有说")
"""A whole script owes what must be said; a piece of one does not."""
_ENDS = frozenset("，。！？；：、,.!?;: \n")
GUARDS = {"personal_data": "个人信息", "meaning": "整句意思", "grounding": "数字", "disclosures": "必须说的话"}


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that found something; `id` is None for what is no rule of the files."""

    id: str | None
    title: str
    action: str
    reason: str
    words: Sequence[str]
    suggest: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class TriedPhrase:
    """What came of it."""

    text: str
    action: str
    hits: Sequence[Hit]
    spans: Sequence[Span]
    hints: Sequence[Hint]
    is_word: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be tried, and where it would be said. `rule`: on whose page."""

    text: str = ""
    scenario: str = ""
    channel: str = ""
    stage: str = Stage.BODY.value
    callee: str = "verified"
    rule: str = ""
    scenarios: Sequence[tuple[str, str]] = field(default_factory=lambda: _known("scenarios", Scenario))
    channels: Sequence[tuple[str, str]] = field(default_factory=lambda: _known("channels", Channel))
    stages: Sequence[tuple[str, str]] = field(default_factory=lambda: [_WHOLE, *_known("stages", Stage)])

    @property
    def case(self) -> Case:
        """The case as the guards know it."""
        is_verified = self.callee != "unverified"
        return Case(
            scenario=Scenario(self.scenario) if self.scenario else None,
            channel=Channel(self.channel) if self.channel else None,
            stage=Stage(self.stage) if self.stage else None,
            callee=None if is_verified else Callee(Callees.UNKNOWN, identity_verified=False),
            today=china_today(),
        )


class PhraseTries:
    """Tries what is given under the rules in force, one at a time: who tries must not make calls wait."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._hints = Hints()
        self._turn = asyncio.Semaphore(1)

    async def run(self, given: Given) -> TriedPhrase:
        """What comes of it; nothing is recorded."""
        rules = (await self._parts.lifecycle.rules()).rules
        async with self._turn:
            return await asyncio.to_thread(_tried, self._parts.policy.current, self._hints, given, rules)


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    anybody = Depends(require(parts))  # who may read every rule may read what it finds
    tries = PhraseTries(parts)

    @routes.get("/rules/try")
    async def ask(request: Request, visitor: Annotated[Visitor, anybody]) -> Response:
        return await pages.page(request, "rule_try.html", visitor, here="/rules", given=Given(), errors=[], tried=None)

    @routes.post("/rules/try")
    async def try_(request: Request, visitor: Annotated[Visitor, anybody]) -> Response:
        given = given_of(await Form.of(request))
        errors = unfit(given)
        tried = None if errors else await tries.run(given)
        if request.headers.get("hx-request"):
            return pages.alone(
                request, "rule_tried.html", errors=errors, tried=tried, given=given, may_edit=visitor.may(Role.EDITOR)
            )
        status = 422 if errors else 200
        return await pages.page(
            request,
            "rule_try.html",
            visitor,
            here="/rules",
            status=status,
            given=given,
            errors=errors,
            tried=tried,
            may_edit=visitor.may(Role.EDITOR),
        )

    return routes


def given_of(form: Form) -> Given:
    """What was sent, without values that there are not."""
    known = Given()
    listed = {"scenario": known.scenarios, "channel": known.channels, "stage": known.stages}
    sent = {name: form.text(f"say_{name}") for name in listed}
    fitting = {name: value if value in dict(listed[name]) else getattr(known, name) for name, value in sent.items()}
    return Given(
        form.text("say"),
        fitting["scenario"],
        fitting["channel"],
        fitting["stage"],
        "unverified" if form.text("say_callee") == "unverified" else "verified",
        form.text("rule"),
    )


def unfit(given: Given) -> list[FieldError]:
    """Why it cannot be tried, if it cannot."""
    if not given.text:
        return [FieldError("say", "请写上要试的话。")]
    if len(given.text) > _MOST:
        return [FieldError("say", f"太长了，最多 {_MOST} 个字。请分几次试。")]
    return []


def _tried(policy: Policy, hints: Hints, given: Given, rules: Mapping[str, StoredRule]) -> TriedPhrase:
    verdict = policy.panel.examine_text(given.text, given.case)
    spans = [finding.span for finding in verdict.findings if finding.span is not None]
    told: list[Hint] = []
    is_word = len(given.text) <= LONGEST and not _ENDS & set(given.text)
    if is_word:
        place = next((rule for rule in policy.lexicon.phrase_rules() if rule.id == given.rule), None)
        told = hints.of(policy.lexicon, given.text, china_today(), place)
    return TriedPhrase(
        given.text, verdict.action.label, list(_hits(verdict.findings, given.text, rules)), spans, told, is_word
    )


def _hits(findings: Iterable[Finding], text: str, rules: Mapping[str, StoredRule]) -> Iterable[Hit]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule, []).append(finding)
    for rule, own in sorted(found.items(), key=lambda one: -max(each.action for each in one[1])):
        data: Mapping[str, Any] = rules[rule].data if rule in rules else {}
        source = data.get("source") or {}
        yield Hit(
            rule if rule in rules else None,
            str(data.get("title") or GUARDS.get(own[0].guard, rule)),
            max(own, key=lambda each: each.action).action.label,
            own[0].reason,
            list(dict.fromkeys(text[each.span.start : each.span.end] for each in own if each.span is not None)),
            data.get("suggest"),
            " ".join(str(each) for each in (source.get("law"), source.get("article")) if each),
        )


def _known(name: str, kind: type[Scenario] | type[Channel] | type[Stage]) -> list[tuple[str, str]]:
    labels = dict(choices_of(name))
    return [(each.value, labels[each.value]) for each in kind]
