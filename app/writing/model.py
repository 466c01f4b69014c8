"""The interface of every model: one method that writes skeletons for a brief."""

from dataclasses import dataclass
from typing import Protocol

from app.approved.brief import Brief
from app.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class WritingTask:
    """An order for `candidates` skeletons.

    `deadline` is on the clock of `time.monotonic`, in seconds: what arrives later is useless. `banned` are phrases that
    a server may suppress while decoding; `hints` say what was wrong with earlier candidates. Orders with the same `key`
    are treated alike in an experiment; it is a digest, never what it was made of.
    """

    brief: Brief
    candidates: int
    deadline: float
    banned: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model wrote: raw skeletons, the model's name, and the version of the prompt that asked for them."""

    skeletons: tuple[str, ...]
    model: str
    prompt_version: str


class ModelHealth:
    """Whether the model answered the last order or the last trial of a server; None before the first."""

    def __init__(self) -> None:
        self.is_answering: bool | None = None


class Model(Protocol):
    """Writes skeletons. Knows nothing of facts, guards or requests."""

    async def write(self, task: WritingTask) -> Draft:
        """Up to `task.candidates` skeletons, unchecked.

        Cancelling the call withdraws the order: no more work is done for it.

        Raises:
            ModelTimeout: if nothing is written by the deadline.
            ModelUnavailable: if the model refuses or fails.
        """
        ...


class NoModel:
    """Stands in where no model is needed: refuses every order."""

    async def write(self, task: WritingTask) -> Draft:
        """See `Model.write`."""
        raise ModelUnavailable("no model was loaded")
