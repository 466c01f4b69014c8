"""Dry runs over HTTP: what a change does to recorded texts is known before anybody approves it."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from app.parts import Parts
from app.records import Role
from tests.app.lexicon.rules import rule

CHANGES = "/v1/lexicon/changes"
SAID = "给您说一句，青山绿水好心情。"
PLAIN = "审批结果以系统为准。"
ADDED = rule(phrases=["青山绿水"], examples={"hits": ["说一句青山绿水。"], "misses": [PLAIN]})
GUARANTEE = "我们这边百分百获批"


async def _headers(parts: Parts, person: str, *roles: Role) -> Mapping[str, str]:
    return {"authorization": f"Bearer {await parts.keys.create(person, roles, person)}"}


@pytest.fixture
async def editor(parts: Parts) -> Mapping[str, str]:
    """A key of 张合规, who drafts."""
    return await _headers(parts, "张合规", Role.EDITOR)


@pytest.fixture
async def approver(parts: Parts) -> Mapping[str, str]:
    """A key of 李合规, who approves."""
    return await _headers(parts, "李合规", Role.APPROVER)


async def _reviewed(client: httpx.AsyncClient, *texts: str) -> None:
    items = [{"text": text, "scenario": "acquisition", "channel": "ai_voice", "stage": "body"} for text in texts]
    assert (await client.post("/v1/reviews", json={"items": items})).status_code == 200


async def _drafted(client: httpx.AsyncClient, headers: Mapping[str, str], **body: Any) -> str:
    made = await client.post(CHANGES, json={"title": "新词", **body}, headers=headers)
    assert made.status_code == 200, made.text
    return str(made.json()["id"])


async def _tried(client: httpx.AsyncClient, identity: str, headers: Mapping[str, str], **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{CHANGES}/{identity}/dry-run", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_draft_says_what_it_would_stop_before_and_after_it_is_published(
    client: httpx.AsyncClient, editor: Mapping[str, str], approver: Mapping[str, str]
) -> None:
    await _reviewed(client, SAID, PLAIN, SAID)
    identity = await _drafted(client, editor, adds=[ADDED])
    told = await _tried(client, identity, editor)
    assert (told["against"], told["records"], told["newly_passed"]["count"]) == (1, 3, 0)
    assert told["newly_stopped"]["count"] == 2
    assert told["newly_stopped"]["by_rule"] == {"extra.one": 2}
    assert told["newly_stopped"]["by_channel"] == {"ai_voice": 2}
    [example] = told["newly_stopped"]["examples"]
    assert (example["text"], example["times"], example["words"]) == (SAID, 2, ["青山绿水"])
    await client.post(f"{CHANGES}/{identity}/submit", headers=editor)
    waiting = await _tried(client, identity, approver, records=1)
    assert (waiting["records"], waiting["newly_stopped"]["count"]) == (1, 1)
    assert (await client.post(f"{CHANGES}/{identity}/approve", json={}, headers=approver)).status_code == 200
    published = await _tried(client, identity, approver)
    assert (published["against"], published["newly_stopped"]) == (1, told["newly_stopped"])
    back = await client.post("/v1/lexicon/revisions/1/restore", json={"note": "误伤太多"}, headers=approver)
    undone = await _tried(client, back.json()["id"], editor)
    assert (undone["against"], undone["newly_passed"]["count"], undone["newly_stopped"]["count"]) == (2, 2, 0)


async def test_what_another_rule_stops_anyway_is_neither_newly_stopped_nor_newly_passed(
    client: httpx.AsyncClient, editor: Mapping[str, str]
) -> None:
    await _reviewed(client, f"{GUARANTEE}，{SAID}", GUARANTEE)
    identity = await _drafted(client, editor, adds=[ADDED])
    told = await _tried(client, identity, editor)
    assert (told["newly_stopped"]["count"], told["stopped_anyway"]) == (0, 1)


async def test_without_a_body_it_is_tried_on_the_newest_thousand(
    client: httpx.AsyncClient, editor: Mapping[str, str]
) -> None:
    await _reviewed(client, SAID)
    identity = await _drafted(client, editor, adds=[ADDED])
    answer = await client.post(f"{CHANGES}/{identity}/dry-run", headers=editor)
    assert (answer.status_code, answer.json()["records"]) == (200, 1)


async def test_progress_is_told_where_it_is_asked_for(client: httpx.AsyncClient, editor: Mapping[str, str]) -> None:
    for _ in range(3):
        await _reviewed(client, *[SAID] * 100)
    identity = await _drafted(client, editor, adds=[ADDED])
    body = {"records": 300, "stream": True}
    answer = await client.post(f"{CHANGES}/{identity}/dry-run", json=body, headers=editor)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [event.split("\ndata: ") for event in answer.text.strip().split("\n\n")]
    *progress, (last, result) = [(name.removeprefix("event: "), json.loads(data)) for name, data in events]
    assert {name for name, _ in progress} == {"progress"}
    counts = [told["records"] for _, told in progress]
    assert counts == sorted(counts)
    assert counts[-1] == 300
    assert (last, result["newly_stopped"]["count"], result["records"]) == ("done", 300, 300)


async def test_who_may_not_or_asks_for_nothing_is_told_so(
    client: httpx.AsyncClient, editor: Mapping[str, str], parts: Parts
) -> None:
    identity = await _drafted(client, editor, adds=[ADDED])
    path = f"{CHANGES}/{identity}/dry-run"
    auditor = await _headers(parts, "王审计", Role.AUDITOR)
    assert (await client.post(path, json={}, headers=auditor)).status_code == 403
    missing = await client.post(f"{CHANGES}/{'0' * 26}/dry-run", json={"stream": True}, headers=editor)
    assert (missing.status_code, missing.json()["error"]) == (404, "UnknownChange")
    for body in ({"records": -1}, {"records": "10"}, {"count": 3}):
        wrong = await client.post(path, json=body, headers=editor)
        assert (wrong.status_code, [each["field"] for each in wrong.json()["fields"]]) == (422, [next(iter(body))])


async def test_a_false_hit_becomes_a_draft_with_an_exception_and_an_example(
    client: httpx.AsyncClient, editor: Mapping[str, str], parts: Parts
) -> None:
    text = f"不能说{GUARANTEE}这种话。"
    await _reviewed(client, text)
    [decision] = await parts.log.recent()
    place = next(n for n, each in enumerate(decision.findings) if each["rule"] == "promise.guaranteed_approval")
    where = f"{CHANGES}/from-mark/{decision.script_id}:{place}"
    unmarked = await client.post(where, headers=editor)
    assert (unmarked.status_code, unmarked.json()["error"]) == (404, "UnknownMark")
    auditor = await _headers(parts, "王审计", Role.AUDITOR)
    mark = {"finding": place, "mark": "false_hit", "note": "这是在教坐席不能说"}
    marked = await client.post(f"/v1/decisions/{decision.script_id}/marks", json=mark, headers=auditor)
    assert f"{CHANGES}/from-mark/{marked.json()['id']}" == where
    drafted = await client.post(where, headers=editor)
    assert drafted.status_code == 200, drafted.text
    change = drafted.json()
    [edited] = change["edits"]
    assert (change["state"], change["author"], change["comment"]) == ("draft", "张合规", mark["note"])
    assert edited["id"] == "promise.guaranteed_approval"
    assert text in edited["examples"]["misses"]
    assert any(exception in text for exception in edited["except"])
    told = await _tried(client, change["id"], editor)
    assert (told["newly_passed"]["count"], told["newly_stopped"]["count"]) == (1, 0)
