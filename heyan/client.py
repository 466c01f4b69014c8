"""The two clients, one that waits and one for asyncio: they send and pause as `heyan.attempts` says, nothing more."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, TypeVar, Unpack

import httpx

from heyan.answers import Contact, ReviewAnswer, ScriptAnswer
from heyan.attempts import Attempt, Outcome, Steps, attempts, readiness
from heyan.calls import (
    contact_call,
    events_call,
    readiness_call,
    review_call,
    reviews_call,
    script_call,
    vocabulary_call,
)
from heyan.orders import ContactEvent, ReviewItem, Scene, ScriptOrder

T = TypeVar("T")
DEFAULT_SECONDS = 2.0
MANY_SECONDS = 60.0
"""For many reviews at once: a thousand long texts take their time."""


class Client:
    """Asks one service, and waits for its answers; may be shared by threads.

    Args:
        base_url: where the service is, such as `http://127.0.0.1:8000`.
        key: a key with the role `caller`; on loopback the service needs none.
        timeout: seconds for a whole call, with all its attempts; each method takes its own instead.
        transport: how requests leave (httpx): for certificates, proxies and tests. No proxy of the environment is used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        timeout: float = DEFAULT_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._seconds = _positive(timeout)
        self._http = httpx.Client(
            base_url=base_url, headers=_headers(key), transport=transport or httpx.HTTPTransport()
        )

    def write_script(
        self,
        order: Mapping[str, Any] | None = None,
        /,
        *,
        timeout: float | None = None,
        explain: bool = False,
        **fields: Unpack[ScriptOrder],
    ) -> ScriptAnswer:
        """One script for one moment of a call; the request as a mapping, as keywords, or as keywords that go before it.

        Without a `request_id` it gets one of its own; with the same one and the same order it is
        answered as before. `options.deadline_ms` is what `timeout` leaves, or less where the order says so: inside of
        it the service answers, by a fallback if need be. `explain`: also what was found in candidates not said.

        Raises:
            HeyanError: as `heyan.errors` draws it; then nothing may be said.
        """
        seconds = self._time_for(timeout)
        return self._carry_out(attempts(script_call({**(order or {}), **fields}, seconds, explain=explain), seconds))

    def review(self, text: str, *, timeout: float | None = None, **scene: Unpack[Scene]) -> ReviewAnswer:
        """The verdict on a text from elsewhere; what the scene leaves out is not checked.

        Raises:
            HeyanError: as `heyan.errors` draws it.
        """
        return self._carry_out(attempts(review_call(text, scene), self._time_for(timeout)))

    def review_many(
        self, items: Iterable[ReviewItem | Mapping[str, Any] | str], *, timeout: float = MANY_SECONDS
    ) -> tuple[ReviewAnswer, ...]:
        """The verdicts on up to a thousand texts, in their order.

        Raises:
            HeyanError: as `heyan.errors` draws it; then none was examined.
        """
        return self._carry_out(attempts(reviews_call(items), self._time_for(timeout)))

    def contact(self, ref: str, *, timeout: float | None = None) -> Contact:
        """What a customer refused, and which calls that closes; also where nothing is known.

        Raises:
            HeyanError: as `heyan.errors` draws it.
        """
        return self._carry_out(attempts(contact_call(ref), self._time_for(timeout)))

    def note_events(
        self, ref: str, events: Iterable[ContactEvent | Mapping[str, Any]], *, timeout: float | None = None
    ) -> Contact:
        """Keep what a customer refused in a call, such as a script answer's `events`; what is closed after it.

        Raises:
            HeyanError: as `heyan.errors` draws it; then it may not have been kept.
        """
        return self._carry_out(attempts(events_call(ref, events), self._time_for(timeout)))

    def vocabulary(self, *, timeout: float | None = None) -> dict[str, Any]:
        """Everything that a request may name: scenarios, tags, strategies, facts with types and units.

        Raises:
            HeyanError: as `heyan.errors` draws it.
        """
        return self._carry_out(attempts(vocabulary_call(), self._time_for(timeout)))

    def is_ready(self, *, timeout: float | None = None) -> bool:
        """Whether the service would answer now; False also where nobody is there.

        Raises:
            HeyanError: if whoever is there is not Heyan.
        """
        return self._carry_out(readiness(readiness_call(), self._time_for(timeout)))

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _time_for(self, timeout: float | None) -> float:
        return self._seconds if timeout is None else _positive(timeout)

    def _carry_out(self, steps: Steps[T]) -> T:
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                answer: T = done.value
                return answer
            outcome = None
            if isinstance(step, Attempt):
                outcome = self._send(step)
            else:
                time.sleep(step.seconds)

    def _send(self, attempt: Attempt) -> Outcome:
        try:
            return self._http.send(_request(self._http, attempt))
        except httpx.RequestError as failure:
            return failure


