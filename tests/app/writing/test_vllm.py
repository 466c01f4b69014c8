"""The OpenAI-compatible model: what is asked, how the answer is read, and that neither deadline nor caller waits."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.errors import ConfigurationError, ModelTimeout, ModelUnavailable
from app.settings import ROOT
from app.vocabulary import Vocabulary
from app.writing.brief import Brief
from app.writing.compact import PROMPT_VERSION, render_compact
from app.writing.model import WritingTask
from app.writing.prompt import FullPrompt
from app.writing.vllm import OpenAIServer
from guards.types import Generation, Scenario
from tests.model_server import Reply, completion, model_server

BRIEF = Brief(
    Scenario.ACQUISITION, Generation.GEN_Z, "rate_first", ("asked_rate",), ("年化利率", "额度上限"), ("产品名",)
)
Respond = Callable[[httpx.Request], httpx.Response]


def task(seconds: float = 30.0, **changes: Any) -> WritingTask:
    """An order with time enough."""
    return replace(WritingTask(BRIEF, 4, time.monotonic() + seconds, ("包过", "秒批")), **changes)


class Wire:
    """A transport that keeps what was asked and answers by a script."""

    def __init__(self, respond: Respond) -> None:
        self.requests: list[httpx.Request] = []
        self._respond = respond

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.method == "GET":
            return httpx.Response(200, json={"data": [{"id": "heyan-found"}, {"id": "other"}]})
        return self._respond(request)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The chat completions that were asked for."""
        return [json.loads(request.content) for request in self.requests if request.method == "POST"]


def choices(*texts: str | None, finish: str = "stop") -> httpx.Response:
    """A chat completion."""
    return httpx.Response(200, json={"choices": [{"message": {"content": t}, "finish_reason": finish} for t in texts]})


Open = Callable[..., OpenAIServer]


@pytest.fixture
def open_server(vocabulary: Vocabulary) -> Open:
    """Makes a client of a model server."""

    def opened(
        wire: Respond | None = None,
        url: str = "http://model:8000",
        name: str | None = "heyan-mini",
        key: str | None = None,
        profile: str = "auto",
        examples: Sequence[str] = (),
    ) -> OpenAIServer:
        return OpenAIServer(
            url,
            name=name,
            key=key,
            profile=profile,
            prompt=FullPrompt(ROOT / "prompts" / "templates", vocabulary),
            examples=lambda brief: examples,
            transport=httpx.MockTransport(wire) if wire else None,
        )

    return opened


async def test_one_call_brings_all_candidates(open_server: Open) -> None:
    wire = Wire(lambda request: choices("一。", "二。", "三。", "四。"))
    draft = await open_server(wire).write(task())
    assert draft.skeletons == ("一。", "二。", "三。", "四。")
    assert (draft.model, draft.prompt_version) == ("heyan-mini", PROMPT_VERSION)
    (body,) = wire.bodies
    assert (body["model"], body["n"]) == ("heyan-mini", 4)
    assert body["messages"] == [{"role": "user", "content": render_compact(BRIEF)}]
    assert body["bad_words"] == ["包过", "秒批"]
    assert body["max_tokens"] == 200
    assert 0 < body["temperature"] <= 1


async def test_without_banned_words_nothing_unusual_is_sent(open_server: Open) -> None:
    wire = Wire(lambda request: choices("好。"))
    await open_server(wire).write(task(banned=()))
    assert set(wire.bodies[0]) == {"model", "messages", "n", "max_tokens", "temperature", "top_p"}


@pytest.mark.parametrize("status", [400, 422])
async def test_a_server_that_refuses_extensions_is_asked_without_from_then_on(open_server: Open, status: int) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status) if b"bad_words" in request.content else choices("好。")

    wire = Wire(respond)
    server = open_server(wire)
    assert (await server.write(task())).skeletons == ("好。",)
    assert (await server.write(task())).skeletons == ("好。",)
    assert ["bad_words" in body for body in wire.bodies] == [True, False, False]


