"""Rasa's callback: the schemas of its versions, and what a tracker says of a call."""

from typing import Any

import httpx
import jsonschema_rs
import orjson
import pytest

from tests.app.api.doors.calls import CALLS, Json, by_turns, played
from tests.app.turns.calls import DEBT

OLD: Json = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "buttons": {"type": ["array", "null"], "items": {"type": "object"}},
        "elements": {"type": ["array", "null"], "items": {"type": "object"}},
        "attachment": {"type": ["object", "null"]},
        "image": {"type": ["string", "null"]},
        "custom": {"type": "object"},
    },
}
NEW: Json = {**OLD, "properties": {**OLD["properties"], "text": {"type": ["string", "null"]}, "id": {"type": "string"}}}
"""How Rasa checks what it is answered, before and since it has sent ids."""


def tracker(messages: list[Json], of: Json, sender: str = "u1") -> Json:
    """A tracker after these messages, with what surrounds them."""
    told: list[Json] = [{"event": "action", "name": "action_session_start"}, {"event": "session_started"}]
    for each in messages:
        kind = "user" if each["role"] == "user" else "bot"
        told += [{"event": kind, "text": each["content"], "timestamp": 1599476297.69}, {"event": "slot", "name": "x"}]
    heard = [each["content"] for each in messages if each["role"] == "user"]
    return {
        "sender_id": sender,
        "slots": {"heyan": of, "requested_slot": None},
        "latest_message": {"text": heard[-1] if heard else None, "intent": {"name": "greet", "confidence": 0.99}},
        "events": told,
        "paused": False,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }


def body(messages: list[Json] = [], of: Any = DEBT, **more: Any) -> Json:  # noqa: B006  never changed
    """A request of the newest version."""
    return {
        "response": "utter_next",
        "id": "utter_next_1",
        "arguments": {},
        "tracker": tracker(messages, of),
        "channel": {"name": "collector"},
        **more,
    }


@pytest.mark.parametrize("scenario", CALLS)
async def test_a_call_of_each_scenario_says_what_the_turns_say(client: httpx.AsyncClient, scenario: str) -> None:
    async def say(of: Json, messages: list[Json]) -> tuple[str, str]:
        response = await client.post("/v1/rasa/nlg", json=body(messages, of))
        answer = response.json()
        for schema in (OLD, NEW):
            jsonschema_rs.Draft202012Validator(schema).validate(answer)
        return answer["text"], response.headers["x-heyan-action"]

    assert await played(say, scenario) == await played(by_turns(client, "u1"), scenario)


async def test_older_versions_send_a_template_and_no_id(client: httpx.AsyncClient) -> None:
    old = body()
    del old["id"], old["response"]
    answer = (await client.post("/v1/rasa/nlg", json={**old, "template": "utter_next"})).json()
    assert answer["text"]
    assert "id" not in answer


async def test_the_case_may_come_as_text_or_as_an_argument(client: httpx.AsyncClient) -> None:
    as_text = await client.post("/v1/rasa/nlg", json=body(of=orjson.dumps(DEBT).decode()))
    as_argument = await client.post("/v1/rasa/nlg", json=body(of=None, arguments={"heyan": DEBT}))
    assert as_text.json()["text"] == as_argument.json()["text"] != ""


async def test_a_second_response_within_one_turn_is_empty(client: httpx.AsyncClient) -> None:
    opening = (await client.post("/v1/rasa/nlg", json=body())).json()["text"]
    said = [{"role": "assistant", "content": opening}]
    assert (await client.post("/v1/rasa/nlg", json=body(said))).json()["text"] == ""


async def test_what_was_said_before_a_new_session_is_forgotten(client: httpx.AsyncClient) -> None:
    again = body([{"role": "user", "content": "别再打了"}])
    again["tracker"]["events"].append({"event": "session_started"})
    again["tracker"]["latest_message"] = {"text": None}
    assert (await client.post("/v1/rasa/nlg", json=again)).json()["text"] == (
        await client.post("/v1/rasa/nlg", json=body())
    ).json()["text"]


async def test_a_reminder_is_silence_and_no_words(client: httpx.AsyncClient) -> None:
    opening = (await client.post("/v1/rasa/nlg", json=body())).json()["text"]
    said = [{"role": "assistant", "content": opening}, {"role": "user", "content": "EXTERNAL: EXTERNAL_silence"}]
    response = await client.post("/v1/rasa/nlg", json=body(said))
    assert response.headers["x-heyan-action"] == "speak"
    assert response.json()["text"] not in ("", opening)


async def test_a_tracker_with_every_event_is_taken(client: httpx.AsyncClient) -> None:
    large = body()
    large["tracker"]["events"] += [
        {"event": "slot", "name": f"slot_{each}", "value": "x" * 200} for each in range(4000)
    ]
    large["tracker"]["slots"] |= {f"slot_{each}": None for each in range(300)}
    assert (await client.post("/v1/rasa/nlg", json=large)).status_code == 200


async def test_without_a_case_it_is_told_where_one_is_expected(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/rasa/nlg", json=body(of=None))
    assert response.status_code == 422
    assert response.json()["fields"][0]["field"] == "tracker.slots.heyan"


@pytest.mark.parametrize("odd", [None, 1, "", [], {}, [[]]])
async def test_odd_events_are_passed_over(client: httpx.AsyncClient, odd: Any) -> None:
    strange = body()
    strange["tracker"]["events"] += [odd, {"event": odd, "text": odd}, {"event": "bot", "text": odd}]
    assert (await client.post("/v1/rasa/nlg", json=strange)).status_code == 200
