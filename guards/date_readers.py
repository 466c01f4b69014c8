"""Read dates, as people say them, out of matches of `guards.number_patterns.TOKEN`."""

import re
from decimal import Decimal

from guards.dates import PartialDate
from guards.number_drafts import Draft, Reader
from guards.numerals import read
from guards.types import Quantity

_DAYS_AHEAD = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_WEEKS_AHEAD = {"上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
_MONTHS_AHEAD = {"上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "次": 1}
_YEARS_AHEAD = {"去": -1, "今": 0, "本": 0, "明": 1}
_PASSED = ("逾期", "逾期了", "超过", "超期", "宽限", "延后", "推迟", "近", "满")


def _small(numeral: str | None) -> int | None:
    if numeral is None:
        return None
    reading = read(numeral)
    return None if reading is None else int(reading.value)


def _year(numeral: str | None) -> int | None:
    return None if numeral is None or numeral in _YEARS_AHEAD else _small(numeral)


def _date(match: re.Match[str], value: PartialDate) -> Draft:
    return Draft(Quantity.DATE, value, match.start(), match.end())


def _read_iso(match: re.Match[str]) -> Draft:
    return _date(match, PartialDate(int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"])))


def _read_date(match: re.Match[str]) -> Draft:
    year = match["year"]
    value = PartialDate(
        _year(year), _small(match["month"]), _small(match["day"]), years=_YEARS_AHEAD.get(year) if year else None
    )
    return _date(match, value)


def _read_year(match: re.Match[str]) -> Draft:
    return _date(match, PartialDate(year=_small(match["full_year"])))


def _read_monthly(match: re.Match[str]) -> Draft:
    which = match["which"]
    day = _small(match["monthly_day"])
    return _date(match, PartialDate(day=day, months=_MONTHS_AHEAD.get(which[0]), repeats=which[0] == "每"))


def _read_lone_day(match: re.Match[str]) -> Draft:
    day, before = _small(match["only_day"]), match.string[max(0, match.start() - 4) : match.start()]
    if match[0].endswith("日") and before.endswith(_PASSED):
        return Draft(Quantity.DAYS, Decimal(day or 0), match.start(), match.end())
    return _date(match, PartialDate(day=day, repeats=before.endswith("每月")))


def _read_week(match: re.Match[str]) -> Draft:
    weekday = "一二三四五六日".find(match["weekday"]) % 7
    repeats = match.string[max(0, match.start() - 1) : match.start()] == "每"
    return _date(
        match, PartialDate(weekday=weekday, weeks=_WEEKS_AHEAD.get(match["which_week"] or ""), repeats=repeats)
    )


def _read_near(match: re.Match[str]) -> Draft:
    return _date(match, PartialDate(days=_DAYS_AHEAD[match[0][:-1]]))


DATE_READERS: dict[str, Reader] = {
    "iso": _read_iso,
    "date": _read_date,
    "year_alone": _read_year,
    "monthly": _read_monthly,
    "lone_day": _read_lone_day,
    "week": _read_week,
    "near": _read_near,
}
