"""Approved wording over HTTP: one person takes a text out of use at once, and two bring it back."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from app.parts import Parts
from app.records import Role
from tests.app.services import example

LINES = "/v1/wording/lines"
TEXT = "用不用您自己定，有想问的吗？"
WHY = {"reason": "客户 13812345678 投诉听不懂"}
Headers = Mapping[str, str]


async def key_of(parts: Parts, name: str, *roles: Role, person: str | None = None) -> Headers:
    """A key of a person."""
    return {"authorization": f"Bearer {await parts.keys.create(name, roles, person)}"}


@pytest.fixture
async def editor(parts: Parts) -> Headers:
    """A key of 张合规, who edits."""
    return await key_of(parts, "editor", Role.EDITOR, person="张合规")


@pytest.fixture
async def approver(parts: Parts) -> Headers:
    """A key of 李合规, who approves."""
    return await key_of(parts, "approver", Role.APPROVER, person="李合规")


@pytest.fixture
async def other(parts: Parts) -> Headers:
    """A key of 王合规, who approves too."""
    return await key_of(parts, "other", Role.APPROVER, person="王合规")


async def told(
    client: httpx.AsyncClient, path: str, key: Headers | None = None, body: Any = None, status: int = 200
) -> Any:
    """What is answered to a request, a POST where there is a body."""
    method = "GET" if body is None else "POST"
    response = await client.request(method, path, json=body, headers=key)
    assert response.status_code == status, response.text
    return response.json()


async def first(client: httpx.AsyncClient, query: str = "") -> dict[str, Any]:
    """The first text that fits."""
    line: dict[str, Any] = (await told(client, f"{LINES}?{query}"))["lines"][0]
    return line


async def test_texts_are_found_by_their_words_kind_and_scenario(client: httpx.AsyncClient) -> None:
    everything = await told(client, f"{LINES}?limit=200")
    assert (everything["revision"], len(everything["lines"])) == (1, 200)
    assert everything["total"] > 200
    found = await told(client, f"{LINES}?q=用不用您自己定，有想问")
    assert found["total"] >= 1
    assert all("用不用您自己定，有想问" in line["text"] for line in found["lines"])
    line = await first(client, "kind=reply&scenario=acquisition")
    assert (line["kind"], line["suspended"]) == ("reply", None)
    assert "acquisition" in line["places"][0]["scenarios"]
    assert (await told(client, f"{LINES}?q={line['id']}"))["total"] == 1
    assert (await told(client, f"{LINES}?q=没有人这么说过"))["lines"] == []
    await told(client, f"{LINES}?kind=poem", status=422)


async def test_one_person_suspends_at_once_and_two_resume(
    client: httpx.AsyncClient, parts: Parts, editor: Headers, approver: Headers, other: Headers
) -> None:
    line = await first(client, "kind=fallback")
    path = f"{LINES}/{line['id']}"
    held = await told(client, f"{path}/suspend", approver, WHY)
    assert (held["revision"], held["line"]["suspended"]["by"]) == (2, "李合规")
    assert "13812345678" not in held["line"]["suspended"]["reason"]
    assert (await told(client, path))["line"] == held["line"]
    assert (await told(client, "/v1/lexicon/status"))["suspended"] == 1
    again = await told(client, f"{path}/suspend", other, WHY, 409)
    assert "停用" in again["detail"]

    asked = await told(client, f"{path}/resume", editor, {"reason": "已改口径"})
    assert (asked["state"], asked["author"], asked["comment"]) == ("submitted", "张合规", "已改口径")
    assert [(one["id"], one["text"]) for one in asked["resumes"]] == [(line["id"], line["text"])]
    await told(client, f"{path}/resume", other, {"reason": "我也要"}, 409)
    assert (await told(client, path))["line"]["suspended"] is not None
    change = f"/v1/wording/changes/{asked['id']}"
    assert await told(client, change, editor) == asked
    [listed] = (await told(client, "/v1/wording/changes?state=submitted", approver))["changes"]
    assert listed["id"] == asked["id"]
    approved = await told(client, f"{change}/approve", approver, {"reason": "同意"})
    assert (approved["state"], approved["revision"], approved["decided_by"]) == ("published", 3, "李合规")
    assert (await told(client, path))["line"]["suspended"] is None
    assert (await told(client, "/v1/lexicon/status"))["suspended"] == 0
    await told(client, f"{change}/approve", approver, {}, 409)
    await told(client, f"{path}/resume", editor, {"reason": "再来"}, 409)
    before, after = [(await told(client, f"/v1/lexicon/revisions/{number}")) for number in (1, 3)]
    assert before["sha256"] == after["sha256"]
    assert (after["author"], after["approver"], after["change_id"]) == ("张合规", "李合规", asked["id"])
    auditor = await key_of(parts, "auditor", Role.AUDITOR)
    events = [entry["event"] for entry in (await told(client, "/v1/audit", auditor))["entries"]]
    assert [event for event in events if event.startswith("line.")] == ["line.suspended", "line.resumed"]
    assert events.count("revision.published") == 3


async def test_one_person_cannot_resume_or_unfreeze_alone_even_with_two_keys(
    client: httpx.AsyncClient, parts: Parts, approver: Headers
) -> None:
    line = await first(client)
    await told(client, f"{LINES}/{line['id']}/suspend", approver, WHY)
    await told(client, "/v1/lexicon/freeze", approver, WHY)
    second = await key_of(parts, "second", Role.EDITOR, Role.APPROVER, person="李 合规")
    for path in (f"{LINES}/{line['id']}/resume", "/v1/lexicon/unfreeze"):
        asked = await told(client, path, approver, {"reason": "好了"})
        for key in (approver, second):
            for verb in ("approve", "reject"):
                refused = await told(
                    client, f"/v1/wording/changes/{asked['id']}/{verb}", key, {"reason": "我自己批"}, 403
                )
                assert refused["error"] == "OwnChange"
    status = await told(client, "/v1/lexicon/status")
    assert (status["suspended"], status["frozen"]["by"]) == (1, "李合规")


async def test_it_is_frozen_by_one_and_unfrozen_by_two(
    client: httpx.AsyncClient, editor: Headers, approver: Headers, other: Headers
) -> None:
    assert (await told(client, "/v1/lexicon/status"))["frozen"] is None
    await told(client, "/v1/lexicon/unfreeze", editor, {"reason": "试试"}, 409)
    frozen = await told(client, "/v1/lexicon/freeze", approver, WHY)
    assert (await told(client, "/v1/lexicon/status"))["frozen"] == frozen["frozen"]
    await told(client, "/v1/lexicon/freeze", other, WHY, 409)
    asked = await told(client, "/v1/lexicon/unfreeze", editor, {"reason": "查清了"})
    rejected = await told(client, f"/v1/wording/changes/{asked['id']}/reject", approver, {"reason": "还没查清"})
    assert (rejected["state"], rejected["reason"]) == ("rejected", "还没查清")
    again = await told(client, "/v1/lexicon/unfreeze", editor, {"reason": "查清了"})
    assert (await told(client, f"/v1/wording/changes/{again['id']}/approve", other, {}))["revision"] == 3
    assert (await told(client, "/v1/lexicon/status"))["frozen"] is None


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/lexicon/freeze", {Role.APPROVER}),
        ("/v1/lexicon/unfreeze", {Role.APPROVER, Role.EDITOR}),
        (f"{LINES}/fallback-0000000000/suspend", {Role.APPROVER}),
        (f"{LINES}/fallback-0000000000/resume", {Role.APPROVER, Role.EDITOR}),
        ("/v1/wording/changes/01KAHG3V5Z3Q4YB6N2T8W9X0CD/approve", {Role.APPROVER}),
        ("/v1/wording/changes/01KAHG3V5Z3Q4YB6N2T8W9X0CD/reject", {Role.APPROVER}),
    ],
)
async def test_each_step_needs_its_role(path: str, allowed: set[Role], client: httpx.AsyncClient, parts: Parts) -> None:
    assert (await client.post(path, json=WHY)).status_code == 403
    for role in Role:
        key = await key_of(parts, role.value, role)
        assert ((await client.post(path, json=WHY, headers=key)).status_code != 403) is (role in allowed), role


async def test_what_is_not_there_and_what_has_no_reason_is_refused(
    client: httpx.AsyncClient, approver: Headers
) -> None:
    for verb in ("suspend", "resume"):
        unknown = await told(client, f"{LINES}/fallback-0000000000/{verb}", approver, WHY, 404)
        assert unknown["error"] == "UnknownLine"
    assert (await told(client, f"{LINES}/line-0000000000", status=404))["error"] == "UnknownLine"
    await told(client, f"{LINES}/nonsense", status=422)
    line = await first(client)
    await told(client, f"{LINES}/{line['id']}/suspend", approver, {"reason": " "}, 422)
    await told(client, "/v1/lexicon/freeze", approver, {}, 422)
    missing = await told(client, "/v1/wording/changes/01KAHG3V5Z3Q4YB6N2T8W9X0CD", approver, None, 404)
    assert missing["error"] == "UnknownChange"


async def test_a_change_of_rules_is_none_of_wording_and_the_other_way_round(
    client: httpx.AsyncClient, parts: Parts, approver: Headers, other: Headers
) -> None:
    drafted = await parts.lifecycle.draft({"title": "空"}, "张合规")
    await told(client, f"/v1/wording/changes/{drafted.record.id}/approve", approver, {}, 404)
    await told(client, "/v1/lexicon/freeze", approver, WHY)
    asked = await told(client, "/v1/lexicon/unfreeze", approver, WHY)
    await told(client, f"/v1/lexicon/changes/{asked['id']}/approve", other, {}, 404)


async def test_how_often_a_text_was_said_is_counted_in_what_was_recorded(client: httpx.AsyncClient) -> None:
    closing = await first(client, "q=额度和利率以审批和合同为准")
    path = f"{LINES}/{closing['id']}"
    assert (await told(client, path))["said"]["count"] == 0
    for number in range(3):
        answer = await told(client, "/v1/scripts", None, example(request_id=f"said-{number}"))
        assert answer["action"] == "speak"
    said = (await told(client, path))["said"]
    assert (said["count"], said["scripts"], said["is_whole"]) == (3, 3, True)
