"""An encoder behind HTTP: any OpenAI-compatible server, never later than it may be, left alone while it fails."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from structlog.testing import capture_logs

from app.encoders.breaker import Breaker
from app.encoders.served import ServedEncoder, vectors_in
from app.endpoint import ServerBroken
from app.errors import ConfigurationError

LONG = 60.0
Answer = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers as its script says; keeps all requests."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    @contextmanager
    def encoder(self, url: str = "http://encoder:8001", key: str | None = None) -> Iterator[ServedEncoder]:
        """A client of it, whose breaker's clock stands still."""
        encoder = ServedEncoder(
            url, name="bge", key=key, breaker=Breaker(lambda: 0.0), transport=httpx.MockTransport(self)
        )
        try:
            yield encoder
        finally:
            encoder.close()


def embeddings(request: httpx.Request) -> httpx.Response:
    """Each sentence as its length and 4, in no order."""
    given = json.loads(request.content)["input"]
    data = [{"index": place, "embedding": [len(said), 4.0]} for place, said in enumerate(given)]
    return httpx.Response(200, json={"object": "list", "data": data[::-1], "model": "bge"})


def asked(encoder: ServedEncoder, *sentences: str, seconds: float = LONG) -> list[list[float] | None]:
    vectors = encoder(sentences, time.monotonic() + seconds)
    return [None if vector is None else vector.tolist() for vector in vectors]


def test_sentences_are_sent_and_vectors_come_back_in_their_order_at_unit_length() -> None:
    server = Server(embeddings)
    with server.encoder(key="secret") as encoder:
        assert asked(encoder, "甲乙丙", "") == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 1.0]]
    (request,) = server.requests
    assert str(request.url) == "http://encoder:8001/v1/embeddings"
    assert request.headers["authorization"] == "Bearer secret"
    assert json.loads(request.content) == {"model": "bge", "input": ["甲乙丙", ""], "encoding_format": "float"}
    assert encoder.digest == "served bge"


@pytest.mark.parametrize(
    "url", ["http://e:1/v1", "http://e:1/v1/embeddings", "http://e:1/v1/embeddings/", "http://e:1/"]
)
def test_an_address_is_understood_with_and_without_its_route(url: str) -> None:
    server = Server(embeddings)
    with server.encoder(url) as encoder:
        asked(encoder, "甲")
    assert str(server.requests[0].url) == "http://e:1/v1/embeddings"


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="address must read"):
        ServedEncoder("ftp://encoder", name="bge")


def test_many_sentences_are_sent_in_batches() -> None:
    server = Server(embeddings)
    with server.encoder() as encoder:
        found = asked(encoder, *["甲"] * 70)
    assert all(found)
    assert [len(json.loads(request.content)["input"]) for request in server.requests] == [32, 32, 6]


@pytest.mark.parametrize("seconds", [0.0, -1.0, 0.005])
def test_without_time_nothing_is_sent(seconds: float) -> None:
    server = Server(embeddings)
    with server.encoder() as encoder:
        assert asked(encoder, "甲", "乙", seconds=seconds) == [None, None]
    assert server.requests == []


def refused(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no")


def slow_to_connect(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectTimeout("no")


@pytest.mark.parametrize(
    "answer",
    [
        refused,
        slow_to_connect,
        lambda _: httpx.Response(500, text="cannot read 欧阳三丰您好"),
        lambda _: httpx.Response(401, text="no key"),
        lambda _: httpx.Response(302, headers={"location": "http://elsewhere"}),
        lambda _: httpx.Response(200, text="<html>"),
        lambda _: httpx.Response(200, json={"data": []}),
        lambda _: httpx.Response(200, content=b"[" * 9_000_000),
    ],
)
def test_a_server_that_fails_is_asked_once_and_told_of_once_without_a_word_of_it(answer: Answer) -> None:
    server = Server(answer)
    with server.encoder() as encoder, capture_logs() as logs:
        assert asked(encoder, "甲") == [None]
        assert asked(encoder, "甲") == [None]
    assert len(server.requests) == 1
    (log,) = logs
    assert (log["log_level"], log["server"]) == ("warning", "encoder:8001")
    assert "欧阳" not in str(log)


def test_a_server_that_is_late_three_times_is_left_alone() -> None:
    def late(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no")

    server = Server(late)
    with server.encoder() as encoder, capture_logs() as logs:
        for _ in range(5):
            assert asked(encoder, "甲") == [None]
    assert len(server.requests) == 3
    assert [log["answer"] for log in logs] == ["the model server did not answer in time"]


def test_an_answer_in_trickles_is_late_when_its_time_is_over() -> None:
    class Trickle(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b" "

    server = Server(lambda _: httpx.Response(200, stream=Trickle()))
    with server.encoder() as encoder:
        assert asked(encoder, "甲", seconds=0.02) == [None]


def test_what_was_answered_before_it_failed_is_kept() -> None:
    server = Server(lambda request: embeddings(request) if len(server.requests) == 1 else httpx.Response(503))
    with server.encoder() as encoder:
        found = asked(encoder, *["甲"] * 40)
    assert all(found[:32])
    assert found[32:] == [None] * 8


def test_it_is_asked_again_after_a_pause_and_told_of() -> None:
    now = [0.0]
    server = Server(lambda request: embeddings(request) if len(server.requests) > 1 else httpx.Response(503))
    encoder = ServedEncoder(
        "http://encoder", name="bge", breaker=Breaker(lambda: now[0]), transport=httpx.MockTransport(server)
    )
    with capture_logs() as logs:
        assert asked(encoder, "甲") == [None]
        now[0] = 0.5
        assert asked(encoder, "甲") != [None]
    assert [log["log_level"] for log in logs] == ["warning", "info"]
    encoder.close()


def test_a_call_that_breaks_in_no_way_that_is_known_ends_its_trial() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise RuntimeError

    server = Server(broken)
    with server.encoder() as encoder:
        with pytest.raises(RuntimeError):
            asked(encoder, "甲")
        assert asked(encoder, "甲") == [None]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        [{"index": 0}],
        [{"index": 1, "embedding": [1.0]}],
        [{"index": 0, "embedding": "AAAA"}],
        [{"index": 0, "embedding": [[1.0], [2.0, 3.0]]}],
        [{"index": 0, "embedding": [[1.0]]}],
        [{"index": 0, "embedding": [1e300]}],
        [{"index": 0, "embedding": ["much"]}],
        [1],
    ],
)
def test_what_is_no_list_of_vectors_is_refused(data: object) -> None:
    with pytest.raises(ServerBroken, match="no embeddings"):
        vectors_in(httpx.Response(200, json={"data": data}), 1)


def test_a_vector_of_nothing_stays_one() -> None:
    (vector,) = vectors_in(httpx.Response(200, json={"data": [{"index": 0, "embedding": [0.0, 0.0]}]}), 1)
    assert vector.tolist() == [0.0, 0.0]
