"""The policy of attempts, on a clock that the tests turn: nothing is sent, nothing waits."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from heyan.attempts import Attempt, Outcome, Steps, attempts, readiness
from heyan.calls import Call
from heyan.errors import Refused, ServerError, TimedOut, TooManyRequests, Unreachable, Unreadable

SECRET = "张三欠款"
REQUEST = httpx.Request("POST", "http://heyan/v1/scripts", content=SECRET.encode())
PASSING: list[Outcome] = [
    httpx.ConnectError("[Errno 111] Connection refused", request=REQUEST),
    httpx.ReadError("", request=REQUEST),
    httpx.WriteError("", request=REQUEST),
    httpx.RemoteProtocolError("Server disconnected", request=REQUEST),
    httpx.ReadTimeout("", request=REQUEST),
    httpx.ConnectTimeout("", request=REQUEST),
    httpx.PoolTimeout("", request=REQUEST),
    TimeoutError(),
    httpx.Response(429),
    httpx.Response(503),
]
FINAL: list[Outcome] = [
    *(httpx.Response(status) for status in (307, 400, 401, 403, 404, 405, 409, 413, 422, 500, 502, 504)),
    httpx.LocalProtocolError(SECRET, request=REQUEST),
    httpx.UnsupportedProtocol(SECRET, request=REQUEST),
    httpx.DecodingError(SECRET, request=REQUEST),
]
GOOD = httpx.Response(200, json={"answer": 42})


@dataclass
class World:
    """A clock that goes on with pauses and attempts, and what was done by it."""

    each: float = 0.0
    chance: float = 1.0
    now: float = 1000.0
    sent: list[Attempt] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def attempts(self, seconds: float, *outcomes: Outcome, patience: float = 60.0) -> Any:
        """What a call comes to when its attempts turn out like this, the last one for ever."""
        call = Call("POST", "/v1/scripts", lambda sent: sent["answer"], b"the body", patience)
        return self.drive(attempts(call, seconds, lambda: self.now, lambda: self.chance), outcomes)

    def drive(self, steps: Steps[Any], outcomes: tuple[Outcome, ...]) -> Any:
        """Do what the steps say."""
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                return done.value
            if isinstance(step, Attempt):
                self.sent.append(step)
                self.now += min(self.each, step.seconds)
                outcome = outcomes[min(len(self.sent), len(outcomes)) - 1]
            else:
                self.pauses.append(step.seconds)
                self.now += step.seconds
                outcome = None


@pytest.mark.parametrize("outcome", PASSING, ids=repr)
def test_what_may_pass_is_tried_again_with_the_same_call(outcome: Outcome) -> None:
    world = World()
    assert world.attempts(2.0, outcome, GOOD) == 42
    one, other = world.sent
    assert one.call is other.call


@pytest.mark.parametrize("outcome", FINAL, ids=repr)
def test_what_will_not_pass_is_told_at_once(outcome: Outcome) -> None:
    world = World()
    with pytest.raises((Refused, Unreachable, Unreadable)) as told:
        world.attempts(2.0, outcome, GOOD)
    assert (len(world.sent), world.pauses) == (1, [])
    assert SECRET not in str(told.value)


def test_pauses_double_up_to_a_second_and_vary_by_half() -> None:
    longest, shortest = World(chance=1.0), World(chance=0.0)
    for world in (longest, shortest):
        with pytest.raises(ServerError):
            world.attempts(10.0, httpx.Response(503))
    assert longest.pauses[:7] == pytest.approx([0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0])
    assert shortest.pauses[:5] == pytest.approx([0.025, 0.05, 0.1, 0.2, 0.4])


@pytest.mark.parametrize("seconds", [0.05, 0.3, 2.0, 10.0])
@pytest.mark.parametrize("each", [0.0, 0.07, 1.0])
def test_attempts_and_pauses_together_never_outlast_the_time_given(seconds: float, each: float) -> None:
    world = World(each=each)
    with pytest.raises(ServerError):
        world.attempts(seconds, httpx.Response(503))
    assert world.now <= 1000.0 + seconds + 1e-6
    assert all(attempt.seconds <= seconds for attempt in world.sent)


def test_each_attempt_has_what_is_left_and_no_more_than_the_call_is_worth() -> None:
    world = World(each=0.5)
    assert world.attempts(2.0, httpx.ReadTimeout(""), GOOD) == 42
    assert [attempt.seconds for attempt in world.sent] == pytest.approx([2.0, 1.45])
    impatient = World(each=0.5)
    assert impatient.attempts(2.0, httpx.ReadTimeout(""), GOOD, patience=0.6) == 42
    assert [attempt.seconds for attempt in impatient.sent] == pytest.approx([0.6, 0.6])


def test_the_last_failure_is_told_when_the_time_is_up() -> None:
    with pytest.raises(TimedOut, match=r"^no answer in time$"):
        World(each=2.0).attempts(2.0, httpx.ReadTimeout("", request=REQUEST))
    with pytest.raises(Unreachable, match=r"ConnectError: .*Connection refused"):
        World().attempts(2.0, PASSING[0])
    with pytest.raises(ServerError):
        World(each=0.9).attempts(2.0, httpx.ReadError(""), httpx.Response(503, json={"error": "StoreError"}))


def test_no_failure_drags_a_foreign_one_along() -> None:
    for outcome in (*PASSING, *FINAL):
        with pytest.raises((Refused, Unreachable, Unreadable)) as told:
            World().attempts(0.1, outcome)
        assert (told.value.__cause__, told.value.__context__) == (None, None)


def test_who_is_over_the_limit_waits_as_long_as_told() -> None:
    world = World()
    assert world.attempts(10.0, httpx.Response(429, headers={"retry-after": "3"}), GOOD) == 42
    assert world.pauses == pytest.approx([3.05])


def test_nobody_waits_in_vain() -> None:
    world = World()
    with pytest.raises(TooManyRequests) as told:
        world.attempts(2.0, httpx.Response(429, headers={"retry-after": "3"}), GOOD)
    assert (world.pauses, told.value.retry_after) == ([], 3.0)


@pytest.mark.parametrize("said", ["", "soon", "-1", "٣"])
def test_a_retry_after_that_cannot_be_read_is_none(said: str) -> None:
    response = httpx.Response(429, headers=[(b"retry-after", said.encode())])
    with pytest.raises(TooManyRequests) as told:
        World().attempts(0.1, response)
    assert told.value.retry_after is None


def test_a_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with pytest.raises(TooManyRequests) as told:
        World().attempts(2.0, httpx.Response(429, headers={"retry-after": later}))
    assert told.value.retry_after == pytest.approx(3600, abs=120)


def test_a_refusal_holds_what_the_service_said_and_a_page_of_a_proxy_nothing() -> None:
    body = {"error": "Malformed", "detail": "no", "fields": [{"field": "facts.terms", "reason": "why", "new": 1}]}
    with pytest.raises(Refused) as told:
        World().attempts(2.0, httpx.Response(422, json=body))
    assert str(told.value) == "422 Malformed: no (facts.terms: why)"
    for page in (b"<html>" + SECRET.encode(), b'["x"]', b'{"fields": 3, "detail": null}', b'{"fields": [1]}', b"\xff"):
        with pytest.raises(ServerError) as told:
            World().attempts(2.0, httpx.Response(502, content=page))
        assert str(told.value) == "502"


@pytest.mark.parametrize("body", [b"", b"<html>", SECRET.encode(), b"[]", b"{}", b"null", b"\xff"])
def test_a_good_status_with_something_else_is_unreadable_and_not_repeated(body: bytes) -> None:
    with pytest.raises(Unreadable) as told:
        World().attempts(2.0, httpx.Response(200, content=body))
    assert (told.value.__cause__, told.value.__context__) == (None, None)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    ("outcome", "is_ready"),
    [(httpx.Response(200), True), (httpx.Response(503), False), (PASSING[0], False), (TimeoutError(), False)],
)
def test_readiness_is_asked_once(outcome: Outcome, is_ready: bool) -> None:
    world = World()
    assert world.drive(readiness(Call("GET", "/health/ready", bool), 2.0), (outcome,)) is is_ready
    assert len(world.sent) == 1


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_who_is_not_heyan_is_neither_ready_nor_not(status: int) -> None:
    with pytest.raises((Refused, Unreadable)):
        World().drive(readiness(Call("GET", "/health/ready", bool), 2.0), (httpx.Response(status),))
