"""Phrases of which two characters changed places: 过包, 放保证款. Their characters, and so their sum, are the same."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from guards.phrases.stretches import Lookup, places_of, points_of
from guards.phrases.syllables import Keys, Numbers

_WIDEST = 4
_FURTHEST = 2
_FACTORS = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


class Exchanged:
    """Stretches of two to four characters of each of many phrases, known by their characters in any order.

    A long phrase has two stretches, so that whichever two characters changed places, one still holds both or neither.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        starts, lengths = places_of(texts)
        sums = _sums(points_of("".join(texts)))
        every: list[Keys] = [np.zeros(0, dtype=np.uint64)]
        owned: list[Numbers] = [np.zeros(0, dtype=np.int64)]
        for width in range(2, _WIDEST + 1):
            first = np.flatnonzero(lengths == width) if width < _WIDEST else np.flatnonzero(lengths >= width)
            every.append(sums[width - 2][starts[first]])
            owned.append(first * 2)
        longer = np.flatnonzero(lengths > _WIDEST)
        offsets = np.minimum(lengths[longer] - _WIDEST, _WIDEST - 1)
        every.append(sums[-1][starts[longer] + offsets])
        owned.append(longer * 2 + 1)
        self._lookup = Lookup(np.concatenate(every), np.concatenate(owned))

    def found_in(self, text: str, points: NDArray[np.uint32]) -> Iterator[tuple[int, int, tuple[int, int]]]:
        """Each phrase with two characters exchanged, where in the text it begins, and the places of those two."""
        sums = _sums(points)
        for index, owner in self._lookup.found(np.concatenate(sums)):
            at = index
            for each in sums:
                if at < len(each):
                    break
                at -= len(each)
            phrase, is_second = self._texts[owner // 2], owner % 2
            start = at - min(len(phrase) - _WIDEST, _WIDEST - 1) if is_second else at
            if start < 0 or (said := text[start : start + len(phrase)]) == phrase or len(said) < len(phrase):
                continue
            differing = [place for place, (one, other) in enumerate(zip(phrase, said, strict=True)) if one != other]
            if len(differing) != 2 or differing[1] - differing[0] > _FURTHEST:
                continue
            first, second = differing
            if (said[first], said[second]) == (phrase[second], phrase[first]):
                yield owner // 2, start, (start + first, start + second)


def _sums(points: NDArray[np.uint32]) -> list[Keys]:
    """For each width from two on the sums of the characters' values; squared, so that no two sums are the same."""
    values = points.astype(np.uint64)
    values = values * values * _FACTORS[0] + values * _FACTORS[1]
    sums = [values]
    for width in range(2, _WIDEST + 1):
        sums.append(sums[-1][: max(0, len(values) - width + 1)] + values[width - 1 :])
    return sums[1:]
