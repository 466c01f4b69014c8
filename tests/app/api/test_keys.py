"""/v1/keys: an admin makes, lists and revokes keys, and cannot lock out everybody."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.parts import Parts
from app.records import AuditTrail, Role, open_store


@pytest.fixture
async def admin(parts: Parts, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the only admin's key."""
    client.headers["authorization"] = f"Bearer {await parts.keys.create('root', [Role.ADMIN], '王管理')}"
    return client


async def _listed(admin: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in (await admin.get("/v1/keys")).json()["items"]}


def _is_refused(response: httpx.Response, status: int, error: str, *fields: str) -> None:
    assert response.status_code == status
    body = response.json()
    assert (body["error"], [problem["field"] for problem in body["fields"]]) == (error, list(fields))


async def test_a_key_that_is_made_works_and_its_secret_is_told_once(admin: httpx.AsyncClient) -> None:
    body = {"name": "console", "roles": ["editor", "caller"], "person": "张合规", "expires_at": "2199-12-31T00:00:00Z"}
    made = (await admin.post("/v1/keys", json=body)).json()
    secret = made.pop("secret")
    assert secret.split("_")[1] == made["id"]
    assert (made["person"], made["roles"], made["state"]) == ("张合规", ["caller", "editor"], "active")
    assert made["expires_at"] == "2199-12-31T00:00:00Z"
    bearer = {"authorization": f"Bearer {secret}"}
    assert (await admin.post("/v1/reviews", json={"text": "您好"}, headers=bearer)).status_code == 200
    listed = await admin.get("/v1/keys")
    assert secret.split("_", 2)[2] not in listed.text
    assert {item["name"] for item in listed.json()["items"]} == {"root", "console"}


async def test_a_revoked_key_is_refused(admin: httpx.AsyncClient) -> None:
    made = (await admin.post("/v1/keys", json={"name": "engine", "roles": ["caller"]})).json()
    assert made["person"] == "engine"
    revoked = (await admin.post(f"/v1/keys/{made['id']}/revoke")).json()
    assert revoked["state"] == "revoked"
    assert (await admin.post(f"/v1/keys/{made['id']}/revoke")).json() == revoked
    bearer = {"authorization": f"Bearer {made['secret']}"}
    _is_refused(await admin.get("/v1/vocabulary", headers=bearer), 401, "Unauthenticated")


async def test_a_key_may_not_more_than_its_person(admin: httpx.AsyncClient, parts: Parts) -> None:
    await parts.people.create("张合规", [Role.EDITOR, Role.APPROVER], "九月里的风筝飞过两座桥头")
    body = {"name": "console", "roles": ["editor", "approver", "admin"], "person": "张合规"}
    _is_refused(await admin.post("/v1/keys", json=body), 422, "Unfit", "roles")
    made = (await admin.post("/v1/keys", json={**body, "roles": ["editor", "approver"]})).json()
    await parts.people.set_roles("张合规", [Role.AUDITOR, Role.EDITOR])
    told = (await _listed(admin))["console"]
    assert (told["roles"], told["withheld"], told["state"]) == (["editor"], ["approver"], "active")
    bearer = {"authorization": f"Bearer {made['secret']}"}
    path = f"/v1/lexicon/changes/{'0' * 26}/approve"
    assert (await admin.post(path, json={}, headers=bearer)).status_code == 403


async def test_the_last_admin_cannot_be_revoked(admin: httpx.AsyncClient) -> None:
    own = (await _listed(admin))["root"]["id"]
    _is_refused(await admin.post(f"/v1/keys/{own}/revoke"), 409, "LastAdmin")
    assert (await _listed(admin))["root"]["state"] == "active"
    await admin.post("/v1/keys", json={"name": "second", "roles": ["admin"]})
    assert (await admin.post(f"/v1/keys/{own}/revoke")).status_code == 200


async def test_what_cannot_be_made_is_refused(admin: httpx.AsyncClient) -> None:
    body = {"name": "engine", "roles": ["caller"]}
    assert (await admin.post("/v1/keys", json=body)).status_code == 200
    taken = await admin.post("/v1/keys", json=body)
    _is_refused(taken, 409, "KeyNameTaken")
    assert "engine" not in taken.text
    for changes, field in (
        ({"name": " "}, "name"),
        ({"person": "a\0b"}, "person"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles.0"),
        ({"expires_at": "2199-12-31T00:00:00"}, "expires_at"),
        ({"colour": "red"}, "colour"),
    ):
        _is_refused(await admin.post("/v1/keys", json={**body, "name": "x", **changes}), 422, "Malformed", field)
    past = {**body, "name": "x", "expires_at": "2020-01-01T00:00:00Z"}
    _is_refused(await admin.post("/v1/keys", json=past), 422, "Unfit", "expires_at")


async def test_what_is_not_there_is_not_found(admin: httpx.AsyncClient) -> None:
    _is_refused(await admin.post(f"/v1/keys/{'0' * 16}/revoke"), 404, "UnknownKey")
    _is_refused(await admin.post("/v1/keys/root/revoke"), 422, "Malformed", "id")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_only_an_admin_may(parts: Parts, client: httpx.AsyncClient, role: Role) -> None:
    headers = {"authorization": f"Bearer {await parts.keys.create('other', [role])}"}
    for method, path in (("GET", "/v1/keys"), ("POST", "/v1/keys"), ("POST", f"/v1/keys/{'0' * 16}/revoke")):
        _is_refused(await client.request(method, path, headers=headers), 403, "Forbidden")
        _is_refused(await client.request(method, path), 403, "Forbidden")


async def test_the_trail_names_the_person_of_the_key(admin: httpx.AsyncClient, tmp_path: Path) -> None:
    made = (await admin.post("/v1/keys", json={"name": "engine", "roles": ["caller"]})).json()
    await admin.post(f"/v1/keys/{made['id']}/revoke")
    store = await open_store(f"sqlite:///{tmp_path / 'heyan.sqlite3'}")
    *_, made_entry, revoked_entry = [entry async for entry in AuditTrail(store).entries()]
    await store.close()
    entries = made_entry, revoked_entry
    assert [(entry.person, entry.event) for entry in entries] == [("王管理", "key.created"), ("王管理", "key.revoked")]


async def test_the_last_use_is_listed(admin: httpx.AsyncClient, parts: Parts) -> None:
    assert (await admin.get("/v1/keys")).status_code == 200
    await parts.keys.close()
    assert (await _listed(admin))["root"]["last_used_at"] is not None
