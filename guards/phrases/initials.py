"""Phrases by the first letters of their characters: bfbhp is 百分百获批."""

from collections.abc import Iterator, Sequence

import numpy as np

from guards.phrases.stretches import Lookup, letters_of, places_of, spelt_out
from guards.phrases.syllables import Keys, Numbers
from guards.text.words import pinyin

LENGTHS = range(2, 13)
_MOST = 16
_LETTER_BITS = 5


class Initials:
    """Of each of many phrases the first letters of its characters, in at most so many ways; others are left out."""

    def __init__(self, texts: Sequence[str]) -> None:
        unread = {character for character in set("".join(texts)) if character not in pinyin()}
        known = [place for place, text in enumerate(texts) if len(text) in LENGTHS and unread.isdisjoint(text)]
        self._texts = texts
        self._phrases = known
        letters = letters_of([texts[place] for place in known], _initials_of)
        starts, lengths = places_of([texts[place] for place in known])
        every: list[Keys] = [np.zeros(0, dtype=np.uint64)]
        owned: list[Numbers] = [np.zeros(0, dtype=np.int64)]
        for length in np.unique(lengths).tolist():
            of_length = np.flatnonzero(lengths == length)
            begins = starts[of_length]
            ways = np.ones(len(begins), dtype=np.int64)
            for place in range(length):
                ways *= letters.sizes[begins + place]
            shifts = np.arange(length - 1, -1, -1, dtype=np.uint64)[:, None] * np.uint64(_LETTER_BITS)
            values = np.arange(1 << _LETTER_BITS, dtype=np.uint64) << shifts
            keys, owners = spelt_out(letters, begins, values, np.minimum(ways, _MOST))
            every.append(keys)
            owned.append(of_length[owners])
        self._lookup = Lookup(_scattered(np.concatenate(every)), np.concatenate(owned))

    def spelt(self, run: str) -> Iterator[int]:
        """The phrases whose initials are these Latin letters."""
        if len(run) in LENGTHS and self._phrases:
            key = 0
            for letter in run:
                key = key << _LETTER_BITS | _number(letter)
            for _, owner in self._lookup.found(_scattered(np.array([key], dtype=np.uint64))):
                text = self._texts[self._phrases[owner]]
                # Keys keep their first bits only, so that two runs of letters might share one.
                if all(
                    _number(letter) in _initials_of(known) for letter, known in zip(run, text, strict=False)
                ):  # pragma: no branch
                    yield self._phrases[owner]


def _scattered(keys: Keys) -> Keys:
    """Keys whose first bits tell them apart; multiplying by an odd number loses nothing."""
    return keys * np.uint64(0x9E3779B97F4A7C15)


def _initials_of(character: str) -> set[int]:
    return {_number(reading[0]) for reading in pinyin()[character]}


def _number(letter: str) -> int:
    return ord(letter) - ord("a") + 1
