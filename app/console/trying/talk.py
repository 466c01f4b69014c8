"""Try a call: a person plays the customer turn by turn; the call travels in the form, and is recorded nowhere."""

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from app.console.frame.forms import Form, legible
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.console.trying.moments import scenario_of
from app.errors import Malformed
from app.lexicon.labels import GENERATIONS, SCENARIOS
from app.parts import Parts
from app.records import Role
from app.talks.cases import PEOPLE, Choice, told_facts, trial_case
from app.talks.conversation import ENDING, Conversation
from app.talks.notes import notes_of
from app.turns.request import TurnRequest, Utterance
from guards.lexicon.scope import china_today
from guards.types import Generation, Scenario

_MOST_TURNS, _LONGEST = 40, 200
"""Turns of the customer in a call, and characters of one: all of it travels with each of them."""
_LONGEST_CARRIED = 60_000
_LONGEST_TOLD = 400
_NAMES = ("scenario", "callee", "generation")
_CALLEES = (("unverified", "还没核实是不是本人"), ("verified", "已核实是本人"))
_Label = Annotated[str, Field(max_length=16)]
_Told = Annotated[str, Field(max_length=_LONGEST_TOLD)]
Notes = list[tuple[_Label, _Told]]
"""What is told of one answer, in its order."""
_UTTERANCES = TypeAdapter(Annotated[list[Utterance], Field(max_length=2 * _MOST_TURNS + 1)])
_NOTES = TypeAdapter(Annotated[list[Annotated[Notes, Field(max_length=40)]], Field(max_length=_MOST_TURNS + 1)])
_BROKEN = "这通电话的内容不完整了，请另打一通。"


@dataclass(frozen=True, slots=True)
class Played:
    """A call so far. `notes`: one each for what the agent has said; `ended`: the action that ended it, with its notes
    where nothing was said.
    """

    call: Conversation
    notes: list[Notes]
    ended: str | None = None
    unsaid: Sequence[tuple[str, str]] = ()


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    officer = Depends(require(parts, Role.EDITOR, Role.APPROVER))
    turn = asyncio.Semaphore(1)  # one at a time: who tries must not make calls wait

    async def page(
        request: Request,
        visitor: Visitor,
        given: Mapping[str, str],
        errors: Sequence[FieldError] = (),
        played: Played | None = None,
        typed: str = "",
    ) -> Response:
        return await pages.page(
            request,
            "try_talk.html",
            visitor,
            here="/try",
            status=422 if errors else 200,
            given=given,
            customers=[(each.value, f"{SCENARIOS[each]} · {person.name}") for each, person in PEOPLE.items()],
            callees=_CALLEES,
            generations=[(each.value, GENERATIONS[each]) for each in Generation],
            errors=errors,
            typed=typed,
            longest=_LONGEST,
            **(_told(parts, given, played) if played else {"played": None}),
        )

    async def answered(played: Played) -> Played:
        """The call with the next words in it. Raises Malformed: if the call is none."""
        body = played.call.body()
        try:
            order = TurnRequest.model_validate_json(json.dumps(body))
        except ValidationError:
            raise Malformed(_BROKEN) from None
        async with turn:
            answer = await parts.turns.rehearse(order)
        rows = notes_of(answer, parts.turns.labels())
        notes: Notes = [(note.label, note.told[:_LONGEST_TOLD]) for row in rows for note in row]
        ended = answer["action"] if answer["action"] in ENDING else None
        if not answer["text"]:
            return Played(played.call, played.notes, ended, notes)
        return Played(played.call.answered(answer["text"]), [*played.notes, notes], ended)

    @routes.get("/try/talk")
    async def ask(request: Request, visitor: Annotated[Visitor, officer]) -> Response:
        return await page(request, visitor, {"scenario": Scenario.COLLECTION_M1.value, "callee": "", "generation": ""})

    @routes.post("/try/talk")
    async def go_on(request: Request, visitor: Annotated[Visitor, officer]) -> Response:
        form = await Form.of(request)
        given = {name: form.text(name) for name in _NAMES}
        does, text = form.text("does"), legible(form.text("text"))
        try:
            if does == "start":
                call = f"trial-{secrets.token_hex(4)}"
                return await page(request, visitor, given, played=await answered(_begun(parts, given, call)))
            before = _carried(parts, given, form)
            if does == "back":
                call_before = before.call.back()
                kept = sum(each["role"] == "agent" for each in call_before.transcript)
                return await page(request, visitor, given, played=Played(call_before, before.notes[:kept]))
            if errors := _unfit(form, text, before, is_silent=does == "silence"):
                return await page(request, visitor, given, errors, before, text)
            heard = form.text("heard")
            call_now = before.call.cut(int(heard)) if heard else before.call
            call_now = call_now.said("" if does == "silence" else text, is_hurried=form.get("hurried") is not None)
            return await page(request, visitor, given, played=await answered(Played(call_now, before.notes)))
        except Malformed:
            return await page(request, visitor, given, [FieldError(None, _BROKEN)])

    return routes


