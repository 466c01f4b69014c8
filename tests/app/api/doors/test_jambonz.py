"""jambonz's agent harness: one connection is one call."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.api.doors.jambonz import SUBPROTOCOL
from app.data import Data
from app.records import Role
from tests.app.api.doors.calls import CALLS, Json, by_turns
from tests.app.listening import listening
from tests.app.turns.calls import DEBT, case

Service = tuple[str, str]
GREETING = {"type": "greeting"}


@pytest.fixture(scope="module")
def service(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Where the service listens, and a key of an engine."""
    with listening(data, tmp_path_factory.mktemp("store"), key_required=True) as opened:
        yield opened


class Harness:
    """jambonz's side of one call."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._turn = 0

    async def send(self, **message: Any) -> None:
        """One frame."""
        await self.socket.send(orjson.dumps({"call_sid": "sid-1", **message}).decode())

    async def start(self, of: Json = DEBT, **more: Any) -> None:
        """As jambonz begins a call."""
        told = {"from": "400", "to": "138", "direction": "outbound", "language": "zh-CN", "tools": []}
        await self.send(type="session:start", protocol=1, metadata={"heyan": of}, **(told | more))

    async def turn(self, given: Json) -> tuple[str, Json]:
        """What is said to a turn's input, and what the reply says when it is done."""
        self._turn += 1
        await self.send(type="turn:start", turn_id=self._turn, input=given)
        return await self.reply()

    async def reply(self) -> tuple[str, Json]:
        """The words of the next reply, and its last frame."""
        words = ""
        while True:
            frame: Json = orjson.loads(await self.socket.recv())
            assert frame["turn_id"] == self._turn
            if frame["type"] == "reply:done":
                return words, frame
            assert frame["type"] == "reply:chunk"
            words += frame["chunk"]["choices"][0]["delta"]["content"]

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the other side hangs up."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.socket.recv()
        return self.socket.close_code or 0, self.socket.close_reason or ""


@asynccontextmanager
async def calling(service: Service, **more: Any) -> AsyncIterator[Harness]:
    """A connection as jambonz opens one."""
    url, key = service
    headers = {"authorization": f"Bearer {key}"}
    address = f"{url.replace('http', 'ws')}/v1/jambonz"
    protocol = [SUBPROTOCOL]
    async with connect(address, subprotocols=protocol, additional_headers=headers, **more) as socket:  # type: ignore[arg-type]
        yield Harness(socket)


@pytest.mark.parametrize("scenario", CALLS)
async def test_a_call_of_each_scenario_says_what_the_turns_say(service: Service, scenario: str) -> None:
    of, lines = CALLS[scenario]
    heard: list[Json] = []
    async with calling(service) as harness:
        assert harness.socket.subprotocol == SUBPROTOCOL
        await harness.start(of)
        for line in (None, *lines):
            if line is not None:
                heard.append({"role": "user", "content": line})
            words, done = await harness.turn(GREETING if line is None else {"type": "speech", "text": line})
            async with httpx.AsyncClient(
                base_url=service[0], headers={"authorization": f"Bearer {service[1]}"}
            ) as client:
                assert (words, done["turn_record"]["route"]) == await by_turns(client, "sid-1")(of, heard)
            heard.append({"role": "assistant", "content": words})
            assert done["turn_record"]["heyan"]["call_id"] == "sid-1"


async def test_what_is_not_known_is_passed_over(service: Service) -> None:
    async with calling(service) as harness:
        await harness.start(colour="red")
        await harness.socket.send("no json")
        await harness.socket.send("[1]")
        await harness.send(type="weather:changed", turn_id=1)
        words, _ = await harness.turn(GREETING)
        await harness.send(type="speech:start", turn_id=1)
        assert "本人" in words


async def test_of_a_turn_that_was_cut_short_only_what_was_heard_counts(service: Service) -> None:
    async with calling(service) as harness:
        await harness.start()
        await harness.turn(GREETING)
        await harness.send(type="speech:start", turn_id=1, heard="您好，我是")
        _, done = await harness.turn({"type": "speech", "text": "是我"})
        assert done["turn_record"]["heyan"]["understood"]["verified"] is None


async def test_a_silent_turn_is_silence(service: Service) -> None:
    async with calling(service) as harness:
        await harness.start()
        opening, _ = await harness.turn(GREETING)
        words, done = await harness.turn({"type": "timeout"})
        assert words not in ("", opening)
        assert done["turn_record"]["route"] == "speak"


async def test_a_session_that_cannot_be_served_is_closed_with_its_reason(service: Service) -> None:
    wrong = case(DEBT, facts={"overdue_days": 11})
    for of, more, said in (
        (DEBT, {"protocol": 2}, "protocol 1"),
        ({}, {}, "scenario"),
        (wrong, {}, "facts.overdue_days"),
    ):
        async with calling(service) as harness:
            told = {"protocol": 1, **more}
            await harness.send(type="session:start", metadata={"heyan": of}, **told)
            code, reason = await harness.closed()
            assert code == 4000
            assert said in reason
    async with calling(service) as harness:
        await harness.send(type="turn:start", turn_id=1, input=GREETING)
        assert (await harness.closed())[0] == 4000


async def test_without_a_known_key_the_upgrade_is_refused(service: Service) -> None:
    for key in (None, "Bearer nobody", "Basic x"):
        headers = {} if key is None else {"authorization": key}
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"{service[0].replace('http', 'ws')}/v1/jambonz", additional_headers=headers):
                pass
        assert refused.value.response.status_code == 401


async def test_a_key_without_the_role_is_refused(data: Data, tmp_path: Path) -> None:
    with listening(data, tmp_path, key_required=True, roles=[Role.AUDITOR]) as service:
        with pytest.raises(InvalidStatus) as refused:
            async with calling(service):
                pass
        assert refused.value.response.status_code == 403


async def test_many_calls_at_once_are_kept_apart(service: Service) -> None:
    async def call(line: str) -> str:
        async with calling(service) as harness:
            await harness.start()
            await harness.turn(GREETING)
            return str((await harness.turn({"type": "speech", "text": line}))[1]["turn_record"]["route"])

    routes = await asyncio.gather(*(call(line) for line in ("打错了", "转人工", "是我", "打错了")))
    assert routes == ["end_call", "handoff", "speak", "end_call"]


async def test_the_session_s_end_ends_the_connection(service: Service) -> None:
    async with calling(service) as harness:
        await harness.start()
        await harness.send(type="session:end", reason="hangup")
        assert (await harness.closed())[0] == 1000
