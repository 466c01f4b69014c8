"""Find phrases by sound: homophones, pinyin among or instead of characters, and initials of a whole phrase.

Texts are read as toneless syllables. A few rare syllables of each phrase are looked up; the rest of the phrase is then
compared character by character, with every reading that a character has.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import contains
from typing import NamedTuple

from guards.phrases.stretches import Initials, Stretches, letter_number
from guards.phrases.syllables import Heard, load_syllables, readings, spellings
from guards.text.disguises import Doubles, is_repeated
from guards.text.words import frequencies, pinyin

_COMMON = {2: 1000, 3: 4000}
"""By length of short phrases: a character met so often as a word of its own is no disguise of another."""
_INITIALS = range(4, 13)
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


class Sounds:
    """All phrases of one folding, by sound."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        load_syllables()
        self._phrases = [phrase for phrase in phrases if len(phrase.text) > 1]
        self._by_ear, self._in_letters = (self._stretches(homophones) for homophones in (True, False))
        self._abbreviated, self._initials = _abbreviated(self._phrases)

    def _stretches(self, homophones: bool) -> tuple[list[int], Stretches]:
        indices = [index for index, phrase in enumerate(self._phrases) if phrase.homophones is homophones]
        return indices, Stretches([self._phrases[index].text for index in indices], homophones=homophones)

    def hits(
        self, heard: Heard, runs: Sequence[int] | None, wanted: Callable[[int], bool] = lambda rule: True
    ) -> Iterator[SoundHit]:
        """Everything in an undisguised text that sounds like a phrase of a wanted rule and is not spelt like it.

        `runs`: how often each character of the text stood in a row, None for once each.
        """
        text, has_latin = heard.text, bool(heard.runs)
        for run, start, end in heard.runs if self._abbreviated else ():
            if len(run) in _INITIALS:
                for index in self._initials.spelt(run):
                    if wanted(self._abbreviated[index]):
                        yield SoundHit(self._abbreviated[index], start, end)
        # Without homophones only letters are a disguise.
        for indices, stretches in (self._by_ear, self._in_letters) if has_latin else (self._by_ear,):
            if not indices:
                continue
            for owner, at in stretches.found_in(heard):
                phrase, offset = self._phrases[indices[owner]], stretches.offsets[owner]
                start = at - offset
                if not wanted(phrase.rule) or (start >= 0 and text.startswith(phrase.text, start)):
                    continue
                if not has_latin and not _may_sound(phrase, heard.syllables, start):
                    continue
                if found := _compared(phrase, offset, text, at, runs):
                    yield found


def _may_sound(phrase: Phrase, syllables: Sequence[int], start: int) -> bool:
    """Whether each character from `start` on, by its usual reading, may be heard as its fellow in the phrase.

    It spares most of the comparisons. Without Latin letters each character stands for one.
    """
    end = start + len(phrase.text)
    if start < 0 or end > len(syllables):
        return False
    return all(map(contains, map(spellings(True).__getitem__, phrase.text), syllables[start:end]))


def _abbreviated(phrases: Iterable[Phrase]) -> tuple[list[int], Initials]:
    """The rules of the phrases that are known by their initials, and those."""
    known = pinyin()
    rules, texts = [], []
    for phrase in phrases:
        if phrase.initials:
            text = phrase.text
            for place, times in reversed(phrase.doubles):
                text = text[:place] + text[place] * times + text[place + 1 :]
            if len(text) in _INITIALS and known.keys() >= set(text):
                rules.append(phrase.rule)
                texts.append(text)
    return rules, Initials(
        texts, lambda character: {letter_number(reading[0]) for reading in known[character]}, _MOST_INITIALS
    )


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
    for reading in readings().get(character, ()):
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
    for reading in readings().get(character, ()):
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
    known = readings()
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
