"""/v1/people: an admin makes, lists, disables and enables people, and cannot lock out everybody."""

import httpx
import pytest

from app.parts import Parts
from app.records import Role

PASSWORD = "correct horse battery"
BODY = {"name": "李合规", "roles": ["editor", "approver"], "password": PASSWORD}


@pytest.fixture
async def admin(parts: Parts, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the only admin's key."""
    client.headers["authorization"] = f"Bearer {await parts.keys.create('root', [Role.ADMIN], '王管理')}"
    return client


def _is_refused(response: httpx.Response, status: int, error: str, *fields: str) -> None:
    assert response.status_code == status
    body = response.json()
    assert (body["error"], [problem["field"] for problem in body["fields"]]) == (error, list(fields))
    assert PASSWORD not in response.text


async def test_a_person_who_is_made_can_log_in(admin: httpx.AsyncClient, parts: Parts) -> None:
    made = await admin.post("/v1/people", json=BODY)
    assert made.status_code == 200
    assert made.json()["roles"] == ["approver", "editor"]
    assert PASSWORD not in made.text
    assert (await admin.get("/v1/people")).json() == {"items": [made.json()]}
    assert await parts.people.login("李合规", PASSWORD) is not None


async def test_who_is_disabled_is_out_until_enabled(admin: httpx.AsyncClient, parts: Parts) -> None:
    await admin.post("/v1/people", json=BODY)
    key = await parts.keys.create("console", [Role.EDITOR], "李合规")
    bearer = {"authorization": f"Bearer {key}"}
    disabled = (await admin.post("/v1/people/李合规/disable")).json()
    assert disabled["state"] == "disabled"
    assert await parts.people.login("李合规", PASSWORD) is None
    _is_refused(await admin.get("/v1/vocabulary", headers=bearer), 401, "Unauthenticated")
    enabled = (await admin.post("/v1/people/李合规/enable")).json()
    assert (enabled["state"], enabled["disabled_at"]) == ("active", None)
    assert (await admin.get("/v1/vocabulary", headers=bearer)).status_code == 200


async def test_who_is_locked_out_is_listed_as_such(admin: httpx.AsyncClient, parts: Parts) -> None:
    await admin.post("/v1/people", json=BODY)
    for _ in range(5):
        await parts.people.login("李合规", "wrong horse battery")
    (person,) = (await admin.get("/v1/people")).json()["items"]
    assert person["state"] == "locked"
    assert person["locked_until"] is not None


async def test_who_was_made_waits_for_another_admin_to_confirm(admin: httpx.AsyncClient, parts: Parts) -> None:
    made = (await admin.post("/v1/people", json=BODY)).json()
    assert made["hands"] == ["王管理"]
    _is_refused(await admin.post("/v1/people/李合规/confirm"), 403, "NotTheirs")
    other = {"authorization": f"Bearer {await parts.keys.create('second', [Role.ADMIN], '周管理')}"}
    _is_refused(await admin.post("/v1/people/李合规/confirm", headers=other), 409, "KnownToOthers")
    await parts.people.set_password("李合规", "another horse battery", by="李合规")
    confirmed = await admin.post("/v1/people/李合规/confirm", headers=other)
    assert (confirmed.status_code, confirmed.json()["hands"]) == (200, [])
    _is_refused(await admin.post("/v1/people/nobody/confirm", headers=other), 404, "UnknownPerson")


async def test_the_last_admin_cannot_be_disabled(admin: httpx.AsyncClient, parts: Parts) -> None:
    await admin.post("/v1/people", json={**BODY, "name": "王管理", "roles": ["admin"]})
    _is_refused(await admin.post("/v1/people/王管理/disable"), 409, "LastAdmin")
    await parts.keys.create("second", [Role.ADMIN])
    assert (await admin.post("/v1/people/王管理/disable")).status_code == 200
    _is_refused(await admin.get("/v1/people"), 401, "Unauthenticated")


async def test_what_cannot_be_made_is_refused(admin: httpx.AsyncClient) -> None:
    assert (await admin.post("/v1/people", json=BODY)).status_code == 200
    taken = await admin.post("/v1/people", json=BODY)
    _is_refused(taken, 409, "PersonNameTaken")
    assert "李合规" not in taken.text
    for changes, error, field in (
        ({"name": "a/b"}, "Malformed", "name"),
        ({"name": "operator"}, "Malformed", "name"),
        ({"roles": []}, "Malformed", "roles"),
        ({"password": 12}, "Malformed", "password"),
        ({"password": "x" * 1025}, "Malformed", "password"),
        ({"password": "short"}, "Unfit", "password"),
        ({"password": "administrator"}, "Unfit", "password"),
    ):
        _is_refused(await admin.post("/v1/people", json={**BODY, "name": "x", **changes}), 422, error, field)


async def test_who_is_not_there_is_not_found(admin: httpx.AsyncClient) -> None:
    for path in ("/v1/people/nobody/disable", "/v1/people/nobody/enable", "/v1/people/%00/disable"):
        _is_refused(await admin.post(path), 404, "UnknownPerson")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_only_an_admin_may(parts: Parts, client: httpx.AsyncClient, role: Role) -> None:
    headers = {"authorization": f"Bearer {await parts.keys.create('other', [role])}"}
    for method, path in (
        ("GET", "/v1/people"),
        ("POST", "/v1/people"),
        ("POST", "/v1/people/x/disable"),
        ("POST", "/v1/people/x/enable"),
    ):
        _is_refused(await client.request(method, path, headers=headers), 403, "Forbidden")
        _is_refused(await client.request(method, path), 403, "Forbidden")
