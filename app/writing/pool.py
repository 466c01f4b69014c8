"""Accepted skeletons, kept by brief, so that a request can be answered again without a model."""

import random
from collections import OrderedDict, deque

from app.approved.brief import Brief


class Pool:
    """A bounded store of accepted skeletons; briefs that were not asked for longest are dropped first.

    A skeleton that it returns was accepted with other facts, so it must be stitched and examined like any candidate.
    """

    def __init__(self, briefs: int = 4096, skeletons_each: int = 16) -> None:
        self._kept: OrderedDict[Brief, deque[str]] = OrderedDict()
        self._briefs = briefs
        self._each = skeletons_each

    def add(self, brief: Brief, skeleton: str) -> None:
        """Keep a skeleton that was accepted for this brief."""
        kept = self._kept.setdefault(brief, deque(maxlen=self._each))
        if skeleton not in kept:
            kept.append(skeleton)
        self._kept.move_to_end(brief)
        if len(self._kept) > self._briefs:
            self._kept.popitem(last=False)

    def draw(self, brief: Brief, count: int) -> tuple[str, ...]:
        """Up to `count` different skeletons for this brief, in random order."""
        kept = self._kept.get(brief)
        if not kept:
            return ()
        self._kept.move_to_end(brief)
        return tuple(random.sample(list(kept), min(count, len(kept))))
