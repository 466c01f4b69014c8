"""Scripted stand-ins for the seams; tests pass these in and patch nothing."""

import asyncio
from collections.abc import Callable, Sequence

from app.errors import ModelError
from app.writing.model import Draft, WritingTask

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
