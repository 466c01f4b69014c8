"""When a call is sent again, and when not; it sends nothing and waits for nothing itself.

A generator yields what is to be done next, an `Attempt` to send or a `Pause` to keep, and is sent what came of it. The
two clients only do as they are told, so that both keep to one policy and tests need neither a server nor a clock.
"""

import random
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from heyan.calls import Call
from heyan.errors import FieldProblem, HeyanError, Refused, TimedOut, Unreachable, Unreadable, kind_of

T = TypeVar("T")
_PASSING_STATUS = frozenset({429, 503})
_PASSING_FAILURES = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError, httpx.TimeoutException)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_LEAST_SECONDS = 0.1
"""With less than this left another attempt is in vain."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Send the call, and wait for its answer no longer than this."""

    call: Call[Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for so long."""

    seconds: float


Outcome = httpx.Response | httpx.RequestError | TimeoutError
Steps = Generator[Attempt | Pause, Outcome | None, T]


def attempts(
    call: Call[T],
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    chance: Callable[[], float] = random.random,
) -> Steps[T]:
    """Send a call until it is answered, inside of `seconds`; returns what was answered.

    Sent again, always as it is, after: no connection, one that broke off, no answer in time, 429 and 503, of which the
    last two say themselves when (`retry-after`). Pauses double from attempt to attempt, and vary.

    Raises:
        HeyanError: the last failure, at once where another attempt would be of no use or would come too late.
    """
    end = clock() + seconds
    pause = _FIRST_PAUSE
    while True:
        outcome = yield Attempt(call, min(max(end - clock(), 0.001), call.patience))
        assert outcome is not None
        if isinstance(outcome, httpx.Response) and outcome.is_success:
            return _read(call, outcome)
        failure = _failure(outcome)
        wait = pause * (0.5 + chance() / 2)
        if isinstance(failure, Refused):
            wait += failure.retry_after or 0.0
        if not _passes(outcome) or end - clock() - wait < _LEAST_SECONDS:
            raise failure
        yield Pause(wait)
        pause = min(2 * pause, _LONGEST_PAUSE)


def readiness(call: Call[bool], seconds: float) -> Steps[bool]:
    """Ask once; False where the service says no or nobody answers.

    Raises:
        HeyanError: if whoever answers is not Heyan.
    """
    outcome = yield Attempt(call, seconds)
    if not isinstance(outcome, httpx.Response):
        return False
    if outcome.status_code not in (200, 503):
        raise _failure(outcome)
    return outcome.status_code == 200


def _passes(outcome: Outcome) -> bool:
    """Whether the next attempt may fare better."""
    if isinstance(outcome, httpx.Response):
        return outcome.status_code in _PASSING_STATUS
    return isinstance(outcome, (TimeoutError, *_PASSING_FAILURES))


def _read(call: Call[T], response: httpx.Response) -> T:
    try:
        return call.read(response.json())
    except (ValueError, TypeError, LookupError, AttributeError):
        pass  # raised below instead: what the parser raises holds the text
    raise Unreadable(f"what answered {call.path} with {response.status_code} is not an answer of Heyan")


def _failure(outcome: Outcome) -> HeyanError:
    """What an outcome without an answer is called; a foreign exception is not chained, for it holds the request."""
    if isinstance(outcome, httpx.Response):
        status = outcome.status_code
        return _refusal(outcome) if status >= 400 else Unreadable(f"{status} is not an answer of Heyan")
    if isinstance(outcome, TimeoutError | httpx.TimeoutException):
        return TimedOut("no answer in time")
    # Why there is no connection, the operating system says; other messages may repeat what was sent or received.
    reason = f": {outcome}" if isinstance(outcome, httpx.ConnectError) else ""
    return Unreachable(f"no answer: {type(outcome).__name__}{reason}")


def _refusal(response: httpx.Response) -> Refused:
    try:
        body = response.json()
    except ValueError:
        body = None
    told = body if isinstance(body, dict) else {}
    listed = told.get("fields")
    fields = [
        FieldProblem(str(one.get("field", "")), str(one.get("reason", "")))
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    ]
    error, detail = (str(told.get(name) or "") for name in ("error", "detail"))
    return kind_of(response.status_code)(response.status_code, error, detail, fields, _retry_after(response))


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, which the header gives as a number or as a date; None without one that can be read."""
    said = response.headers.get("retry-after", "")
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
