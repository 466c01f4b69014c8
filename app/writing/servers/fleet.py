"""Several model servers as one: orders go to the least loaded, and one that fails is ejected until a trial succeeds."""

import asyncio
import random
import statistics
import time
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from app.endpoint import ServerBroken, ServerFailed, ServerGone, ServerRefused
from app.errors import ConfigurationError
from app.writing.model import ModelHealth
from app.writing.servers.replica import Replica

_MOST_TIMEOUTS = _MOST_REFUSALS = 3
"""In a row, before a server is ejected. A single one says more about the order than about the server."""
_UNAUTHORISED = (401, 403)
_TOO_MANY_REQUESTS = 429
_MOST_REASONS = 16
"""Logged of one server; some put a new number into each."""
_FEWEST_ANSWERS = 5
"""Answers before a median is meaningful."""
_TIMER_SLACK = 0.005
"""Seconds by which a timer may be early."""
_JITTER = 0.2
_logger = structlog.get_logger("heyan.fleet")


@dataclass(frozen=True, slots=True)
class BackoffPolicy:
    """When an ejected server is tried again: after `first` seconds, then twice as long each time up to `most`.

    A trial fails after `trial_timeout` seconds. An order that ran out of time counts against its server only if the
    server had it for `min_timeout` seconds.
    """

    first: float = 0.5
    most: float = 10.0
    trial_timeout: float = 5.0
    min_timeout: float = 1.0


