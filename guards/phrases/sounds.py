"""Find phrases by sound: homophones, pinyin among or instead of characters, and initials of a whole phrase.

Texts are spelt out in toneless pinyin. An automaton looks for a few rare syllables of each phrase; the rest of the
phrase is then compared character by character, with every reading that a character has.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, product
from math import prod
from operator import contains
from typing import NamedTuple

import ahocorasick

from guards.text.disguises import Doubles, is_repeated
from guards.text.numerals import EVERYDAY_NUMERALS
from guards.text.words import frequencies, pinyin

_ANCHOR = 4
_FEWEST_WAYS, _MOST_WAYS = 16, 64
"""How many spellings of a phrase's stretch are looked for at most: fewer in a large lexicon, so that it compiles."""
_MOST_SPELLINGS = 1_000_000
_COMMON = {2: 1000, 3: 4000}
"""By length of short phrases: a character met so often as a word of its own is no disguise of another."""
_INITIALS = range(4, 13)
_LATIN_RUN = re.compile("[a-z]+")
_PINYIN = re.compile("[a-z]")
_MOST_INITIALS = 16


class Phrase(NamedTuple):
    """A phrase in undisguised characters, the place of its rule, and which disguises its family allows."""

    text: str
    rule: int
    homophones: bool
    initials: bool
    doubles: Doubles = ()

    @property
    def length(self) -> int:
        """In characters as it is said: 天天催 has three, though without repetition it has two."""
        return len(self.text) + sum(times - 1 for _, times in self.doubles)


class SoundHit(NamedTuple):
    """The place of a rule and a range of the undisguised text."""

    rule: int
    start: int
    end: int


class _Sounds(dict[str, str]):
    """The usual reading of each character; letters and digits are themselves, what has no reading is `?`."""

    def __missing__(self, character: str) -> str:
        return character if character.isascii() else "?"


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """As `pinyin`; a numeral is also read like the characters that it is written with instead (两 as 二, 幺 as 一)."""
    known = pinyin()
    undisguised: dict[str, list[str]] = {}
    for written, numeral in EVERYDAY_NUMERALS.items():
        undisguised.setdefault(numeral, []).extend(known.get(written, ()))
    return known | {numeral: tuple(dict.fromkeys((*known[numeral], *more))) for numeral, more in undisguised.items()}


@cache
def _usual() -> _Sounds:
    return _Sounds({character: known[0] for character, known in _readings().items()})


@cache
def _usual_by_reading() -> dict[str, frozenset[str]]:
    """For each reading the usual readings of all characters that can be read so."""
    found: dict[str, set[str]] = {}
    for known in _readings().values():
        for reading in known:
            found.setdefault(reading, set()).add(known[0])
    return {reading: frozenset(usual) for reading, usual in found.items()}


