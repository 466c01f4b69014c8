"""/v1/webhooks: an admin says who outside is told what; an address and its secret are shown to nobody again."""

from typing import Any

import httpx
import pytest

from app.parts import Parts
from app.records import NoticeKind, Role
from app.records.webhooks import LONGEST_SECRET, LONGEST_URL
from tests.app.notices.receivers import TAKEN, Answer, closed_port, notice, receiver

KEY = "66f3a2d1c0secret9f3c"
SECRET = "SEC0a1b2c3d4e5f"
BODY: dict[str, Any] = {
    "name": "合规群",
    "platform": "dingtalk",
    "url": f"https://oapi.dingtalk.com/robot/send?access_token={KEY}",
    "secret": SECRET,
    "kinds": ["waiting", "failing"],
}
NOBODY = f"/v1/webhooks/{'0' * 16}"
EVERYTHING = (
    ("GET", "/v1/webhooks"),
    ("POST", "/v1/webhooks"),
    ("DELETE", NOBODY),
    ("POST", f"{NOBODY}/test"),
    ("GET", f"{NOBODY}/notices"),
)


@pytest.fixture
async def admin(parts: Parts, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the only admin's key."""
    client.headers["authorization"] = f"Bearer {await parts.keys.create('root', [Role.ADMIN], '王管理')}"
    return client


async def _made(admin: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    response = await admin.post("/v1/webhooks", json={**BODY, **changes})
    assert response.status_code == 200, response.text
    made: dict[str, Any] = response.json()
    return made


def _is_refused(response: httpx.Response, status: int, error: str, *fields: str) -> None:
    assert response.status_code == status
    body = response.json()
    assert (body["error"], [problem["field"] for problem in body["fields"]]) == (error, list(fields))
    for hidden in (KEY, SECRET):
        assert hidden not in response.text


async def test_it_is_made_listed_and_removed_and_nobody_is_shown_its_address(
    admin: httpx.AsyncClient, parts: Parts
) -> None:
    made = await _made(admin)
    assert made == {
        "id": made["id"],
        "name": "合规群",
        "platform": "dingtalk",
        "address": "https://oapi.dingtalk.com/…9f3c",
        "signed": True,
        "kinds": ["failing", "waiting"],
        "created_at": made["created_at"],
        "created_by": "王管理",
        "waiting": 0,
    }
    other = await _made(admin, name="工单", platform="json", secret=None)
    assert other["signed"] is False
    await parts.notices.outbox.put([notice()])
    listed = await admin.get("/v1/webhooks")
    assert [(item["name"], item["waiting"]) for item in listed.json()["items"]] == [("合规群", 1), ("工单", 1)]
    removed = await admin.delete(f"/v1/webhooks/{made['id']}")
    assert removed.json() == made
    assert [item["name"] for item in (await admin.get("/v1/webhooks")).json()["items"]] == ["工单"]
    _is_refused(await admin.delete(f"/v1/webhooks/{made['id']}"), 404, "UnknownWebhook")
    entries = [entry async for entry in parts.trail.entries() if entry.event.startswith("webhook.")]
    assert [(entry.person, entry.event) for entry in entries] == [
        ("王管理", "webhook.created"),
        ("王管理", "webhook.created"),
        ("王管理", "webhook.removed"),
    ]
    for hidden in (KEY, SECRET):
        assert hidden not in listed.text + removed.text + str(made) + str(entries)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_only_an_admin_may(parts: Parts, client: httpx.AsyncClient, role: Role) -> None:
    headers = {"authorization": f"Bearer {await parts.keys.create('other', [role])}"}
    for method, path in EVERYTHING:
        _is_refused(await client.request(method, path, headers=headers, json=BODY), 403, "Forbidden")
        _is_refused(await client.request(method, path, json=BODY), 403, "Forbidden")
    assert await parts.notices.webhooks.list() == []


async def test_a_key_that_is_none_is_refused(parts: Parts, client: httpx.AsyncClient) -> None:
    for method, path in EVERYTHING:
        answer = await client.request(method, path, headers={"authorization": "Bearer hy_none"}, json=BODY)
        _is_refused(answer, 401, "Unauthenticated")


async def test_what_is_not_there_is_not_found(admin: httpx.AsyncClient) -> None:
    for method, path in EVERYTHING[2:]:
        _is_refused(await admin.request(method, path), 404, "UnknownWebhook")
        for wrong in ("root", "0" * 15, "G" * 16, "0" * 17):
            _is_refused(await admin.request(method, path.replace("0" * 16, wrong)), 422, "Malformed", "id")


async def test_what_cannot_be_taken_is_named_and_not_repeated(admin: httpx.AsyncClient) -> None:
    missing = {name: value for name, value in BODY.items() if name != "url"}
    _is_refused(await admin.post("/v1/webhooks", json=missing), 422, "Malformed", "url")
    for changes, error, field in (
        ({"name": " "}, "Malformed", "name"),
        ({"name": "a\0b"}, "Malformed", "name"),
        ({"name": 7}, "Malformed", "name"),
        ({"platform": KEY}, "Malformed", "platform"),
        ({"url": ""}, "Malformed", "url"),
        ({"url": "https://e.com/" + KEY * LONGEST_URL}, "Malformed", "url"),
        ({"url": [KEY]}, "Malformed", "url"),
        ({"url": f"ftp://e.com/{KEY}"}, "Unfit", "url"),
        ({"url": f"https://u:{KEY}@e.com/"}, "Unfit", "url"),
        ({"url": f"https://e.com/{KEY} "}, "Unfit", "url"),
        ({"url": f"//{KEY}"}, "Unfit", "url"),
        ({"secret": ""}, "Malformed", "secret"),
        ({"secret": KEY * LONGEST_SECRET}, "Malformed", "secret"),
        ({"secret": {"a": KEY}}, "Malformed", "secret"),
        ({"secret": f"whsec_{KEY}!"}, "Unfit", "secret"),
        ({"kinds": []}, "Malformed", "kinds"),
        ({"kinds": ["everything"]}, "Malformed", "kinds.0"),
        ({"kinds": "waiting"}, "Malformed", "kinds"),
        ({"kinds": ["waiting"] * 7}, "Malformed", "kinds"),
        ({"colour": KEY}, "Malformed", "colour"),
        ({"id": "0" * 16}, "Malformed", "id"),
    ):
        _is_refused(await admin.post("/v1/webhooks", json={**BODY, **changes}), 422, error, field)
    for body in (b"", b"{", b"[]", b"null", b"\xff"):
        answer = await admin.post("/v1/webhooks", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422
    assert (await admin.get("/v1/webhooks")).json() == {"items": []}


async def test_a_name_is_taken_and_there_are_fifty_at_most(admin: httpx.AsyncClient) -> None:
    first = await _made(admin, name="群 0")
    _is_refused(await admin.post("/v1/webhooks", json={**BODY, "name": "群 0"}), 409, "WebhookNameTaken")
    for number in range(1, 50):
        await _made(admin, name=f"群 {number}")
    _is_refused(await admin.post("/v1/webhooks", json=BODY), 409, "TooManyWebhooks")
    await admin.delete(f"/v1/webhooks/{first['id']}")
    await _made(admin)


async def test_a_try_tells_what_came_of_it(admin: httpx.AsyncClient) -> None:
    answers = [Answer(b'{"errcode":310000,"errmsg":"sign not match"}'), TAKEN]
    with receiver(lambda told: answers[len(group.told) - 1]) as group:
        made = await _made(admin, url=f"{group.url}/send?access_token={KEY}")
        refused = await admin.post(f"/v1/webhooks/{made['id']}/test")
        arrived = await admin.post(f"/v1/webhooks/{made['id']}/test")
    assert (refused.status_code, refused.json()) == (200, {"delivered": False, "failure": "code 310000"})
    assert (arrived.status_code, arrived.json()) == (200, {"delivered": True, "failure": None})
    gone = await _made(admin, name="没人", url=f"http://127.0.0.1:{closed_port()}/{KEY}")
    unreached = await admin.post(f"/v1/webhooks/{gone['id']}/test")
    assert unreached.json() == {"delivered": False, "failure": "unreachable"}


async def test_what_was_told_can_be_looked_up(admin: httpx.AsyncClient, parts: Parts) -> None:
    made, outbox = await _made(admin), parts.notices.outbox
    for number in range(101):
        await outbox.put([notice(f"第 {number} 个", "一", "二", key=str(number))])
    first, second = await outbox.claim(limit=2)
    await outbox.delivered(first)
    await outbox.failed(second, "HTTP 500")
    items = (await admin.get(f"/v1/webhooks/{made['id']}/notices")).json()["items"]
    assert [item["title"] for item in items] == [f"第 {number} 个" for number in range(100, 0, -1)]
    assert (items[-1]["attempts"], items[-1]["failure"], items[-1]["delivered_at"]) == (1, "HTTP 500", None)
    assert items[-1]["next_try_at"] is not None
    assert items[0]["lines"] == ["一", "二"]
    assert items[0]["kind"] == NoticeKind.WAITING


async def test_neither_address_nor_secret_is_in_the_log(
    admin: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await _made(admin)
    await admin.post("/v1/webhooks", json={**BODY, "url": f"ftp://{KEY}"})
    await admin.post("/v1/webhooks", json={**BODY, KEY: 1})
    said = capsys.readouterr()
    assert "create_webhook" in said.err or "/v1/webhooks" in said.err
    for hidden in (KEY, SECRET):
        assert hidden not in said.err + said.out
