"""Whether it is worth while to look closely: most texts hold nothing, and are let go after one pass over them."""

import re
from collections.abc import Callable, Iterable, Sequence

import ahocorasick

Cue = Callable[[str], object]
"""False for a text without anything of a kind in it."""


def listed(words: str) -> list[str]:
    """The words between the spaces."""
    return words.split()


class Words:
    """Whether a text holds one of these words."""

    def __init__(self, words: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for word in words:
            self._automaton.add_word(word, word)
        self._automaton.make_automaton()

    def __call__(self, text: str) -> bool:
        """Whether one of them is there."""
        return next(self._automaton.iter(text), None) is not None


class WordsAndPattern:
    """Whether a text holds one of these words and, which takes longer to see, the pattern matches."""

    def __init__(self, words: Iterable[str], pattern: re.Pattern[str]) -> None:
        self.words = tuple(words)
        self._words = Words(self.words)
        self._search = pattern.search

    def __call__(self, text: str) -> bool:
        """Whether both are so."""
        return self._words(text) and self._search(text) is not None


class AnyOf:
    """Whether one of several cues holds, in one pass where none of their words is there."""

    def __init__(self, cues: Sequence[WordsAndPattern]) -> None:
        self._cues = cues
        self._words = Words(word for cue in cues for word in cue.words)

    def __call__(self, text: str) -> bool:
        """Whether one of them is so."""
        return self._words(text) and any(cue(text) for cue in self._cues)


class WordsBesideCharacters:
    """Whether a text holds a word of `before` with one of the characters up to three places before it.

    Or one of `behind` with such a character next to it, perhaps after signs, or one of `near` with one within ten
    places.
    """

    def __init__(
        self, characters: Iterable[str], *, before: Iterable[str], behind: Iterable[str], near: Iterable[str]
    ) -> None:
        self._characters = frozenset(characters)
        self._next = re.compile(rf"[,!。: ]{{0,3}}[{''.join(self._characters)}]")
        sides: dict[str, list[str]] = {}
        for side, words in (("before", before), ("behind", behind), ("near", near)):
            for word in words:
                sides.setdefault(word, []).append(side)
        self._automaton = ahocorasick.Automaton()
        for word, its in sides.items():
            self._automaton.add_word(word, (len(word), its))
        self._automaton.make_automaton()

    def __call__(self, text: str) -> bool:
        """Whether one of them is there."""
        for last, (length, sides) in self._automaton.iter(text):
            end = last + 1
            for side in sides:
                if side == "before":
                    first = end - length
                    if not self._characters.isdisjoint(text[max(0, first - 4) : max(0, first - 1)]):
                        return True
                elif side == "behind":
                    if self._next.match(text, end):
                        return True
                elif not self._characters.isdisjoint(text[end : end + 10]):
                    return True
        return False