class Sounds:
    """All phrases of one folding, by sound."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._phrases = [phrase for phrase in phrases if len(phrase.text) > 1]
        keys: dict[str, list[tuple[int, int]]] = {}
        self._options = [tuple(_spellings(each, phrase.homophones) for each in phrase.text) for phrase in self._phrases]
        most = min(max(_MOST_SPELLINGS // max(1, len(self._phrases)), _FEWEST_WAYS), _MOST_WAYS)
        for index, options in enumerate(self._options):
            offset, spellings = _anchor(options, most)
            for spelling in spellings:
                keys.setdefault(spelling, []).append((index, offset))
        self._usual = _usual()
        self._automaton = ahocorasick.Automaton()
        for spelling, places in keys.items():
            self._automaton.add_word(spelling, (len(spelling), places))
        self._automaton.make_automaton()
        self._initials: dict[str, list[int]] = {}
        for phrase in self._phrases:
            for initials in _initials_of(phrase):
                self._initials.setdefault(initials, []).append(phrase.rule)

    def hits(self, text: str, runs: Sequence[int] | None) -> Iterator[SoundHit]:
        """Everything in an undisguised text that sounds like a phrase and is not spelt like it.

        `runs`: how often each character of the text stood in a row, None for once each.
        """
        has_latin = _PINYIN.search(text) is not None
        if has_latin and self._initials:
            for run in _LATIN_RUN.finditer(text):
                for rule in self._initials.get(run[0], ()):
                    yield SoundHit(rule, *run.span())
        if not len(self._automaton):
            return
        spelt = [self._usual[character] for character in text]
        begins: list[int] | None = None
        for last, (length, places) in self._automaton.iter("".join(spelt)):
            if begins is None:
                begins = list(accumulate(map(len, spelt), initial=0))
            at = bisect_left(begins, last + 1 - length)
            if begins[at] == last + 1 - length:
                for index, offset in places:
                    phrase, start = self._phrases[index], at - offset
                    if start >= 0 and text.startswith(phrase.text, start):
                        continue
                    if not has_latin and not self._may_sound(index, spelt, start):
                        continue
                    if found := _compared(phrase, offset, text, at, runs):
                        yield found

    def _may_sound(self, index: int, spelt: Sequence[str], start: int) -> bool:
        """Whether each character from `start` on, by its usual reading, may be heard as its fellow in the phrase.

        It spares most of the comparisons. Without Latin letters each character stands for one.
        """
        options = self._options[index]
        end = start + len(options)
        may_be = self._phrases[index].homophones and start >= 0 and end <= len(spelt)
        return may_be and all(map(contains, options, spelt[start:end]))


def _anchor(options: Sequence[frozenset[str]], most: int) -> tuple[int, set[str]]:
    """The stretch of a phrase that is looked for: where it begins, and all the ways in which a text may spell it.

    It is as long as it can be in at most so many ways, and at least two characters: the longer it is, the fewer texts
    hold it by accident.
    """
    sizes = [len(option) for option in options]
    for width in range(min(_ANCHOR, len(options)), 1, -1):
        ways, offset = min((prod(sizes[start : start + width]), start) for start in range(len(sizes) - width + 1))
        if ways <= most:
            break
    return offset, {"".join(spelling) for spelling in product(*options[offset : offset + width])}


@cache
def _spellings(character: str, homophones: bool) -> frozenset[str]:
    known = _readings().get(character)
    if known is None:
        return frozenset({_usual()[character]})
    if not homophones:
        return frozenset(known)
    return frozenset(known).union(*(_usual_by_reading()[reading] for reading in known))


def _initials_of(phrase: Phrase) -> Iterable[str]:
    times = dict(phrase.doubles)
    known = [pinyin().get(character) for place, character in enumerate(phrase.text) for _ in range(times.get(place, 1))]
    if not phrase.initials or len(known) not in _INITIALS:
        return ()
    letters = [sorted({reading[0] for reading in each}) for each in known if each]
    if len(letters) < len(known):
        return ()
    return ("".join(spelling) for spelling, _ in zip(product(*letters), range(_MOST_INITIALS), strict=False))


def _compared(phrase: Phrase, offset: int, text: str, at: int, runs: Sequence[int] | None) -> SoundHit | None:
    """The whole phrase, whose character at `offset` is at `at` in the text, if it is there in disguise."""
    start = _start(phrase, offset - 1, text, at)
    if start is None:
        return None
    places = _places(phrase, 0, text, start)
    if places is None:
        return None
    end = places.pop()
    if not is_repeated(runs, ((places[place], times) for place, times in phrase.doubles)):
        return None
    swapped = [
        place
        for place, character in zip(places, phrase.text, strict=True)
        if text[place] != character and not text[place].isascii()
    ]
    latin = any(
        text[place].isascii() and not character.isascii() for place, character in zip(places, phrase.text, strict=True)
    )
    if not (swapped or latin) or (swapped and not latin and _is_honest(phrase, text, swapped)):
        return None
    return SoundHit(phrase.rule, start, end)


def _start(phrase: Phrase, index: int, text: str, end: int) -> int | None:
    """Where the phrase up to and with its character at `index` begins, if it ends at `end`."""
    if index < 0:
        return None if _joins_latin(text, end) else end
    character = phrase.text[index]
    if end and _sounds_like(phrase, character, text[end - 1]):
        found = _start(phrase, index - 1, text, end - 1)
        if found is not None:
            return found
    for reading in _readings().get(character, ()):
        if text.endswith(reading, 0, end):
            found = _start(phrase, index - 1, text, end - len(reading))
            if found is not None:
                return found
    return None


def _places(phrase: Phrase, index: int, text: str, at: int) -> list[int] | None:
    """Where each character of the phrase from `index` on begins, and where the last one ends."""
    if index == len(phrase.text):
        return None if _joins_latin(text, at) else [at]
    character = phrase.text[index]
    if at < len(text) and _sounds_like(phrase, character, text[at]):
        found = _places(phrase, index + 1, text, at + 1)
        if found is not None:
            return [at, *found]
    for reading in _readings().get(character, ()):
        if text.startswith(reading, at):
            found = _places(phrase, index + 1, text, at + len(reading))
            if found is not None:
                return [at, *found]
    return None


def _sounds_like(phrase: Phrase, wanted: str, said: str) -> bool:
    if wanted == said:
        return True
    if not phrase.homophones or said.isascii():
        return False
    known = _readings()
    return not set(known.get(wanted, ())).isdisjoint(known.get(said, ()))


def _joins_latin(text: str, at: int) -> bool:
    """Whether a cut there would go through a run of Latin letters, as before the can of scan."""
    return 0 < at < len(text) and _is_latin(text[at - 1]) and _is_latin(text[at])


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"


def _is_honest(phrase: Phrase, text: str, swapped: Sequence[int]) -> bool:
    """Whether a short phrase is only an accident: other words are there in their own right, or none of it is left."""
    common = _COMMON.get(phrase.length)
    if common is None:
        return False
    return len(swapped) == len(phrase.text) or any(_is_word(text, place, common) for place in swapped)


def _is_word(text: str, place: int, common: int) -> bool:
    """Whether the character is a common word of its own or part of a listed one of two or three characters."""
    listed = frequencies()
    return listed.get(text[place], 0) >= common or any(
        text[start : start + length] in listed
        for length in (2, 3)
        for start in range(max(0, place - length + 1), place + 1)
    )
