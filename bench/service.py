"""Several callers at once over real HTTP, beside the bare model without a service around it, in the same run."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from rich.console import Console
from rich.table import Table

from app.approved.vocabulary import read_vocabulary
from app.approved.wording import read_wording
from app.errors import ModelError
from app.requests import ScriptRequest
from app.scripts.intake import Order, take_order
from app.settings import Settings
from app.writing.embedded import EmbeddedModel
from app.writing.model import WritingTask
from bench.orders import orders
from bench.server import running_server
from bench.timing import Times, times

_PATIENCE_SECONDS = 30.0
One = Callable[[dict[str, Any]], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Load:
    """The result of a load; `outcomes` counts sources of answers, and errors by their kind."""

    times: Times
    outcomes: Counter[str]
    seconds: float


async def bench_service(settings: Settings, console: Console, *, callers: int, requests: int) -> None:
    """Print latencies of the service under `callers`, with the bare model alone and under the same callers.

    Raises:
        ServerError: if the server does not start.
        ConfigurationError: if there is no checkpoint.
    """
    vocabulary = read_vocabulary(settings.prompts_dir)
    wording = read_wording(settings.prompts_dir, vocabulary)
    load = list(orders(requests))
    known = {each["request_id"]: take_order(ScriptRequest.model_validate(each), vocabulary, wording) for each in load}
    model = await asyncio.to_thread(
        EmbeddedModel, settings.model_dir, threads=settings.threads, max_batch=settings.max_batch
    )
    try:
        bare = _bare(model, known)
        few = load[: max(1, requests // 4)]
        await _under(bare, few[:1], 1)  # what is done once is not timed
        with running_server() as server:  # nothing else is awaited while it starts and stops
            server.wait_until_ready()
            async with httpx.AsyncClient(base_url=server.url, timeout=_PATIENCE_SECONDS) as client:
                # The bare model is timed on both sides of the service, so that a machine that slows down slows both.
                before = await _under(bare, few[::2], 1), await _under(bare, few, callers)
                service = await _under(_over_http(client), load, callers)
                after = await _under(bare, few, callers), await _under(bare, few[1::2] or few, 1)
    finally:
        await model.close()
    alone, crowded = _together(before[0], after[1]), _together(before[1], after[0])
    for part in _report(alone, crowded, service, callers):
        console.print(part, soft_wrap=isinstance(part, str))


def _bare(model: EmbeddedModel, known: dict[str, Order]) -> One:
    async def one(request: dict[str, Any]) -> str:
        order = known[request["request_id"]]
        try:
            await model.write(WritingTask(order.plan.brief, order.candidates, time.monotonic() + _PATIENCE_SECONDS))
        except ModelError as failure:
            return type(failure).__name__
        return "model"

    return one


def _over_http(client: httpx.AsyncClient) -> One:
    async def one(request: dict[str, Any]) -> str:
        try:
            response = await client.post("/v1/scripts", json=request)
        except httpx.HTTPError as failure:
            return type(failure).__name__
        if response.status_code != 200:
            return f"HTTP {response.status_code}"
        answer = orjson.loads(response.content)
        return str(answer["source"] or answer["action"])

    return one


async def _under(one: One, requests: Sequence[dict[str, Any]], callers: int) -> Load:
    """Each caller asks, waits for the answer, and asks again, until all requests are spent."""
    waiting = iter(requests)
    taken: list[float] = []
    outcomes: Counter[str] = Counter()

    async def caller() -> None:
        for request in waiting:
            started = time.perf_counter()
            outcomes[await one(request)] += 1
            taken.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return Load(times(taken), outcomes, time.perf_counter() - started)


def _together(first: Load, second: Load) -> Load:
    return Load(
        times([*first.times.seconds, *second.times.seconds]),
        first.outcomes + second.outcomes,
        first.seconds + second.seconds,
    )


def _report(alone: Load, crowded: Load, service: Load, callers: int) -> tuple[Table, str]:
    count = sum(service.outcomes.values())
    table = Table(title=f"service: {count} requests of 4 candidates, {callers} callers at once", title_justify="left")
    for name in ("what", "p50 ms", "p95 ms", "p99 ms", "a second", "from the model", "errors"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for name, load in (
        ("bare model, one caller", alone),
        (f"bare model, {callers} callers", crowded),
        (f"service over HTTP, {callers} callers", service),
    ):
        total = sum(load.outcomes.values())
        sources = ("model", "fallback", "pool")
        errors = sum(times for name, times in load.outcomes.items() if name not in sources)
        table.add_row(
            name,
            *(f"{load.times.at(share) * 1000:.0f}" for share in (0.5, 0.95, 0.99)),
            f"{total / load.seconds:.1f}",
            f"{load.outcomes['model'] / total:.0%}",
            str(errors),
        )
    ratio = service.times.at(0.5) / crowded.times.at(0.5)
    note = (
        f"service ÷ bare model under the same callers, p50: {ratio:.2f}. An answer that is not from the model is an "
        "approved fallback, given when the deadline of 1500 ms nears; the bare model has no deadline here."
    )
    return table, note
