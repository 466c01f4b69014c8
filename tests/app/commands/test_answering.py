"""Who answers a turn that is played: over HTTP, with what went wrong in one line, or in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.commands.answering import in_process, over_http
from app.errors import HeyanError
from tests.app.talks.test_notes import ANSWER
from tests.app.turns.calls import DEBT

BODY = {"call_id": "talk-1", "turn": 0, "case": DEBT, "transcript": []}
Handler = Callable[[httpx.Request], httpx.Response]


def failing(handler: Handler, key: str | None = None) -> str:
    """The one line that is told of a request that got no answer."""
    with (
        over_http("http://heyan:8000", key, httpx.MockTransport(handler)) as answered,
        pytest.raises(HeyanError) as raised,
    ):
        answered(BODY)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_service_is_asked_with_the_key_and_its_answer_comes_back() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=ANSWER)

    with over_http("http://heyan:8000/prefix", "secret", httpx.MockTransport(handler)) as answered:
        assert answered(BODY) == ANSWER
    assert str(seen[0].url) == "http://heyan:8000/prefix/v1/turns"
    assert seen[0].headers["authorization"] == "Bearer secret"
    assert json.loads(seen[0].content) == BODY


@pytest.mark.parametrize(
    ("status", "told", "expected"),
    [
        (401, {"detail": "a key is required"}, "--key"),
        (403, {"detail": "this needs one of the roles caller"}, "没有调用的权限"),
        (404, "<html>", "--url"),
        (422, {"detail": "x", "fields": [{"field": "case.facts", "reason": "is wrong"}]}, "case.facts is wrong"),
        (503, {"detail": "the store does not answer"}, "the store does not answer"),
        (500, [], "服务答了 500"),
    ],
)
def test_a_refusal_is_one_line_that_says_what_to_do(status: int, told: Any, expected: str) -> None:
    assert expected in failing(lambda request: httpx.Response(status, json=told))


def test_nobody_at_the_address_is_one_line() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    assert failing(handler) == "连不上 http://heyan:8000：connection refused"


@pytest.mark.parametrize("response", [httpx.Response(200, text="hello"), httpx.Response(200, json={"text": "hello"})])
def test_what_is_no_heyan_is_one_line(response: httpx.Response) -> None:
    assert "答的不是" in failing(lambda request: response)


@pytest.mark.parametrize(("url", "key"), [("http://没 有", None), ("http://heyan:8000", "密钥")])
def test_what_can_be_no_address_or_no_key_is_said_at_once(url: str, key: str | None) -> None:
    with pytest.raises(HeyanError, match="--url or --key"), over_http(url, key):
        pass


def test_in_this_process_nothing_is_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEYAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HEYAN_LOG_LEVEL", "error")
    with in_process() as answered:
        told = answered(BODY)
        assert (told["action"], told["state"]) == ("speak", "verify")
        assert answered(BODY)["text"] == told["text"]
        with pytest.raises(HeyanError, match="请求不合要求：case"):
            answered({**BODY, "case": {**DEBT, "facts": {}}})
        with pytest.raises(HeyanError, match="scenario"):
            answered({**BODY, "case": {**DEBT, "scenario": "sell"}})
