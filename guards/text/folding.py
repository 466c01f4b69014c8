"""Fold look-alike spellings into one canonical form for matching, remembering original positions."""

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cache

import opencc

from guards.text.lookalikes import look_alikes
from guards.types import Span


class Folding(StrEnum):
    """How far spellings are brought together before matching.

    RAW: nothing changes. PLAIN: compatibility forms, case, accents, traditional characters, zero-width characters and
    markup. TIGHT: PLAIN, and everything that is no letter or number is left out, so that nothing inserted splits a
    phrase; a decimal point and a per cent sign stay.
    """

    RAW = "raw"
    PLAIN = "plain"
    TIGHT = "tight"


OffsetMap = tuple[Sequence[int], Sequence[int]]
"""For each folded character where its original begins and where it ends, in code points."""


class Folded:
    """Folded text that knows where each of its characters comes from; worked out when first asked for."""

    __slots__ = ("_locate", "_offsets", "text")

    def __init__(self, text: str, locate: Callable[[], OffsetMap]) -> None:
        self.text = text
        self._locate = locate
        self._offsets: OffsetMap | None = None

    @property
    def offsets(self) -> OffsetMap:
        """Starts and ends in the original, both rising and both as long as `text`."""
        if self._offsets is None:
            self._offsets = self._locate()
        return self._offsets

    @property
    def origins(self) -> Sequence[int]:
        """The index in the original of the character that became each character of `text`."""
        return self.offsets[0]

    def is_within(self, index: int) -> bool:
        """Whether a cut before `text[index]` would go through what one stretch of the original became."""
        starts, ends = self.offsets
        return 0 < index < len(starts) and (starts[index - 1], ends[index - 1]) == (starts[index], ends[index])

    def span(self, start: int, end: int) -> Span:
        """The original code points that became `text[start:end]` (half-open, not empty).

        What was left out inside the range belongs to it: a space within a banned phrase is part of the disguise.
        """
        starts, ends = self.offsets
        return Span(starts[start], ends[end - 1])


