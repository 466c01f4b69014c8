"""Numerals: read one, Arabic, Chinese or mixed, as an exact Decimal, and say a number in Chinese ones."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

DIGIT_NAMES = "零一二三四五六七八九"
"""The name of each digit, by its value."""
NUMERAL_CHARACTERS = f"{DIGIT_NAMES}十百千万亿两"
"""What everyday Chinese numerals are made of."""
DIGITS = {"零": 0, "一": 1, "幺": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SMALL_UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE_UNITS = {"万": 10**4, "亿": 10**8}
TENS = {"廿": 20, "卅": 30, "卌": 40}
LONGEST = 30
"""Longest numeral in characters that is read as a size; a longer one is only a run of digits."""

# What `guards.text.folding` keeps at PLAIN because it is no look-alike outside numerals. One character for one.
_SPELLINGS = dict(
    zip(
        "壹弌贰弍叁弎肆亖伍陆柒捌玖拾佰仟〇○◯⭕圆卄丗‐‑‒–—―−",
        "一一二二三三四四五六七八九十百千零零零零元廿卅-------",
        strict=True,
    )
)
# Of every script: a text seldom has any, and each plane is a class of its own, since one of both is ten times slower.
_UNUSUAL = re.compile(f"[{''.join(_SPELLINGS)}参〡-〩\u0660-\u1fff\ua620-\uabff]")
_UNUSUAL_ASTRAL = re.compile("[\U00010000-\U0001ffff]")
# 大陆, 队伍 and 收拾 are words; 参 is a digit only among formal numerals (参拾, 贰佰参).
_WORDS = re.compile("[大登着水内]陆|陆续|[队退入]伍|收拾|(?<![拾佰仟零])参(?![拾佰仟万亿元圆角分])")
_DIGITS = frozenset(DIGITS)
_PIECE = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[^ ]")
_PLACES = {**{numeral: str(value) for numeral, value in DIGITS.items()}, **{digit: digit for digit in "0123456789"}}


def normalise_digits(text: str) -> str:
    """A folded text with every spelling of a digit written in one way, character for character (壹佰, 〇, ٣, 圆)."""
    if _UNUSUAL.search(text):
        kept = {place for word in _WORDS.finditer(text) for place in range(*word.span())}
        text = _UNUSUAL.sub(lambda found: found[0] if found.start() in kept else _normalised(found[0]), text)
    return _UNUSUAL_ASTRAL.sub(lambda found: _normalised(found[0]), text)


def _normalised(character: str) -> str:
    if character == "参":
        return "三"
    if "〡" <= character <= "〩":
        return str(int(unicodedata.numeric(character)))
    return _SPELLINGS.get(character) or str(unicodedata.decimal(character, character))


class Numeral(NamedTuple):
    """The size of a numeral. A vague one (两三, 十几) names no single value; `value` is then where it begins."""

    value: Decimal
    vague: bool = False


_ALONE = {
    character: Numeral(Decimal(value)) for character, value in (DIGITS | SMALL_UNITS | LARGE_UNITS | TENS).items()
}


def read(numeral: str) -> Numeral | None:
    """Read a folded numeral, or return None if it is none (一五一十) or too long to be a size."""
    if (known := _ALONE.get(numeral)) is not None:
        return known
    if len(numeral) > LONGEST:
        return None
    try:
        if numeral.isascii():
            return Numeral(Decimal(numeral.replace(" ", "").replace(",", "")))
        if numeral[:-1].isascii() and numeral[-1] in LARGE_UNITS:
            return Numeral(Decimal(numeral[:-1].replace(" ", "").replace(",", "")) * LARGE_UNITS[numeral[-1]])
        return _read_chinese(numeral)
    except InvalidOperation:  # two points, no digit
        return None


def _read_chinese(numeral: str) -> Numeral | None:
    whole, point, fraction = numeral.partition("点")
    if point:
        return _read_decimal(whole, fraction)
    if len(numeral) > 1 and _DIGITS.issuperset(numeral):
        return _read_positions(numeral)
    return _read_units(numeral)


def _read_positions(numeral: str) -> Numeral | None:
    """Read digits said one by one: 二零二六. Two neighbours (两三) are an estimate, not a numeral of two places."""
    if len(numeral) == 2 and "零" not in numeral:
        low, high = DIGITS[numeral[0]], DIGITS[numeral[1]]
        return Numeral(Decimal(low), vague=True) if low < high <= low + 2 else None
    return Numeral(Decimal("".join([str(DIGITS[character]) for character in numeral])))


def _read_decimal(whole: str, fraction: str) -> Numeral | None:
    """Read 三点六 and 一点二万: digits after the point, then at most units of size."""
    digits = fraction.rstrip("百千万亿")
    places = "".join([_PLACES.get(character, "?") for character in digits])
    head = read(whole)
    if head is None or not places or "?" in places:
        return None
    value = head.value + Decimal(f"0.{places}")
    for unit in fraction[len(digits) :]:
        value *= LARGE_UNITS.get(unit) or SMALL_UNITS[unit]
    return Numeral(value, head.vague)


def _read_units(numeral: str) -> Numeral | None:
    """Read digits with units of size: 十二万三千四百五十六, 20万5千, 一百二 (120), 七八千, 几十万."""
    total: Decimal | int = 0  # of the sections that a 万 or 亿 has closed
    section: Decimal | int = 0  # below the next 万 or 亿
    digit: Decimal | int | None = None  # in hand, until a unit takes it
    ceiling, last_unit, last_large, vague = 10**4, 1, 10**16, False  # last_unit is 0 after a 零
    for piece in _PIECE.findall(numeral):
        if unit := SMALL_UNITS.get(piece):
            if unit >= ceiling or (digit is None and unit != 10 and (section or last_unit == 0)):
                return None
            section += (1 if digit is None else digit) * unit
            digit, ceiling, last_unit = None, unit, unit
        elif unit := LARGE_UNITS.get(piece):
            section += digit or 0
            total = (total + section) * unit if unit > last_large else total + (section or 1) * unit
            section, digit, ceiling, last_large, last_unit = 0, None, 10**4, unit, unit
        elif piece == "零":
            if digit is not None:
                return None
            last_unit = 0
        elif piece == "几":
            vague, digit = True, 1 if digit is None else digit
        elif piece in TENS:
            if digit is not None or section:
                return None
            section, ceiling, last_unit = TENS[piece], 10, 10
        else:
            value = DIGITS[piece] if piece in DIGITS else Decimal(piece.replace(",", ""))
            if digit is None:
                digit = value
            elif digit < value <= digit + 2:
                vague = True
            else:
                return None
    if digit and digit < 10 and last_unit >= 100:
        digit *= last_unit // 10  # a lone last digit is of the next lower unit (一百二)
    return Numeral(Decimal(total + section + (digit or 0)), vague)


_UNITS = ("", "十", "百", "千")
_MYRIADS = ("", "万", "亿", "万亿")


def spoken_integer(value: int) -> str:
    """A whole number of at least 0 and below 10^16 in words, as one says it: 2000 is 两千, 10 is 十, 1005 is 一千零五.

    Raises:
        ValueError: outside that range.
    """
    if not 0 <= value < 10**16:
        raise ValueError("only whole numbers from 0 to 10^16 are read aloud")
    if value == 0:
        return DIGIT_NAMES[0]
    groups: list[int] = []
    while value:
        value, group = divmod(value, 10000)
        groups.append(group)
    words = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            continue
        if words and (group < 1000 or groups[index + 1] == 0):
            words += DIGIT_NAMES[0]
        words += ("两" if group == 2 and index and not words else _spoken_group(group, first=not words)) + _MYRIADS[
            index
        ]
    return words


def _spoken_group(group: int, *, first: bool) -> str:
    """One group of four digits in words."""
    words = ""
    pending_zero = False
    for power in range(3, -1, -1):
        digit = group // 10**power % 10
        if digit == 0:
            pending_zero = bool(words)
            continue
        if pending_zero:
            words += DIGIT_NAMES[0]
            pending_zero = False
        leading_ten = power == 1 and digit == 1 and not words and first
        name = "两" if digit == 2 and power == 3 else DIGIT_NAMES[digit]
        words += ("" if leading_ten else name) + _UNITS[power]
    return words


EVERYDAY_NUMERALS = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟两幺〇", "一二三四五六七八九十百千二一零", strict=True))
"""Formal and colloquial numerals, and the everyday ones that stand for them where all are to be alike."""
_EVERYDAY = str.maketrans(EVERYDAY_NUMERALS)
_LONGEST_SIZE = 8


def in_chinese(numeral: str) -> str:
    """An Arabic numeral in everyday ones: 20 is 二十, 3.6 is 三点六; long ones and those that begin with 0 by digit."""
    whole, _, fraction = numeral.partition(".")
    if len(whole) > _LONGEST_SIZE or (len(whole) > 1 and whole[0] == "0"):
        said = digit_by_digit(whole)
    else:
        said = spoken_integer(int(whole)).translate(_EVERYDAY)
    return f"{said}点{digit_by_digit(fraction)}" if fraction else said


def digit_by_digit(digits: str, names: str = DIGIT_NAMES) -> str:
    """ASCII digits by name, one by one: 2026 is 二零二六."""
    return "".join(names[int(digit)] for digit in digits)
