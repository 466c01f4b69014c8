"""The encoder that guards are given: it looks up what it knows, and makes no loop of requests wait for the rest.

Where a thread runs an event loop, it only looks up: `listen` has the sentences encoded before, in a thread of its own
and no longer than the request has time. Elsewhere, as in a proof, a dry run or a large batch, it asks at once.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

import numpy as np
import structlog

from app.encoders.memory import Memory
from guards.meaning.encoder import Vector

PATIENCE_SECONDS = 2.0
"""How long whoever has no deadline waits for the sentences of one text."""
_logger = structlog.get_logger("heyan.encoder")


class Source(Protocol):
    """Works out vectors, in any thread. `workers`: how many calls at once are of use."""

    workers: int

    @property
    def digest(self) -> str:
        """See `Encoder`."""
        ...

    def __call__(self, sentences: Sequence[str], until: float) -> Sequence[Vector | None]:
        """The vectors, None for what is not known `until` then on the clock of `time.monotonic`."""
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...


class Listener:
    """An `Encoder` that remembers what its source said. `width`: how many numbers a vector has to have."""

    def __init__(self, source: Source, width: int, memory: Memory | None = None) -> None:
        self._source = source
        self._width = width
        self._memory = memory or Memory()
        self._workers = ThreadPoolExecutor(source.workers, thread_name_prefix="heyan encoder")
        self.missed = 0
        """Sentences that were asked about and not answered, since the start."""

    @property
    def digest(self) -> str:
        """See `Encoder`."""
        return self._source.digest

    def __call__(self, sentences: Sequence[str]) -> list[Vector | None]:
        """See `Encoder`."""
        known = self._memory.known(sentences)
        missing = [sentence for sentence in sentences if sentence not in known]
        if missing and not _runs_a_loop():
            known |= self._asked(missing, time.monotonic() + PATIENCE_SECONDS)
        self.missed += sum(sentence not in known for sentence in missing)
        return [known.get(sentence) for sentence in sentences]

    async def listen(self, sentences: Sequence[str], seconds: float) -> None:
        """Have sentences encoded, so that they are known when they are asked about; returns after `seconds` at most.

        What is begun then goes on, and is remembered for whoever says the same next; what waits is dropped.
        """
        known = self._memory.known(sentences)
        missing = [sentence for sentence in dict.fromkeys(sentences) if sentence not in known]
        if not missing or seconds <= 0:
            return
        until = time.monotonic() + seconds
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().run_in_executor(self._workers, self._asked, missing, until)

    def close(self) -> None:
        """Begin nothing more."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._source.close()

    def _asked(self, sentences: Sequence[str], until: float) -> dict[str, Vector]:
        """What the source says; what it breaks on, and what is no vector, is not known."""
        try:
            vectors = list(self._source(sentences, until))
        except Exception as failure:  # the first score is left, and the finding that the second was not heard
            _logger.error("the encoder broke", failure=type(failure).__name__)
            return {}
        found = {}
        for sentence, vector in zip(sentences, vectors, strict=False):
            if vector is None:
                continue
            if vector.shape != (self._width,) or not np.isfinite(vector).all():
                _logger.error("the encoder answered no vector of the head's width", width=self._width)
                break
            self._memory.keep(sentence, vector)
            found[sentence] = vector
        return found


def _runs_a_loop() -> bool:
    """Whether this thread runs an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
