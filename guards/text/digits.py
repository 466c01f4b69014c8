"""The ways to write a digit, and a text with its digits and signs made alike, as personal data is looked for."""

import re
from collections.abc import Iterator
from functools import cached_property

from guards.text.folding import Folded, Folding, fold

DIGIT_FORMS = (
    "0零〇洞",
    "1一壹幺弌",
    "2二贰两弍",
    "3三叁参弎",
    "4四肆",
    "5五伍",
    "6六陆",
    "7七柒拐",
    "8八捌",
    "9九玖勾",
)
"""By value: every folded character that is read out as that digit."""

MASK = "[隐私信息]"
"""What personal data becomes when nothing of it may be shown."""

_BARRIER = "Z"  # a word character that no folded text contains
_FORMS = {form: str(value) for value, forms in enumerate(DIGIT_FORMS) for form in forms if not form.isascii()}
_FORM = re.compile(f"[{''.join(_FORMS)}]")
# One sign for one, which folding leaves alone since no phrase cares.
_SIGNS = (
    dict.fromkeys("‐‒–—―−⁃", "-")
    | dict.fromkeys("•‧∙・⋅●", "·")
    | dict.fromkeys("○◯", "〇")
    | dict.fromkeys("×✕✖╳хχ", "x")
    | {"\n": " "}
)
_SIGN = re.compile(f"[{''.join(_SIGNS)}]")
_SEPARATORS = re.compile(r"[\W_]+")
_MARKUP_SIGNS = str.maketrans("<>&", "   ")


def with_ascii_digits(text: str) -> str:
    """A folded text, character for character, with every digit in its ASCII form."""
    return _FORM.sub(lambda found: _FORMS[found[0]], text)


def digits_of(text: str) -> str:
    """The letters, digits and Chinese characters of a folded text, Chinese digits as ASCII ones."""
    return with_ascii_digits(_SEPARATORS.sub("", text))


class Bare:
    """What is left of a folded text when everything but letters, digits and Chinese characters is gone.

    Ranges are those of the folded text.
    """

    def __init__(self, folded: str) -> None:
        self.text = digits_of(folded)
        self._folded = folded

    @cached_property
    def _places(self) -> list[int]:
        return [place for place, char in enumerate(self._folded) if char.isalnum()]

    def range(self, start: int, end: int) -> tuple[int, int]:
        """The range of the folded text that `text[start:end]` came from."""
        return self._places[start], self._places[end - 1] + 1

    def find(self, value: str) -> Iterator[tuple[int, int]]:
        """Ranges that read `value` (see `digits_of`, not empty) once all separators are gone."""
        at = self.text.find(value)
        while at >= 0:
            yield self.range(at, at + len(value))
            at = self.text.find(value, at + len(value))


class NormalizedText:
    """A text with digits and signs made alike; positions lead back to the code points of the original.

    `visible` is plainly folded, with one sign for each kind of hyphen, dot, cross and space.
    """

    __slots__ = ("_folded", "original", "visible")

    def __init__(self, original: str, plain: Folded | None = None) -> None:
        """`plain`: the text plainly folded, where somebody has it already."""
        self.original = original
        self._folded = fold(original, Folding.PLAIN) if plain is None else plain
        self.visible = _SIGN.sub(lambda found: _SIGNS[found[0]], self._folded.text)

    @property
    def unmasked(self) -> str:
        """As `visible`, with a letter that is in no value for each character of a mask: nothing is read across it."""
        return self.visible.replace(MASK, _BARRIER * len(MASK))

    @property
    def bare(self) -> Bare:
        """The same, bare."""
        return Bare(self.unmasked)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `visible[start:end]` came from."""
        span = self._folded.span(start, end)
        return span.start, span.end


def normalized(text: str, plain: Folded) -> tuple[NormalizedText, ...]:
    """The text as it is read out, and if it holds markup also with the tags and entities as a log would show them."""
    if "<" in text or "&" in text:
        return NormalizedText(text, plain), NormalizedText(text.translate(_MARKUP_SIGNS))
    return (NormalizedText(text, plain),)
