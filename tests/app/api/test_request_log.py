"""The line of each request: one, with what operators ask for, and with nothing that a caller made up."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.api.edge import Edge
from app.api.request_log import ContractNames, RequestLog
from app.application import build_app
from app.approved.vocabulary import Vocabulary
from app.data import Data
from app.errors import FieldProblem, StoreError
from app.logs import line_writer
from app.metrics import Metrics
from app.parts import Parts
from tests.app.services import PERSON, client_of, example, open_service, writer

Logged = Callable[[], list[dict[str, Any]]]
HANDLES = {**PERSON, "nickname": "xiaoou99", "address": "朝阳区幸福路八号院"}
"""Personal data of every kind, some of it fit for a header."""


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Logged:
    """What was logged since the last look."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


class TestScripts:
    async def test_are_told_in_one_line(self, client: httpx.AsyncClient, logged: Logged) -> None:
        response = await client.post("/v1/scripts?explain=true", json=example())
        (line,) = logged()
        assert line.pop("timestamp")
        assert 0 < line.pop("milliseconds") < 60_000
        assert line == {
            "event": "answered",
            "level": "info",
            "route": "/v1/scripts",
            "method": "POST",
            "status": 200,
            "scenario": "acquisition",
            "action": "speak",
            "source": "model",
            "revision": 1,
            "request_id": response.headers["x-request-id"],
        }

    async def test_that_refuse_a_call_have_no_source(self, client: httpx.AsyncClient, logged: Logged) -> None:
        await client.post("/v1/scripts", json=example(customer={"opted_out": True}))
        (line,) = logged()
        assert line["action"] == "do_not_call"
        assert "source" not in line

    async def test_of_a_conflict_have_no_answer(self, client: httpx.AsyncClient, logged: Logged) -> None:
        await client.post("/v1/scripts", json=example())
        await client.post("/v1/scripts", json=example(scenario="activation"))
        _, line = logged()
        assert (line["status"], line["scenario"]) == (409, "activation")
        assert "action" not in line


class TestReviews:
    async def test_have_the_number_of_items_and_the_worst_action(
        self, client: httpx.AsyncClient, logged: Logged
    ) -> None:
        texts = ["您好。", "我们这边百分百获批。", "打13812345678。"]
        await client.post("/v1/reviews", json={"items": [{"text": text, "stage": "body"} for text in texts]})
        (line,) = logged()
        assert (line["route"], line["items"], line["action"], line["revision"]) == ("/v1/reviews", 3, "block", 1)
        assert "scenario" not in line

    @pytest.mark.parametrize(
        ("scenarios", "told"), [(["acquisition"] * 2, "acquisition"), (["acquisition", "activation"], None)]
    )
    async def test_name_a_scenario_that_all_share(
        self, scenarios: Sequence[str], told: str | None, client: httpx.AsyncClient, logged: Logged
    ) -> None:
        items = [{"text": "您好。", "stage": "body", "scenario": scenario} for scenario in scenarios]
        await client.post("/v1/reviews", json={"items": items})
        (line,) = logged()
        assert line.get("scenario") == told

    async def test_of_one_text_and_of_none_are_told_too(self, client: httpx.AsyncClient, logged: Logged) -> None:
        await client.post("/v1/reviews", json={"text": "打13812345678。", "stage": "body"})
        await client.post("/v1/reviews", json={"items": []})
        one, none = logged()
        assert (one["items"], one["action"]) == (1, "mask")
        assert none["items"] == 0
        assert "action" not in none

    async def test_an_id_beside_too_much_personal_data_is_not_shown(
        self, client: httpx.AsyncClient, logged: Logged
    ) -> None:
        items = [{"text": "您好。", "stage": "body", "pii": {"mobile": f"138{number:08}"}} for number in range(65)]
        for count, shown in ((64, "batch-7"), (65, "*")):
            answer = await client.post(
                "/v1/reviews", json={"items": items[:count]}, headers={"x-request-id": "batch-7"}
            )
            assert answer.headers["x-request-id"] == "batch-7"
            (line,) = logged()
            assert line["request_id"] == shown


