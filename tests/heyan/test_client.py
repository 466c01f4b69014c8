"""Both clients against the real service, and against one that breaks off, refuses or keeps silent."""

import asyncio
import inspect
import json
import socket
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.application import build_app
from app.data import Data
from app.parts import Parts
from app.records import Role
from heyan import (
    AsyncClient,
    Client,
    Conflict,
    ContactEvent,
    Forbidden,
    Malformed,
    NotFound,
    Refused,
    ScriptAnswer,
    ServerError,
    TimedOut,
    TooLarge,
    TooManyRequests,
    Unauthorised,
    Unreachable,
    Unreadable,
)
from tests.app.services import PERSON, example, open_service, writer
from tests.heyan.services import SCRIPT, Reply, scripted

GUARANTEE = "我们这边百分百获批"


class AnswerLost(httpx.AsyncBaseTransport):
    """Carries every request to the service, and loses the first answers on the way back."""

    def __init__(self, transport: httpx.AsyncBaseTransport, losses: int) -> None:
        self._transport = transport
        self._losses = losses
        self.answers: list[dict[str, Any]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        response = await self._transport.handle_async_request(request)
        self.answers.append(json.loads(await response.aread()))
        if len(self.answers) <= self._losses:
            raise httpx.ReadError("", request=request)
        return response


@pytest.fixture
async def guarded(data: Data, tmp_path: Path) -> AsyncIterator[Parts]:
    """The service on an address that others can reach: a key is needed."""
    async with open_service(data, tmp_path, writer(), key_required=True) as opened:
        yield opened


class TestAgainstTheService:
    """The asyncio client, and the application in this process."""

    async def test_a_script_is_written_from_a_mapping(self, client: AsyncClient) -> None:
        answer = await client.write_script(example())
        assert (answer.action, answer.source, answer.request_id) == ("speak", "model", "c-20261122-000123")
        assert answer.text == "".join(segment.text for segment in answer.segments)
        assert all(segment.tts_text for segment in answer.segments)
        assert answer.delivery is not None
        assert answer.verdict.action in ("allow", "observe")
        assert answer.as_sent["script_id"] == answer.script_id

    async def test_a_script_is_written_from_keywords_which_go_before_the_mapping(self, client: AsyncClient) -> None:
        keywords = example(request_id="by-keywords")
        answer = await client.write_script(**keywords)
        assert (answer.action, answer.request_id) == ("speak", "by-keywords")
        answer = await client.write_script(keywords, request_id="other")
        assert answer.request_id == "other"

    async def test_an_order_without_a_request_id_is_a_new_one_each_time(self, client: AsyncClient) -> None:
        order = {name: value for name, value in example().items() if name != "request_id"}
        one, other = [await client.write_script(order) for _ in range(2)]
        assert one.script_id != other.script_id

    async def test_the_same_order_gets_the_same_answer(self, client: AsyncClient) -> None:
        order = example()
        del order["options"]
        one, other = [await client.write_script(order) for _ in range(2)]
        assert one == other

    async def test_an_answer_lost_on_its_way_is_asked_for_again_and_is_the_same(
        self, transport: httpx.AsyncBaseTransport
    ) -> None:
        lossy = AnswerLost(transport, losses=2)
        async with AsyncClient("http://heyan", timeout=30, transport=lossy) as client:
            answer = await client.write_script(example())
        assert [sent["script_id"] for sent in lossy.answers] == [answer.script_id] * 3

    async def test_what_was_found_in_candidates_not_said_is_told_to_who_asks(self, data: Data, tmp_path: Path) -> None:
        async with open_service(data, tmp_path, writer(f"{GUARANTEE}。您还想了解哪项？")) as parts:
            transport = httpx.ASGITransport(build_app(parts))
            async with AsyncClient("http://heyan", timeout=30, transport=transport) as client:
                plain = await client.write_script(example())
                explained = await client.write_script(example(), explain=True)
        assert plain.rejected == ()
        assert "promise.guaranteed_approval" in {finding.rule for finding in explained.rejected}
        assert plain.script_id == explained.script_id

    async def test_many_customers_are_answered_at_once(self, client: AsyncClient) -> None:
        orders = [example(request_id=f"c-{number}") for number in range(8)]
        answers = await asyncio.gather(*(client.write_script(order) for order in orders))
        assert [answer.request_id for answer in answers] == [order["request_id"] for order in orders]
        assert len({answer.script_id for answer in answers}) == 8

    async def test_a_text_is_reviewed_in_its_scene(self, client: AsyncClient) -> None:
        answer = await client.review(f"{GUARANTEE}，卡号6222021234567890123", scenario="acquisition", stage="body")
        assert answer.action == "block"
        assert {"promise.guaranteed_approval", "personal_data.bank_card"} <= {one.rule for one in answer.findings}
        assert "****0123" in answer.masked_text
        assert "phrases" in answer.checked

    async def test_many_texts_are_reviewed_in_their_order(self, client: AsyncClient) -> None:
        answers = await client.review_many(["您好", {"text": GUARANTEE, "scenario": "acquisition", "stage": "body"}])
        assert [answer.action for answer in answers] == ["allow", "block"]

    async def test_the_vocabulary_names_scenarios_and_facts(self, client: AsyncClient) -> None:
        known = await client.vocabulary()
        assert {"scenarios", "tags", "facts", "strategies", "policy_revision"} <= set(known)

    async def test_a_refusal_is_noted_and_read_with_what_it_closes(self, client: AsyncClient) -> None:
        nothing = await client.contact("u-778")
        assert (nothing.ref, nothing.events, nothing.closed, nothing.asked) == ("u-778", (), (), ())
        said = datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))
        events: list[ContactEvent] = [
            {"type": "opt_out", "scope": "servicing", "at": said},
            {"type": "third_party_refused"},
            {"type": "promise_to_pay", "date": date(2026, 11, 30), "amount": Decimal("500.00")},
        ]
        noted = await client.note_events("u-778", events)
        assert [(event.type, event.scope) for event in noted.events] == [
            ("opt_out", "servicing"),
            ("third_party_refused", None),
        ]
        assert noted.events[0].since == noted.events[0].latest == said
        assert {(one.action, one.channel) for one in noted.closed if one.scenario == "bill_reminder"} == {
            ("handoff", "ai_voice"),
            ("do_not_call", None),
        }
        assert {one.roles for one in noted.closed} == {None, ("contact", "unrelated")}
        assert await client.contact("u-778") == noted

    async def test_the_events_of_an_answer_are_noted_as_they_are(self, client: AsyncClient) -> None:
        answer = ScriptAnswer.read({**SCRIPT, "events": [{"type": "wrong_number", "remembered": False}]})
        noted = await client.note_events("u-778", answer.events)
        assert [event.type for event in noted.events] == ["wrong_number"]

    @pytest.mark.parametrize("ref", ["u/778", "客户", "u 778", "?u", "x" * 65])
    async def test_a_reference_that_is_none_is_refused_and_goes_nowhere_else(
        self, client: AsyncClient, ref: str
    ) -> None:
        with pytest.raises(Refused) as read:
            await client.contact(ref)
        with pytest.raises((Malformed, NotFound)) as noted:
            await client.note_events(ref, [{"type": "opt_out"}])
        assert ref not in f"{read.value}{read.value!r}{noted.value}{noted.value!r}"

    async def test_a_service_that_answers_is_ready(self, client: AsyncClient) -> None:
        assert await client.is_ready()

    async def test_a_store_that_does_not_answer_is_told_when_the_time_is_up(
        self, client: AsyncClient, parts: Parts
    ) -> None:
        await parts.log.close()
        assert not await client.is_ready()
        with pytest.raises(ServerError) as told:
            await client.write_script(example(), timeout=0.5)
        assert (told.value.status, told.value.error) == (503, "StoreError")

    async def test_wrong_fields_are_named_and_no_value_is_repeated(self, client: AsyncClient) -> None:
        order = example(customer={"pii": PERSON, "surname": PERSON["name"]}, mood="calm")
        with pytest.raises(Malformed) as told:
            await client.write_script(order)
        assert {problem.field for problem in told.value.fields} == {"customer.surname", "mood"}
        for value in PERSON.values():
            assert value not in f"{told.value}{told.value!r}"

    async def test_a_used_request_id_with_another_order_is_a_conflict(self, client: AsyncClient) -> None:
        await client.write_script(example())
        with pytest.raises(Conflict) as told:
            await client.write_script(example(customer={"age": 40}))
        assert (told.value.status, told.value.error) == (409, "RequestConflict")

    async def test_a_text_that_is_too_long_is_too_large(self, client: AsyncClient) -> None:
        with pytest.raises(TooLarge):
            await client.review("好" * 10_001)

    async def test_a_key_opens_what_its_roles_allow(self, guarded: Parts) -> None:
        caller = await guarded.keys.create("engine", [Role.CALLER])
        auditor = await guarded.keys.create("auditor", [Role.AUDITOR])
        transport = httpx.ASGITransport(build_app(guarded))

        async def ask(key: str | None) -> ScriptAnswer:
            async with AsyncClient("http://heyan", key=key, timeout=30, transport=transport) as client:
                assert await client.is_ready()
                return await client.write_script(example())

        assert (await ask(caller)).action == "speak"
        for key, error in ((None, Unauthorised), ("wrong", Unauthorised), (auditor, Forbidden)):
            with pytest.raises(error) as told:
                await ask(key)
            assert "wrong" not in str(told.value)

    async def test_one_who_stops_waiting_leaves_the_client_usable(self, client: AsyncClient) -> None:
        task = asyncio.create_task(client.write_script(example()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.write_script(example())).action == "speak"


class TestWaiting:
    """The client that waits, over real connections."""

    def test_it_gets_scripts_reviews_and_the_vocabulary(self, url: str) -> None:
        with Client(url, timeout=30) as client:
            assert client.is_ready()
            answer = client.write_script(example(request_id="waiting"))
            assert (answer.action, answer.request_id) == ("speak", "waiting")
            assert client.write_script(example(request_id="waiting")) == answer
            assert client.review(GUARANTEE, scenario="acquisition", stage="body").action == "block"
            assert [one.action for one in client.review_many(["您好"])] == ["allow"]
            assert client.note_events("u-1", [{"type": "opt_out"}]) == client.contact("u-1")
            assert client.vocabulary()["channels"] == ["ai_voice", "human_agent", "sms"]
            with pytest.raises(Malformed):
                client.write_script(scenario="acquisition")

    def test_it_tries_again_after_a_connection_that_broke_off_with_the_same_bytes(self) -> None:
        with (
            scripted(Reply(breaks_off=True), Reply(503), Reply()) as service,
            Client(service.url, timeout=30) as client,
        ):
            assert client.write_script(scenario="acquisition").script_id == SCRIPT["script_id"]
        one, *others = service.bodies
        assert others == [one, one]
        assert json.loads(one)["request_id"]

    def test_it_tells_the_service_how_long_it_waits_and_who_asks(self) -> None:
        with scripted(Reply()) as service, Client(service.url, key="k-1", timeout=30) as client:
            client.write_script(scenario="acquisition")
            client.write_script(scenario="acquisition", timeout=10)
            client.vocabulary()
        deadlines = [json.loads(body)["options"]["deadline_ms"] for body in service.bodies[:2]]
        assert deadlines == [29_750, 9_750]
        assert service.headers[0]["authorization"] == "Bearer k-1"
        assert service.headers[0]["content-type"] == "application/json"
        assert "content-type" not in service.headers[2]

    def test_over_the_limit_it_waits_as_told_or_says_so_at_once(self) -> None:
        wait = Reply(429, {"error": "TooManyRequests", "detail": "", "fields": []}, {"retry-after": "1"})
        with scripted(wait, Reply()) as service, Client(service.url, timeout=30) as client:
            assert client.write_script(scenario="acquisition").action == "speak"
        with scripted(wait) as service, Client(service.url, timeout=0.8) as client:
            with pytest.raises(TooManyRequests) as told:
                client.write_script(scenario="acquisition")
            assert told.value.retry_after == 1.0
        assert len(service.bodies) == 1

    def test_silence_is_one_clear_error(self) -> None:
        with scripted(Reply(hangs=True)) as service, Client(service.url, timeout=0.3) as client:
            with pytest.raises(TimedOut, match="no answer in time"):
                client.write_script(scenario="acquisition")
            with pytest.raises(TimedOut):
                client.vocabulary()
            assert not client.is_ready()
        assert len(service.bodies) == 3

    def test_silence_shorter_than_the_time_there_is_is_asked_again(self) -> None:
        with scripted(Reply(hangs=True), Reply()) as service, Client(service.url, timeout=30) as client:
            assert client.write_script(scenario="acquisition", options={"deadline_ms": 50}).action == "speak"
        assert service.bodies[0] == service.bodies[1]

    def test_nobody_there_is_told_without_the_order(self) -> None:
        with socket.socket() as nobody_listens:
            nobody_listens.bind(("127.0.0.1", 0))
            address = f"http://user:secret@127.0.0.1:{nobody_listens.getsockname()[1]}"
            with Client(address, key="k-1", timeout=0.3) as client:
                assert not client.is_ready()
                with pytest.raises(Unreachable, match="ConnectError") as told:
                    client.write_script(example(customer={"pii": PERSON}))
        for value in (*PERSON.values(), "secret", "k-1"):
            assert value not in f"{told.value}{told.value!r}"

    @pytest.mark.parametrize("reply", [Reply(body=b"<html>"), Reply(307, headers={"location": "/login"})])
    def test_another_service_is_unreadable(self, reply: Reply) -> None:
        with scripted(reply) as service, Client(service.url, timeout=30) as client, pytest.raises(Unreadable):
            client.write_script(scenario="acquisition")

    def test_what_a_newer_service_adds_does_no_harm(self) -> None:
        newer = Reply(body={**SCRIPT, "mood": "calm", "delivery": {**SCRIPT["delivery"], "pitch": 2}})
        with scripted(newer) as service, Client(service.url, timeout=30) as client:
            assert client.write_script(scenario="acquisition").delivery is not None

    def test_a_refusal_that_is_final_is_not_asked_for_again(self) -> None:
        with scripted(Reply(500)) as service, Client(service.url, timeout=30) as client, pytest.raises(ServerError):
            client.write_script(scenario="acquisition")
        assert len(service.bodies) == 1


class TestWaitingInALoop:
    """The asyncio client over real connections, where they break off or stay silent."""

    async def test_it_tries_again_with_the_same_bytes(self) -> None:
        with scripted(Reply(breaks_off=True), Reply(503), Reply()) as service:
            async with AsyncClient(service.url, timeout=30) as client:
                assert (await client.write_script(scenario="acquisition")).script_id == SCRIPT["script_id"]
        one, *others = service.bodies
        assert others == [one, one]

    async def test_silence_is_one_clear_error(self) -> None:
        with scripted(Reply(hangs=True)) as service:
            async with AsyncClient(service.url, timeout=0.3) as client:
                with pytest.raises(TimedOut, match="no answer in time"):
                    await client.write_script(scenario="acquisition")
        assert len(service.bodies) == 1

    async def test_a_transport_without_timeouts_is_held_to_them_too(self) -> None:
        async def never(request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        async with AsyncClient("http://heyan", timeout=0.1, transport=httpx.MockTransport(never)) as client:
            with pytest.raises(TimedOut):
                await client.vocabulary()
            assert not await client.is_ready()


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_no_time_at_all_is_a_mistake_of_the_caller(kind: Callable[..., object], seconds: float) -> None:
    with pytest.raises(ValueError, match="more than 0 seconds"):
        kind("http://heyan", timeout=seconds)


def test_both_clients_have_the_same_methods_with_the_same_arguments() -> None:
    one, other = (
        {name: inspect.signature(value) for name, value in vars(kind).items() if not name.startswith("_")}
        for kind in (Client, AsyncClient)
    )
    assert one == other
    asking = {"write_script", "review", "review_many", "contact", "note_events", "vocabulary", "is_ready"}
    assert set(one) == {*asking, "close"}
