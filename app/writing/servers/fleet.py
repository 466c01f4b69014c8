"""Several model servers as one: load goes where least waits, and who fails is left out until it has proven itself."""

import asyncio
import random
import statistics
import time
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from app.errors import ConfigurationError
from app.writing.model import ModelHealth
from app.writing.servers.replica import Replica, ServerBroken, ServerFailed, ServerGone, ServerRefused

_MOST_TIMEOUTS = _MOST_REFUSALS = 3
"""In a row. A single one says more about the order than about the server."""
_LOCKED = (401, 403)
_TOO_MANY = 429
_MOST_REASONS = 16
"""That are told of one server; some put a new number into each."""
_FEWEST_ANSWERS = 5
"""From which what is typical of a server can be told."""
_ABOUT = 0.005
"""Seconds by which a timer may be early."""
_JITTER = 0.2
_logger = structlog.get_logger("heyan.fleet")


@dataclass(frozen=True, slots=True)
class BackoffPolicy:
    """How a server that was left out is tried: after `first` seconds, then twice as long each time up to `most`.

    A trial may take `patience` seconds. An order that ran out of time says something about its server if it was there
    for `fair` seconds.
    """

    first: float = 0.5
    most: float = 10.0
    patience: float = 5.0
    min_timeout: float = 1.0


class Fleet:
    """Knows which replicas are live; each that is out has a task that tries it, for which no order waits."""

    def __init__(
        self, replicas: Sequence[Replica], *, name: str | None, health: ModelHealth, backoff: BackoffPolicy
    ) -> None:
        """`name` is the model that a trial asks for; None: the first of each replica.

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
        """Set when a replica came back, or lacks an adapter that it was thought to have."""

    @property
    def live(self) -> tuple[Replica, ...]:
        """The replicas that orders may go to; all of them before the first was tried."""
        return tuple(replica for replica in self.replicas if not replica.is_ejected)

    def choose(self, tried: Collection[Replica], adapter: str | None) -> Replica | None:
        """The live replica with the fewest outstanding orders that was not `tried`; those equal take turns.

        Those that have the `adapter` come before all others. None when no replica is left.
        """
        left = [place for place, each in enumerate(self.replicas) if not each.is_ejected and each not in tried]
        able = [place for place in left if adapter in self.replicas[place].adapters] or left
        if not able:
            return None
        count = len(self.replicas)
        place = min(able, key=lambda each: (self.replicas[each].outstanding, (each - self._turn) % count))
        self._turn = place + 1
        return self.replicas[place]

    @asynccontextmanager
    async def order_on(self, replica: Replica, deadline: float) -> AsyncIterator[None]:
        """Account for one order; `deadline` is on the clock of `time.monotonic`. A server that breaks is left out."""
        replica.outstanding += 1
        sent = time.monotonic()
        try:
            yield
        except ServerBroken as broken:
            self.eject(replica, str(broken), is_new=isinstance(broken, ServerGone))
            raise
        except asyncio.CancelledError:
            if time.monotonic() >= deadline - _ABOUT:  # else its caller withdrew the order
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
        """The time in which a replica should have answered an order.

        Twice what it typically takes, or the pace's measure if that is shorter: a fast server that hangs is noticed by
        short deadlines too. Never less than it typically takes: a slow server is not blamed for being slow. One that
        has not answered often enough is expected to be like the others.
        """
        seconds = replica.seconds
        if len(seconds) < _FEWEST_ANSWERS:
            seconds = deque(each for other in self.replicas for each in other.seconds)
        if len(seconds) < _FEWEST_ANSWERS:
            return self._backoff.min_timeout
        typical = statistics.median(seconds)
        return max(typical, min(2 * typical, self._backoff.min_timeout))

    def failed_where_other_succeeded(self, replica: Replica, failed: ServerFailed, when: float) -> None:
        """Note that another replica wrote what this one failed to do `when`; one that only ever fails is left out.

        Once it has been left out for that, a trial shows little: it is left out again the next time.
        """
        code = failed.code if isinstance(failed, ServerRefused) else None
        if replica.is_ejected or replica.succeeded > when or code == _TOO_MANY:
            return
        replica.refusals += 1
        if replica.refusals >= _MOST_REFUSALS or _is_closed(code):
            self.eject(replica, f"others write what it does not: {failed}")

    def eject(self, replica: Replica, reason: str, *, is_new: bool = False) -> None:
        """Send no more orders to a replica until it has written something; if it `is_new`, nothing is known of it.

        Whoever is left out again before it has answered an order is tried later than the last time.
        """
        if replica.is_ejected:
            return
        pause = min(2 * replica.pause, self._backoff.most) if replica.pause else self._backoff.first
        if is_new:
            replica.forget()
        replica.is_ejected, replica.pause, replica.timeouts = True, pause, 0
        _logger.warning("a model server is left out", server=replica.address, reason=reason, left=len(self.live))
        if not self.live:
            self._health.is_answering = False
        self._trials[replica] = asyncio.create_task(self._tried_until_back(replica, pause))

    def missing_adapter(self, replica: Replica, adapter: str) -> None:
        """Note that a replica does not have an adapter after all: it may have been started anew."""
        replica.adapters -= {adapter}
        self.changed.set()

    async def close(self) -> None:
        """Try nobody any more, and close all connections."""
        for trial in self._trials.values():
            trial.cancel()
        await asyncio.gather(*self._trials.values(), return_exceptions=True)
        for replica in self.replicas:
            await replica.close()

    def _timed_out(self, replica: Replica, sent: float) -> None:
        """Count an order that was `sent` then and got no answer, unless that says nothing about the server."""
        if replica.succeeded > sent or time.monotonic() - sent < self.min_timeout_of(replica) - _ABOUT:
            return
        replica.timeouts += 1
        if replica.timeouts >= _MOST_TIMEOUTS:
            self.eject(replica, f"{replica.timeouts} orders in a row were not answered in time")

    def _log_once(self, replica: Replica, failed: ServerFailed) -> None:
        """Log what a server said to an order, once."""
        said = (str(failed), failed.reason)
        told = self._reported[replica]
        if said in told or len(told) >= _MOST_REASONS:
            return
        told.add(said)
        _logger.warning(
            "a model server did not write an order", server=replica.address, answer=str(failed), reason=failed.reason
        )

    async def _tried_until_back(self, replica: Replica, wait: float) -> None:
        while not await self._writes(replica, wait * random.uniform(1 - _JITTER, 1 + _JITTER)):
            wait = min(2 * wait, self._backoff.most)
        replica.is_ejected = False
        self._health.is_answering = True
        self.changed.set()
        del self._trials[replica]
        _logger.info("a model server is back", server=replica.address)

    async def _writes(self, replica: Replica, wait: float) -> bool:
        """Whether it writes something when it is asked after `wait` seconds."""
        await asyncio.sleep(wait)
        replica.forget_abilities()
        try:
            async with asyncio.timeout(self._backoff.patience):
                await replica.generate(self._name)
        except (ServerFailed, TimeoutError):
            return False
        return True


def _is_closed(code: int | None) -> bool:
    """Whether an HTTP status says that no order gets in at all: for want of a key, or because it leads elsewhere."""
    return code is not None and (code in _LOCKED or 300 <= code < 400)
