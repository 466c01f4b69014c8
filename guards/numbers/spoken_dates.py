"""Read dates and clock times, as people say them, out of matches of `guards.numbers.grammar.TOKEN`."""

import re
from decimal import Decimal

from guards.numbers.dates import PartialDate
from guards.numbers.drafts import Draft, Reader
from guards.text.numerals import read
from guards.types import Quantity

_DAYS_AHEAD = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_WEEKS_AHEAD = {"上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
_MONTHS_AHEAD = {"上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "次": 1}
_YEARS_AHEAD = {"去": -1, "今": 0, "本": 0, "明": 1}
_PASSED = ("逾期", "逾期了", "超过", "超期", "宽限", "延后", "推迟", "近", "满")
_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}
_YEAR_BEFORE = re.compile("([今明去本])年 ?$")
_MONTH_BEFORE = re.compile("(?:本|这个|当|[上下每]个?|次)$")
_WEEK_BEFORE = re.compile("(下下|[下上本这每])?个?$")
_HALF_DAYS = "上午|早[上晨]?|清晨|凌晨|大早|中午|下午|午后|傍晚|晚上?|夜[里间]?"
_HALF_DAY_BEFORE = re.compile(f"[今明昨当一]?({_HALF_DAYS})$")
_HALF_DAY_OF_RANGE = re.compile(f"({_HALF_DAYS})[^，。！？；、,!?;\n]{{1,8}}[到至~-]$")
_FROM_NOON = {"中": range(1, 11), "晚": range(5, 12), "夜": range(5, 12), **dict.fromkeys("下午傍", range(1, 12))}
"""By its first character, the hours of a half day that are counted from noon (晚上八点, but not 夜里一点)."""


def _small(numeral: str | None) -> int | None:
    if numeral is None:
        return None
    reading = read(numeral)
    return None if reading is None else int(reading.value)


def _date(match: re.Match[str], value: PartialDate) -> Draft:
    return Draft(Quantity.DATE, value, match.start(), match.end())


def _read_iso(match: re.Match[str]) -> Draft:
    return _date(match, PartialDate(int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"])))


def _read_slash(match: re.Match[str]) -> Draft:
    return _date(match, PartialDate(month=int(match["slash_month"]), day=int(match["slash_day"])))


def _read_date(match: re.Match[str]) -> Draft:
    start, years = match.start(), None
    if match["year"] is None and (before := _YEAR_BEFORE.search(match.string, max(0, start - 3), start)):
        start, years = before.start(), _YEARS_AHEAD[before[1]]
    year, month, day = _small(match["year"]), _small(match["month"]), _small(match["day"])
    if year is not None and len(match["year"]) == 2:
        year += 2000
    draft = _date(match, PartialDate(year, month, day, years=years))
    draft.start = start
    return draft


def _read_lunar(match: re.Match[str]) -> Draft:
    return _date(match, PartialDate(lunar=True))


def _read_year(match: re.Match[str]) -> Draft:
    return _date(match, PartialDate(year=_small(match["full_year"])))


def _read_monthly(match: re.Match[str]) -> Draft:
    before = _MONTH_BEFORE.search(match.string, max(0, match.start() - 2), match.start())
    day = _small(match["monthly_day"])
    if before is None:
        return Draft(Quantity.DATE, PartialDate(day=day), match.start("monthly_day"), match.end())
    which = before[0][0]
    draft = _date(match, PartialDate(day=day, months=_MONTHS_AHEAD.get(which), repeats=which == "每"))
    draft.start = before.start()
    return draft


def _read_lone_day(match: re.Match[str]) -> Draft:
    day, before = _small(match["only_day"]), match.string[max(0, match.start() - 4) : match.start()]
    if match[0].endswith("日") and before.endswith(_PASSED):
        return Draft(Quantity.DAYS, Decimal(day or 0), match.start(), match.end())
    return _date(match, PartialDate(day=day, repeats=before.endswith("每月")))


def _read_week(match: re.Match[str]) -> Draft:
    weekday = "一二三四五六日七八九零".find(match["weekday"].replace("天", "日"))
    before = _WEEK_BEFORE.search(match.string, max(0, match.start() - 3), match.start())
    which = before[1] if before else None
    draft = _date(match, PartialDate(weekday=weekday, weeks=_WEEKS_AHEAD.get(which or ""), repeats=which == "每"))
    if before and which in _WEEKS_AHEAD:
        draft.start = before.start()
    return draft


def _read_near(match: re.Match[str]) -> Draft:
    said, start, text = match[0], match.start(), match.string
    if len(said) == 1:
        start -= 2 if text[start - 2 : start - 1] == "大" else 1
    return Draft(Quantity.DATE, PartialDate(days=_DAYS_AHEAD[text[start : match.end() - 1]]), start, match.end())


def _read_clock(match: re.Match[str]) -> Draft:
    """The hour as the clock shows it: 晚上八点半 is 20:30. 多 (八点多) makes it vague."""
    text, start = match.string, match.start()
    hour = _small(match["hour"] or match["hour_alone"]) or 0
    minute = _small(match["minutes"] or match["minute"] or match["bare_minute"]) or _QUARTERS.get(match["quarter"], 0)
    before = _HALF_DAY_BEFORE.search(text, max(0, start - 3), start)
    if half_day := before or _HALF_DAY_OF_RANGE.search(text, max(0, start - 12), start):
        hour = _hour_of_day(hour, half_day[1])
    start = before.start() if before else start
    return Draft(Quantity.DIGITS, f"{hour:02}:{minute:02}", start, match.end(), vague=match["past"] is not None)


def _hour_of_day(hour: int, half_day: str) -> int:
    if hour == 12 and half_day[0] in "晚夜凌":
        return 0 if half_day[0] == "凌" else 24
    return hour + 12 if hour in _FROM_NOON.get(half_day[0], ()) else hour


DATE_READERS: dict[str, Reader] = {
    "iso": _read_iso,
    "slash": _read_slash,
    "date": _read_date,
    "lunar": _read_lunar,
    "lunar_day": _read_lunar,
    "year_alone": _read_year,
    "monthly": _read_monthly,
    "lone_day": _read_lone_day,
    "week": _read_week,
    "near": _read_near,
    "clock": _read_clock,
}
