"""Take times and sum them up; everything that is compared is timed in turn, so that noise falls on all alike."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from time import perf_counter_ns

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Times:
    """Sorted durations in seconds."""

    seconds: Sequence[float]

    def at(self, share: float) -> float:
        """The duration within which `share` of the runs ended (nearest rank), in seconds.

        Raises:
            ValueError: if nothing was timed.
        """
        if not self.seconds:
            raise ValueError("nothing was timed")
        return self.seconds[max(0, ceil(share * len(self.seconds)) - 1)]


def times(seconds: Sequence[float]) -> Times:
    """Durations in any order."""
    return Times(sorted(seconds))


def time_in_turn(works: Mapping[str, Work], rounds: int, *, warm_up: int = 50) -> dict[str, Times]:
    """Run each work once a round, in the mapping's order; the collector rests meanwhile, as for all works alike."""
    for work in works.values():
        for _ in range(warm_up):
            work()
    taken: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, work in works.items():
                started = perf_counter_ns()
                work()
                taken[name].append((perf_counter_ns() - started) / 1e9)
    finally:
        if was_enabled:
            gc.enable()
    return {name: times(seconds) for name, seconds in taken.items()}
