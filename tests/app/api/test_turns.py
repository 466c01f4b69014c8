"""POST /v1/turns: what is answered, in which shape, once, and recorded."""

from typing import Any

import httpx
import orjson

from app.parts import Parts
from app.records import Kind
from tests.app.services import PERSON
from tests.app.turns.calls import DEBT, SALE, case

ANSWER = {
    "call_id",
    "turn",
    "script_id",
    "action",
    "text",
    "segments",
    "state",
    "act",
    "understood",
    "events",
    "expects",
    "delivery",
    "verdict",
    "source",
    "policy_revision",
    "policy_digest",
    "timing_ms",
}
HEARD = [
    {
        "role": "agent",
        "text": "您好，我是示例消费金融有限公司的智能语音助手，通话会录音。有重要的事，请问您是王先生本人吗？",
    },
    {"role": "customer", "text": "你打错了", "voice": {"chars_per_second": 5.0}},
]


def body(of: dict[str, Any] = DEBT, transcript: Any = (), **options: Any) -> dict[str, Any]:
    """A turn as engines send it."""
    return {"call_id": "c-77", "turn": 3, "case": of, "transcript": list(transcript), "options": options}


async def test_an_empty_transcript_gives_the_opening(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/turns", json=body())
    assert response.status_code == 200, response.text
    answer = response.json()
    assert set(answer) == ANSWER
    assert (answer["call_id"], answer["turn"]) == ("c-77", 3)
    assert (answer["action"], answer["state"], answer["expects"]) == ("speak", "verify", "identity")
    assert answer["text"] == "".join(segment["text"] for segment in answer["segments"])
    assert answer["understood"] == {
        "intents": [],
        "emotion": None,
        "verified": None,
        "facts_said": [],
        "disclosures_made": [],
    }


async def test_what_was_understood_is_told_with_its_place(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/v1/turns", json=body(transcript=HEARD))).json()
    (meant,) = [each for each in answer["understood"]["intents"] if each["id"] == "wrong_number"]
    assert 0 <= meant["span"][0] < meant["span"][1] <= len("你打错了")
    assert 0 < meant["score"] <= 1
    assert answer["action"] == "end_call"
    assert answer["expects"] is None
    assert {"ai_identity", "recording"} <= set(answer["understood"]["disclosures_made"])


async def test_the_same_body_gets_the_same_bytes_and_is_recorded_once(client: httpx.AsyncClient, parts: Parts) -> None:
    first = await client.post("/v1/turns", json=body(transcript=HEARD))
    again = await client.post("/v1/turns", json=body(transcript=HEARD, deadline_ms=900))
    assert first.content == again.content
    (decision,) = await parts.log.recent(kind="turn")
    assert (decision.kind, decision.action) == (Kind.TURN, "end_call")
    assert decision.script_id == first.json()["script_id"]


async def test_a_refusal_that_was_heard_closes_later_calls(client: httpx.AsyncClient) -> None:
    no = [HEARD[0], {"role": "customer", "text": "别再打了"}]
    of = case(SALE, customer={"ref": "u-909"})
    assert (await client.post("/v1/turns", json=body(of, no))).json()["events"] == [
        {"type": "opt_out", "scope": "marketing"}
    ]
    later = (await client.post("/v1/turns", json={**body(of), "call_id": "c-78"})).json()
    assert (later["action"], later["text"]) == ("do_not_call", None)


async def test_a_stream_brings_each_segment_and_then_the_whole(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/turns", json=body(stream=True))
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [part.split("\n") for part in response.text.strip().split("\n\n")]
    names = [name.removeprefix("event: ") for name, _ in events]
    datas = [orjson.loads(data.removeprefix("data: ")) for _, data in events]
    assert names == ["segment"] * (len(names) - 1) + ["done"]
    assert datas[:-1] == datas[-1]["segments"]


async def test_ssml_is_added_in_the_dialect_that_was_asked_for(client: httpx.AsyncClient) -> None:
    for dialect in ("aliyun", "tencent", "w3c"):
        answer = (await client.post("/v1/turns", json=body(ssml=dialect))).json()
        assert all(segment["ssml"].startswith("<speak") for segment in answer["segments"]), dialect
    assert all("ssml" not in segment for segment in (await client.post("/v1/turns", json=body())).json()["segments"])


async def test_no_personal_data_reaches_the_record(client: httpx.AsyncClient, parts: Parts) -> None:
    told = f"我的手机是{PERSON['mobile']}，身份证{PERSON['id_card']}"
    said = [HEARD[0], {"role": "customer", "text": told}]
    of = case(DEBT, customer={"pii": PERSON})
    response = await client.post("/v1/turns", json=body(of, said))
    assert response.status_code == 200
    (decision,) = await parts.log.recent(kind="turn")
    kept = orjson.dumps([decision.request, decision.answer.decode(), decision.text]).decode()
    assert not any(value in kept for value in PERSON.values())


async def test_what_is_wrong_with_a_case_is_told_by_its_place(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/turns", json=body(case(DEBT, facts={"overdue_days": 11})))
    assert response.status_code == 422
    assert [each["field"] for each in response.json()["fields"]] == ["case.facts.overdue_days"]
    response = await client.post("/v1/turns", json={**body(), "transcript": [{"role": "nobody", "text": "喂"}]})
    assert response.status_code == 422
    assert response.json()["fields"][0]["field"].startswith("transcript.0.role")
