"""Fold look-alike spellings into one canonical form for matching, remembering original positions."""

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import opencc

from guards.types import Span


class Folding(StrEnum):
    """How far spellings are brought together before matching.

    PLAIN: compatibility forms, case, accents, traditional characters, zero-width characters and markup.
    TIGHT: PLAIN, and everything that is no letter or number is left out, so that nothing inserted splits a phrase.
    """

    PLAIN = "plain"
    TIGHT = "tight"


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `origins[i]` is the index in the original text of the character that became `text[i]`.

    `ends` says where an original that is longer than one code point (an entity) ends, by its index.
    """

    text: str
    origins: Sequence[int]
    original_length: int
    ends: Mapping[int, int] = field(default_factory=dict)

    def span(self, start: int, end: int) -> Span:
        """The original code points that became `text[start:end]` (half-open, not empty).

        What was left out inside the range belongs to it: a space within a banned phrase is part of the disguise.
        """
        last = self.origins[end - 1]
        return Span(self.origins[start], self.ends.get(last, last + 1))


# What NFKD leaves alone although it reads as something else: negative circled digits and letters, and CJK radicals that
# stand in for the whole character.
_LOOKALIKES = {
    "⓿": "0", **{chr(0x2776 + n): str(n + 1) for n in range(10)}, **{chr(0x24EB + n): str(n + 11) for n in range(10)},
    **{chr(0x24F5 + n): str(n + 1) for n in range(10)}, **{chr(0x2780 + n): str(n + 1) for n in range(10)},
    **{chr(0x278A + n): str(n + 1) for n in range(10)}, "🄋": "0", "🄌": "0",
    **{chr(start + n): chr(ord("a") + n) for n in range(26) for start in (0x1F150, 0x1F170)},
    **dict(zip("⺀⺁⺆⺈⺋⺌⺍⺗⺘⺙⺛⺝⺟⺠⺡⺢⺣⺥", "冫厂冂刀卩小小心手攵无月母民水水火爪", strict=True)),
    **dict(zip("⺧⺩⺪⺫⺬⺭⺮⺯⺰⺱⺳⺴⺶⺹⺺⺻⺼⺽", "牛王疋目示示竹糸纟网网网羊老聿聿肉臼", strict=True)),
    **dict(zip("⺾⻀⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻏⻐⻑⻒⻓⻔", "艹艹衤覀西见角讠贝车辶辶阝金长长长门", strict=True)),
    **dict(zip("⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩", "阝雨青韦页风飞食饣首马骨鬼鱼鸟卤麦黄", strict=True)),
    **dict(zip("⻪⻬⻮⻰⻳", "黾齐齿龙龟", strict=True)),
}  # fmt: skip
_TO_SIMPLIFIED = opencc.OpenCC("t2s")
# Traditional spellings that OpenCC keeps, because each is also a simplified character in some other word.
_VARIANTS = str.maketrans("揹藉著瞭覆暱", "背借着了复昵")
# A tag holds ASCII only: Chinese between angle brackets is read out, so it must be seen.
_MARKUP = re.compile(r"<[/!?]?[a-zA-Z-][\t\n\r -;=?-~]{0,120}>|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")


@lru_cache(maxsize=65536)
def _plain(character: str) -> str:
    """What one character becomes at PLAIN: mostly one character, sometimes none or several."""
    known = _LOOKALIKES.get(character)
    if known is not None:
        return known
    if character.isascii():
        return character.lower()
    kept = (part for part in unicodedata.normalize("NFKD", character) if unicodedata.category(part) not in _DROPPED)
    # Twice, since what a rare character is simplified to has a simplified form of its own (薴 → 苧 → 苎).
    simplified: str = _TO_SIMPLIFIED.convert(_TO_SIMPLIFIED.convert("".join(kept).casefold()))
    return simplified.translate(_VARIANTS)


@lru_cache(maxsize=65536)
def _tight(character: str) -> str:
    """What one character becomes at TIGHT."""
    return "".join(part for part in _plain(character) if unicodedata.category(part)[0] in "LN")


_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_FOLD = {Folding.PLAIN: _plain, Folding.TIGHT: _tight}


def fold(text: str, folding: Folding) -> Folded:
    """Fold `text`. Linear in its length; never raises."""
    one = _FOLD[folding]
    if "<" in text or "&" in text:
        characters, indices, ends = _without_markup(text)
        pieces = [one(character) for character in characters]
        origins: list[int] = []
        for index, piece in zip(indices, pieces, strict=True):
            origins.extend([index] * len(piece))
        return Folded("".join(pieces), origins, len(text), ends)
    pieces = [one(character) for character in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and all(len(piece) == 1 for piece in pieces):
        return Folded(folded, range(len(text)), len(text))
    origins = []
    for index, piece in enumerate(pieces):
        if len(piece) == 1:
            origins.append(index)
        else:
            origins.extend([index] * len(piece))
    return Folded(folded, origins, len(text))


def _without_markup(text: str) -> tuple[list[str], list[int], dict[int, int]]:
    """The characters outside tags, entities decoded, each with its index in `text`; and where each entity ends."""
    characters: list[str] = []
    indices: list[int] = []
    ends: dict[int, int] = {}
    position = 0
    for match in _MARKUP.finditer(text):
        characters.extend(text[position : match.start()])
        indices.extend(range(position, match.start()))
        if match[0].startswith("&"):
            decoded = html.unescape(match[0])
            characters.extend(decoded)
            indices.extend([match.start()] * len(decoded))
            ends[match.start()] = match.end()
        position = match.end()
    characters.extend(text[position:])
    indices.extend(range(position, len(text)))
    return characters, indices, ends
