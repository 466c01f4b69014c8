"""Fold the ways to write a digit or a letter to one, and remember where each character stood."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

DIGIT_FORMS = ("0零〇洞", "1一壹幺", "2二贰貳两", "3三叁參", "4四肆", "5五伍", "6六陆陸", "7七柒拐", "8八捌", "9九玖勾")
"""By value: every folded character that is read out as that digit."""

MASK = "[隐私信息]"
"""What personal data becomes when nothing of it may be shown."""

_ALIKE = {"○": "〇", "×": "x", "Х": "x", "х": "x", "Χ": "x", "χ": "x"}
_HYPHENS = "‐‑‒–—―−⁃﹘﹣－"
_DOTS = "•‧∙・⋅●｡"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20f0\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_BARRIER = "Z"  # a word character that no folded text contains


def _folding() -> dict[str, str]:
    """One character for one: look-alikes of ASCII and of Chinese digits, lower case, plain spaces and hyphens."""
    numerals = frozenset("".join(DIGIT_FORMS))
    table = {char: char.lower() for char in map(chr, range(ord("A"), ord("Z") + 1))}
    for char in map(chr, (*range(0xA0, 0x3400), *range(0xF900, 0x20000))):
        digit = unicodedata.digit(char, None)
        folded = str(digit) if digit is not None else unicodedata.normalize("NFKC", char).lower()
        if len(folded) == 1 and folded != char and (folded.isascii() or folded in numerals):
            table[char] = folded
    table |= dict.fromkeys(_HYPHENS, "-") | dict.fromkeys(_DOTS, "·") | _ALIKE
    return table | dict.fromkeys("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029", " ")


_FOLDING = _folding()
# Wide ranges: a class of all the characters in the table is searched one by one and ten times slower.
_FOLDABLE = re.compile("[A-Z\t-\r\x1c-\x1f\x85-\u3000\u3003-\u33ff\uf900-\U0001ffff]")
_VALUES = {form: str(value) for value, forms in enumerate(DIGIT_FORMS) for form in forms}


def fold(text: str) -> str:
    """The same text, code point for code point, in plain ASCII spelling where it has one."""
    return _FOLDABLE.sub(lambda found: _FOLDING.get(found[0], found[0]), text)


def digits_of(text: str) -> str:
    """The digits, letters and other word characters of a folded text, Chinese digits as ASCII ones."""
    return "".join([_VALUES.get(char, char) for char in text if char.isalnum()])


@dataclass(frozen=True)
class Reading:
    """A text as the recognisers read it; positions lead back to the code points of the original."""

    original: str

    @cached_property
    def _folded(self) -> str:
        return fold(self.original)

    @cached_property
    def _kept(self) -> list[int] | None:
        """For each visible character its place in the original, or None when none is invisible."""
        if _INVISIBLE.search(self.original) is None:
            return None
        return [place for place, char in enumerate(self.original) if not _INVISIBLE.match(char)]

    @cached_property
    def visible(self) -> str:
        """Folded, without the characters that nobody sees."""
        kept = self._kept
        return self._folded if kept is None else "".join([self._folded[place] for place in kept])

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `visible[start:end]` came from."""
        kept = self._kept
        return (start, end) if kept is None else (kept[start], kept[end - 1] + 1)

    @cached_property
    def _unmasked(self) -> str:
        return self._folded.replace(MASK, _BARRIER * len(MASK))

    @cached_property
    def _bare(self) -> str:
        return digits_of(self._unmasked)

    @cached_property
    def _places(self) -> list[int]:
        """For each character of `_bare` its place in the original."""
        return [place for place, char in enumerate(self._unmasked) if char.isalnum()]

    def find_bare(self, bare: str) -> Iterator[tuple[int, int]]:
        """Spans of the original that read `bare` (see `digits_of`) once everything but word characters is gone."""
        at = self._bare.find(bare)
        while at >= 0:
            yield self._places[at], self._places[at + len(bare) - 1] + 1
            at = self._bare.find(bare, at + len(bare))
