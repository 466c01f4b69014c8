"""Tell a short banned word from characters that only meet where two other words touch: 马上|门店, 手套|现在."""

import math
from collections.abc import Callable
from functools import cache

from guards.readings import frequencies

_REACH = 4
_LONGEST = 4
_COUNT = 30
"""How often a banned word is taken to be met in honest text: it is rarely listed in a dictionary."""
_MARGIN = 3.5
"""How much likelier (natural logarithm) the other words must be, so that in doubt the banned word is heard."""


@cache
def _weights() -> tuple[dict[str, float], float, float]:
    """The logarithm of how likely each word is; that of a character which is no word; that of a banned word."""
    counted = frequencies()
    total = math.log(sum(counted.values()))
    return {word: math.log(count) - total for word, count in counted.items()}, -total, math.log(_COUNT) - total


def is_cut(text: str, start: int, end: int) -> bool:
    """Whether the range is likelier to be read as parts of words that reach across its start or its end."""
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    window, start, end = text[low:high], start - low, end - low
    freely = _likelihood(window, lambda begin, stop: False)
    kept = _likelihood(
        window, lambda begin, stop: begin < start < stop < end or start < begin < end < stop, (start, end)
    )
    return freely - kept > _MARGIN


def _likelihood(text: str, is_forbidden: Callable[[int, int], bool], banned: tuple[int, int] | None = None) -> float:
    """The logarithm of how likely the best reading of the text is, in which `banned` counts as a word."""
    weights, unknown, own = _weights()
    best = [0.0]
    for stop in range(1, len(text) + 1):
        options = [-math.inf]
        for begin in range(max(0, stop - _LONGEST), stop):
            if not is_forbidden(begin, stop):
                weight = weights.get(text[begin:stop], unknown if stop - begin == 1 else -math.inf)
                options.append(best[begin] + (max(weight, own) if (begin, stop) == banned else weight))
        best.append(max(options))
    return best[-1]
