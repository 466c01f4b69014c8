"""One request, one answer, on disk before it leaves: invariants 5, 6 and 8."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app.data import Data
from app.errors import Malformed, ModelUnavailable, RequestConflict, StoreError
from app.parts import Parts
from app.requests import ScriptRequest
from app.settings import ROOT
from app.writing.full_prompt import FullPrompt
from app.writing.model import Draft, WritingTask
from app.writing.servers.model import ServedModel
from tests.app.services import BODY, EXAMPLE, PERSON, client_of, example, open_service, writer
from tests.fakes import FakeModel
from tests.model_server import PATIENCE_SECONDS, Reply, completion, model_server

OTHER = "说重点，{产品名}的成本是{年化利率}。用不用您自己定，有想问的吗？"


def request(**changes: Any) -> ScriptRequest:
    """The contract's example as the application reads it."""
    return ScriptRequest.model_validate(example(**changes))


class SlowModel(FakeModel):
    """Writes long enough for others to come meanwhile, and tells when it began."""

    def __init__(self) -> None:
        super().__init__(lambda task: [BODY], delay=0.02)
        self.begun = asyncio.Event()

    async def write(self, task: WritingTask) -> Draft:
        """See `Model.write`."""
        self.begun.set()
        return await super().write(task)


class MeetingModel(FakeModel):
    """Writes as soon as everybody who shares its barrier has been asked."""

    def __init__(self, body: str, all_asked: asyncio.Barrier) -> None:
        super().__init__(lambda task: [body])
        self._all_asked = all_asked

    async def write(self, task: WritingTask) -> Draft:
        """See `Model.write`."""
        await self._all_asked.wait()
        return await super().write(task)


@pytest.fixture
def model() -> SlowModel:
    """The model that the service asks."""
    return SlowModel()


