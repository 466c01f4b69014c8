"""A circuit breaker around one server: after failures it is left alone, then tried by one call."""

import time
from collections.abc import Callable
from threading import Lock

_FIRST, _MOST = 0.5, 10.0
"""Seconds that a server is left alone, at first and at most; twice as long each time."""
_MOST_TIMEOUTS = 3
"""In a row. A single one says more about the call than about the server."""
_TELLING_SECONDS = 0.25
"""A server that had less time may well be sound."""


class Breaker:
    """Counts how calls ended, in any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._timeouts = 0
        self._pause = 0.0
        self._closed_at = 0.0
        self._is_tried = False

    @property
    def is_open(self) -> bool:
        """Whether the server is left alone, or tried by somebody."""
        return self._pause > 0

    def admits(self) -> bool:
        """Whether this call may be made; whoever makes it tells how it ended."""
        with self._lock:
            if not self.is_open:
                return True
            if self._is_tried or self._clock() < self._closed_at:
                return False
            self._is_tried = True
            return True

    def succeeded(self) -> bool:
        """The server answered; says whether it was left alone before."""
        with self._lock:
            was_open, self._is_tried = self.is_open, False
            self._pause = 0.0
            self._timeouts = 0
            return was_open

    def failed(self) -> bool:
        """The server is broken; says whether it was thought to be sound."""
        with self._lock:
            return self._left_alone()

    def timed_out(self, seconds: float) -> bool:
        """The server had so many seconds and did not answer; says whether it is left alone from now on."""
        with self._lock:
            if self._is_tried:
                return self._left_alone()
            if seconds < _TELLING_SECONDS:
                return False
            self._timeouts += 1
            return self._timeouts >= _MOST_TIMEOUTS and self._left_alone()

    def _left_alone(self) -> bool:
        is_new = not self.is_open
        if not (is_new or self._is_tried):
            return False  # a call that began before
        self._is_tried, self._timeouts = False, 0
        self._pause = min(2 * self._pause, _MOST) if self._pause else _FIRST
        self._closed_at = self._clock() + self._pause
        return is_new
