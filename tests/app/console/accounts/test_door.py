"""Who tries very many passwords waits, and nobody else does."""

import asyncio

import httpx
from fastapi import FastAPI, Request
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.console.accounts.door import Door, Tries, address_of
from app.parts import Parts
from app.records import Role
from tests.app.console.conftest import PASSWORD, Opening


class Watch:
    """Stands until it is told to go on."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.time


async def _seen(peer: str, **headers: str) -> str:
    """Which address counts where this one speaks to uvicorn."""
    app = FastAPI()

    @app.get("/")
    async def told(request: Request) -> str:
        return address_of(request)

    transport = httpx.ASGITransport(ProxyHeadersMiddleware(app), client=(peer, 50_000))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://heyan") as client:
        return str((await client.get("/", headers=headers)).json())


def test_so_many_wrong_ones_are_looked_at_in_a_while() -> None:
    watch = Watch()
    tries = Tries(most=3, seconds=300, now=watch)
    for second in (0, 10, 20):
        watch.time = second
        assert tries.wait("a") == 0
        tries.note("a")
    assert (tries.wait("a"), tries.wait("b")) == (280, 0)
    watch.time = 299.5
    assert tries.wait("a") == 1
    watch.time = 300
    assert tries.wait("a") == 0
    tries.note("a")
    assert tries.wait("a") == 10


def test_of_very_many_addresses_the_latest_are_known() -> None:
    tries = Tries(most=1, addresses=100)
    for number in range(10_000):
        tries.note(str(number))
    assert len(tries._known) == 100
    assert tries.wait("9999") > 0
    assert tries.wait("0") == 0


def test_one_address_does_not_fill_the_door() -> None:
    door = Door(most=3, each=2)
    with door.passing("a"), door.passing("a"):
        assert (door.is_full("a"), door.is_full("b")) == (True, False)
        with door.passing("b"):
            assert door.is_full("c")
    assert not door.is_full("a")


async def test_a_header_counts_only_from_a_proxy_that_is_believed() -> None:
    assert await _seen("203.0.113.9", **{"x-forwarded-for": "198.51.100.1"}) == "203.0.113.9"
    assert await _seen("127.0.0.1", **{"x-forwarded-for": "198.51.100.1"}) == "198.51.100.1"
    assert await _seen("127.0.0.1", **{"x-forwarded-for": "192.0.2.7, 198.51.100.1"}) == "198.51.100.1"


async def test_a_network_of_ipv6_is_one_address() -> None:
    assert await _seen("2001:db8:1:2:3::4") == await _seen("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert await _seen("2001:db8:1:3::4") != await _seen("2001:db8:1:2::4")
    assert await _seen("::ffff:203.0.113.9") == "203.0.113.9"


async def test_who_guesses_waits_and_others_come_in(opened: Opening, parts: Parts) -> None:
    await parts.people.create("张合规", [Role.AUDITOR], PASSWORD)
    guessing, other = await opened(address="203.0.113.9"), await opened(address="203.0.113.10")
    for number in range(20):
        sent = {"name": f"甲{number}", "password": "something else entirely"}
        assert (await guessing.client.post("/console/sign-in", data=sent)).status_code == 401
    sent = {"name": "张合规", "password": PASSWORD}
    refused = await guessing.client.post("/console/sign-in", data=sent)
    assert refused.status_code == 429
    assert "请过 5 分钟再试" in refused.text
    assert PASSWORD not in refused.text
    assert 0 < int(refused.headers["retry-after"]) <= 300
    assert (await other.client.post("/console/sign-in", data=sent)).status_code == 303


async def test_right_passwords_are_not_counted_and_too_many_at_once_are_told(opened: Opening, parts: Parts) -> None:
    await parts.people.create("张合规", [Role.AUDITOR], PASSWORD)
    browser = await opened()
    sent = {"name": "张合规", "password": PASSWORD}
    for _ in range(25):
        assert (await browser.client.post("/console/sign-in", data=sent)).status_code == 303
    answers = await asyncio.gather(*(browser.client.post("/console/sign-in", data=sent) for _ in range(30)))
    assert {answer.status_code for answer in answers} == {303, 429}
    assert {answer.headers["retry-after"] for answer in answers if answer.status_code == 429} == {"1"}
