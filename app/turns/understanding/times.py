"""Days, times and sums that an utterance names, as `guards.numbers` reads them, made into calendar days and moments."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from guards.numbers.dates import PartialDate
from guards.numbers.scan import extract
from guards.types import Quantity

_HALF_DAY = 12
_FARTHEST = 92
"""Days ahead that a promise or a call may lie."""
_TODAY = re.compile("今天|今晚|今儿|一会儿|这会儿|马上|现在就|下午(?!班)|晚上|待会")
_TOMORROW = re.compile("明早|明晚|明儿")
_MONTH_END, _NEXT = re.compile("月底|月末"), re.compile("下个?月底|下个?月末")
_IN_DAYS = re.compile("[天日](?:之?后|以后|内|之内)|过")
_CANNOT = re.compile("还不了|还不上|还不起|没法还|没办法还|不能还|怎么还得")
_PAYS = re.compile(
    "还(?!是|有|没|在|要上|想|能|可以|早)|打钱|打款|转账|转过去|转给|付|交上|存进|结清|给你们打|打给你们钱"
)
_CORRECTS = re.compile("不是.{1,8}是|不对|说错")
_LACKS = re.compile("没[^问]|没$|不行|不够|不到|来不及")
_WEEK = timedelta(days=7)
"""Between 周五 and 下周五, of which the second is meant."""
_CLAUSES = re.compile(r"[，。！？、,.!?；;\s]+")
_CLOCK = re.compile(r"(\d{2}):(\d{2})")
_PARTS = (
    (re.compile("上午|早上|早晨|明早"), 10),
    (re.compile("中午"), 12),
    (re.compile("下午"), 15),
    (re.compile("晚上|晚点|今晚|明晚|傍晚"), 19),
)
"""Parts of a day, and the hour that is taken for them."""


def named_day(text: str, today: date) -> date | None:
    """The day that is meant, today at the earliest; None where none is named, several are, or it is denied.

    Of several clauses the one that speaks of paying counts; after 不是今天，是明天 the last one.
    """
    if _CANNOT.search(text):
        return None
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    days = [(clause, day) for clause in clauses if (day := _day(clause, today)) is not None]
    days = [(clause, day) for clause, day in days if not _LACKS.search(clause)] or days
    chosen = {day for clause, day in days if _PAYS.search(clause)} or {day for _, day in days}
    if len(chosen) > 1 and (_CORRECTS.search(text) or max(chosen) - min(chosen) == _WEEK):
        return days[-1][1]
    return chosen.pop() if len(chosen) == 1 else None


def _day(text: str, today: date) -> date | None:
    found = {_next_match(each.value, today) for each in extract(text) if isinstance(each.value, PartialDate)}
    if found:
        return found.pop() if len(found) == 1 else None
    for number in extract(text):
        days = number.value if number.quantity is Quantity.DAYS and not number.vague else None
        if isinstance(days, Decimal) and days <= _FARTHEST and _IN_DAYS.search(text):
            return today + timedelta(days=int(days))
    if _MONTH_END.search(text):
        first = (today.replace(day=1) + timedelta(days=32)).replace(day=1) if _NEXT.search(text) else today
        return first.replace(day=monthrange(first.year, first.month)[1])
    if _TOMORROW.search(text):
        return today + timedelta(days=1)
    return today if _TODAY.search(text) else None


def named_time(text: str, now: datetime) -> datetime | None:
    """The moment that is meant, after `now`; None where no hour and no part of a day is named."""
    if _PAYS.search(text):  # when somebody pays is no time to call
        return None
    for number in extract(text):
        if number.quantity is Quantity.MINUTES and isinstance(number.value, Decimal) and re.search("后|再|过", text):
            return (now + timedelta(minutes=int(number.value))).replace(second=0, microsecond=0)
    hour = _hour(text)
    if hour is None:
        return None
    day = named_day(text, now.date()) or now.date()
    moment = datetime.combine(day, hour, now.tzinfo)
    if moment <= now and hour.hour < _HALF_DAY:  # said in the afternoon, 三点 is that of the afternoon
        moment += timedelta(hours=_HALF_DAY)
    return moment if moment > now else moment + timedelta(days=1)


def named_sum(text: str) -> Decimal | None:
    """The sum in yuan, if exactly one is named."""
    sums = {
        number.value
        for number in extract(text)
        if number.quantity is Quantity.MONEY and not number.vague and not number.is_foreign and number.per is None
    }
    (only,) = sums if len(sums) == 1 else (None,)
    return only if isinstance(only, Decimal) and only > 0 else None


def _hour(text: str) -> time | None:
    for number in extract(text):
        if number.quantity is Quantity.DIGITS and (clock := _CLOCK.fullmatch(str(number.value))):
            hours, minutes = int(clock[1]), int(clock[2])
            if hours < 24 and minutes < 60:
                return time(hours, minutes)
    return next((time(hour) for part, hour in _PARTS if part.search(text)), None)


def _next_match(said: PartialDate, today: date) -> date | None:
    days = (today + timedelta(days=ahead) for ahead in range(_FARTHEST))
    return next((day for day in days if said.matches(day, today)), None)
