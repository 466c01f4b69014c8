"""Guards get what is known; a loop of requests never waits for an encoder, and nobody else waits too long."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, get_ident

import numpy as np
import pytest
from structlog.testing import capture_logs

from app.encoders.listener import PATIENCE_SECONDS, Listener
from guards.meaning.encoder import Vector
from tests.fakes import FakeSource

LONG = 60.0


def source(**more: tuple[float, ...]) -> FakeSource:
    """A source that knows a few sentences."""
    known = {"甲": (1.0, 0.0), "乙": (0.0, 1.0), **more}
    return FakeSource(known.get)


@contextmanager
def opened(source: FakeSource) -> Iterator[Listener]:
    listener = Listener(source, 2)
    try:
        yield listener
    finally:
        listener.close()


def told(listener: Listener, *sentences: str) -> list[list[float] | None]:
    return [None if vector is None else vector.tolist() for vector in listener(sentences)]


def test_where_no_loop_runs_it_asks_at_once_and_remembers() -> None:
    asked = source()
    with opened(asked) as listener:
        before = time.monotonic()
        assert told(listener, "甲", "丙", "乙") == [[1, 0], None, [0, 1]]
        assert told(listener, "乙", "甲") == [[0, 1], [1, 0]]
    assert asked.asked == [["甲", "丙", "乙"]]
    assert before <= asked.until[0] - PATIENCE_SECONDS <= time.monotonic()
    assert (listener.digest, listener.missed, asked.is_closed) == ("fake", 1, True)


async def test_in_a_loop_it_only_looks_up_what_was_listened_to() -> None:
    asked = source()
    with opened(asked) as listener:
        assert told(listener, "甲") == [None]
        await listener.listen(["甲", "甲"], LONG)
        assert told(listener, "甲", "乙") == [[1, 0], None]
        await listener.listen(["甲"], LONG)
        await listener.listen([], LONG)
    assert asked.asked == [["甲"]]
    assert listener.missed == 2


async def test_the_loop_goes_on_while_the_source_works() -> None:
    """The source waits for what only the loop can say: it would never be said if the loop waited for the source."""
    is_running, where = Event(), []

    def wait() -> None:
        where.append(get_ident())
        assert is_running.wait(LONG)

    with opened(FakeSource({"甲": (1.0, 0.0)}.get, before=wait)) as listener:
        listening = asyncio.create_task(listener.listen(["甲"], LONG))
        await asyncio.sleep(0)
        is_running.set()
        await listening
        assert told(listener, "甲") == [[1, 0]]
    assert where
    assert where != [get_ident()]


async def test_nobody_waits_longer_than_there_is_time_and_what_was_begun_is_remembered() -> None:
    release, ended = Event(), Event()
    slow = FakeSource({"甲": (1.0, 0.0)}.get, before=lambda: release.wait(LONG))
    with opened(slow) as listener:
        await listener.listen(["甲"], 0.01)
        assert told(listener, "甲") == [None]
        await listener.listen(["乙"], 0.01)  # waits behind it, and is dropped
        release.set()
        listener._workers.submit(ended.set)
        await asyncio.to_thread(ended.wait, LONG)
        assert told(listener, "甲") == [[1, 0]]
    assert slow.asked == [["甲"]]


@pytest.mark.parametrize("seconds", [0.0, -1.0])
async def test_without_time_nothing_is_asked(seconds: float) -> None:
    asked = source()
    with opened(asked) as listener:
        await listener.listen(["甲"], seconds)
    assert asked.asked == []


def test_a_source_that_breaks_knows_nothing_and_says_no_sentence() -> None:
    def broken(sentence: str) -> None:
        raise RuntimeError(sentence)

    with opened(FakeSource(broken)) as listener, capture_logs() as logs:
        assert told(listener, "甲") == [None]
    assert logs == [{"event": "the encoder broke", "failure": "RuntimeError", "log_level": "error"}]


@pytest.mark.parametrize("nonsense", [(1.0,), (1.0, 0.0, 0.0), (float("nan"), 0.0), (float("inf"), 0.0)])
def test_what_is_no_vector_of_the_width_is_not_known(nonsense: tuple[float, ...]) -> None:
    with opened(source(丙=nonsense)) as listener, capture_logs() as logs:
        assert told(listener, "甲", "丙", "乙") == [[1, 0], None, None]
    assert [log["log_level"] for log in logs] == ["error"]


def test_a_source_that_answers_too_little_leaves_the_rest_unknown() -> None:
    class Short(FakeSource):
        def __call__(self, sentences: object, until: float = 0.0) -> list[Vector | None]:
            return [np.array([1, 0], dtype=np.float32)]

    with opened(Short(lambda _: None)) as listener:
        assert told(listener, "甲", "乙") == [[1, 0], None]
