"""Who may ask what: keys, roles, and the loopback address."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.data import Data
from app.errors import ConfigurationError
from app.main import is_loopback, open_parts
from app.parts import Parts
from app.records import KeyRing, Role, open_store
from app.settings import Settings
from tests.app.services import client_of, example, open_service, writer


def _bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def _is_refused(response: httpx.Response, status: int, error: str) -> None:
    assert response.status_code == status
    body = response.json()
    assert set(body) == {"error", "detail", "fields"}
    assert (body["error"], body["fields"]) == (error, [])
    assert response.headers["x-request-id"]
    assert (response.headers.get("www-authenticate") == "Bearer") is (status == 401)


@pytest.fixture
async def reachable(data: Data, tmp_path: Path) -> AsyncIterator[Parts]:
    """The parts on an address that others can reach."""
    async with open_service(data, tmp_path, writer(), key_required=True) as opened:
        yield opened


@pytest.fixture
async def outside(reachable: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client that comes from elsewhere."""
    async with client_of(reachable) as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/scripts"), ("POST", "/v1/reviews"), ("GET", "/v1/vocabulary")]
)
async def test_beyond_loopback_a_key_is_needed(outside: httpx.AsyncClient, method: str, path: str) -> None:
    _is_refused(await outside.request(method, path, json=example()), 401, "Unauthenticated")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_health_needs_no_key(outside: httpx.AsyncClient, path: str) -> None:
    assert (await outside.get(path)).status_code == 200


async def test_on_loopback_nobody_needs_a_key(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/scripts", json=example())).status_code == 200
    assert (await client.get("/v1/vocabulary")).status_code == 200


async def test_a_caller_may_write_review_and_read(outside: httpx.AsyncClient, reachable: Parts) -> None:
    headers = _bearer(await reachable.keys.create("engine", [Role.CALLER]))
    assert (await outside.post("/v1/scripts", json=example(), headers=headers)).status_code == 200
    assert (await outside.post("/v1/reviews", json={"text": "您好"}, headers=headers)).status_code == 200
    assert (await outside.get("/v1/vocabulary", headers=headers)).status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CALLER])
async def test_other_roles_may_read_but_not_call(outside: httpx.AsyncClient, reachable: Parts, role: Role) -> None:
    headers = _bearer(await reachable.keys.create("other", [role]))
    assert (await outside.get("/v1/vocabulary", headers=headers)).status_code == 200
    for path, body in (("/v1/scripts", example()), ("/v1/reviews", {"text": "您好"})):
        _is_refused(await outside.post(path, json=body, headers=headers), 403, "Forbidden")


async def test_one_role_of_several_is_enough(outside: httpx.AsyncClient, reachable: Parts) -> None:
    headers = _bearer(await reachable.keys.create("both", [Role.AUDITOR, Role.CALLER]))
    assert (await outside.post("/v1/scripts", json=example(), headers=headers)).status_code == 200


async def test_a_revoked_key_is_refused_at_once(outside: httpx.AsyncClient, reachable: Parts) -> None:
    headers = _bearer(await reachable.keys.create("engine", [Role.CALLER]))
    assert (await outside.get("/v1/vocabulary", headers=headers)).status_code == 200
    await reachable.keys.revoke("engine")
    _is_refused(await outside.get("/v1/vocabulary", headers=headers), 401, "Unauthenticated")


@pytest.mark.parametrize("scheme", ["Basic {}", "{}", "Bearer", "Bearer ", "Token {}", "Bearer {}x", "Bearer {} {}"])
async def test_a_wrong_scheme_is_refused(outside: httpx.AsyncClient, reachable: Parts, scheme: str) -> None:
    key = await reachable.keys.create("engine", [Role.CALLER])
    headers = {"authorization": scheme.replace("{}", key)}
    response = await outside.get("/v1/vocabulary", headers=headers)
    _is_refused(response, 401, "Unauthenticated")
    assert key not in response.text


async def test_the_scheme_may_be_written_in_any_case(outside: httpx.AsyncClient, reachable: Parts) -> None:
    key = await reachable.keys.create("engine", [Role.CALLER])
    response = await outside.get("/v1/vocabulary", headers={"authorization": f"bearer {key}"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "value", [b"Bearer \xff\xfe", "Bearer 名".encode(), b"Bearer " + b"x" * 10_000, b"Bearer hy__"]
)
async def test_rubbish_is_refused(outside: httpx.AsyncClient, value: bytes) -> None:
    headers = [(b"authorization", value)]
    _is_refused(await outside.get("/v1/vocabulary", headers=headers), 401, "Unauthenticated")


async def test_a_key_that_is_given_counts_on_loopback_too(client: httpx.AsyncClient, parts: Parts) -> None:
    auditor = _bearer(await parts.keys.create("auditor", [Role.AUDITOR]))
    _is_refused(await client.post("/v1/scripts", json=example(), headers=auditor), 403, "Forbidden")
    wrong = _bearer("hy_" + "0" * 16 + "_" + "x" * 43)
    _is_refused(await client.post("/v1/scripts", json=example(), headers=wrong), 401, "Unauthenticated")


async def test_who_is_not_let_in_learns_nothing_of_the_body(outside: httpx.AsyncClient) -> None:
    _is_refused(await outside.post("/v1/scripts", content=b"{"), 401, "Unauthenticated")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "heyan.example.com", "127.0.0.1.example.com", ""])  # noqa: S104
def test_what_others_can_reach_is_known(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_is_known(host: str) -> None:
    assert is_loopback(host)


async def test_outside_loopback_the_service_does_not_start_without_keys(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(ConfigurationError, match="heyan keys create"):
        async with open_parts(settings, host="0.0.0.0", model=writer()):  # noqa: S104
            pytest.fail("it started")
    store = await open_store(settings.store_url)
    ring = KeyRing(store)
    await ring.create("engine", [Role.CALLER])
    async with open_parts(settings, host="0.0.0.0", model=writer()) as parts:  # noqa: S104
        assert parts.key_required
    await ring.revoke("engine")
    await store.close()
    with pytest.raises(ConfigurationError, match="no key"):
        async with open_parts(settings, host="0.0.0.0", model=writer()):  # noqa: S104
            pytest.fail("it started")