class AsyncClient:
    """As `Client`, for asyncio: many calls may wait at once."""

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        timeout: float = DEFAULT_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._seconds = _positive(timeout)
        self._http = httpx.AsyncClient(
            base_url=base_url, headers=_headers(key), transport=transport or httpx.AsyncHTTPTransport()
        )

    async def write_script(
        self,
        order: Mapping[str, Any] | None = None,
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109  it is also what the service is told
        explain: bool = False,
        **fields: Unpack[ScriptOrder],
    ) -> ScriptAnswer:
        """See `Client.write_script`."""
        seconds = self._time_for(timeout)
        call = script_call({**(order or {}), **fields}, seconds, explain=explain)
        return await self._carry_out(attempts(call, seconds))

    async def review(
        self,
        text: str,
        *,
        timeout: float | None = None,  # noqa: ASYNC109
        **scene: Unpack[Scene],
    ) -> ReviewAnswer:
        """See `Client.review`."""
        return await self._carry_out(attempts(review_call(text, scene), self._time_for(timeout)))

    async def review_many(
        self,
        items: Iterable[ReviewItem | Mapping[str, Any] | str],
        *,
        timeout: float = MANY_SECONDS,  # noqa: ASYNC109
    ) -> tuple[ReviewAnswer, ...]:
        """See `Client.review_many`."""
        return await self._carry_out(attempts(reviews_call(items), self._time_for(timeout)))

    async def contact(self, ref: str, *, timeout: float | None = None) -> Contact:  # noqa: ASYNC109
        """See `Client.contact`."""
        return await self._carry_out(attempts(contact_call(ref), self._time_for(timeout)))

    async def note_events(
        self,
        ref: str,
        events: Iterable[ContactEvent | Mapping[str, Any]],
        *,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Contact:
        """See `Client.note_events`."""
        return await self._carry_out(attempts(events_call(ref, events), self._time_for(timeout)))

    async def vocabulary(self, *, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109
        """See `Client.vocabulary`."""
        return await self._carry_out(attempts(vocabulary_call(), self._time_for(timeout)))

    async def is_ready(self, *, timeout: float | None = None) -> bool:  # noqa: ASYNC109
        """See `Client.is_ready`."""
        return await self._carry_out(readiness(readiness_call(), self._time_for(timeout)))

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.close()

    def _time_for(self, timeout: float | None) -> float:
        return self._seconds if timeout is None else _positive(timeout)

    async def _carry_out(self, steps: Steps[T]) -> T:
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                answer: T = done.value
                return answer
            outcome = None
            if isinstance(step, Attempt):
                outcome = await self._send(step)
            else:
                await asyncio.sleep(step.seconds)

    async def _send(self, attempt: Attempt) -> Outcome:
        try:
            async with asyncio.timeout(attempt.seconds):
                return await self._http.send(_request(self._http, attempt))
        except (httpx.RequestError, TimeoutError) as failure:
            return failure


class _TimeLeft(Mapping[str, float]):
    """The four timeouts of httpx; each is what is left of one time when it is looked up, so that they add up to it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def __getitem__(self, phase: str) -> float:
        if phase not in {*self}:
            raise KeyError(phase)
        return max(0.001, self._end - time.monotonic())

    def __iter__(self) -> Iterator[str]:
        return iter(("pool", "connect", "write", "read"))

    def __len__(self) -> int:
        return 4


def _request(http: httpx.Client | httpx.AsyncClient, attempt: Attempt) -> httpx.Request:
    call = attempt.call
    headers = {"content-type": "application/json"} if call.body is not None else {}
    limits = {"timeout": _TimeLeft(attempt.seconds)}
    return http.build_request(call.method, call.path, content=call.body, headers=headers, extensions=limits)


def _headers(key: str | None) -> dict[str, str]:
    return {"user-agent": "heyan-client", **({"authorization": f"Bearer {key}"} if key else {})}


def _positive(seconds: float) -> float:
    if not seconds > 0:
        raise ValueError("a timeout is more than 0 seconds")
    return seconds
