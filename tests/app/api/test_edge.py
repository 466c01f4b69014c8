"""Around every route: request ids, body limits, wrong paths and methods, and the last net."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from app.api.edge import Edge
from app.api.request_log import RequestLog
from app.logs import line_writer
from app.metrics import Metrics
from app.parts import Parts
from tests.app.services import PERSON, example

KIB = 1024


async def chunks(size: int, piece: bytes = b" " * 64 * KIB) -> AsyncIterator[bytes]:
    """A body of `size` bytes that does not say its length."""
    for _ in range(size // len(piece)):
        yield piece


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("POST", "/v1/scripts", 422),
        ("GET", "/v1/scripts", 405),
        ("GET", "/nowhere", 404),
        ("GET", "/metrics", 200),
        ("GET", "/v1/vocabulary", 200),
    ],
)
async def test_every_response_has_a_request_id(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    made = await client.request(method, path)
    assert made.status_code == status
    assert len(made.headers["x-request-id"]) == 26
    given = await client.request(method, path, headers={"x-request-id": "trace-1.a_B"})
    assert given.headers["x-request-id"] == "trace-1.a_B"
    assert (await client.request(method, path)).headers["x-request-id"] != made.headers["x-request-id"]


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a\tb", "<script>", "名".encode()])
async def test_a_request_id_that_is_none_is_replaced(client: httpx.AsyncClient, given: Any) -> None:
    response = await client.get("/health/live", headers={"x-request-id": given})
    assert len(response.headers["x-request-id"]) == 26


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v1/scripts/1", "/v2/scripts", "/v1/%E5%BC%A0", "/health"])
async def test_an_unknown_path_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    response = await client.post(path, json=example())
    assert response.status_code == 404
    assert response.json() == {"error": "NotFound", "detail": "there is nothing under this path", "fields": []}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/scripts", "POST"), ("DELETE", "/v1/reviews", "POST"), ("PUT", "/health/ready", "GET")],
)
async def test_a_wrong_method_is_refused(client: httpx.AsyncClient, method: str, path: str, allowed: str) -> None:
    response = await client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allowed
    assert response.json() == {"error": "MethodNotAllowed", "detail": "Method Not Allowed", "fields": []}


async def test_a_wrong_query_is_named(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/scripts", json=example(), params={"explain": PERSON["mobile"]})
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == ["query.explain"]
    assert PERSON["mobile"] not in response.text


async def test_a_body_of_a_megabyte_is_too_large(client: httpx.AsyncClient) -> None:
    body = orjson.dumps(example(customer={"ref": PERSON["mobile"] + "x" * KIB * KIB}))
    response = await client.post("/v1/scripts", content=body)
    assert response.status_code == 413
    assert response.json() == {"error": "TooLarge", "detail": "the body is larger than 256 KiB", "fields": []}
    assert response.headers["x-request-id"]


async def test_a_body_that_hides_its_length_is_too_large(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/scripts", content=chunks(KIB * KIB))
    assert response.status_code == 413
    assert response.json()["error"] == "TooLarge"


async def test_a_body_at_the_limit_is_read(client: httpx.AsyncClient) -> None:
    body = orjson.dumps(example())
    assert (await client.post("/v1/scripts", content=body.ljust(256 * KIB))).status_code == 200
    assert (await client.post("/v1/scripts", content=body.ljust(256 * KIB + 1))).status_code == 413


@pytest.mark.parametrize("declared", ["9" * 15, "9" * 5_000, str(256 * KIB + 1), "0" * 30 + "9" * 30])
async def test_a_declared_length_is_believed_before_anything_arrives(client: httpx.AsyncClient, declared: str) -> None:
    response = await client.post("/v1/scripts", content=b"{}", headers={"content-length": declared})
    assert response.status_code == 413


@pytest.mark.parametrize("declared", ["abc", "-1", "", "0x10", "１２"])
async def test_a_declared_length_that_is_no_number_harms_nobody(client: httpx.AsyncClient, declared: str) -> None:
    headers = [(b"content-length", declared.encode())]
    response = await client.post("/v1/scripts", content=orjson.dumps(example()), headers=headers)
    assert response.status_code == 200


async def test_reviews_take_larger_bodies(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/reviews", json={"items": [{"text": "好" * 9_000}] * 40})
    assert response.status_code == 200


async def test_responses_are_not_kept_or_sniffed(client: httpx.AsyncClient) -> None:
    response = await client.get("/health/live")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


async def _through(failure: Exception) -> tuple[list[dict[str, Any]], str]:
    """What leaves the edge, and what the metrics say, when the application raises."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise failure

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    metrics = Metrics()
    scope = {"type": "http", "method": "POST", "path": "/v1/scripts", "headers": []}
    log = RequestLog(line_writer("info"), lambda text, case: text)
    await Edge(broken, metrics, log)(scope, receive, send)
    return sent, metrics.page().decode()


async def test_the_last_net_tells_nothing() -> None:
    sent, page = await _through(RuntimeError(f"{PERSON['name']} {PERSON['mobile']}"))
    assert sent[0]["status"] == 500
    assert b"x-request-id" in dict(sent[0]["headers"])
    body = orjson.loads(sent[1]["body"])
    assert body == {"error": "InternalError", "detail": "the request could not be answered", "fields": []}
    assert 'heyan_http_responses_total{method="POST",status="500"} 1.0' in page


async def test_a_caller_who_hangs_up_is_no_failure() -> None:
    sent, page = await _through(ClientDisconnect())
    assert sent == []
    assert 'status="500"' not in page


async def test_responses_are_counted(client: httpx.AsyncClient, parts: Parts) -> None:
    await client.get("/nowhere")
    await client.request("BREW", "/health/live")
    page = parts.metrics.page().decode()
    assert 'heyan_http_responses_total{method="GET",status="404"} 1.0' in page
    assert 'heyan_http_responses_total{method="OTHER",status="405"} 1.0' in page


async def test_the_api_document_refers_to_nothing_outside_itself(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert {"/v1/scripts", "/v1/reviews", "/v1/vocabulary", "/health/live", "/health/ready"} <= set(document["paths"])
    references = list(_references(document))
    assert len(references) > 10
    for reference in references:
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part.replace("~1", "/").replace("~0", "~")]


def _references(value: Any) -> Any:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if key == "$ref":
            yield inner
        elif isinstance(inner, dict | list):
            yield from _references(inner)
