"""Who may try a password now: bounds for the whole service and for each address, so that no one delays all others.

The address is the one that uvicorn tells: a proxy's `x-forwarded-for` counts only from addresses that it was told to
believe (`FORWARDED_ALLOW_IPS`, the same host where it was not).
"""

import ipaddress
import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import Request


class Door:
    """How many passwords are being looked at, which takes memory and time: more than so many are not begun."""

    def __init__(self, most: int = 16, each: int = 4) -> None:
        """`each`: from one address."""
        self._most = most
        self._each = each
        self._within: Counter[str] = Counter()

    def is_full(self, address: str) -> bool:
        """Whether nobody else may come in from here now."""
        return self._within.total() >= self._most or self._within[address] >= self._each

    @contextmanager
    def passing(self, address: str) -> Iterator[None]:
        """While somebody from here comes in."""
        self._within[address] += 1
        try:
            yield
        finally:
            self._within[address] -= 1
            self._within += Counter()  # forgets those from whose address nobody comes any more


class Tries:
    """Wrong passwords by address: more than so many in a while are not looked at. Of so many addresses the latest."""

    def __init__(
        self, most: int = 20, seconds: float = 300.0, addresses: int = 10_000, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._addresses = addresses
        self._now = now
        self._known: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Seconds until somebody from here may try again; 0 for now."""
        times, now = self._known.get(address, deque[float]()), self._now()
        while times and times[0] + self._seconds <= now:
            times.popleft()
        return 0 if len(times) < self._most else math.ceil(times[0] + self._seconds - now)

    def note(self, address: str) -> None:
        """One more wrong password."""
        self._known.setdefault(address, deque(maxlen=self._most)).append(self._now())
        self._known.move_to_end(address)
        while len(self._known) > self._addresses:
            self._known.popitem(last=False)


def address_of(request: Request) -> str:
    """Whose tries are counted together: an IPv4 address, or the network of an IPv6 one, all of which is one line's."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address.packed, 64), strict=False))
