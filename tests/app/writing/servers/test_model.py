"""The OpenAI-compatible model: what is asked, how the answer is read, and that neither deadline nor caller waits."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.errors import ConfigurationError, ModelTimeout, ModelUnavailable
from app.writing.lines.grammar import line_grammar
from app.writing.lines.library import ApprovedLine, ApprovedLines
from app.writing.lines.orders import LineSequences
from app.writing.prompt import PROMPT_VERSION, render_compact
from app.writing.sampling import CONSTRAINED_MIN_P, MIN_P, WITHOUT_MIN_P
from app.writing.servers.adapters import AdapterRegistry
from app.writing.servers.extensions import skeleton_pattern
from app.writing.servers.model import ServedModel
from guards.types import Scenario
from tests.app.writing.serving import (
    BASE,
    BRIEF,
    HOUSE,
    INSTITUTION,
    export_adapter,
    make_served,
    serving,
    task,
    write_file,
)
from tests.model_server import PATIENCE_SECONDS, Reply, completion, model_server, until

Respond = Callable[[httpx.Request], httpx.Response]
EXTENSIONS = ("bad_words", "chat_template_kwargs", "min_p", "structured_outputs")


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


ServedBy = Callable[..., ServedModel]


@pytest.fixture
async def served_by() -> AsyncIterator[ServedBy]:
    """Makes clients whose requests a function answers, or real servers if there is none."""
    made: list[ServedModel] = []

    def open_client(
        respond: Respond | None = None, url: str = "http://model:8000", name: str | None = "heyan-mini", **options: Any
    ) -> ServedModel:
        transport = httpx.MockTransport(respond) if respond else None
        made.append(make_served(url, name=name, transport=transport, **options))
        return made[-1]

    yield open_client
    for client in made:
        await client.close()


async def test_one_call_brings_all_candidates(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("一。", "二。", "三。", "四。"))
    draft = await served_by(wire).write(task())
    assert draft.skeletons == ("一。", "二。", "三。", "四。")
    assert (draft.model, draft.prompt_version) == ("heyan-mini", PROMPT_VERSION)
    (body,) = wire.bodies
    assert (body["model"], body["n"]) == ("heyan-mini", 4)
    assert body["messages"] == [{"role": "user", "content": render_compact(BRIEF)}]
    assert body["bad_words"] == ["包过", "秒批"]
    assert body["max_tokens"] == 200
    assert 0 < body["temperature"] <= 1


async def test_without_banned_words_nothing_unusual_is_sent(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("好。"))
    await served_by(wire).write(task(banned=()))
    assert set(wire.bodies[0]) == {"model", "messages", "n", "max_tokens", "temperature", "min_p"}


def extensions_of(body: dict[str, Any]) -> set[str]:
    """The extensions that were sent."""
    return {name for name in EXTENSIONS if name in body}


def refusing(unknown: Sequence[str], status: int, named: bool = False) -> Respond:
    """A server that does not know some fields, and may say which."""

    def respond(request: httpx.Request) -> httpx.Response:
        found = [name for name in unknown if name in json.loads(request.content)]
        if not found:
            return choices("好。")
        return httpx.Response(status, text=f"unknown field {found[0]}" if named else "Bad Request")

    return respond


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("unknown", ["bad_words", "chat_template_kwargs", "structured_outputs"])
async def test_each_extension_is_dropped_alone(served_by: ServedBy, status: int, unknown: str) -> None:
    wire = Wire(refusing([unknown], status))
    server = served_by(wire, profile="full")
    for _ in range(2):
        assert (await server.write(task())).skeletons == ("好。",)
    everything = {"bad_words", "chat_template_kwargs", "structured_outputs"}
    assert extensions_of(wire.bodies[0]) == everything
    assert extensions_of(wire.bodies[-1]) == everything - {unknown}
    assert len(wire.bodies) <= 5


async def test_an_extension_that_is_named_is_dropped_first(served_by: ServedBy) -> None:
    wire = Wire(refusing(["bad_words"], 400, named=True))
    await served_by(wire, profile="full").write(task())
    assert [extensions_of(body) for body in wire.bodies] == [
        {"bad_words", "chat_template_kwargs", "structured_outputs"},
        {"chat_template_kwargs", "structured_outputs"},
    ]


async def test_two_unknown_extensions_cost_no_third(served_by: ServedBy) -> None:
    wire = Wire(refusing(["structured_outputs", "bad_words"], 400))
    server = served_by(wire, profile="full")
    for _ in range(3):
        assert (await server.write(task())).skeletons == ("好。",)
    assert extensions_of(wire.bodies[-1]) == {"chat_template_kwargs"}
    assert len(wire.bodies) == 4 + 2 + 1


async def test_what_comes_nearest_takes_the_place_of_an_unknown_sampling(served_by: ServedBy) -> None:
    wire = Wire(refusing(["min_p"], 422))
    server = served_by(wire)
    for _ in range(2):
        await server.write(task(banned=()))
    assert [("min_p" in body, body.get("top_p")) for body in wire.bodies] == [
        (True, None),
        (False, 0.95),
        (False, 0.95),
    ]


async def test_each_server_is_asked_with_what_it_knows(served_by: ServedBy) -> None:
    wire = Wire(
        lambda request: refusing(["bad_words"] if request.url.host == "old" else [], 400)(request),
    )
    server = served_by(wire, url="http://old, http://new")
    for _ in range(6):
        await server.write(task())
    known = {(request.url.host, "bad_words" in json.loads(request.content)) for request in wire.requests[2:]}
    assert known == {("old", False), ("new", True)}


async def test_a_server_that_refuses_everything_is_asked_with_everything_again(served_by: ServedBy) -> None:
    wire = Wire(lambda request: httpx.Response(400))
    server = served_by(wire)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="400"):
            await server.write(task())
    once = [{"bad_words", "min_p"}, {"min_p"}, set()]
    assert [extensions_of(body) for body in wire.bodies] == once * 2


async def test_instruct_models_decode_within_the_brief(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("好。"))
    await served_by(wire, profile="full").write(task())
    (body,) = wire.bodies
    assert body["structured_outputs"] == {"regex": skeleton_pattern(BRIEF)}
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body["top_p"] == 0.95


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
async def test_the_version_may_be_missing_in_the_address(served_by: ServedBy, given: str, asked: str) -> None:
    wire = Wire(lambda request: choices("好。"))
    await served_by(wire, url=given).write(task())
    assert [str(request.url) for request in wire.requests] == [asked]


@pytest.mark.parametrize(
    "url", ["", "model:8000", "localhost", "ftp://model", "http://", "http://[::1", "/v1", "http:8000", "http://one,"]
)
async def test_an_address_that_is_none_stops_the_start(served_by: ServedBy, url: str) -> None:
    with pytest.raises(ConfigurationError, match="http://host:port"):
        served_by(url=url)


async def test_the_first_model_is_taken_if_none_is_named(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("好。"))
    server = served_by(wire, name=None)
    drafts = [await server.write(task()) for _ in range(2)]
    assert [draft.model for draft in drafts] == ["heyan-found"] * 2
    assert [str(request.url.path) for request in wire.requests] == [
        "/v1/models",
        "/v1/chat/completions",
        "/v1/chat/completions",
    ]


async def test_a_model_that_is_gone_is_looked_for_again(served_by: ServedBy) -> None:
    answers = [httpx.Response(404), choices("好。")]
    wire = Wire(lambda request: answers.pop(0))
    assert (await served_by(wire, name=None).write(task())).skeletons == ("好。",)
    assert [request.method for request in wire.requests] == ["GET", "POST", "GET", "POST"]


@pytest.mark.parametrize("name", [None, "heyan-mini"])
async def test_a_server_without_the_model_is_ejected(served_by: ServedBy, name: str | None) -> None:
    server = served_by(Wire(lambda request: httpx.Response(404)), name=name)
    with pytest.raises(ModelUnavailable, match="404"):
        await server.write(task())
    assert server.fleet.live == ()


@pytest.mark.parametrize("listed", [b"", b"[]", b'{"data": []}', b'{"data": [{}]}', b"<html>", b"[" * 200_000])
async def test_a_server_that_lists_no_model_is_unavailable(served_by: ServedBy, listed: bytes) -> None:
    server = served_by(lambda request: httpx.Response(200, content=listed), name=None)
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
async def test_the_profile_decides_the_prompt(served_by: ServedBy, name: str, profile: str, used: str) -> None:
    wire = Wire(lambda request: choices("好。"))
    server = served_by(wire, name=name, profile=profile, examples=["照这样写，{年化利率}。"])
    draft = await server.write(task(hints=("太长了",)))
    (body,) = wire.bodies
    roles = [message["role"] for message in body["messages"]]
    if used == "compact":
        assert roles == ["user"]
        assert draft.prompt_version == PROMPT_VERSION
    else:
        assert roles == ["system", "user"]
        assert draft.prompt_version.startswith("full.")
        sent = "".join(message["content"] for message in body["messages"])
        assert "太长了" in sent
        assert "照这样写，{年化利率}。" in sent
        assert "{额度上限}" in sent


@pytest.mark.parametrize("profile", ["compact", "full"])
async def test_nothing_of_a_customer_is_sent(served_by: ServedBy, profile: str) -> None:
    wire = Wire(lambda request: choices("好。"))
    await served_by(wire, profile=profile).write(task())
    sent = "".join(message["content"] for message in wire.bodies[0]["messages"])
    assert not re.search(r"1[3-9]\d{9}", sent)
    assert set(wire.bodies[0]) <= {"model", "messages", "n", "max_tokens", "temperature", "top_p", *EXTENSIONS}
    # Everything that is sent is a function of brief and banned words: an order for somebody else reads the same.
    await served_by(wire, profile=profile).write(task(seconds=20.0))
    assert wire.bodies[0] == wire.bodies[1]


async def test_the_key_is_sent_and_only_then(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("好。"))
    await served_by(wire, key="sk-1", name=None).write(task())
    await served_by(wire).write(task())
    assert [request.headers.get("authorization") for request in wire.requests] == ["Bearer sk-1", "Bearer sk-1", None]


async def test_choices_that_were_cut_are_dropped(served_by: ServedBy) -> None:
    parts: list[tuple[Any, str | None]] = [
        ("完。", "stop"),
        ("没有写完", "length"),
        ("也完。", None),
        (None, "stop"),
        (7, "stop"),
        ([], "stop"),
    ]
    body = {"choices": [{"message": {"content": text}, "finish_reason": finish} for text, finish in parts]}
    draft = await served_by(Wire(lambda request: httpx.Response(200, json=body))).write(task(candidates=8))
    assert draft.skeletons == ("完。", "也完。")


async def test_no_more_than_was_ordered_is_taken(served_by: ServedBy) -> None:
    draft = await served_by(Wire(lambda request: choices(*["好。"] * 50))).write(task(candidates=3))
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
async def test_an_answer_that_is_no_completion_is_unavailable(served_by: ServedBy, content: bytes) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        await served_by(Wire(lambda request: httpx.Response(200, content=content))).write(task())
    assert "138" not in str(refused.value)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 413, 429, 500, 502, 503])
async def test_a_status_that_is_no_success_is_unavailable(served_by: ServedBy, status: int) -> None:
    with pytest.raises(ModelUnavailable, match=str(status)):
        await served_by(Wire(lambda request: httpx.Response(status, json={"x": 1}))).write(task())


@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.DecodingError],
)
async def test_a_broken_connection_is_unavailable(served_by: ServedBy, failure: type[httpx.RequestError]) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise failure("secret.host:8000")

    with pytest.raises(ModelUnavailable) as refused:
        await served_by(Wire(broken)).write(task())
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", [None, "heyan-mini"])
async def test_an_answer_that_is_too_large_is_broken_off(served_by: ServedBy, name: str | None) -> None:
    sent = []

    async def pour() -> AsyncIterator[bytes]:
        for _ in range(64):
            sent.append(1 << 16)
            yield b"a" * sent[-1]

    server = served_by(lambda request: httpx.Response(200, content=pour()), name=name)
    with pytest.raises(ModelUnavailable, match="more than 1048576 bytes"):
        await server.write(task())
    assert sum(sent) <= (1 << 20) + (1 << 16)
    assert server.fleet.live == ()


async def test_no_answer_may_come_compressed(served_by: ServedBy) -> None:
    """A little could become a lot."""
    wire = Wire(lambda request: choices("好。"))
    await served_by(wire).write(task())
    assert wire.requests[0].headers["accept-encoding"] == "identity"


async def test_no_time_left_is_no_call(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("好。"))
    with pytest.raises(ModelTimeout):
        await served_by(wire).write(task(seconds=-1.0))
    assert wire.requests == []


async def test_over_real_http(served_by: ServedBy) -> None:
    with model_server(lambda body: completion(*["好。"] * body["n"])) as served:
        server = served_by(url=served.url, name=None, key="sk-1")
        draft = await server.write(task())
        await server.write(task())
        await server.close()
    assert (draft.skeletons, draft.model) == (("好。",) * 4, "heyan-fake")
    assert served.listed == 1
    assert [body["n"] for body in served.asked] == [4, 4]
    assert served.headers[0]["authorization"] == "Bearer sk-1"


async def test_the_deadline_is_kept_and_hangs_up(served_by: ServedBy) -> None:
    with model_server(lambda body: Reply(hangs=True)) as served:
        server = served_by(url=served.url)
        with pytest.raises(ModelTimeout):
            await server.write(task(seconds=1.0))
        assert await asyncio.to_thread(served.hung_up.wait, PATIENCE_SECONDS)
        await server.close()


async def test_the_deadline_is_kept_while_an_answer_trickles_in(served_by: ServedBy) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b" "

    server = served_by(lambda request: httpx.Response(200, content=trickle()))
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(ModelTimeout):
            await server.write(task(seconds=0.1))


async def test_an_order_that_is_withdrawn_hangs_up(served_by: ServedBy) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(body: dict[str, Any]) -> Reply:
        loop.call_soon_threadsafe(asked.set)
        return Reply(hangs=True)

    with model_server(hang) as served:
        server = served_by(url=served.url)
        order = asyncio.create_task(server.write(task()))
        await asked.wait()
        assert not served.hung_up.is_set()
        order.cancel()
        await asyncio.wait({order})
        assert order.cancelled()
        assert await asyncio.to_thread(served.hung_up.wait, PATIENCE_SECONDS)
        await server.close()


async def test_a_server_named_twice_stops_the_start(served_by: ServedBy) -> None:
    with pytest.raises(ConfigurationError, match="twice"):
        served_by(url="http://one:8000, http://one:8000/v1")


SENTENCE = "成本是{年化利率}，最高{额度上限}。"
"""The only approved line."""


def approved(*sentences: str) -> ApprovedLines:
    """These sentences as approved lines."""
    return ApprovedLines(ApprovedLine(Scenario.ACQUISITION, sentence) for sentence in sentences)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("heyan-mini", (SENTENCE, SENTENCE)),
        ("heyan-large", ("成本不高，{年化利率}。", SENTENCE, SENTENCE * 3, SENTENCE * 300)),
    ],
)
async def test_approved_lines_bind_the_model_of_their_name(
    served_by: ServedBy, name: str, kept: tuple[str, ...]
) -> None:
    wire = Wire(lambda request: choices("成本不高，{年化利率}。", SENTENCE, SENTENCE * 3, SENTENCE * 300))
    server = served_by(wire, name=name, approved={"heyan-mini": approved(SENTENCE)})
    assert (await server.write(task())).skeletons == kept


async def test_decoding_of_a_model_with_approved_lines_is_constrained_to_them(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices(SENTENCE))
    lines = approved(SENTENCE, "最快{审批时长}秒批。")
    server = served_by(wire, name="heyan-mini", approved={"heyan-mini": lines})
    order = task(banned=("秒批",))
    assert (await server.write(order)).skeletons == (SENTENCE,)
    (body,) = wire.bodies
    sequence = LineSequences(lines).sequence(order.brief, order.banned, counts_slots=False)
    assert sequence is not None
    assert body["structured_outputs"] == {"grammar": line_grammar(sequence)}
    assert SENTENCE in body["structured_outputs"]["grammar"]
    assert "秒批" not in body["structured_outputs"]["grammar"]
    assert body["min_p"] == CONSTRAINED_MIN_P
    # A word that is suppressed within a line would leave no token to continue with.
    assert "bad_words" not in body


async def test_a_server_without_structured_outputs_is_asked_without_and_held_to_the_lines(
    served_by: ServedBy,
) -> None:
    wire = Wire(refusing(["structured_outputs"], 400))
    server = served_by(wire, name="heyan-mini", approved={"heyan-mini": approved(SENTENCE)})
    for _ in range(2):
        assert (await server.write(task(banned=("秒批",)))).skeletons == ()
    assert [extensions_of(body) for body in wire.bodies] == [
        {"structured_outputs", "min_p"},
        {"bad_words", "min_p"},
        {"bad_words", "min_p"},
    ]
    assert [body["min_p"] for body in wire.bodies] == [CONSTRAINED_MIN_P, MIN_P, MIN_P]


async def test_a_server_that_knows_none_of_it_still_writes(served_by: ServedBy) -> None:
    wire = Wire(refusing(EXTENSIONS, 422))
    server = served_by(wire, name="heyan-mini", approved={"heyan-mini": approved(SENTENCE)})
    await server.write(task(banned=("秒批",)))
    assert extensions_of(wire.bodies[-1]) == set()
    assert wire.bodies[-1]["top_p"] == WITHOUT_MIN_P["top_p"]


async def test_a_server_that_ignores_the_grammar_is_noticed(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("成本不高，{年化利率}。", SENTENCE))
    server = served_by(wire, name="heyan-mini", approved={"heyan-mini": approved(SENTENCE)})
    for _ in range(2):
        assert (await server.write(task())).skeletons == (SENTENCE,)
    assert [extensions_of(body) for body in wire.bodies] == [{"structured_outputs", "min_p"}, {"bad_words", "min_p"}]


async def test_an_instruct_model_that_leaves_its_lines_keeps_its_pattern(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("成本不高，{年化利率}。"))
    server = served_by(wire, name="heyan-mini", profile="full", approved={"heyan-mini": approved(SENTENCE)})
    for _ in range(2):
        assert (await server.write(task())).skeletons == ()
    assert all("regex" in body["structured_outputs"] for body in wire.bodies)
    assert len(wire.bodies) == 2


async def test_a_sentence_that_comes_twice_is_said_once_and_says_nothing_of_the_server(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices(SENTENCE * 2))
    server = served_by(wire, name="heyan-mini", approved={"heyan-mini": approved(SENTENCE)})
    for _ in range(2):
        assert (await server.write(task())).skeletons == (SENTENCE,)
    assert [extensions_of(body) for body in wire.bodies] == [{"structured_outputs", "min_p"}] * 2


async def test_without_a_line_for_the_order_nothing_constrains_decoding(served_by: ServedBy) -> None:
    wire = Wire(lambda request: choices("成本不高，{年化利率}。"))
    server = served_by(wire, name="heyan-mini", approved={"heyan-mini": approved("已过{逾期天数}。")})
    assert (await server.write(task(banned=("秒批",)))).skeletons == ()
    assert [extensions_of(body) for body in wire.bodies] == [{"bad_words", "min_p"}]


ROUTES = [{"adapter": HOUSE, "scenarios": ["acquisition"]}]


def registry_of(directory: Path, *sentences: str) -> AdapterRegistry:
    """A registry with one adapter, to which all acquisition goes."""
    export_adapter(directory, HOUSE, *sentences)
    return AdapterRegistry(write_file(directory, [HOUSE], ROUTES), INSTITUTION)


async def test_an_adapter_writes_what_is_routed_to_it_once_it_is_loaded(tmp_path: Path) -> None:
    with model_server(lambda body: completion(body["model"]), adapters={}) as served:
        async with serving(served, registry=registry_of(tmp_path)) as (model, _):
            before = await model.write(task())
            await until(lambda: HOUSE in model.fleet.replicas[0].adapters)
            after = await model.write(task())
            other = await model.write(task(brief=replace(BRIEF, scenario=Scenario.ACTIVATION)))
    assert [draft.model for draft in (before, after, other)] == [BASE, HOUSE, BASE]
    assert [draft.skeletons for draft in (before, after, other)] == [(BASE,), (HOUSE,), (BASE,)]
    # An adapter is asked as its base is, whatever its own name.
    assert {draft.prompt_version for draft in (before, after, other)} == {PROMPT_VERSION}


async def test_an_adapters_own_approved_lines_bind_it(tmp_path: Path) -> None:
    with model_server(lambda body: completion(SENTENCE, "别的话。"), adapters={}) as served:
        options = {"registry": registry_of(tmp_path, SENTENCE), "approved": {BASE: approved("别的话。")}}
        async with serving(served, **options) as (model, _):
            by_base = await model.write(task())
            await until(lambda: HOUSE in model.fleet.replicas[0].adapters)
            by_adapter = await model.write(task())
    assert (by_base.model, by_base.skeletons) == (BASE, ("别的话。",))
    assert (by_adapter.model, by_adapter.skeletons) == (HOUSE, (SENTENCE,))


async def test_an_adapter_that_a_server_lost_is_loaded_again_and_the_base_writes_meanwhile(tmp_path: Path) -> None:
    with model_server(lambda body: completion("好。"), adapters={}) as served:
        async with serving(served, registry=registry_of(tmp_path)) as (model, _):
            await until(lambda: HOUSE in model.fleet.replicas[0].adapters)
            assert served.adapters is not None
            served.adapters.clear()  # as after a restart between two orders
            draft = await model.write(task())
            assert draft.model == BASE
            await until(lambda: HOUSE in model.fleet.replicas[0].adapters)
            assert (await model.write(task())).model == HOUSE
    assert served.changes == [("load", HOUSE)] * 2


async def test_an_adapters_file_for_another_base_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"base is {BASE}, but the model is to be heyan-mini"):
        make_served("http://model:8000", name="heyan-mini", registry=registry_of(tmp_path))