class TestRefusals:
    async def test_name_the_fields_by_the_contracts_own_names(self, client: httpx.AsyncClient, logged: Logged) -> None:
        body = example(channel="telephone", customer={"tags": ["欧阳三丰"], "pii": {"欧阳": "x"}}, 欧阳三丰=1)
        response = await client.post("/v1/scripts", json=body)
        (line,) = logged()
        assert (response.status_code, line["status"], line["level"]) == (422, 422, "info")
        assert line["fields"] == ["channel", "customer.pii", "*"]

    async def test_of_facts_and_tags_are_named(self, client: httpx.AsyncClient, logged: Logged) -> None:
        body = example(customer={"tags": ["欧阳三丰"]}, facts={"annual_rate": "欧阳三丰", "欧阳三丰": 1})
        assert (await client.post("/v1/scripts", json=body)).status_code == 422
        (line,) = logged()
        assert set(line["fields"]) == {"customer.tags.*", "facts.annual_rate", "facts.*"}

    async def test_of_a_query_and_of_items_are_named(self, client: httpx.AsyncClient, logged: Logged) -> None:
        await client.post("/v1/scripts", json=example(), params={"explain": PERSON["mobile"]})
        await client.post("/v1/reviews", json={"items": [{"text": "您好。"}, {"text": 1}, {"text": 2}]})
        query, items = logged()
        assert query["fields"] == ["query.explain"]
        assert items["fields"] == ["items.*.text"]

    def test_a_field_as_deep_as_a_body_is_long_is_cut(self, vocabulary: Vocabulary) -> None:
        names = ContractNames(vocabulary, ["explain"])
        assert names.of([FieldProblem("customer." + "." * 10_000, "unknown")]) == ["customer.*.*.*.*.*"]

    async def test_of_routes_and_methods_have_no_path(self, client: httpx.AsyncClient, logged: Logged) -> None:
        await client.get(f"/v1/scripts/{PERSON['mobile']}")
        await client.get("/v1/scripts")
        await client.request("BREW", "/health/live")
        unknown, method, brewed = logged()
        assert (unknown["route"], unknown["status"]) == (None, 404)
        assert (method["route"], method["method"], method["status"]) == ("/v1/scripts", "GET", 405)
        assert (brewed["method"], brewed["level"]) == ("OTHER", "debug")

    async def test_of_a_body_that_is_too_large_are_told_once(self, client: httpx.AsyncClient, logged: Logged) -> None:
        await client.post("/v1/scripts", content=b" " * 300 * 1024)
        (line,) = logged()
        assert (line["status"], line["route"]) == (413, "/v1/scripts")


class TestProbes:
    @pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
    async def test_are_told_at_debug_level(self, path: str, client: httpx.AsyncClient, logged: Logged) -> None:
        await client.get(path)
        (line,) = logged()
        assert (line["route"], line["level"], line["status"]) == (path, "debug", 200)

    @pytest.mark.parametrize(("path", "told"), [("/v1/vocabulary", 1), ("/openapi.json", None), ("/", None)])
    async def test_are_not_all_that_is_read(
        self, path: str, told: int | None, client: httpx.AsyncClient, logged: Logged
    ) -> None:
        await client.get(path)
        (line,) = logged()
        assert (line["route"], line["level"], line.get("revision")) == (path, "info", told)


class TestFailures:
    async def test_of_the_store_name_their_class(self, parts: Parts, client: httpx.AsyncClient, logged: Logged) -> None:
        await parts.log.close()
        response = await client.post("/v1/scripts", json=example())
        (line,) = logged()
        assert response.status_code == 503
        assert (line["level"], line["status"], line["failure"]) == ("error", 503, StoreError.__name__)
        assert line["scenario"] == "acquisition"

    async def test_of_any_other_kind_name_their_class_and_nothing_else(self, logged: Logged) -> None:
        async def broken(*_: object) -> None:
            raise RuntimeError(PERSON["mobile"])

        async def send(message: object) -> None:
            pass

        scope = {"type": "http", "method": "POST", "path": f"/{PERSON['mobile']}", "headers": []}
        await Edge(broken, Metrics(), RequestLog(line_writer("info"), lambda text, case: text))(scope, _gone, send)
        (line,) = logged()
        assert (line["level"], line["status"], line["failure"], line["route"]) == ("error", 500, "RuntimeError", None)
        assert PERSON["mobile"] not in json.dumps(line)


async def _gone() -> Any:
    return {"type": "http.disconnect"}