async def test_a_server_that_refuses_everything_is_asked_with_them_again(open_server: Open) -> None:
    wire = Wire(lambda request: httpx.Response(400))
    server = open_server(wire)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="400"):
            await server.write(task())
    assert ["bad_words" in body for body in wire.bodies] == [True, False, True, False]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("http://model:8000", "http://model:8000/v1/chat/completions"),
        ("http://model:8000/", "http://model:8000/v1/chat/completions"),
        ("http://model:8000/v1", "http://model:8000/v1/chat/completions"),
        ("http://model:8000/v1/", "http://model:8000/v1/chat/completions"),
        (" http://model:8000/v1 ", "http://model:8000/v1/chat/completions"),
        ("http://model:8000/v1/chat/completions", "http://model:8000/v1/chat/completions"),
        ("https://gate.example/api/paas/v4", "https://gate.example/api/paas/v4/chat/completions"),
        ("https://gate.example/vllm", "https://gate.example/vllm/v1/chat/completions"),
        ("https://gate.example/very", "https://gate.example/very/v1/chat/completions"),
        ("http://v1", "http://v1/v1/chat/completions"),
    ],
)
async def test_the_version_may_be_left_out_of_the_address(open_server: Open, given: str, asked: str) -> None:
    wire = Wire(lambda request: choices("好。"))
    await open_server(wire, url=given).write(task())
    assert [str(request.url) for request in wire.requests] == [asked]


@pytest.mark.parametrize(
    "url", ["", "model:8000", "localhost", "ftp://model", "http://", "http://[::1", "/v1", "http:8000"]
)
def test_an_address_that_is_none_stops_the_start(open_server: Open, url: str) -> None:
    with pytest.raises(ConfigurationError, match="http://host:port"):
        open_server(url=url)


async def test_the_first_model_is_taken_if_none_is_named(open_server: Open) -> None:
    wire = Wire(lambda request: choices("好。"))
    server = open_server(wire, name=None)
    drafts = [await server.write(task()) for _ in range(2)]
    assert [draft.model for draft in drafts] == ["heyan-found"] * 2
    assert [str(request.url.path) for request in wire.requests] == [
        "/v1/models",
        "/v1/chat/completions",
        "/v1/chat/completions",
    ]


async def test_a_model_that_is_gone_is_looked_for_again(open_server: Open) -> None:
    answers = [httpx.Response(404), choices("好。")]
    wire = Wire(lambda request: answers.pop(0))
    server = open_server(wire, name=None)
    with pytest.raises(ModelUnavailable, match="404"):
        await server.write(task())
    assert (await server.write(task())).skeletons == ("好。",)
    assert [request.method for request in wire.requests] == ["GET", "POST", "GET", "POST"]


@pytest.mark.parametrize("listed", [b"", b"[]", b'{"data": []}', b'{"data": [{}]}', b"<html>", b"[" * 200_000])
async def test_a_server_that_lists_no_model_is_unavailable(open_server: Open, listed: bytes) -> None:
    server = open_server(lambda request: httpx.Response(200, content=listed), name=None)
    with pytest.raises(ModelUnavailable, match="no model"):
        await server.write(task())


@pytest.mark.parametrize(
    ("name", "profile", "used"),
    [
        ("heyan-mini", "auto", "compact"),
        ("registry/heyan-7b", "auto", "compact"),
        ("Qwen3-8B", "auto", "full"),
        ("heyan-mini", "full", "full"),
        ("Qwen3-8B", "compact", "compact"),
    ],
)
async def test_the_profile_decides_the_prompt(open_server: Open, name: str, profile: str, used: str) -> None:
    wire = Wire(lambda request: choices("好。"))
    server = open_server(wire, name=name, profile=profile, examples=["照这样写，{年化利率}。"])
    draft = await server.write(task(hints=("太长了",)))
    (body,) = wire.bodies
    roles = [message["role"] for message in body["messages"]]
    if used == "compact":
        assert roles == ["user"]
        assert draft.prompt_version == PROMPT_VERSION
    else:
        assert roles == ["system", "user"]
        assert draft.prompt_version.startswith("full.")
        told = "".join(message["content"] for message in body["messages"])
        assert "太长了" in told
        assert "照这样写，{年化利率}。" in told
        assert "{额度上限}" in told


EXTENSIONS = ("bad_words", "chat_template_kwargs")


@pytest.mark.parametrize("profile", ["compact", "full"])
async def test_nothing_of_a_customer_is_sent(open_server: Open, profile: str) -> None:
    wire = Wire(lambda request: choices("好。"))
    await open_server(wire, profile=profile).write(task())
    sent = "".join(message["content"] for message in wire.bodies[0]["messages"])
    assert not re.search(r"1[3-9]\d{9}", sent)
    assert set(wire.bodies[0]) <= {"model", "messages", "n", "max_tokens", "temperature", "top_p", *EXTENSIONS}
    # Everything that is told is a function of brief and banned words: an order for somebody else reads the same.
    await open_server(wire, profile=profile).write(task(seconds=20.0))
    assert wire.bodies[0] == wire.bodies[1]


