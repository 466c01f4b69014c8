"""What the customer named, as slots that may be said back to him, and as facts that the guards then know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from app.approved.facts import Filling
from app.approved.spoken import spoken_count, spoken_date, spoken_money, written_date, written_money
from app.turns.book import CALLBACK_TIME, PROMISED_DAY, PROMISED_SUM
from guards.types import Case, Fact, Quantity

_NOON, _EVENING = 12, 18
_HALF = 30


@dataclass(frozen=True, slots=True)
class Named:
    """A day and a sum (yuan) that were promised, and a time to call; None where none was named."""

    day: date | None = None
    amount: Decimal | None = None
    at: datetime | None = None


def named_fillings(named: Named, today: date) -> dict[str, Filling]:
    """The slots that what was named fills."""
    fillings = {}
    if named.day is not None:
        written, spoken = written_date(named.day, today), spoken_date(named.day, today)
        fillings[PROMISED_DAY] = Filling(written, spoken, "promised_day", Quantity.DATE)
    if named.amount is not None:
        written, spoken = f"{written_money(named.amount)}元", spoken_money(named.amount)
        fillings[PROMISED_SUM] = Filling(written, spoken, "promised_amount", Quantity.MONEY)
    if named.at is not None:
        written, spoken = (_moment(named.at, today, is_spoken=each) for each in (False, True))
        fillings[CALLBACK_TIME] = Filling(written, spoken, "callback_time", Quantity.DIGITS)
    return fillings


def knowing(case: Case, named: Named) -> Case:
    """The case of somebody who named it: said back to him it is no claim of ours."""
    facts: list[Fact] = []
    if named.day is not None:
        facts.append(Fact("promised_day", Quantity.DATE, named.day))
    if named.amount is not None:
        facts.append(Fact("promised_amount", Quantity.MONEY, named.amount))
    if named.at is not None:
        facts += [
            Fact("callback_day", Quantity.DATE, named.at.date()),
            Fact("callback_time", Quantity.DIGITS, f"{named.at:%H:%M}"),
        ]
    return replace(case, facts=(*(case.facts or ()), *facts)) if facts else case


def _moment(at: datetime, today: date, *, is_spoken: bool) -> str:
    days = (at.date() - today).days
    names: Sequence[str] = ("今天", "明天", "后天")
    say = spoken_date if is_spoken else written_date
    day = names[days] if 0 <= days < len(names) else say(at.date(), today)
    part = "上午" if at.hour < _NOON else "中午" if at.hour == _NOON else "下午" if at.hour < _EVENING else "晚上"
    hour = at.hour - _NOON if at.hour > _NOON else at.hour
    minutes = "" if not at.minute else "半" if at.minute == _HALF else f"{at.minute}分"
    if is_spoken:
        minutes = minutes if minutes in ("", "半") else f"{spoken_count(at.minute)}分"
        return f"{day}{part}{'两' if hour == 2 else spoken_count(hour)}点{minutes}"
    return f"{day}{part}{hour}点{minutes}"
