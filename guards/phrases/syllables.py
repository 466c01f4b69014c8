"""Texts by sound, as numbers: each toneless reading has one, an ASCII character is itself, what cannot be read is ?."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from guards.text.numerals import EVERYDAY_NUMERALS
from guards.text.words import pinyin

WIDEST = 4
"""Stretches of two to so many syllables have keys."""
Keys = NDArray[np.uint64]
_ASCII = 128
_UNREAD = ord("?")
_LAST = 0xFFFF
"""No character from here on has a reading."""
_LONGEST = 6
_LATIN_RUN = re.compile("[a-z]+")
_MASK = (1 << 64) - 1


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """As `pinyin`; a numeral is also read like the characters that it is written with instead (两 as 二, 幺 as 一)."""
    known = pinyin()
    undisguised: dict[str, list[str]] = {}
    for written, numeral in EVERYDAY_NUMERALS.items():
        undisguised.setdefault(numeral, []).extend(known.get(written, ()))
    return known | {numeral: tuple(dict.fromkeys((*known[numeral], *more))) for numeral, more in undisguised.items()}


@cache
def _numbers() -> dict[str, int]:
    """The number of each reading; one of a single letter is that letter."""
    every = sorted({reading for known in readings().values() for reading in known})
    return {reading: ord(reading) if len(reading) == 1 else _ASCII + place for place, reading in enumerate(every)}


@cache
def _usual_by_reading() -> dict[str, frozenset[int]]:
    """For each reading the usual readings of all characters that can be read so."""
    found: dict[str, set[int]] = {}
    for known in readings().values():
        for reading in known:
            found.setdefault(reading, set()).add(_numbers()[known[0]])
    return {reading: frozenset(usual) for reading, usual in found.items()}


@cache
def salts() -> Keys:
    """For each place in a stretch and each number an arbitrary value; the key of a stretch is the sum of its values.

    Two stretches of the same key are all but impossible, and would do no harm: what is looked up is compared.
    """
    return np.random.Generator(np.random.PCG64(20)).integers(
        0, _MASK, (WIDEST, _ASCII + len(_numbers())), dtype=np.uint64, endpoint=True
    )


@cache
def _salt_rows() -> list[list[int]]:
    rows: list[list[int]] = salts().tolist()
    return rows


@cache
def _usual() -> NDArray[np.int64]:
    """The number of the usual reading of each character, by its code point."""
    table = np.full(_LAST + 1, _UNREAD)
    table[:_ASCII] = np.arange(_ASCII)
    for character, known in readings().items():
        table[ord(character)] = _numbers()[known[0]]
    return table


@cache
def _salted() -> Keys:
    """The values of the usual readings by place in a stretch and code point."""
    return np.ascontiguousarray(salts()[:, _usual()])


class _Spellings(dict[str, frozenset[int]]):
    """How texts may spell a character of a phrase, worked out when it is first met."""

    def __init__(self, homophones: bool) -> None:
        super().__init__()
        self._homophones = homophones

    def __missing__(self, character: str) -> frozenset[int]:
        known = readings().get(character)
        if known is None:
            return frozenset({ord(character) if character.isascii() else _UNREAD})
        spelt = frozenset(map(_numbers().__getitem__, known))
        if self._homophones:
            spelt = spelt.union(*map(_usual_by_reading().__getitem__, known))
        self[character] = spelt
        return spelt


@cache
def spellings(homophones: bool) -> _Spellings:
    """By character: its readings, and with homophones the usual readings of all that share one."""
    return _Spellings(homophones)


def load_syllables() -> None:
    """Work out all tables of this module, so that no request waits for it."""
    _salted()
    _salt_rows()
    for homophones in (False, True):
        spellings(homophones)
    _usual_by_reading()


class Heard:
    """An undisguised text by sound, worked out once for all that is looked for in it."""

    __slots__ = ("_in_letters", "_points", "_syllables", "keys", "runs", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.runs = [(run[0], *run.span()) for run in _LATIN_RUN.finditer(text)]
        """The runs of Latin letters, each with its place."""
        self._points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self._syllables: list[int] | None = None
        values = _salted().take(self._points, axis=1, mode="clip")
        two = values[0, :-1] + values[1, 1:]
        three = two[:-1] + values[2, 2:]
        rows = [two, three, three[:-1] + values[3, 3:]]
        self._in_letters = self._spelt_out() if self.runs else []
        if self._in_letters:
            rows.append(np.array([key for key, _ in self._in_letters], dtype=np.uint64))
        self.keys: Keys = np.concatenate(rows)
        """The keys of all stretches of the text, in every way to cut its letters into syllables."""

    @property
    def syllables(self) -> list[int]:
        """The number of each character by itself."""
        if self._syllables is None:
            self._syllables = _usual().take(self._points, mode="clip").tolist()
        return self._syllables

    def place(self, index: int) -> int:
        """Where the stretch begins whose key is at `index`."""
        for width in range(2, WIDEST + 1):
            rows = max(0, len(self.text) - width + 1)
            if index < rows:
                return index
            index -= rows
        return self._in_letters[index][1]

    def _spelt_out(self) -> list[tuple[int, int]]:
        """Keys and places of the stretches in which several letters are one syllable."""
        numbers = _numbers()
        syllables: dict[int, list[tuple[int, int]]] = {}
        for run, start, _ in self.runs:
            for at in range(len(run)):
                for end in range(at + 2, min(at + _LONGEST, len(run)) + 1):
                    if (number := numbers.get(run[at:end])) is not None:
                        syllables.setdefault(start + at, []).append((start + end, number))
        near = {place for at in syllables for place in range(max(0, at - WIDEST + 1), at + 1)}
        return [(key, place) for place in near for key in self._spelt(place, syllables)]

    def _spelt(self, place: int, syllables: Mapping[int, Sequence[tuple[int, int]]]) -> Iterator[int]:
        """The keys of the stretches from one place on that hold a syllable of several letters."""
        values = _salt_rows()
        reached = [(place, 0, False)]
        for width in range(WIDEST):
            row, before, reached = values[width], reached, []
            for at, key, is_spelt in before:
                if at < len(self.text):
                    reached.append((at + 1, key + row[self.syllables[at]], is_spelt))
                    reached += [(end, key + row[number], True) for end, number in syllables.get(at, ())]
            if width:
                yield from (key & _MASK for _, key, is_spelt in reached if is_spelt)