class TestSameRequest:
    """Invariant 5."""

    async def test_gets_the_same_bytes(self, client: httpx.AsyncClient, parts: Parts, model: SlowModel) -> None:
        first = await client.post("/v1/scripts", json=EXAMPLE)
        second = await client.post("/v1/scripts", json=EXAMPLE)
        assert first.status_code == second.status_code == 200
        assert first.content == second.content
        assert len(model.tasks) == 1
        assert len(await parts.log.recent()) == 1

    async def test_is_the_same_however_it_is_written(self, client: httpx.AsyncClient, model: SlowModel) -> None:
        first = await client.post("/v1/scripts", json=EXAMPLE)
        turned = orjson.dumps(dict(reversed(EXAMPLE.items())), option=orjson.OPT_INDENT_2)
        assert (await client.post("/v1/scripts", content=turned)).content == first.content

    @pytest.mark.parametrize(
        "change",
        [
            {"options": {"deadline_ms": 400}},
            {"call_time": "2026-11-22T10:10:00+08:00"},
            {"call_time": "2026-11-22T02:05:30Z", "options": {"deadline_ms": 900}},
        ],
    )
    async def test_is_the_same_when_it_is_asked_again_with_less_time_left(
        self, client: httpx.AsyncClient, model: SlowModel, change: dict[str, Any]
    ) -> None:
        first = await client.post("/v1/scripts", json=EXAMPLE)
        again = await client.post("/v1/scripts", json=example(**change))
        assert again.content == first.content
        assert len(model.tasks) == 1

    async def test_is_the_same_when_it_is_asked_again_before_it_is_answered(self, parts: Parts) -> None:
        first = asyncio.create_task(parts.reception.answer(request()))
        await asyncio.sleep(0)
        again = await parts.reception.answer(request(options={"deadline_ms": 800}))
        assert again.answer == (await first).answer

    async def test_that_was_recorded_with_its_whole_body_is_known(self, parts: Parts) -> None:
        first = await parts.reception.answer(request(request_id="a"))
        body = json.dumps(request(request_id="b").model_dump(mode="json", exclude_unset=True), sort_keys=True)
        before = replace(
            first, script_id="of-old", request_id="b", body_digest=parts.reception._store.digest(body.encode())
        )
        await parts.log.record(before)
        assert (await parts.reception.answer(request(request_id="b"))).script_id == "of-old"
        with pytest.raises(RequestConflict):
            await parts.reception.answer(request(request_id="b", channel="sms"))

    async def test_gets_the_same_bytes_after_a_restart(self, data: Data, tmp_path: Path) -> None:
        async with open_service(data, tmp_path, writer(BODY)) as parts:
            first = await parts.reception.answer(request())
        gone = FakeModel(lambda task: ModelUnavailable("gone"))
        async with open_service(data, tmp_path, gone) as parts:
            second = await parts.reception.answer(request())
            assert len(await parts.log.recent()) == 1
        assert second.answer == first.answer
        assert second.script_id == first.script_id
        assert gone.tasks == []

    async def test_gets_the_same_refusal(self, client: httpx.AsyncClient) -> None:
        body = example(customer={"opted_out": True})
        first = await client.post("/v1/scripts", json=body)
        assert first.json()["action"] == "do_not_call"
        assert (await client.post("/v1/scripts", json=body)).content == first.content

    @pytest.mark.parametrize(
        "change",
        [
            {"customer": {"age": 26}},
            {"customer": {"pii": {"name": "张四"}}},
            {"channel": "sms"},
            {"call_time": "2026-11-22T10:10:01+08:00"},
            {"call_time": "2026-11-22T10:04:59+08:00"},
            {"facts": {"fees": "0"}},
            {"options": {"candidates": 3}},
            {"customer": {"tags": ["咨询过利率", "实时浏览应急贷"]}},
        ],
    )
    async def test_with_another_body_is_a_conflict(
        self, client: httpx.AsyncClient, model: SlowModel, change: dict[str, Any]
    ) -> None:
        await client.post("/v1/scripts", json=EXAMPLE)
        response = await client.post("/v1/scripts", json=example(**change))
        assert response.status_code == 409
        assert response.json() == {
            "error": "RequestConflict",
            "detail": "this request_id was used before, for a different body",
            "fields": [],
        }
        assert len(model.tasks) == 1

    async def test_with_another_body_is_a_conflict_after_a_restart(self, data: Data, tmp_path: Path) -> None:
        async with open_service(data, tmp_path, writer()) as parts:
            await parts.reception.answer(request())
        async with open_service(data, tmp_path, writer()) as parts:
            with pytest.raises(RequestConflict):
                await parts.reception.answer(request(channel="sms"))

    async def test_with_another_body_is_a_conflict_before_it_is_answered(self, parts: Parts) -> None:
        first = asyncio.create_task(parts.reception.answer(request()))
        await asyncio.sleep(0)
        with pytest.raises(RequestConflict):
            await parts.reception.answer(request(channel="sms"))
        assert (await first).action == "speak"

    async def test_twenty_times_at_once_is_answered_once(
        self, client: httpx.AsyncClient, parts: Parts, model: SlowModel
    ) -> None:
        responses = await asyncio.gather(*(client.post("/v1/scripts", json=EXAMPLE) for _ in range(20)))
        assert {response.status_code for response in responses} == {200}
        assert len({response.content for response in responses}) == 1
        assert len(model.tasks) == 1
        assert len(await parts.log.recent()) == 1

    async def test_of_two_processes_is_answered_once(self, data: Data, tmp_path: Path) -> None:
        both_asked = asyncio.Barrier(2)
        one, other = MeetingModel(BODY, both_asked), MeetingModel(OTHER, both_asked)
        async with open_service(data, tmp_path, one) as here, open_service(data, tmp_path, other) as there:
            decisions = await asyncio.gather(here.reception.answer(request()), there.reception.answer(request()))
            assert len(one.tasks) == len(other.tasks) == 1
            assert decisions[0].answer == decisions[1].answer
            assert len(await here.log.recent()) == 1

    async def test_survives_a_caller_who_leaves(self, parts: Parts, model: SlowModel) -> None:
        callers = [asyncio.create_task(parts.reception.answer(request())) for _ in range(5)]
        await model.begun.wait()
        callers[0].cancel()
        callers[2].cancel()
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
        left = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes] == [
            True,
            False,
            True,
            False,
            False,
        ]
        assert len({decision.answer for decision in left}) == 1
        assert len(model.tasks) == 1

    async def test_is_recorded_even_if_every_caller_leaves(self, parts: Parts, model: SlowModel) -> None:
        caller = asyncio.create_task(parts.reception.answer(request()))
        await model.begun.wait()
        caller.cancel()
        again = await parts.reception.answer(request())
        assert again.action == "speak"
        assert len(model.tasks) == 1
        assert len(await parts.log.recent()) == 1

    async def test_that_is_refused_uses_up_no_request_id(self, parts: Parts) -> None:
        with pytest.raises(Malformed):
            await parts.reception.answer(request(customer={"tags": ["没有"]}))
        assert (await parts.reception.answer(request())).action == "speak"


