"""Which briefs and lines are kept out of every training, so that an evaluation can ask for what no model has seen."""

import hashlib
from collections.abc import Iterable

from guards.types import Scenario

_PAIRS, _LINES = 16, 4
"""Out of 256, by hash: the pairs of tags of a scenario, and the lines, that are kept out."""


def is_unseen_pair(scenario: Scenario, tags: Iterable[str]) -> bool:
    """Whether training leaves out this pair of tag ids, in either order; one in sixteen. A single tag never is."""
    known = sorted(tags)
    return len(known) > 1 and _first_byte("+".join(known) + scenario.value) < _PAIRS


def is_unseen_line(scenario: Scenario, text: str) -> bool:
    """Whether training leaves out this hand-written line; one in sixty-four."""
    return _first_byte(f"{scenario.value}:{text}") < _LINES


def _first_byte(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0]
