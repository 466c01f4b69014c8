"""Try an order: the script that the service would answer now, recorded nowhere."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from app.approved.facts import example_facts
from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.console.trying.fact_fields import example_values, fact_errors, fact_fields, request_facts, typed_facts
from app.console.trying.moments import CALLEES, CHANNEL_OPTIONS, SCENARIO_OPTIONS, callee_of, channel_of, scenario_of
from app.console.trying.verdicts import remarks, stretches
from app.errors import FieldProblem, Malformed
from app.lexicon.labels import GENERATIONS
from app.parts import Parts
from app.records import Role
from app.requests import ScriptRequest
from app.scripts.answer import Answer
from app.scripts.stitch import estimated_seconds
from app.talks.words import EVENTS
from guards.lexicon.scope import CHINA, china_today
from guards.types import Channel, Generation, Group, Scenario

_DEADLINE = 5_000
"""Milliseconds: longer than a call waits, since nobody is on the line."""
_TIME = re.compile(r"2[01]\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_OLDEST = 130
_NAMES = ("scenario", "channel", "generation", "age", "callee", "call_time", "is_student", "marketing_consent")
_IGNORED = (
    (r"^means something on ", "这个渠道用不上"),
    (r"^means something in ", "这个场景用不上"),
    (r"^changes nothing in a script", "只记在心里，不改变话术"),
    (r"^a short message takes up no tag", "短信不接标签"),
    (r"^the script answers (.+), and nothing else", "这段话只回应“{0}”"),
    (r"^a script takes up few tags in words: here (.+)", "一段话只顾得上一两个标签，这里是“{0}”"),
    (r"^no script was written", "没有写话术"),
    (r"^before the identity is verified", "核实身份以前只说开场"),
)
_OTHERWISE = "它要说的本来就会说，或者这些事实说不了"


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    officer = Depends(require(parts, Role.EDITOR, Role.APPROVER))
    turn = asyncio.Semaphore(1)  # who tries must not keep the model from calls

    async def page(
        request: Request,
        visitor: Visitor,
        given: Mapping[str, str],
        tags: Sequence[str],
        facts: Mapping[str, Sequence[str]],
        errors: Sequence[FieldError] = (),
        answer: Answer | None = None,
    ) -> Response:
        scenario = scenario_of(given["scenario"]) or Scenario.ACQUISITION
        return await pages.page(
            request,
            "try_script.html",
            visitor,
            here="/try",
            status=422 if errors else 200,
            given=given,
            scenarios=SCENARIO_OPTIONS,
            channels=CHANNEL_OPTIONS,
            generations=[(one.value, GENERATIONS[one]) for one in Generation],
            callees=CALLEES,
            is_marketing=scenario.group is Group.MARKETING,
            tag_options=[(tag.id, tag.label) for tag in parts.vocabulary.tags.values() if scenario in tag.scenarios],
            tags=tags,
            fields=fact_fields(parts.vocabulary, scenario, facts),
            errors=errors,
            **(_told(parts, answer) if answer else {"answer": None}),
        )

    @routes.get("/try/script")
    async def ask(request: Request, visitor: Annotated[Visitor, officer]) -> Response:
        given = {
            "scenario": Scenario.ACQUISITION.value,
            "channel": Channel.AI_VOICE.value,
            "generation": Generation.YOUNG.value,
            "age": "",
            "callee": "verified",
            "call_time": f"{china_today()}T10:00",
            "is_student": "",
            "marketing_consent": "on",
        }
        return await page(request, visitor, given, [], _examples(parts, Scenario.ACQUISITION))

    @routes.post("/try/script")
    async def write(request: Request, visitor: Annotated[Visitor, officer]) -> Response:
        form = await Form.of(request)
        given, tags = {name: form.text(name) for name in _NAMES}, form.all("tags")
        scenario = scenario_of(given["scenario"]) or Scenario.ACQUISITION
        if form.get("does") == "facts":
            return await page(request, visitor, given, tags, _examples(parts, scenario))
        facts = typed_facts(form)
        known = [tag for tag in tags if tag in parts.vocabulary.tags]
        errors, answer = _unfit(given), None
        try:
            order = _order(parts, scenario, given, known, facts)
            parts.reception.check(order)
            async with turn:
                answer = None if errors else await parts.reception.rehearse(order)
        except Malformed as malformed:
            errors += _beside(malformed.fields, parts)
        except ValidationError:
            errors = errors or [FieldError(None, "有填得不对的地方，请刷新页面再填。")]
        return await page(request, visitor, given, tags, facts, errors, answer)

    return routes


def _examples(parts: Parts, scenario: Scenario) -> dict[str, list[str]]:
    return example_values(example_facts(parts.vocabulary.scenarios[scenario], parts.vocabulary, china_today()))


def _unfit(given: Mapping[str, str]) -> list[FieldError]:
    """What is wrong with everything but the facts."""
    errors = []
    age = given["age"]
    if age and not _is_age(age):
        errors.append(FieldError("age", f"年龄请填 0 到 {_OLDEST} 的整数，或者不填。"))
    if not age and given["generation"] not in set(Generation):
        errors.append(FieldError("generation", "请选年龄段，或者填年龄。"))
    if _moment(given["call_time"]) is None:
        errors.append(FieldError("call_time", "请填通话的日期和时间。"))
    return errors


def _is_age(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= len(str(_OLDEST)) and int(typed) <= _OLDEST


def _moment(typed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=CHINA) if _TIME.fullmatch(typed) else None
    except ValueError:
        return None


def _order(
    parts: Parts,
    scenario: Scenario,
    given: Mapping[str, str],
    tags: Sequence[str],
    facts: Mapping[str, Sequence[str]],
) -> ScriptRequest:
    """The order, with something in the place of what is wrong: so all that is wrong is told at once."""
    moment = _moment(given["call_time"]) or datetime.now(CHINA) + timedelta(minutes=1)
    age = given["age"]
    is_age = _is_age(age)
    generation = given["generation"] if given["generation"] in set(Generation) else None
    callee = callee_of(given["callee"], scenario) or callee_of("unverified", scenario)
    body: dict[str, Any] = {
        "request_id": "try",
        "scenario": scenario.value,
        "channel": (channel_of(given["channel"]) or Channel.AI_VOICE).value,
        "call_time": moment.isoformat(),
        "callee": callee.model_dump() if callee else None,
        "customer": {
            "age": int(age) if is_age else None,
            "generation": generation or (None if is_age else Generation.YOUNG.value),
            "tags": list(tags),
            "is_student": bool(given["is_student"]),
            "marketing_consent": bool(given["marketing_consent"]) if scenario.group is Group.MARKETING else None,
        },
        "facts": request_facts(parts.vocabulary, scenario, facts),
        "options": {"deadline_ms": _DEADLINE},
    }
    return ScriptRequest.model_validate(body)


def _beside(problems: Sequence[FieldProblem], parts: Parts) -> list[FieldError]:
    own = [problem for problem in problems if not problem.field.startswith("facts.")]
    told = [FieldError("age" if one.field == "customer.age" else None, "有填得不对的地方，请核对。") for one in own]
    return told + fact_errors([problem for problem in problems if problem not in own], parts.vocabulary)


def _told(parts: Parts, answer: Answer) -> dict[str, Any]:
    """What the page shows of an answer."""
    policy, script = parts.policy.current, answer.script
    findings = answer.verdict.findings
    vocabulary = parts.vocabulary
    seconds = None
    if script is not None and answer.delivery is not None and not answer.is_message:
        seconds = round(estimated_seconds(script.spoken, answer.delivery.speech_rate))
    strategy = vocabulary.strategies.get(answer.strategy or "")
    return {
        "answer": answer,
        "stretches": stretches(script.text, findings) if script else [],
        "found": remarks(findings, policy, script.text if script else ""),
        "rejected": remarks(answer.rejected, policy),
        "seconds": seconds,
        "strategy": strategy.label if strategy else None,
        "spoken_of": [vocabulary.tags[tag].label for tag in answer.tags if tag in vocabulary.tags],
        "ignored": [(_label(parts, each.tag), _why(each.reason)) for each in answer.ignored_tags],
        "noted": [EVENTS[event.type] for event in answer.events],
    }


def _label(parts: Parts, name: str) -> str:
    tag = parts.vocabulary.tag(name)
    return tag.label if tag else name


def _why(reason: str) -> str:
    for pattern, told in _IGNORED:
        if found := re.search(pattern, reason):
            return told.format(*found.groups())
    return _OTHERWISE
