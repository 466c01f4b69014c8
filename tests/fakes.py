"""Scripted stand-ins for the seams; tests pass these in and patch nothing."""

import asyncio
from collections.abc import Callable, Sequence

import numpy as np

from app.errors import ModelError
from app.writing.model import Draft, WritingTask
from guards.meaning.encoder import Vector

Script = Callable[[WritingTask], Sequence[str] | ModelError]


class FakeModel:
    """A model that writes what its script says, or raises it; keeps every task it was given."""

    def __init__(self, script: Script, *, delay: float = 0.0) -> None:
        self._script = script
        self._delay = delay
        self.tasks: list[WritingTask] = []

    async def write(self, task: WritingTask) -> Draft:
        """See `Model.write`."""
        self.tasks.append(task)
        if self._delay:
            await asyncio.sleep(self._delay)
        outcome = self._script(task)
        if isinstance(outcome, ModelError):
            raise outcome
        return Draft(tuple(outcome), "fake", "fake.v1")


class FakeEncoder:
    """An encoder that answers what its script says; keeps all that it was asked, call by call."""

    def __init__(self, script: Callable[[str], Sequence[float] | None], digest: str = "fake") -> None:
        self._script = script
        self.digest = digest
        self.asked: list[list[str]] = []

    def __call__(self, sentences: Sequence[str]) -> list[Vector | None]:
        """See `Encoder`."""
        self.asked.append(list(sentences))
        said = map(self._script, sentences)
        return [None if each is None else np.array(each, dtype=np.float32) for each in said]


class FakeSource(FakeEncoder):
    """The same as a `Source`; `until` keeps how long it was given each time, and `is_closed` whether it was closed."""

    workers = 1

    def __init__(
        self, script: Callable[[str], Sequence[float] | None], digest: str = "fake", before: Callable[[], object] = int
    ) -> None:
        """`before` is called in each call, for a source that waits, counts or breaks."""
        super().__init__(script, digest)
        self._before = before
        self.until: list[float] = []
        self.is_closed = False

    def __call__(self, sentences: Sequence[str], until: float = 0.0) -> list[Vector | None]:
        """See `Source`."""
        self.until.append(until)
        self._before()
        return super().__call__(sentences)

    def close(self) -> None:
        """See `Source`."""
        self.is_closed = True