async def test_the_key_is_sent_and_only_then(open_server: Open) -> None:
    wire = Wire(lambda request: choices("好。"))
    await open_server(wire, key="sk-1", name=None).write(task())
    await open_server(wire).write(task())
    assert [request.headers.get("authorization") for request in wire.requests] == ["Bearer sk-1", "Bearer sk-1", None]


async def test_choices_that_were_cut_are_dropped(open_server: Open) -> None:
    parts: list[tuple[Any, str | None]] = [
        ("完。", "stop"),
        ("没有写完", "length"),
        ("也完。", None),
        (None, "stop"),
        (7, "stop"),
        ([], "stop"),
    ]
    body = {"choices": [{"message": {"content": text}, "finish_reason": finish} for text, finish in parts]}
    draft = await open_server(Wire(lambda request: httpx.Response(200, json=body))).write(task(candidates=8))
    assert draft.skeletons == ("完。", "也完。")


async def test_no_more_than_was_ordered_is_taken(open_server: Open) -> None:
    draft = await open_server(Wire(lambda request: choices(*["好。"] * 50))).write(task(candidates=3))
    assert len(draft.skeletons) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"choices": null}',
        b'{"choices": "abc"}',
        b'{"choices": {"a": 1}}',
        b'{"choices": [null]}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {}}]}',
        b'{"error": {"message": "13812345678"}}',
        b"<html><body>Bad Gateway</body></html>",
        b'{"choices": [{"message": {"content": "',
        b"\xff\xfe\x00",
        b"[" * 200_000,
    ],
)
async def test_an_answer_that_is_no_completion_is_unavailable(open_server: Open, content: bytes) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        await open_server(Wire(lambda request: httpx.Response(200, content=content))).write(task())
    assert "138" not in str(refused.value)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 413, 429, 500, 502, 503])
async def test_a_status_that_is_no_success_is_unavailable(open_server: Open, status: int) -> None:
    with pytest.raises(ModelUnavailable, match=str(status)):
        await open_server(Wire(lambda request: httpx.Response(status, json={"x": 1}))).write(task())


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (httpx.ConnectError, ModelUnavailable),
        (httpx.ReadError, ModelUnavailable),
        (httpx.RemoteProtocolError, ModelUnavailable),
        (httpx.DecodingError, ModelUnavailable),
        (httpx.ConnectTimeout, ModelTimeout),
        (httpx.ReadTimeout, ModelTimeout),
        (httpx.PoolTimeout, ModelTimeout),
    ],
)
async def test_a_broken_connection_is_unavailable(
    open_server: Open, failure: type[httpx.RequestError], raised: type[Exception]
) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise failure("secret.host:8000")

    with pytest.raises(raised) as refused:
        await open_server(Wire(broken)).write(task())
    assert "secret" not in str(refused.value)


async def test_no_time_left_is_no_call(open_server: Open) -> None:
    wire = Wire(lambda request: choices("好。"))
    with pytest.raises(ModelTimeout):
        await open_server(wire).write(task(seconds=-1.0))
    assert wire.requests == []


async def test_over_real_http(open_server: Open) -> None:
    with model_server(lambda body: completion(*["好。"] * body["n"])) as served:
        server = open_server(url=served.url, name=None, key="sk-1")
        draft = await server.write(task())
        await server.write(task())
        await server.close()
    assert (draft.skeletons, draft.model) == (("好。",) * 4, "heyan-fake")
    assert served.listed == 1
    assert [body["n"] for body in served.asked] == [4, 4]
    assert served.headers[0]["authorization"] == "Bearer sk-1"


async def test_the_deadline_is_kept_and_hangs_up(open_server: Open) -> None:
    with model_server(lambda body: Reply(hangs=True)) as served:
        server = open_server(url=served.url)
        with pytest.raises(ModelTimeout):
            await server.write(task(seconds=0.1))
        assert await asyncio.to_thread(served.hung_up.wait, 10)
        await server.close()


async def test_the_deadline_is_kept_while_an_answer_trickles_in(open_server: Open) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b" "

    server = open_server(lambda request: httpx.Response(200, content=trickle()))
    async with asyncio.timeout(10):
        with pytest.raises(ModelTimeout):
            await server.write(task(seconds=0.1))


async def test_an_order_that_is_withdrawn_hangs_up(open_server: Open) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(body: dict[str, Any]) -> Reply:
        loop.call_soon_threadsafe(asked.set)
        return Reply(hangs=True)

    with model_server(hang) as served:
        server = open_server(url=served.url)
        order = asyncio.create_task(server.write(task()))
        await asked.wait()
        assert not served.hung_up.is_set()
        order.cancel()
        await asyncio.wait({order})
        assert order.cancelled()
        assert await asyncio.to_thread(served.hung_up.wait, 10)
        await server.close()
