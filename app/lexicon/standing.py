"""What a process knows of the rules that it runs: whether they are the newest, since when it knows, what differs."""

import time
from collections.abc import Callable
from typing import Literal


class Standing:
    """Written by the activation, read by whoever tells how the process is. `max_age`: seconds without the store."""

    def __init__(self, max_age: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_age = max_age
        self._clock = clock
        self._contact: float | None = None
        self._is_lost = False
        self.refusal: str | None = None
        """Why the newest revision is not in force here, in the words of whoever read it."""
        self.refused: int | None = None
        """Its number."""
        self.differing: tuple[str, ...] = ()
        """Files of the deployment that are not as they were published, and change nothing."""

    def reached(self) -> None:
        """The store has just said which revision is the newest."""
        self._contact, self._is_lost = self._clock(), False

    def lost(self) -> None:
        """The store did not say."""
        self._is_lost = True

    def refuse(self, revision: int, reason: str) -> None:
        """The newest revision cannot be put in force: the last good one stays."""
        self.refused, self.refusal = revision, reason

    def accept(self) -> None:
        """The newest revision is in force."""
        self.refused = self.refusal = None

    @property
    def is_stale(self) -> bool:
        """Whether the store was never reached, or not for too long."""
        return self._contact is None or self._clock() - self._contact > self._max_age

    @property
    def policy(self) -> Literal["newest", "last good"]:
        """Whether the rules in force are known to be the newest."""
        return "last good" if self.problem else "newest"

    @property
    def problem(self) -> str | None:
        """Why they are not, in words that anybody may read; the log says more."""
        if self._contact is None or self._is_lost:
            return "the store does not say which revision is the newest"
        return None if self.refused is None else f"revision {self.refused} cannot be put in force: see the log"
