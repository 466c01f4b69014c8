"""The other ways to write a value that we were told: read aloud, in Chinese numerals, as a date, in pinyin."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import product

from pypinyin.pinyin_dict import pinyin_dict

_LONGEST_NAME = 6
_LETTER_U = ("u", "v", "yu")
_READ_OUT = {"com": ("com", "康姆", "抗姆", "康母"), "qq": ("qq", "扣扣")}
_DATE = re.compile(r"((?:19|20)[0-9]{2})[年\-./ ]{0,3}([0-9]{1,2})[月\-./ ]{0,3}([0-9]{1,2})[日号]?")
_ID_CARD = re.compile(r"[1-9][0-9]{5}((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})[0-9]{3}[0-9x]")
_SMALL_NUMBER = re.compile(r"[1-9][0-9]{0,2}(?![0-9])")
_MOST_NUMBERS = 4


def cardinal(number: int) -> str:
    """A number from 1 to 999 as it is said, its digits then as `digits_of` has them: 12 → 十2, 102 → 1百02."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{hundreds}百" if hundreds else ""
    if tens:
        said += "十" if number < 20 else f"{tens}十"
    elif hundreds and ones:
        said += "0"
    return said + (str(ones) if ones else "")


def with_cardinals(bare: str) -> Iterator[str]:
    """A bare value in which some small numbers are said as numbers (八十八号 for 88号), not digit by digit."""
    numbers = [found for found in re.finditer("[0-9]+", bare) if _SMALL_NUMBER.fullmatch(found[0])][:_MOST_NUMBERS]
    for forms in product(*((found[0], cardinal(int(found[0]))) for found in numbers)):
        pieces, position = "", 0
        for found, form in zip(numbers, forms, strict=True):
            pieces += bare[position : found.start()] + form
            position = found.end()
        yield pieces + bare[position:]


def read_out(bare: str) -> Iterator[str]:
    """A bare address as a speaker says its parts: 康姆 for com, 扣扣 for qq."""
    parts = re.split(f"({'|'.join(_READ_OUT)})", bare)
    return map("".join, product(*(_READ_OUT.get(part, (part,)) for part in parts)))


def _day(visible: str) -> date | None:
    """The day that a value is, or the birthday that an ID card number holds."""
    found = _DATE.fullmatch(visible) or _ID_CARD.fullmatch(visible)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def day_pattern(value: str) -> re.Pattern[str] | None:
    """Where a folded text with ASCII digits gives the day that such a value is or, for an ID card, the birthday."""
    day = _day(value.strip())
    if day is None:
        return None
    month, of_month = (f"(?:0?{number}|{cardinal(number)})" for number in (day.month, day.day))
    year = f"(?:{day.year // 100})?{day.year % 100:02}"
    return re.compile(rf"(?<![0-9]){year} ?[年\-./ ] ?{month} ?[月\-./ ] ?{of_month}(?![0-9十])[日号]?")


def _syllables(character: str) -> set[str]:
    """All readings of a character in plain letters: 吕 → lu, lv, lyu."""
    letters = unicodedata.normalize("NFD", pinyin_dict.get(ord(character), "")).replace("u\u0308", "ü")
    plain = "".join([letter for letter in letters if letter in ",ü" or letter.isascii()])
    return {syllable.replace("ü", letter) for syllable in plain.split(",") for letter in _LETTER_U} - {""}


def pinyin_pattern(name: str) -> re.Pattern[str] | None:
    """Where a bare text names the person in pinyin, with tone numbers or without, given name last or first."""
    if not 2 <= len(name) <= _LONGEST_NAME:
        return None
    readings = ["|".join(sorted(_syllables(character), key=len, reverse=True)) for character in name]
    if not all(readings):
        return None
    spoken = [f"(?:{reading})[0-5]?" for reading in readings]
    surnames = (1, 2) if len(name) > 2 else (1,)
    orders = ["".join(spoken), *("".join(spoken[size:] + spoken[:size]) for size in surnames)]
    return re.compile("|".join(orders))
