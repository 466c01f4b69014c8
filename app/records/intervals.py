"""How sure a share is that was counted: Wilson's interval."""

from math import sqrt

_Z = 1.959963984540054
"""The quantile of the normal distribution for 95 per cent."""


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share of `trials`, of which there is at least one (Wilson 1927)."""
    share, square = successes / trials, _Z * _Z / trials
    middle = share + square / 2
    spread = _Z * sqrt(share * (1 - share) / trials + square / (4 * trials))
    return max(0.0, (middle - spread) / (1 + square)), min(1.0, (middle + spread) / (1 + square))
