"""How the second opinion reads a text: sentence by sentence, whatever the spelling and whatever the numbers."""

import re
from typing import NamedTuple

from guards.text.folding import Folding, fold, folded_text
from guards.text.numerals import NUMERAL_CHARACTERS
from guards.text.sentences import SENTENCE_MARKS
from guards.types import Span

LONGEST = 64
"""A sentence longer than this many characters is read in parts."""

_SENTENCE = re.compile(f"[^{SENTENCE_MARKS}\n]+")
_NUMBER = re.compile(rf"[0-9]+(?:\.[0-9]+)?|[{NUMERAL_CHARACTERS}]{{2,}}")
_NOISE = re.compile("[^\u4e00-\u9fffa-z0-9]+")
_PART = re.compile(f"[^，,、：:]{{1,{LONGEST}}}[，,、：:]*")


class Piece(NamedTuple):
    """A sentence or part of one as the model reads it; `low` and `high` bound it in the folded sentence."""

    read: str
    start: int
    end: int
    low: int
    high: int

    def span(self, text: str) -> Span:
        """Where it stands in the text."""
        place = fold(text[self.start : self.end], Folding.PLAIN).span(self.low, self.high)
        return Span(self.start + place.start, self.start + place.end)


def pieces(text: str) -> list[Piece]:
    """The sentences of a text as the model reads them.

    They end where those of the text do: folded, ！ could not be distinguished from the ! that decorates. Numbers read
    all alike, and only letters and Chinese characters are left.
    """
    found = []
    for sentence in _SENTENCE.finditer(text):
        plain = folded_text(sentence[0], Folding.PLAIN)
        for low, high in [(0, len(plain))] if len(plain) <= LONGEST else _parts(plain):
            if read := _NOISE.sub("", _NUMBER.sub("0", plain[low:high])):
                found.append(Piece(read, *sentence.span(), low, high))
    return found


def _parts(text: str) -> list[tuple[int, int]]:
    """A long sentence cut at its pauses into parts of at most about `LONGEST` characters."""
    parts: list[tuple[int, int]] = []
    for part in _PART.finditer(text):
        if parts and part.end() - parts[-1][0] <= LONGEST:
            parts[-1] = parts[-1][0], part.end()
        else:
            parts.append(part.span())
    return parts