async def test_a_caller_who_hangs_up_is_told_without_a_status(parts: Parts, logged: Logged) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/scripts",
        "raw_path": b"/v1/scripts",
        "query_string": b"",
        "headers": [],
    }

    async def send(message: object) -> None:
        raise AssertionError("nobody is there")

    await build_app(parts)(scope, _gone, send)
    (line,) = logged()
    assert (line["event"], line["status"], line["route"]) == ("the caller hung up", None, "/v1/scripts")


class TestRequestIds:
    async def test_of_the_caller_are_kept(self, client: httpx.AsyncClient, logged: Logged) -> None:
        await client.get("/", headers={"x-request-id": "trace-1.a_B"})
        (line,) = logged()
        assert line["request_id"] == "trace-1.a_B"

    @pytest.mark.parametrize("given", [PERSON["mobile"], f"call-{PERSON['id_card']}", "xiaoou99", "u.xiaoou99.7"])
    async def test_hold_no_personal_data(self, given: str, client: httpx.AsyncClient, logged: Logged) -> None:
        headers = {"x-request-id": given}
        for path, body in (
            ("/v1/scripts", example(customer={"pii": HANDLES})),
            ("/v1/reviews", {"text": "您好。", "pii": HANDLES}),
        ):
            response = await client.post(path, json=body, headers=headers)
            (line,) = logged()
            assert (response.status_code, response.headers["x-request-id"]) == (200, given)
            assert not any(value in line["request_id"] for value in HANDLES.values())


@pytest.mark.parametrize("spoiled", [False, True])
async def test_a_request_full_of_personal_data_leaves_none_in_the_log(
    spoiled: bool, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """In all fields, in path, query and headers; as it is taken, and as it is refused."""
    for value in HANDLES.values():
        headers = {
            "x-request-id": PERSON["mobile"],
            "user-agent": quote(value),
            "authorization": f"Bearer {PERSON['mobile']}",
        }
        script = example(
            request_id=f"r-{abs(hash(value))}",
            customer={"ref": value, "pii": HANDLES, "tags": ["咨询过利率", *([value] if spoiled else [])]},
            facts={"product": value, **({value: value} if spoiled else {})},
            **({value: {value: value}} if spoiled else {}),
        )
        item = {"text": f"我是{value}，您好。", "pii": HANDLES, **({value: value} if spoiled else {})}
        await client.post("/v1/scripts", json=script, params={"explain": "true", value: value})
        await client.post("/v1/scripts", json=script, params={"explain": value}, headers=headers)
        await client.post("/v1/scripts", json=script, headers={"x-request-id": PERSON["mobile"]})
        await client.post("/v1/reviews", json={"items": [item]}, headers={"x-request-id": PERSON["id_card"]})
        await client.post("/v1/reviews", content=f"{value}".encode())
        await client.get(f"/v1/scripts/{value}", params={value: value})
        await client.request(quote(value)[:20], f"/{value}/{value}")
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 7 * len(HANDLES)
    for value in (*HANDLES.values(), "欧阳", "u-778", "咨询过利率", "您好", *map(quote, HANDLES.values())):
        assert value not in err, value


async def test_two_services_in_one_process_write_at_their_own_levels(
    data: Data, tmp_path: Path, logged: Logged
) -> None:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    async with (
        open_service(data, folders[0], writer()) as one,
        open_service(data, folders[1], writer()) as other,
    ):
        quiet = replace(other, lines=line_writer("error"))
        async with client_of(one) as telling, client_of(quiet) as silent:
            await silent.get("/")
            await telling.get("/")
            await silent.get("/")
    assert [line["route"] for line in logged()] == ["/"]


async def test_only_an_id_of_the_caller_is_masked() -> None:
    """Masking takes its time: fixed fields and ids of our own are not sent through it."""
    asked: list[str] = []

    def masked(text: str, case: object) -> str:
        asked.append(text)
        return text

    log = RequestLog(line_writer("info"), masked)

    async def empty(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["line"].note(action="speak", source="model", scenario="acquisition", revision=1)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: object) -> None:
        pass

    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/v1/scripts", "headers": []}
    await Edge(empty, Metrics(), log)({**scope}, _gone, send)
    assert asked == []
    await Edge(empty, Metrics(), log)({**scope, "headers": [(b"x-request-id", b"trace-1")]}, _gone, send)
    assert asked == ["trace-1"]