def _begun(parts: Parts, given: Mapping[str, str], call: str) -> Played:
    """A call in which nothing was said yet. Raises Malformed."""
    scenario = scenario_of(given["scenario"])
    if scenario is None:
        raise Malformed(_BROKEN)
    generation = Generation(given["generation"]) if given["generation"] in set(Generation) else None
    choice = Choice(scenario, given["callee"] == "verified")
    return Played(Conversation(call, trial_case(parts.vocabulary, choice, china_today(), call, generation)), [])


def _carried(parts: Parts, given: Mapping[str, str], form: Form) -> Played:
    """The call that a form brings along. Raises Malformed: if it is none that this page has sent."""
    spoken, notes = form.raw("transcript"), form.raw("notes")
    if len(spoken) > _LONGEST_CARRIED or len(notes) > _LONGEST_CARRIED:
        raise Malformed(_BROKEN)
    begun = _begun(parts, given, form.text("call"))
    try:
        utterances = _UTTERANCES.validate_json(spoken)
        told = _NOTES.validate_json(notes)
    except ValidationError:
        raise Malformed(_BROKEN) from None
    said = tuple(each.model_dump(mode="json", exclude_defaults=True) for each in utterances)
    if not said or said[-1]["role"] != "agent" or len(told) != sum(each["role"] == "agent" for each in said):
        raise Malformed(_BROKEN)
    return Played(Conversation(begun.call.call_id, begun.call.case, said), told)


def _unfit(form: Form, text: str, before: Played, *, is_silent: bool) -> list[FieldError]:
    """What is wrong with what the customer is to say."""
    errors = []
    if not text and not is_silent:
        errors.append(FieldError("text", "请写上客户说的话；没有说话，请按“没有出声”。"))
    if len(text) > _LONGEST:
        errors.append(FieldError("text", f"这句话有 {len(text)} 个字，最多 {_LONGEST} 个字。"))
    heard = form.text("heard")
    if heard and not (heard.isascii() and heard.isdigit() and len(heard) <= 4):
        errors.append(FieldError("heard", "请填听到的字数，听完了就空着。"))
    if len(before.call.transcript) - len(before.notes) >= _MOST_TURNS:
        errors.append(FieldError(None, f"一通试演最多 {_MOST_TURNS} 轮，请另打一通。"))
    return errors


def _told(parts: Parts, given: Mapping[str, str], played: Played) -> dict[str, Any]:
    """What the page shows of a call, and what its form carries."""
    call, notes = played.call, iter(played.notes)
    scenario = Scenario(given["scenario"])
    bubbles = [
        {
            "role": each["role"],
            "text": each["text"],
            "is_cut": "interrupted" in each,
            "is_hurried": "voice" in each,
            "notes": next(notes) if each["role"] == "agent" else [],
        }
        for each in call.transcript
    ]
    asked = Conversation(call.call_id, call.case, call.transcript[:-1] if call.last_words else call.transcript)
    return {
        "played": played,
        "bubbles": bubbles,
        "choice": Choice(scenario, given["callee"] == "verified"),
        "facts": told_facts(parts.vocabulary, call.case["facts"]),
        "transcript": _json(call.transcript),
        "notes": _json(played.notes),
        "request_body": json.dumps(asked.body(), ensure_ascii=False, indent=2),
        "has_answers": len(played.notes) > 1,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
