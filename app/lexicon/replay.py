"""Replays recorded texts in processes of their own, so that the service answers all the while.

Compiling many phrases holds the interpreter for seconds, and judging takes all of a core: neither may happen in the
process that answers calls.
"""

import asyncio
import gc
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import cast

from app.errors import HeyanError
from app.lexicon.altered import Altered
from app.lexicon.approved import ApprovedTexts, Template
from app.lexicon.effects import Effect, Judges
from app.lexicon.history import PAGE, recorded
from app.lexicon.impact import Impact, Progress, Replayer
from app.lexicon.recorded import CaseReader, Recorded
from app.lexicon.stops import Stop, merged, stops
from app.records import Decision
from guards.collector import resting_collector

WORKERS = 2
_POLITENESS = 5
"""How far judges step back where the service wants the core (nice)."""
_Found = tuple[int, list[tuple[Recorded, Effect]]]


class ReplayError(HeyanError):
    """A process that judged recorded texts ended before its work was done."""


async def replay(
    altered: Altered,
    pages: AsyncIterator[Sequence[Decision]],
    reader: CaseReader,
    approved: ApprovedTexts | None = None,
    *,
    others: frozenset[str] = frozenset(),
    workers: int = WORKERS,
    progress: Progress | None = None,
) -> Impact:
    """What a change does to recorded texts, and to approved wording. Cancelled, it leaves no process behind.

    `others`: rules that it leaves as they are.

    Raises:
        ReplayError: if a process ended early.
        StoreError: if the records cannot be read.
    """
    started = time.perf_counter()
    found = Impact(unheard=altered.unheard, others=others)
    crew = [_Worker() for _ in range(workers)]
    # Read ahead, so that no worker waits for the store.
    queue: asyncio.Queue[Sequence[Decision] | None] = asyncio.Queue(workers)
    parts = approved.parts(PAGE) if approved else iter(())
    stopped: list[Stop] = []

    async def read() -> None:
        async for page in pages:
            await queue.put(page)
        for _ in crew:
            await queue.put(None)

    async def employ(worker: _Worker) -> None:
        await asyncio.to_thread(worker.start, altered, reader, approved.templates if approved else ())
        while (page := await queue.get()) is not None:
            count, affected = await asyncio.to_thread(worker.judge, page)
            for record, effect in affected:
                found.add(record, effect)
            found.records += count
            if progress is not None:
                progress(found.records)
        for part in parts:  # of which every worker takes the next that is left
            stopped.extend(await asyncio.to_thread(worker.wording, part))

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            for worker in crew:
                group.create_task(employ(worker))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    finally:
        for worker in crew:
            worker.end()
    found.wording = sorted(merged(stopped), key=lambda stop: (stop.is_line, *_place(stop.where), stop.rule))
    found.seconds = time.perf_counter() - started
    return found


def _place(where: str) -> tuple[str, int]:
    file, _, line = where.rpartition(":")
    return file, int(line) if line.isdigit() else 0


class _Worker:
    """One process, as the service sees it. Its calls block; `end` may be called at any time and ends them."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._pipe, self._far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._far_end,), daemon=True)
        self._is_ended = False

    def start(self, altered: Altered, reader: CaseReader, templates: Sequence[Template]) -> None:
        self._process.start()
        self._far_end.close()
        if self._is_ended:  # it was cancelled while it started
            self._process.kill()
            self._process.join()
            return
        self._ask((altered, reader, templates))

    def judge(self, page: Sequence[Decision]) -> _Found:
        """How many texts a page holds, and what becomes of those that the change affects."""
        return cast(_Found, self._ask(page))

    def wording(self, approved: ApprovedTexts) -> list[Stop]:
        """What of this approved wording the change stops."""
        return cast(list[Stop], self._ask(approved))

    def end(self) -> None:
        self._is_ended = True
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()
        self._far_end.close()
        self._pipe.close()

    def _ask(self, question: object) -> object:
        try:
            self._pipe.send(question)
            return self._pipe.recv()
        except (EOFError, OSError, TypeError):  # closed, also in the middle of a read
            raise ReplayError("the process that judges recorded texts has ended") from None


def _serve(pipe: Connection) -> None:
    """What a worker's process does: compile once, then judge page after page until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_POLITENESS)
    try:
        altered, reader, templates = pipe.recv()
        with resting_collector():
            judges = Judges(altered)
        replayer = Replayer(judges, reader)
        gc.freeze()  # what was built stays: no collection need look at it
        pipe.send(None)
        while True:
            asked = pipe.recv()
            if isinstance(asked, ApprovedTexts):
                pipe.send(stops(altered, replace(asked, templates=templates), judges))
            else:
                pipe.send(_judged(asked, replayer))
    except (EOFError, OSError):
        sys.exit(0)


def _judged(page: Sequence[Decision], replayer: Replayer) -> _Found:
    records = [text for text in map(recorded, page) if text is not None]
    judged = zip(records, replayer.effects(records), strict=True)
    return len(records), [(record, effect) for record, effect in judged if effect]
