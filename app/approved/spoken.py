"""Amounts, rates, dates and digits, as they are written and as they are read aloud."""

import re
from datetime import date
from decimal import Decimal
from itertools import accumulate

from guards.text.numerals import DIGIT_NAMES, digit_by_digit, spoken_integer

_READ_OUT = "零幺二三四五六七八九"


def plain(value: Decimal) -> str:
    """A decimal in ordinary digits: no exponent, no trailing zeros after the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written_money(value: Decimal) -> str:
    """An amount of yuan in digits, without the unit and needless zeros: round amounts as 20万 or 1.1亿."""
    if value >= 10**8 and value % 10**7 == 0:
        return f"{plain(value / 10**8)}亿"
    if 10**4 <= value < 10**8 and value % 10**4 == 0:
        return f"{plain(value / 10000)}万"
    return plain(value)


def spoken_money(value: Decimal) -> str:
    """An amount of at least 0 yuan in words, to the cent: 1234.5 is 一千二百三十四元五角, 0.05 is 五分钱."""
    cents = int(value * 100)
    yuan, rest = divmod(cents, 100)
    tenths, hundredths = divmod(rest, 10)
    if not yuan and not tenths and hundredths:
        return f"{spoken_count(hundredths)}分钱"  # 五分 alone also names a rate of interest
    words = f"{spoken_count(yuan)}元" if yuan or not rest else ""
    if tenths:
        words += f"{DIGIT_NAMES[tenths]}角"
    elif hundredths and words:
        words += DIGIT_NAMES[0]
    return words + (f"{DIGIT_NAMES[hundredths]}分" if hundredths else "")


def spoken_decimal(value: Decimal) -> str:
    """A number of at least 0 in words: 3.6 is 三点六, 200000 is 二十万."""
    whole, _, fraction = plain(value).partition(".")
    words = spoken_integer(int(whole))
    return words + ("点" + digit_by_digit(fraction) if fraction else "")


def spoken_count(value: int) -> str:
    """A whole number before a measure word: 2 is 两."""
    return "两" if value == 2 else spoken_integer(value)


def spoken_digits(digits: str) -> str:
    """Digits one by one, with 幺 for 1 as on the telephone."""
    return digit_by_digit(digits, _READ_OUT)


_GROUPED = ((3, 3), (3, 4), (4, 4), (3, 3, 3), (3, 3, 4), (3, 4, 4), (4, 4, 4), (3, 3, 3, 4))
_BREATHS = {sum(groups): groups for groups in _GROUPED}
_LONG_AREA_CODE = re.compile("0[3-9][0-9]{9}")


def spoken_line(digits: str) -> str:
    """A telephone number in groups with pauses: 400 numbers 3-3-4, mobiles 3-4-4, area codes apart, 95518 at once."""
    breaths = (4, 3, 4) if _LONG_AREA_CODE.fullmatch(digits) else _BREATHS.get(len(digits), (len(digits),))
    ends = accumulate(breaths)
    return "，".join(spoken_digits(digits[end - breath : end]) for breath, end in zip(breaths, ends, strict=True))


def written_date(day: date, today: date) -> str:
    """A date with the year only when it is not this year's."""
    return f"{day.month}月{day.day}日" if day.year == today.year else f"{day.year}年{day.month}月{day.day}日"


def spoken_date(day: date, today: date) -> str:
    """A date in words, the year digit by digit."""
    year = "" if day.year == today.year else digit_by_digit(str(day.year)) + "年"
    return f"{year}{spoken_integer(day.month)}月{spoken_integer(day.day)}日"
