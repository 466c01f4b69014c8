"""POST /v1/rasa/nlg: Rasa's natural language generation callback, old and new schema."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request, Response

from app.api.auth import require
from app.api.doors.asked import headers, read_asked, said, spoken, turn_of
from app.api.doors.lenient import read_object
from app.api.doors.messages import HEYAN
from app.api.operations import answers, takes
from app.api.request_log import line_of
from app.errors import FieldProblem, Malformed
from app.parts import Parts
from app.records import Role
from app.turns.request import Utterance

_BEGINS = frozenset({"restart", "session_started"})
"""Events before which whatever was said belongs to another call."""
_TRIGGERS = ("EXTERNAL:", "/")
"""How Rasa writes down that nobody spoke: a reminder, an intent that was sent from outside."""


def router(parts: Parts) -> APIRouter:
    """The routes of this dialect."""
    routes = APIRouter(tags=["doors"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.post(
        "/v1/rasa/nlg",
        operation_id="generate_rasa_response",
        summary="The next words, as Rasa asks for a response",
        openapi_extra=takes("RasaRequest", ["opening"]),
        responses=answers("RasaAnswer", "The next words.", 401, 403, 413, 422, 503),
    )
    async def generate(request: Request) -> Response:
        """Whatever response Rasa names, the turn decides; a second response within one turn is empty."""
        body = _read(await request.body())
        tracker = body.get("tracker")
        tracker = tracker if isinstance(tracker, dict) else {}
        transcript = _transcript(tracker)
        if transcript and transcript[-1].role == "agent":
            return _response(str(body.get("id") or ""), "")
        asked = await read_asked(_case(body, tracker), parts.vocabulary, parts.held_cases, datetime.now(UTC))
        line = line_of(request)
        line.keep_out(asked.case.customer.pii)
        line.note(scenario=asked.case.scenario.value)
        decision = await parts.turns.answer(turn_of(asked, transcript, tracker.get("sender_id")))
        line.note(action=decision.action, source=decision.source, revision=decision.policy_revision)
        answer = orjson.loads(decision.answer)
        return _response(str(body.get("id") or ""), "".join(spoken(answer)), headers(answer))

    return routes


def _read(data: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Malformed("the body is no JSON object")
    return body


def _case(body: Mapping[str, Any], tracker: Mapping[str, Any]) -> dict[str, Any]:
    places = (read_object(tracker.get("slots")), read_object(body.get("arguments")))
    for place in places:
        if place is not None and place.get(HEYAN):
            found = read_object(place[HEYAN])
            return found if found is not None else {"case_id": place[HEYAN]}
    reason = f"a case is expected in the slot {HEYAN} or in arguments.{HEYAN}"
    raise Malformed("there is no case", [FieldProblem(f"tracker.slots.{HEYAN}", reason)])


def _transcript(tracker: Mapping[str, Any]) -> list[Utterance]:
    events = tracker.get("events")
    told = _since_begin([each for each in events if isinstance(each, dict)] if isinstance(events, list) else [])
    transcript = [utterance for event in told if (utterance := _utterance(event)) is not None]
    if not any(each.role == "customer" for each in transcript):
        latest = tracker.get("latest_message")
        text = latest.get("text") if isinstance(latest, dict) else None
        if isinstance(text, str) and text and not transcript:
            transcript.append(said("customer", _heard(text)))
    return transcript


def _since_begin(events: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    begins = [number for number, event in enumerate(events) if str(event.get("event")) in _BEGINS]
    return events[begins[-1] + 1 :] if begins else events


def _utterance(event: Mapping[str, Any]) -> Utterance | None:
    text = event.get("text")
    if event.get("event") == "user":
        return said("customer", _heard(text if isinstance(text, str) else ""))
    if event.get("event") == "bot" and isinstance(text, str) and text:
        return said("agent", text)
    return None


def _heard(text: str) -> str:
    return "" if text.startswith(_TRIGGERS) else text


def _response(response_id: str, text: str, told: Mapping[str, str] | None = None) -> Response:
    # `custom` and `text` must not be null for older versions; a filled `custom` is a second message on many channels.
    content: dict[str, Any] = {"text": text, "buttons": [], "elements": [], "image": None, "custom": {}}
    if response_id:
        content["id"] = response_id
    return Response(orjson.dumps(content), media_type="application/json", headers=dict(told or {}))
