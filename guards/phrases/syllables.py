"""Texts by sound, as numbers: syllables that are mistaken for each other share one, an ASCII character is itself.

What cannot be read is ?. A character of a text is heard by its usual reading, one of a rule as it can be spelt at all.
"""

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from guards.text.lookalikes import risky_look_alikes, similar
from guards.text.numerals import EVERYDAY_NUMERALS
from guards.text.words import pinyin

WIDEST = 4
"""Stretches of two to so many syllables have keys."""
Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]
ASCII = 128
UNREAD = ord("?")
LAST = 0xFFFF
"""No character from here on has a reading."""
_MASK = (1 << 64) - 1
_RETROFLEX = re.compile("^([zcs])h")
_TO_FRONT = {"hua": "fa", "huan": "fan", "huang": "fan", "hui": "fei", "hun": "fen", "huo": "fo", "hu": "fu"}


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """As `pinyin`; a numeral is also read like the characters that it is written with instead (两 as 二, 幺 as 一)."""
    known = pinyin()
    undisguised: dict[str, list[str]] = {}
    for written, numeral in EVERYDAY_NUMERALS.items():
        undisguised.setdefault(numeral, []).extend(known.get(written, ()))
    return known | {numeral: tuple(dict.fromkeys((*known[numeral], *more))) for numeral, more in undisguised.items()}


def near(reading: str) -> str:
    """What readings share that many speakers do not tell apart: z/zh, c/ch, s/sh, l/n, f/h, n/ng at the end."""
    if len(reading) == 1:
        return reading
    reading = _TO_FRONT.get(reading, _RETROFLEX.sub(r"\1", reading))
    if reading[0] == "n" and reading[1] in "aeiouv":
        reading = f"l{reading[1:]}"
    return reading.removesuffix("g") if reading.endswith("ng") and reading[-3:-2] in ("a", "e", "i") else reading


@cache
def numbers() -> dict[str, int]:
    """The number of each reading, shared by those that are near each other; one of a single letter is that letter."""
    every = sorted({reading for known in readings().values() for reading in known})
    shared = {sound: ASCII + place for place, sound in enumerate(sorted({near(each) for each in every}))}
    return {reading: ord(reading) if len(reading) == 1 else shared[near(reading)] for reading in every}


@cache
def usual() -> Numbers:
    """The number of the usual reading of each character, by its code point."""
    table = np.full(LAST + 1, UNREAD)
    table[:ASCII] = np.arange(ASCII)
    known = numbers()
    for character, each in readings().items():
        table[ord(character)] = known[each[0]]
    return table


@cache
def most() -> int:
    """How many numbers there are."""
    return max(numbers().values()) + 1


@cache
def salts() -> Keys:
    """For each place in a stretch and each number an arbitrary value; the key of a stretch is the sum of its values.

    Two stretches of the same key are all but impossible, and would do no harm: what is looked up is compared.
    """
    return np.random.Generator(np.random.PCG64(20)).integers(0, _MASK, (WIDEST, most()), dtype=np.uint64, endpoint=True)


@cache
def _otherwise_read() -> dict[str, frozenset[int]]:
    """For each reading the usual readings of the characters in use that can also be read so."""
    found: dict[str, set[int]] = {}
    for character, known in readings().items():
        if len(known) > 1 and _is_in_use(character):
            for reading in known[1:]:
                found.setdefault(reading, set()).add(numbers()[known[0]])
    return {reading: frozenset(heard) for reading, heard in found.items()}


def _is_in_use(character: str) -> bool:
    """Whether it is of the first level of GB 2312: one of the 3,755 characters that are written most."""
    return b"\xb0" <= character.encode("gb2312", "ignore")[:1] <= b"\xd7"


@cache
def _looks_like() -> dict[str, frozenset[int]]:
    """For each character that others are taken for, how those are usually heard."""
    found: dict[str, set[int]] = {}
    for table in (risky_look_alikes(), similar()):
        for written, every in table.items():
            for meant in every:
                found.setdefault(meant, set()).add(usual().item(ord(written)))
    return {meant: frozenset(heard) for meant, heard in found.items()}


@cache
def heard_as(character: str) -> frozenset[int]:
    """How texts may spell a character of a rule: by a homophone, a near sound, a look-alike or in letters."""
    known = readings().get(character)
    if known is None:
        return frozenset({ord(character) if character.isascii() else UNREAD})
    own = frozenset(map(numbers().__getitem__, known))
    others = (_otherwise_read().get(reading, frozenset()) for reading in known)
    return own.union(*others, _looks_like().get(character, ()))


def load_syllables() -> None:
    """Work out all tables of this module, so that no request waits for it."""
    usual()
    salts()
    _otherwise_read()
    _looks_like()
