"""Live turns: milliseconds to the first judged segment with calls at once, beside the service's smallest answer."""

import asyncio
import time
from typing import Any

import httpx
import orjson
from rich.console import Console
from rich.table import Table

from bench.server import ServerError, running_server
from bench.timing import Times, times
from evals.callers.cases import case_of
from evals.callers.command import CUSTOMERS
from evals.callers.cues import told
from evals.callers.customers import Customer, Line, Memory, read_customers

_MOST_TURNS = 8


async def bench_turns(console: Console, *, callers: int, rounds: int = 3) -> None:
    """Print how long callers wait for the first segment of a turn and for all of it, with their yardstick.

    Raises:
        ServerError: if the server does not start, or a turn is not answered.
    """
    customers = read_customers(CUSTOMERS)
    with running_server() as server:
        server.wait_until_ready()
        limits = httpx.Limits(max_connections=callers)
        async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:
            await _calls(client, customers[:callers], 0, callers)
            taken = [await _calls(client, customers, number, callers) for number in range(1, rounds + 1)]
            live = await _live(client, callers, 100 * callers)
    first, whole = (times([each[place] for one in taken for each in one]) for place in (0, 1))
    table = Table(title=f"{len(first.seconds)} turns, {callers} calls at once", title_justify="left")
    for name in ("", "median ms", "p95 ms", "÷ /health/live"):
        table.add_column(name, justify="left" if not name else "right")
    for name, found in (("first segment", first), ("whole turn", whole), ("/health/live", live)):
        table.add_row(name, *_cells(found, live))
    console.print(table)


def _cells(found: Times, yardstick: Times) -> tuple[str, str, str]:
    median = found.at(0.5)
    return f"{median * 1e3:.1f}", f"{found.at(0.95) * 1e3:.1f}", f"{median / yardstick.at(0.5):.1f}"


async def _calls(
    client: httpx.AsyncClient, customers: list[Customer], round_: int, at_once: int
) -> list[tuple[float, float]]:
    """Seconds to the first segment and to the end of each turn of calls with all customers."""
    waiting, found = list(customers), list[tuple[float, float]]()

    async def caller() -> None:
        while waiting:
            found.extend(await _call(client, waiting.pop(), round_))

    await asyncio.gather(*(caller() for _ in range(at_once)))
    return found


async def _call(client: httpx.AsyncClient, customer: Customer, round_: int) -> list[tuple[float, float]]:
    memory = Memory(customer, 1, round_)
    transcript: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    asked: list[str] = []
    taken: list[tuple[float, float]] = []
    call = f"bench-{customer.id}-{round_}"
    case = case_of(customer, call)
    for turn in range(_MOST_TURNS):
        body = {"call_id": call, "turn": turn, "case": case, "transcript": transcript, "options": {"stream": True}}
        answer, first, whole = await _streamed(client, body)
        taken.append((first, whole))
        if answer["action"] != "speak":
            break
        heard = told(answer, customer.scenario, answers, asked)
        answers.append(answer)
        asked += [heard.question] if heard.question else []
        line: Line = memory.answer(heard.cues)[0]
        transcript += [{"role": "agent", "text": answer["text"]}, {"role": "customer", "text": line.text}]
    return taken


async def _streamed(client: httpx.AsyncClient, body: dict[str, Any]) -> tuple[dict[str, Any], float, float]:
    started, first, data = time.perf_counter(), 0.0, b""
    async with client.stream("POST", "/v1/turns", json=body) as response:
        if response.status_code != httpx.codes.OK:
            raise ServerError(f"a turn is answered {response.status_code}")
        async for chunk in response.aiter_bytes():
            first = first or time.perf_counter() - started
            data += chunk
    whole = time.perf_counter() - started
    last = data.split(b"event: done\ndata: ")[-1]
    answer: dict[str, Any] = orjson.loads(last)
    return answer, first, whole


async def _live(client: httpx.AsyncClient, callers: int, requests: int) -> Times:
    seconds: list[float] = []

    async def caller() -> None:
        while len(seconds) < requests:
            started = time.perf_counter()
            await client.get("/health/live")
            seconds.append(time.perf_counter() - started)

    await asyncio.gather(*(caller() for _ in range(callers)))
    return times(seconds)
