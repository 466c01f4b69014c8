"""Which pairs of tags and which lines are held out of all training, for evaluations of what no model has seen."""

import hashlib
from collections.abc import Iterable

from guards.types import Scenario

_PAIRS, _LINES = 16, 4
"""Out of 256, by hash: the pairs of tags of a scenario, and the lines, that are held out."""


def is_held_out_pair(scenario: Scenario, tags: Iterable[str]) -> bool:
    """Whether this pair of tag ids, in either order, is held out; one in sixteen is, and never a single tag."""
    known = sorted(tags)
    return len(known) > 1 and _first_byte("+".join(known) + scenario.value) < _PAIRS


def is_held_out_line(scenario: Scenario, text: str) -> bool:
    """Whether this approved line is held out; one in sixty-four is."""
    return _first_byte(f"{scenario.value}:{text}") < _LINES


def _first_byte(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0]
