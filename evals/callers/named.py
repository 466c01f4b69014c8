"""Which numbers a customer named, in figures or in words: the evaluation's own reading of days, hours and sums."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from evals.callers.cases import CALL_TIME

_TODAY = date.fromisoformat(CALL_TIME[:10])
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_WRITTEN = re.compile("[零一二两三四五六七八九十百千万]+")
_WEEKDAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
_DAYS_FROM_NOW = {"今天": 0, "今晚": 0, "现在": 0, "明天": 1, "后天": 2}
_NOON = 12


def number_of(written: str) -> int:
    """The value of a Chinese numeral below 10^8; a bare last digit counts the next unit (一千五 is 1500)."""
    total, digit, unit = 0, 0, 1
    for sign in written:
        if sign in _UNITS:
            unit = _UNITS[sign]
            total = (total + digit) * unit if unit == _UNITS["万"] else total + (digit or 1) * unit
            digit = 0
        else:
            digit = _DIGITS[sign]
            unit = 1 if sign == "零" else unit
    return total + digit * (unit // 10 if unit > _UNITS["十"] else 1)


def named_numbers(texts: Iterable[str]) -> frozenset[str]:
    """Every number that was named, and the months and days that weekdays and days of the month stand for."""
    found: set[int] = set()
    for text in texts:
        found |= {int(figures) for figures in re.findall(r"\d+", text)}
        found |= {number_of(written) for written in _WRITTEN.findall(text)}
        days = {_TODAY + timedelta(ahead) for word, ahead in _DAYS_FROM_NOW.items() if word in text}
        for name in _WEEKDAY.findall(text):
            this_week = _TODAY + timedelta("一二三四五六日".find(name.replace("天", "日")) - _TODAY.weekday())
            days |= {this_week, this_week + timedelta(7)}
        if re.search("[号日]|月[底初]", text):
            found |= {_TODAY.month, _TODAY.month % _NOON + 1}
        found |= {number for day in days for number in (day.month, day.day)}
    return frozenset(map(str, found))


def names_a_day(text: str) -> bool:
    """Whether a day is named, however roughly."""
    return bool(
        _WEEKDAY.search(text)
        or re.search("[一二三四五六七八九十0-9](?:号|日)|月[底初]|" + "|".join(_DAYS_FROM_NOW), text)
        or re.search("[十百千\\d]+五吧", text)
    )
