"""Read one written numeral, Arabic, Chinese or mixed, as an exact Decimal."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

DIGITS = {"零": 0, "一": 1, "幺": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SMALL_UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE_UNITS = {"万": 10**4, "亿": 10**8}
TWENTIES = {"廿": 20, "卅": 30}
LONGEST = 30
"""Longest numeral in characters that is read as a size; a longer one is only a run of digits."""

_LOOK_ALIKES = dict(
    zip(
        "壹贰叁肆伍陆柒捌玖拾佰仟萬億兩貳參陸〇○圆圓％﹪．﹒￥／～－—–〸〹〺⑩❿㈩㊉塊個號點釐週後內",
        "一二三四五六七八九十百千万亿两二三六零零元元%%..¥/~---十廿卅十十十十块个号点厘周后内",
        strict=True,
    )
)
_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u20e3\ufe00-\ufe0f\ufeff"
_IGNORABLE = re.compile(f"[{_INVISIBLE}]")
_PIECE = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|.", re.DOTALL)


def _fold_table() -> dict[int, str]:
    table = {ord(look): plain for look, plain in _LOOK_ALIKES.items() if look != plain}
    for code in range(0x80, 0x20000):
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Nd", "No") or 0x3021 <= code <= 0x3029:
            value = unicodedata.digit(character, None) if category != "Nl" else int(unicodedata.numeric(character))
            if value is not None:
                table[code] = str(value)
        elif category == "Zs":
            table[code] = " "
    return table


_FOLD = _fold_table()
_TWO_DIGITS = {
    chr(code): str(int(unicodedata.numeric(chr(code))))
    for code in range(0x2460, 0x3300)
    if unicodedata.numeric(chr(code), 0) in range(11, 51) and chr(code) not in _LOOK_ALIKES
}
"""Circled and bracketed numerals from 11 to 50: ⑮, ⒖, ㊱."""
_TWO_DIGIT = re.compile("[" + "".join(_TWO_DIGITS) + "]")
# Characters beyond the basic plane have their own pattern: in one class with the others they would cost 40 µs a text.
_UNUSUAL = re.compile(
    "["
    + "".join(re.escape(chr(code)) for code in sorted(_FOLD) if code < 0x10000)
    + "".join(_TWO_DIGITS)
    + _INVISIBLE
    + "]"
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def fold(text: str) -> tuple[str, Sequence[int] | None]:
    """Write every spelling of a numeral in one way.

    Returns:
        The folded text and, where characters were dropped or became two, the original position of each of its
        characters (None: positions are unchanged).
    """
    if not (_UNUSUAL.search(text) or _ASTRAL.search(text)):
        return text, None
    positions: Sequence[int] | None = None
    if _IGNORABLE.search(text):
        positions = [index for index, character in enumerate(text) if not _IGNORABLE.match(character)]
        text = "".join(text[index] for index in positions)
    if _TWO_DIGIT.search(text):
        pieces = [_TWO_DIGITS.get(character, character) for character in text]
        places = positions or range(len(text))
        positions = [place for place, piece in zip(places, pieces, strict=True) for _ in piece]
        text = "".join(pieces)
    return text.translate(_FOLD), positions


class Reading(NamedTuple):
    """The size of a numeral. A vague one (两三, 十几) names no single value; `value` is then where it begins."""

    value: Decimal
    vague: bool = False


def read(numeral: str) -> Reading | None:
    """Read a folded numeral, or return None if it is none (一五一十) or too long to be a size."""
    if len(numeral) > LONGEST:
        return None
    numeral = numeral.replace(" ", "")
    if numeral.isascii():
        return Reading(Decimal(numeral.replace(",", "")))
    whole, point, fraction = numeral.partition("点")
    if point:
        return _read_decimal(whole, fraction)
    if len(numeral) > 1 and all(character in DIGITS for character in numeral):
        return _read_positions(numeral)
    return _read_units(numeral)


def _read_positions(numeral: str) -> Reading | None:
    """Read digits said one by one: 二零二六. Two neighbours (两三) are an estimate, not a numeral of two places."""
    if len(numeral) == 2 and "零" not in numeral:
        low, high = DIGITS[numeral[0]], DIGITS[numeral[1]]
        return Reading(Decimal(low), vague=True) if low < high <= low + 2 else None
    return Reading(Decimal("".join(str(DIGITS[character]) for character in numeral)))


def _read_decimal(whole: str, fraction: str) -> Reading | None:
    """Read 三点六 and 一点二万: digits after the point, then at most units of size."""
    digits = fraction.rstrip("百千万亿")
    if not digits or not all(character in DIGITS or character.isdigit() for character in digits):
        return None
    head = read(whole)
    if head is None:
        return None
    scale = 1
    for unit in fraction[len(digits) :]:
        scale *= LARGE_UNITS.get(unit) or SMALL_UNITS[unit]
    places = "".join(character if character.isdigit() else str(DIGITS[character]) for character in digits)
    return Reading((head.value + Decimal(f"0.{places}")) * scale, head.vague)


def _read_units(numeral: str) -> Reading | None:
    """Read digits with units of size: 十二万三千四百五十六, 20万5千, 一百二 (120), 七八千, 几十万."""
    tally = _Tally()
    for piece in _PIECE.findall(numeral):
        if not tally.take(piece):
            return None
    return tally.read()


@dataclass(slots=True)
class _Tally:
    """A numeral read from left to right: the sum so far, the section below the next 万 or 亿, and the digit in hand."""

    total: Decimal = Decimal(0)
    section: Decimal = Decimal(0)
    digit: Decimal | None = None
    ceiling: int = 10**4
    last_large: int = 10**12
    last_unit: int = 0
    vague: bool = False

    def take(self, piece: str) -> bool:
        """Add the next piece; False where it cannot follow."""
        if unit := SMALL_UNITS.get(piece):
            return self._take_small(unit)
        if unit := LARGE_UNITS.get(piece):
            return self._take_large(unit)
        if piece in TWENTIES:
            return self._take_twenty(TWENTIES[piece])
        if piece == "零":
            self.last_unit = 0
            return self.digit is None
        if piece == "几":
            self.vague, self.digit = True, Decimal(1) if self.digit is None else self.digit
            return True
        return self._take_digit(Decimal(DIGITS[piece]) if piece in DIGITS else Decimal(piece.replace(",", "")))

    def _take_twenty(self, value: int) -> bool:
        if self.digit is not None or self.section:
            return False
        self.section, self.ceiling, self.last_unit = Decimal(value), 10, 10
        return True

    def _take_small(self, unit: int) -> bool:
        if unit >= self.ceiling or (self.digit is None and self.section and unit != 10):
            return False
        self.section += (Decimal(1) if self.digit is None else self.digit) * unit
        self.digit, self.ceiling, self.last_unit = None, unit, unit
        return True

    def _take_large(self, unit: int) -> bool:
        section = self.section + (self.digit or 0)
        self.total = (
            (self.total + section) * unit if unit > self.last_large else self.total + (section or Decimal(1)) * unit
        )
        self.section, self.digit, self.ceiling = Decimal(0), None, 10**4
        self.last_large = self.last_unit = unit
        return True

    def _take_digit(self, value: Decimal) -> bool:
        if self.digit is None:
            self.digit = value
            return True
        self.vague = True
        return self.digit < value <= self.digit + 2

    def read(self) -> Reading:
        """The size; a lone last digit is of the next lower unit (一百二)."""
        digit = self.digit or Decimal(0)
        if self.last_unit >= 100 and digit < 10:
            digit *= self.last_unit // 10
        return Reading(self.total + self.section + digit, self.vague)