class Fleet:
    """A circuit breaker for each replica: one that is ejected gets no orders, only half-open trials.

    Trials run in a task of their own, for which no order waits.
    """

    def __init__(
        self, replicas: Sequence[Replica], *, name: str | None, health: ModelHealth, backoff: BackoffPolicy
    ) -> None:
        """`name` is the model that a trial asks for; None: the first model of each replica.

        Raises:
            ConfigurationError: if one server is named twice.
        """
        self.replicas = tuple(replicas)
        addresses = [replica.address for replica in self.replicas]
        if len(set(addresses)) < len(addresses):
            raise ConfigurationError("the same model server is named twice")
        self._name = name
        self._health = health
        self._backoff = backoff
        self._turn = 0
        self._trials: dict[Replica, asyncio.Task[None]] = {}
        self._reported: dict[Replica, set[tuple[str, str]]] = {replica: set() for replica in self.replicas}
        self.changed = asyncio.Event()
        """Set when a replica is readmitted, or misses an adapter that it was thought to have."""

    @property
    def live(self) -> tuple[Replica, ...]:
        """The replicas that orders may go to: all that are not ejected."""
        return tuple(replica for replica in self.replicas if not replica.is_ejected)

    def choose(self, tried: Collection[Replica], adapter: str | None) -> Replica | None:
        """The live replica with the fewest outstanding orders that was not `tried`; among equals, each in turn.

        Replicas with the `adapter` come before all others. None when no replica is left.
        """
        left = [index for index, each in enumerate(self.replicas) if not each.is_ejected and each not in tried]
        able = [index for index in left if adapter in self.replicas[index].adapters] or left
        if not able:
            return None
        count = len(self.replicas)
        index = min(able, key=lambda each: (self.replicas[each].outstanding, (each - self._turn) % count))
        self._turn = index + 1
        return self.replicas[index]

    @asynccontextmanager
    async def order_on(self, replica: Replica, deadline: float) -> AsyncIterator[None]:
        """Count one order on a replica, and its outcome; a server that is broken is ejected.

        `deadline` is on the clock of `time.monotonic`.
        """
        replica.outstanding += 1
        sent = time.monotonic()
        try:
            yield
        except ServerBroken as broken:
            self.eject(replica, str(broken), is_new=isinstance(broken, ServerGone))
            raise
        except asyncio.CancelledError:
            if time.monotonic() >= deadline - _TIMER_SLACK:  # else its caller withdrew the order
                self._timed_out(replica, sent)
            raise
        except ServerFailed as failed:
            replica.timeouts = 0
            self._log_once(replica, failed)
            raise
        else:
            replica.timeouts = replica.refusals = 0
            replica.pause = 0.0
            replica.succeeded = time.monotonic()
            replica.seconds.append(replica.succeeded - sent)
        finally:
            replica.outstanding -= 1

    def min_timeout_of(self, replica: Replica) -> float:
        """The seconds after which an order that was not answered counts against a replica.

        Twice its median, or the policy's `min_timeout` if that is shorter: a fast server that hangs is noticed with
        short deadlines too. Never less than its median: a slow server is not ejected for being slow. The median of all
        replicas stands for one that has answered too few orders.
        """
        seconds = replica.seconds
        if len(seconds) < _FEWEST_ANSWERS:
            seconds = deque(each for other in self.replicas for each in other.seconds)
        if len(seconds) < _FEWEST_ANSWERS:
            return self._backoff.min_timeout
        typical = statistics.median(seconds)
        return max(typical, min(2 * typical, self._backoff.min_timeout))

    def failed_where_other_succeeded(self, replica: Replica, failed: ServerFailed, when: float) -> None:
        """Count an order that this replica failed to write `when`, and that another one then wrote.

        A replica with several of those and no success in between is ejected. As a trial shows little about such a
        replica, it is ejected again the next time.
        """
        code = failed.code if isinstance(failed, ServerRefused) else None
        if replica.is_ejected or replica.succeeded > when or code == _TOO_MANY_REQUESTS:
            return
        replica.refusals += 1
        if replica.refusals >= _MOST_REFUSALS or _refuses_everything(code):
            self.eject(replica, f"another server wrote what this one did not: {failed}")

    def eject(self, replica: Replica, reason: str, *, is_new: bool = False) -> None:
        """Send no more orders to a replica until a trial succeeds; if it `is_new`, forget what was known of it.

        One that is ejected again before it has answered an order is tried later than the last time.
        """
        if replica.is_ejected:
            return
        pause = min(2 * replica.pause, self._backoff.most) if replica.pause else self._backoff.first
        if is_new:
            replica.forget()
        replica.is_ejected, replica.pause, replica.timeouts = True, pause, 0
        _logger.warning("a model server was ejected", server=replica.address, reason=reason, live=len(self.live))
        if not self.live:
            self._health.is_answering = False
        self._trials[replica] = asyncio.create_task(self._try_until_readmitted(replica, pause))

    def missing_adapter(self, replica: Replica, adapter: str) -> None:
        """Note that a replica does not have an adapter that it was thought to have: it may have been restarted."""
        replica.adapters -= {adapter}
        self.changed.set()

    async def close(self) -> None:
        """End all trials, and close all connections."""
        for trial in self._trials.values():
            trial.cancel()
        await asyncio.gather(*self._trials.values(), return_exceptions=True)
        for replica in self.replicas:
            await replica.close()

    def _timed_out(self, replica: Replica, sent: float) -> None:
        """Count an order that was `sent` then and not answered in time, unless that says nothing about the server."""
        if replica.succeeded > sent or time.monotonic() - sent < self.min_timeout_of(replica) - _TIMER_SLACK:
            return
        replica.timeouts += 1
        if replica.timeouts >= _MOST_TIMEOUTS:
            self.eject(replica, f"{replica.timeouts} orders in a row were not answered in time")

    def _log_once(self, replica: Replica, failed: ServerFailed) -> None:
        """Log why a server did not write an order, each reason once."""
        answer = (str(failed), failed.reason)
        reported = self._reported[replica]
        if answer in reported or len(reported) >= _MOST_REASONS:
            return
        reported.add(answer)
        _logger.warning(
            "a model server did not write an order", server=replica.address, answer=str(failed), reason=failed.reason
        )

    async def _try_until_readmitted(self, replica: Replica, wait: float) -> None:
        while not await self._passes_trial(replica, wait * random.uniform(1 - _JITTER, 1 + _JITTER)):
            wait = min(2 * wait, self._backoff.most)
        replica.is_ejected = False
        self._health.is_answering = True
        self.changed.set()
        del self._trials[replica]
        _logger.info("a model server was readmitted", server=replica.address)

    async def _passes_trial(self, replica: Replica, wait: float) -> bool:
        """Whether a replica generates something when it is asked after `wait` seconds."""
        await asyncio.sleep(wait)
        replica.forget_abilities()
        try:
            async with asyncio.timeout(self._backoff.trial_timeout):
                await replica.generate(self._name)
        except (ServerFailed, TimeoutError):
            return False
        return True


def _refuses_everything(code: int | None) -> bool:
    """Whether an HTTP status says that every order will be refused: the key is missing or wrong, or it redirects."""
    return code is not None and (code in _UNAUTHORISED or 300 <= code < 400)
