"""Several model servers as one: load goes where least waits, and who fails is left out until it has proven itself."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from app.errors import ConfigurationError
from app.writing.answers import ServerBroken, ServerFailed
from app.writing.model import ModelHealth
from app.writing.vllm import Replica

_MOST_TIMEOUTS = 3
"""In a row. A single one says more about the order's deadline than about the server."""
_ABOUT = 0.005
"""Seconds by which a timer may be early."""
_JITTER = 0.2
_logger = structlog.get_logger("heyan.fleet")


@dataclass(frozen=True, slots=True)
class Pace:
    """How a server that was left out is tried: after `first` seconds, then twice as long each time up to `most`.

    A trial may take `patience` seconds.
    """

    first: float = 0.5
    most: float = 10.0
    patience: float = 5.0


class Fleet:
    """Knows which replicas are live; each that is out has a task that tries it, for which no order waits."""

    def __init__(self, replicas: Sequence[Replica], *, name: str | None, health: ModelHealth, pace: Pace) -> None:
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
        self._pace = pace
        self._turn = 0
        self._trials: dict[Replica, asyncio.Task[None]] = {}
        self.changed = asyncio.Event()
        """Set when a replica came back, or lacks an adapter that it was thought to have."""

    @property
    def live(self) -> tuple[Replica, ...]:
        """The replicas that orders may go to; all of them before the first was tried."""
        return tuple(replica for replica in self.replicas if not replica.is_out)

    def choose(self, tried: Collection[Replica], adapter: str | None) -> Replica | None:
        """The live replica with the fewest outstanding orders that was not `tried`; those equal take turns.

        Those that have the `adapter` come before all others. None when no replica is left.
        """
        left = [place for place, each in enumerate(self.replicas) if not each.is_out and each not in tried]
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
        try:
            yield
        except ServerBroken as broken:
            self.leave_out(replica, str(broken))
            raise
        except asyncio.CancelledError:
            if time.monotonic() >= deadline - _ABOUT:  # else its caller withdrew the order
                self._timed_out(replica)
            raise
        except ServerFailed:
            replica.timeouts = 0
            raise
        else:
            replica.timeouts = 0
        finally:
            replica.outstanding -= 1

    def leave_out(self, replica: Replica, reason: str) -> None:
        """Send no more orders to a replica until it has written something."""
        if replica.is_out:
            return
        replica.is_out = True
        replica.forget()
        _logger.warning("a model server is left out", server=replica.address, reason=reason, left=len(self.live))
        if not self.live:
            self._health.is_answering = False
        self._trials[replica] = asyncio.create_task(self._tried_until_back(replica))

    def lacks(self, replica: Replica, adapter: str) -> None:
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

    def _timed_out(self, replica: Replica) -> None:
        replica.timeouts += 1
        if replica.timeouts >= _MOST_TIMEOUTS:
            self.leave_out(replica, f"{replica.timeouts} orders in a row were not answered in time")

    async def _tried_until_back(self, replica: Replica) -> None:
        wait = self._pace.first
        while not await self._writes(replica, wait * random.uniform(1 - _JITTER, 1 + _JITTER)):
            wait = min(2 * wait, self._pace.most)
        replica.is_out = False
        self._health.is_answering = True
        self.changed.set()
        del self._trials[replica]
        _logger.info("a model server is back", server=replica.address)

    async def _writes(self, replica: Replica, wait: float) -> bool:
        """Whether it writes something when it is asked after `wait` seconds."""
        await asyncio.sleep(wait)
        replica.forget_name()
        try:
            async with asyncio.timeout(self._pace.patience):
                await replica.generate(self._name)
        except (ServerFailed, TimeoutError):
            return False
        return True