class TestRecord:
    """Invariant 6, and what invariant 3 says of records."""

    async def test_is_there_when_the_answer_is(self, parts: Parts, tmp_path: Path) -> None:
        decision = await parts.reception.answer(request())
        with closing(sqlite3.connect(tmp_path / "heyan.sqlite3")) as connection:
            row = connection.execute("SELECT request_id, action, source, answer, text FROM decisions").fetchone()
        assert row[:4] == ("c-20261122-000123", "speak", "model", decision.answer)
        assert row[4] == orjson.loads(decision.answer)["text"]

    async def test_comes_before_the_answer(self, parts: Parts, model: SlowModel, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "heyan.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            caller = asyncio.create_task(parts.reception.answer(request()))
            await model.begun.wait()
            done, _ = await asyncio.wait({caller}, timeout=0.1)
            assert not done
            other.execute("ROLLBACK")
            assert (await caller).action == "speak"

    async def test_that_cannot_be_made_means_no_answer(
        self, client: httpx.AsyncClient, parts: Parts, model: SlowModel
    ) -> None:
        await parts.log.close()
        for query in ({}, {"explain": "true"}):
            response = await client.post("/v1/scripts", json=EXAMPLE, params=query)
            assert response.status_code == 503
            assert response.json() == {"error": "StoreError", "detail": "the store does not answer", "fields": []}
        assert len(model.tasks) == 2
        assert await parts.log.find("c-20261122-000123") is None

    async def test_that_cannot_be_made_fails_every_caller_at_once(self, parts: Parts) -> None:
        await parts.log.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            outcomes = await asyncio.gather(
                *(parts.reception.answer(request()) for _ in range(5)), return_exceptions=True
            )
        assert [type(outcome) for outcome in outcomes] == [StoreError] * 5

    async def test_that_failed_can_be_made_later(self, data: Data, tmp_path: Path) -> None:
        async with open_service(data, tmp_path, writer()) as parts:
            await parts.log.close()
            with pytest.raises(StoreError):
                await parts.reception.answer(request())
        async with open_service(data, tmp_path, writer()) as parts:
            assert (await parts.reception.answer(request())).action == "speak"

    async def test_says_how_the_answer_came_about(self, parts: Parts) -> None:
        await parts.reception.answer(request())
        (decision,) = await parts.log.recent(kind="script")
        assert (decision.scenario, decision.channel, decision.generation) == ("acquisition", "ai_voice", "gen_z")
        assert (decision.model, decision.prompt_version, decision.policy_revision) == ("fake", "fake.v1", 1)
        assert (decision.body, decision.tags, decision.offer) == (BODY, ("asked_rate", "browsing_loan"), None)
        assert decision.request["customer"]["tags"] == ["实时浏览应急贷", "咨询过利率"]
        assert decision.request["facts"]["annual_rate"] == "3.6"
        assert set(decision.timing) == {"total", "model", "guards"}

    async def test_holds_no_personal_data(self, data: Data, tmp_path: Path) -> None:
        model = writer(f"{PERSON['name']}，{BODY}", f"打{PERSON['mobile']}。{BODY}")
        customer = {"pii": PERSON, "ref": f"u-{PERSON['mobile']}"}
        facts = {"product": PERSON["name"], "hotline": PERSON["mobile"]}
        async with open_service(data, tmp_path, model) as parts:
            await parts.reception.answer(request(customer=customer, facts=facts))
            (decision,) = await parts.log.recent()
        stored = _on_disk(tmp_path)
        assert b"c-20261122-000123" in stored
        for value in PERSON.values():
            assert value not in repr(decision)
            assert value.encode() not in stored


def _on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.glob("heyan.sqlite3*"))


