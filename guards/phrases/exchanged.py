"""Phrases of which two characters changed places: 过包, 放保证款. Each is looked for in every order of them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from guards.phrases.stretches import Lookup, places_of, points_of
from guards.phrases.syllables import Keys, Numbers

_WIDEST = 4
_FURTHEST = 2
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)


class Exchanged:
    """Of each of many phrases, for every two characters that may have changed places, the stretch that then holds them.

    A stretch is as long as the phrase, at most four characters.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        starts, lengths = places_of(texts)
        points = points_of("".join(texts)).astype(np.uint64)
        every: list[Keys] = [np.zeros(0, dtype=np.uint64)]
        held: list[Numbers] = [np.zeros((0, 4), dtype=np.int64)]
        for apart in range(1, _FURTHEST + 1):
            for first in range(int(lengths.max(initial=0)) - apart):
                owners = np.flatnonzero(lengths > first + apart)
                at = starts[owners] + first
                owners = owners[points[at] != points[at + apart]]
                widths = np.minimum(lengths[owners], _WIDEST)
                begins = np.minimum(first, lengths[owners] - widths)
                for width in range(apart + 1, _WIDEST + 1):
                    of_width = widths == width
                    own, begin = owners[of_width], begins[of_width]
                    every.append(_exchanged(points, starts[own] + begin, width, first - begin, apart))
                    held.append(np.stack((own, begin, np.full_like(own, first), np.full_like(own, apart)), axis=1))
        self._held = np.concatenate(held)
        keys = np.concatenate(every)
        self._lookup = Lookup(keys, np.arange(len(keys)))

    def found_in(self, text: str, points: NDArray[np.uint32]) -> Iterator[tuple[int, int, tuple[int, int]]]:
        """Each phrase with two characters exchanged, where in the text it begins, and the places of those two."""
        values = points.astype(np.uint64)
        values *= values
        keys = [_ordered(values, width) for width in range(2, _WIDEST + 1)]
        begins = [0, *accumulate(map(len, keys[:-1]))]
        for index, place in self._lookup.found(np.concatenate(keys)):
            at = index - begins[bisect_right(begins, index) - 1]
            owner, begin, first, apart = self._held[place].tolist()
            phrase, start, second = self._texts[owner], at - begin, first + apart
            turned = phrase[:first] + phrase[second] + phrase[first + 1 : second] + phrase[first] + phrase[second + 1 :]
            if start >= 0 and text.startswith(turned, start):
                yield owner, start, (start + first, start + second)


def _exchanged(points: Keys, starts: Numbers, width: int, first: Numbers, apart: int) -> Keys:
    """The keys of the stretches that begin there, with the characters at `first` and `apart` from it exchanged."""
    stretches = points[starts[:, None] + np.arange(width)]
    rows = np.arange(len(starts))
    kept = stretches[rows, first]
    stretches[rows, first] = stretches[rows, first + apart]
    stretches[rows, first + apart] = kept
    keys: Keys = (stretches * stretches * _FACTORS[:width]).sum(axis=1, dtype=np.uint64)
    return keys


def _ordered(squares: Keys, width: int) -> Keys:
    """The keys of all stretches of that width; `squares` of the code points of a text."""
    size = max(0, len(squares) - width + 1)
    keys: Keys = squares[:size] * _FACTORS[0]
    for place in range(1, width):
        keys += squares[place : place + size] * _FACTORS[place]
    return keys