# What NFKD leaves alone although it reads as something else: negative circled digits and letters, and CJK radicals that
# stand in for the whole character.
_LOOKALIKES = {
    "⓿": "0", **{chr(0x2776 + n): str(n + 1) for n in range(10)}, **{chr(0x24EB + n): str(n + 11) for n in range(10)},
    **{chr(0x24F5 + n): str(n + 1) for n in range(10)}, **{chr(0x2780 + n): str(n + 1) for n in range(10)},
    **{chr(0x278A + n): str(n + 1) for n in range(10)}, "🄋": "0", "🄌": "0",
    **{chr(start + n): chr(ord("a") + n) for n in range(26) for start in (0x1F150, 0x1F170)},
    **dict(zip("⺀⺁⺆⺈⺋⺌⺍⺗⺘⺙⺛⺝⺟⺠⺡⺢⺣⺥", "冫厂冂刀卩小小心扌攵无月母民氵水火爪", strict=True)),
    **dict(zip("⺧⺩⺪⺫⺬⺭⺮⺯⺰⺱⺳⺴⺶⺹⺺⺻⺼⺽", "牛王疋目示示竹糸纟网网网羊老聿聿肉臼", strict=True)),
    **dict(zip("⺾⻀⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻏⻐⻑⻒⻓⻔", "艹艹衤覀西见角讠贝车辶辶阝金长长长门", strict=True)),
    **dict(zip("⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩", "阝雨青韦页风飞食饣首马骨鬼鱼鸟卤麦黄", strict=True)),
    **dict(zip("⻪⻬⻮⻰⻳", "黾齐齿龙龟", strict=True)),
}  # fmt: skip
_TO_SIMPLIFIED = opencc.OpenCC("t2s")
# Traditional spellings that OpenCC keeps, because each is also a simplified character in some other word.
_KEPT_BY_OPENCC = dict(zip("揹藉著瞭覆暱", "背借着了复昵", strict=True))
# A tag holds ASCII only: Chinese between angle brackets is read out, so it must be seen.
_MARKUP = re.compile(r"<[/!?]?[a-zA-Z-][\t\n\r -;=?-~]{0,120}>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_FILLERS = dict.fromkeys("\u115f\u1160\u3164\uffa0", "")  # letters that nobody sees
_BREAKS = dict.fromkeys("\n\r\x85\u2028\u2029", "\n") | dict.fromkeys("\t\x0b\x0c", " ")
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_REMEMBERED = 1 << 16


class _Table(dict[str, str]):
    """What each character becomes: mostly one character, sometimes none or several; worked out when first met."""

    def __init__(self, fold_one: Callable[[str], str]) -> None:
        super().__init__()
        self._fold_one = fold_one

    def __missing__(self, character: str) -> str:
        folded = self._fold_one(character)
        if len(self) < _REMEMBERED:
            self[character] = folded
        return folded


def _plain(character: str) -> str:
    known = _LOOKALIKES.get(character) or _BREAKS.get(character) or _FILLERS.get(character)
    if known is not None:
        return known
    character = look_alikes().get(character, character)
    if " " <= character <= "~":
        return character.lower()
    parts = unicodedata.normalize("NFKD", character)
    kept = (_digit(part) for part in parts if unicodedata.category(part) not in _DROPPED)
    # Twice, since what a rare character is simplified to has a simplified form of its own (薴 → 苧 → 苎).
    simplified: str = _TO_SIMPLIFIED.convert(_TO_SIMPLIFIED.convert("".join(kept).casefold()))
    return simplified.translate(_variants())


@cache
def _variants() -> dict[int, str]:
    return str.maketrans({**_KEPT_BY_OPENCC, **look_alikes()})


def _is_read(character: str) -> bool:
    """Whether it is a letter or a number; a modifier (ー, ˉ) is none, nor is a stroke that parts others."""
    category = unicodedata.category(character)
    return category[0] in "LN" and category != "Lm" and character != "丨"


def _digit(character: str) -> str:
    """The ASCII digit that a digit of any script is; other characters are themselves."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _tight(character: str) -> str:
    return "".join(part for part in _PLAIN[character] if part in ".%" or _is_read(part))


_PLAIN, _TIGHT = _Table(_plain), _Table(_tight)
_TABLES = {Folding.PLAIN: _PLAIN, Folding.TIGHT: _TIGHT}
_POINTED = re.compile(r"(?<![0-9.])[0-9]*+\.[0-9.]*")
_MARKS = re.compile("[.%]+")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_COUNTED = frozenset("0123456789ol零〇一二两三四五六七八九十百千万半壹贰叁肆伍陆柒捌玖拾佰仟")


def fold(text: str, folding: Folding) -> Folded:
    """Fold `text`. Linear in its length; never raises. Who reads one text several times asks its `Reading`."""
    if folding is Folding.RAW:
        return Folded(text, lambda: (range(len(text)), range(1, len(text) + 1)))
    return Folded(folded_text(text, folding), lambda: _offsets(text, folding))


def folded_text(text: str, folding: Folding) -> str:
    """The folded text alone, without the way back."""
    if folding is Folding.RAW:
        return text
    has_markup = "<" in text or "&" in text
    folded = "".join(map(_TABLES[folding].__getitem__, _without_markup(text)[0] if has_markup else text))
    if folding is Folding.TIGHT and ("." in folded or "%" in folded) and (strays := _strays(folded)):
        return "".join([character for place, character in enumerate(folded) if place not in strays])
    return folded


def _strays(text: str) -> set[int]:
    """Where a point is no decimal point, and where a per cent sign follows no number."""
    strays = {
        place
        for run in _POINTED.finditer(text)
        if not _DECIMAL.fullmatch(run[0])
        for place in range(*run.span())
        if text[place] == "."
    }
    for run in _MARKS.finditer(text):
        first = run[0].find("%")
        if first >= 0:
            strays.update(range(*run.span()))
            if run.start() and text[run.start() - 1] in _COUNTED:
                strays.discard(run.start() + first)
    return strays


def _offsets(text: str, folding: Folding) -> OffsetMap:
    characters, begins, reaches = _without_markup(text)
    table = _TABLES[folding]
    pieces = [table[character] for character in characters]
    starts = [begin for begin, piece in zip(begins, pieces, strict=True) for _ in piece]
    ends = [reach for reach, piece in zip(reaches, pieces, strict=True) for _ in piece]
    if folding is Folding.TIGHT:
        strays = _strays("".join(pieces))
        starts = [start for place, start in enumerate(starts) if place not in strays]
        ends = [end for place, end in enumerate(ends) if place not in strays]
    return starts, ends


def _without_markup(text: str) -> tuple[list[str], list[int], list[int]]:
    """The characters outside tags, entities decoded, and where each begins and ends in `text`."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for match in _MARKUP.finditer(text):
        characters.extend(text[position : match.start()])
        starts.extend(range(position, match.start()))
        ends.extend(range(position + 1, match.start() + 1))
        if match[0].startswith("&"):
            decoded = html.unescape(match[0])
            characters.extend(decoded)
            starts.extend([match.start()] * len(decoded))
            ends.extend([match.end()] * len(decoded))
        position = match.end()
    characters.extend(text[position:])
    starts.extend(range(position, len(text)))
    ends.extend(range(position + 1, len(text) + 1))
    return characters, starts, ends