def test_an_acknowledged_answer_survives_sigkill(data: Data, tmp_path: Path) -> None:
    with (
        model_server(lambda body: completion(BODY)) as served,
        _serving(tmp_path, served.url) as (process, url),
        httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        first = client.post("/v1/scripts", json=EXAMPLE)
        process.send_signal(signal.SIGKILL)
        assert process.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert first.status_code == 200
    assert first.json()["source"] == "model"

    async def again() -> None:
        model = writer()
        async with open_service(data, tmp_path, model) as parts, client_of(parts) as client:
            assert (await client.post("/v1/scripts", json=EXAMPLE)).content == first.content
            assert (await client.post("/v1/scripts", json=example(channel="sms"))).status_code == 409
        assert model.tasks == []

    asyncio.run(again())


@contextmanager
def _serving(directory: Path, model_url: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server process of its own, killed at the end if it still lives."""
    settings = {
        "HEYAN_DATA_DIR": str(directory),
        "HEYAN_CACHE_DIR": os.environ["HEYAN_CACHE_DIR"],
        "HEYAN_MODEL_URL": model_url,
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HEYAN_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", "0"],
        cwd=ROOT,
        env={**environment, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Heyan serves on http://")
            yield process, line.split()[3]
        finally:
            process.kill()


FAILURES = {
    "hanging": Reply(hangs=True),
    "500": Reply(b'{"error": "out of memory"}', 500),
    "503 with a page": Reply(b"<html><body>Service Unavailable</body></html>", 503, "text/html"),
    "page": Reply("<html><title>登录</title></html>".encode(), kind="text/html"),
    "empty": Reply(b""),
    "no choices": completion(),
    "empty choices": completion("", "", "", ""),
    "cut choices": completion(BODY, BODY, finish="length"),
    "null content": Reply(b'{"choices": [{"message": {"content": null}}]}'),
    "null choices": Reply(b'{"choices": null}'),
    "text for choices": Reply(b'{"choices": "abc"}'),
    "a list": Reply(b"[1, 2, 3]"),
    "nested": Reply(b"[" * 200_000),
    "binary": Reply(bytes(range(256)) * 100),
    "banned words": completion("百分百获批，包过。", "秒批，零门槛。"),
    "digits": completion("年化利率3.6%，您看行吗？", "额度20万。"),
    "unknown slots": completion("{没有}，{{年化利率}}。", "{"),
    "markup": completion("<script>alert()</script>", "```json\n{}\n```", "您好\x00。"),
}


class TestWithoutModel:
    """Invariant 8: eight callers at once, each answered from approved fallbacks, whatever the model server does."""

    @pytest.mark.parametrize("failure", FAILURES)
    async def test_a_server_that_fails(self, data: Data, tmp_path: Path, failure: str) -> None:
        with model_server(lambda body: FAILURES[failure]) as served:
            # Only what hangs must run into the deadline; all else is given time, so that it is asked on any machine.
            await _all_answered(data, tmp_path, served.url, 250 if FAILURES[failure].hangs else 5000)
            assert served.asked or FAILURES[failure].hangs

    async def test_a_server_that_is_dead(self, data: Data, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and does not listen
            await _all_answered(data, tmp_path, f"http://127.0.0.1:{taken.getsockname()[1]}")

    async def test_a_server_that_is_stopped(self, data: Data, tmp_path: Path) -> None:
        with socket.socket() as stopped:
            stopped.bind(("127.0.0.1", 0))
            stopped.listen(64)  # the system takes connections for it, as for a process under SIGSTOP
            await _all_answered(data, tmp_path, f"http://127.0.0.1:{stopped.getsockname()[1]}")


async def _all_answered(data: Data, directory: Path, url: str, deadline_ms: int = 250) -> None:
    server = ServedModel(
        url,
        name=None,
        key=None,
        profile="auto",
        prompt=FullPrompt(ROOT / "prompts" / "templates", data.vocabulary),
        examples=lambda brief: [],
    )
    patience = asyncio.timeout(PATIENCE_SECONDS)
    async with open_service(data, directory, server) as parts, client_of(parts) as client, patience:
        bodies = [example(request_id=f"r{number}", options={"deadline_ms": deadline_ms}) for number in range(8)]
        responses = await asyncio.gather(*(client.post("/v1/scripts", json=body) for body in bodies))
        for response in responses:
            assert response.status_code == 200
            answer = response.json()
            assert (answer["action"], answer["source"]) == ("speak", "fallback")
            assert "年化利率3.6%" in answer["text"]
            assert answer["verdict"]["action"] == "allow"
        assert len(await parts.log.recent()) == 8
    await server.close()


async def test_the_model_is_given_less_than_the_deadline(client: httpx.AsyncClient, model: SlowModel) -> None:
    before = time.monotonic()
    await client.post("/v1/scripts", json=example(options={"deadline_ms": 800}))
    after = time.monotonic()
    assert before < model.tasks[0].deadline < after + 0.8 - 0.1


async def test_what_is_rehearsed_is_answered_and_leaves_no_trace(parts: Parts) -> None:
    request = ScriptRequest.model_validate(example(customer={"tags": ["说别再打了"]}))
    answer = await parts.reception.rehearse(request)
    assert (answer.action, answer.source) == ("speak", "approved")
    assert [event.type.value for event in answer.events] == ["opt_out"]
    assert not (await parts.contacts.closures(request.customer.ref)).opted_out
    assert await parts.log.recent() == []


async def test_an_order_is_checked_without_an_answer(parts: Parts, model: SlowModel) -> None:
    parts.reception.check(ScriptRequest.model_validate(example()))
    with pytest.raises(Malformed) as raised:
        parts.reception.check(ScriptRequest.model_validate(example(facts={"annual_rate": "x", "credit_limit": "0"})))
    assert {problem.field for problem in raised.value.fields} >= {"facts.annual_rate", "facts.credit_limit"}
    assert model.tasks == []
