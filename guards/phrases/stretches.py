"""Which phrases a text may hold by sound: those of which it spells a short stretch, looked up in sorted tables.

The tables are built of whole columns at once, so that a hundred thousand phrases take a fraction of a second.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guards.phrases.syllables import WIDEST, Keys, Numbers, heard_as, salts

_MOST_WAYS = 256
"""In how many ways the stretch of a phrase may be heard, so that it is looked for."""
_OWNER = np.uint64((1 << 23) - 1)
"""Who an entry belongs to; the other bits are those of its key."""
_KEY = ~_OWNER
_END = np.array([(1 << 64) - 1], dtype=np.uint64)
_PLACE_BITS = 16
_NEVER = np.iinfo(np.int64).max
_FEWEST_BITS, _MOST_BITS = 12, 23
_SPARSE = 16


Spelling = Callable[[str], Iterable[int]]
"""The numbers as which a text may spell a character."""


class Letters(NamedTuple):
    """The characters of many phrases side by side, each with the numbers that it may be spelt as."""

    begins: Numbers
    sizes: Numbers
    numbers: Numbers


def letters_of(texts: Sequence[str], options: Spelling) -> Letters:
    """All characters of the texts, one text behind the other."""
    met, kind = np.unique(points_of("".join(texts)), return_inverse=True)
    spelt = [sorted(options(chr(point))) for point in met.tolist()]
    sizes = np.array([len(each) for each in spelt], dtype=np.int64)
    begins = np.cumsum(sizes) - sizes
    numbers = np.array([number for each in spelt for number in each], dtype=np.int64)
    return Letters(begins[kind], sizes[kind], numbers)


def points_of(text: str) -> NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def places_of(texts: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Where each text begins when they stand side by side, and how long it is."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    return np.cumsum(lengths) - lengths, lengths


def spelt_out(letters: Letters, starts: Numbers, values: Keys, ways: Numbers) -> tuple[Keys, Numbers]:
    """The first `ways` spellings of the characters from each start on, and the place of that start in `starts`.

    They come in the order of `itertools.product`. `values`: (width, numbers); a spelling is the sum of those that its
    numbers have at their places.
    """
    owners = np.repeat(np.arange(len(starts)), ways)
    turns = np.arange(len(owners)) - np.repeat(np.cumsum(ways) - ways, ways)
    keys = np.zeros(len(owners), dtype=np.uint64)
    for place in reversed(range(len(values))):
        sizes = letters.sizes[starts + place][owners]
        chosen = letters.begins[starts + place][owners] + turns % sizes
        keys += values[place][letters.numbers[chosen]]
        turns //= sizes
    return keys, owners


class Lookup:
    """Who owns a key, for many keys at once; `owners` are numbered from zero."""

    def __init__(self, keys: Keys, owners: Numbers) -> None:
        if len(owners) and int(owners.max()) >= int(_OWNER):
            raise ValueError(f"{int(owners.max()) + 1} phrases are more than {int(_OWNER)}")
        self._entries = np.concatenate(((keys & _KEY) | owners.astype(np.uint64), _END))
        self._entries.sort()
        bits = min(max(_FEWEST_BITS, (len(self._entries) * _SPARSE).bit_length()), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._is_taken = np.zeros(1 << bits, dtype=np.bool_)
        self._is_taken[self._entries[:-1] >> self._shift] = True

    def found(self, keys: Keys) -> Iterator[tuple[int, int]]:
        """Each key of which somebody is the owner, by its index, and the owner."""
        # By the first bits of the keys nearly all of a text is over with.
        likely = self._is_taken[keys >> self._shift].nonzero()[0]
        if not len(likely):
            return
        wanted = keys[likely] & _KEY
        firsts = self._entries.searchsorted(wanted)
        ends = self._entries.searchsorted(wanted | _OWNER)
        for index in (firsts < ends).nonzero()[0].tolist():
            for owner in (self._entries[firsts[index] : ends[index]] & _OWNER).tolist():
                yield likely.item(index), owner


class Stretches:
    """Of each of many phrases one stretch, in all the ways in which a text may spell it.

    It is as long as it can be in at most so many ways, and at least two characters: the longer it is, the fewer texts
    hold it by accident.
    """

    def __init__(self, texts: Sequence[str], spelt_as: Spelling = heard_as, *, most_ways: int = _MOST_WAYS) -> None:
        letters = letters_of(texts, spelt_as)
        starts, lengths = places_of(texts)
        widths, offsets, ways = _chosen(letters.sizes, starts, lengths, most_ways)
        self.widths: Sequence[int] = widths.tolist()
        self.offsets: Sequence[int] = offsets.tolist()
        """Where in each phrase its stretch begins."""
        every = [np.zeros(0, dtype=np.uint64)]
        owned = [np.zeros(0, dtype=np.int64)]
        for width in range(2, WIDEST + 1):
            of_width = np.flatnonzero(widths == width)
            keys, owners = spelt_out(letters, (starts + offsets)[of_width], salts()[:width], ways[of_width])
            every.append(keys)
            owned.append(of_width[owners])
        self.lookup = Lookup(np.concatenate(every), np.concatenate(owned))


def _chosen(sizes: Numbers, starts: Numbers, lengths: Numbers, most: int) -> tuple[Numbers, Numbers, Numbers]:
    """For each phrase how long its stretch is, where it begins, and in how many ways it is spelt."""
    widths, offsets, ways = (np.zeros(len(lengths), dtype=np.int64) for _ in range(3))
    if not len(lengths):
        return widths, offsets, ways
    places = np.arange(len(sizes)) - np.repeat(starts, lengths)
    left = np.repeat(lengths, lengths) - places
    for width in range(min(WIDEST, len(sizes)), 1, -1):
        product = sizes.copy()
        for further in range(1, width):
            product[: len(sizes) - further] *= sizes[further:]
        ranked = np.where(left >= width, (product << _PLACE_BITS) | places, _NEVER)
        best = np.minimum.reduceat(ranked, starts)
        fits = (widths == 0) & (lengths >= width)
        if width > 2:
            fits &= best >> _PLACE_BITS <= most
        widths[fits] = width
        offsets[fits] = best[fits] & ((1 << _PLACE_BITS) - 1)
        ways[fits] = best[fits] >> _PLACE_BITS
    return widths, offsets, ways
