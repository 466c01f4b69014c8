"""Replays recorded texts in processes of their own, so that the service answers all the while.

Compiling many phrases holds the interpreter for seconds, and judging takes all of a core: neither may happen in the
process that answers calls.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import cast

from app.errors import HeyanError
from app.lexicon.altered import Altered
from app.lexicon.approved import ApprovedTexts
from app.lexicon.effects import Effect, Judges
from app.lexicon.history import recorded
from app.lexicon.impact import Impact, Progress, effect_on
from app.lexicon.recorded import CaseReader, Recorded
from app.lexicon.stops import Stop, stops
from app.records import Decision

WORKERS = 2
_POLITENESS = 10
"""How far judges step back where the service wants the core (nice)."""
_Found = list[tuple[int, Effect]]


class ReplayError(HeyanError):
    """A process that judged recorded texts ended before its work was done."""


async def replay(
    altered: Altered,
    pages: AsyncIterator[Sequence[Decision]],
    reader: CaseReader,
    approved: ApprovedTexts | None = None,
    *,
    workers: int = WORKERS,
    progress: Progress | None = None,
) -> Impact:
    """What a change does to recorded texts, and to approved wording. Cancelled, it leaves no process behind.

    Raises:
        ReplayError: if a process ended early.
        StoreError: if the records cannot be read.
    """
    started = time.perf_counter()
    found = Impact(unheard=altered.unheard)
    crew = [_Worker() for _ in range(workers)]
    reading = asyncio.Lock()

    async def employ(worker: _Worker) -> None:
        await asyncio.to_thread(worker.start, altered, reader, approved if worker is crew[0] else None)
        while True:
            async with reading:
                page = await anext(pages, None)
            if page is None:
                break
            records, effects = await asyncio.to_thread(worker.judge, page)
            for index, effect in effects:
                found.add(records[index], effect)
            found.records += len(records)
            if progress is not None:
                progress(found.records)
        if worker is crew[0]:
            found.wording = await asyncio.to_thread(worker.wording)

    try:
        async with asyncio.TaskGroup() as group:
            for worker in crew:
                group.create_task(employ(worker))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    finally:
        for worker in crew:
            worker.end()
    found.seconds = time.perf_counter() - started
    return found


class _Worker:
    """One process, as the service sees it. Its calls block; `end` may be called at any time and ends them."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._pipe, self._far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._far_end,), daemon=True)
        self._is_ended = False

    def start(self, altered: Altered, reader: CaseReader, approved: ApprovedTexts | None) -> None:
        self._process.start()
        self._far_end.close()
        if self._is_ended:  # it was cancelled while it started
            self._process.kill()
            self._process.join()
            return
        self._ask((altered, reader, approved))

    def judge(self, page: Sequence[Decision]) -> tuple[list[Recorded], _Found]:
        """The texts of a page, and what becomes of those that the change affects."""
        records = [text for text in map(recorded, page) if text is not None]
        return records, cast(_Found, self._ask(records))

    def wording(self) -> list[Stop]:
        """The approved wording that the change stops."""
        return cast(list[Stop], self._ask(None))

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
        altered, reader, approved = pipe.recv()
        judges = Judges(altered)
        pipe.send(None)
        while True:
            records = pipe.recv()
            if records is None:
                pipe.send(stops(altered, approved, judges) if approved else [])
            else:
                judged = (effect_on(record, judges, reader) for record in records)
                pipe.send([(index, effect) for index, effect in enumerate(judged) if effect])
    except (EOFError, OSError):
        sys.exit(0)
