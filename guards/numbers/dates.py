"""Calendar days as people say them: what is known of one, and which day it may be."""

from dataclasses import dataclass
from datetime import date, timedelta

_NEAR = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """What a spoken date says. None: not said.

    `weekday` counts from Monday = 0. `weeks`, `months`, `days` and `years` count from the present one (下周三: weeks 1,
    weekday 2; 本月25号: months 0, day 25; 明天: days 1). `repeats`: every month or week (每月25号). `lunar`: of the
    traditional calendar, which is not converted, and so matches no day. Values are not checked: 13月40日 matches none.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    weeks: int | None = None
    months: int | None = None
    days: int | None = None
    years: int | None = None
    repeats: bool = False
    lunar: bool = False

    def matches(self, day: date, today: date | None) -> bool:
        """Whether `day` may be meant. What can only be told from `today` is not checked while that is unknown."""
        if self.lunar:
            return False
        if self.year is not None and self.year != day.year:
            return False
        if self.month is not None and self.month != day.month:
            return False
        if self.day is not None and self.day != day.day:
            return False
        if self.weekday is not None and self.weekday != day.weekday():
            return False
        return today is None or self._fits(day, today)

    def _fits(self, day: date, today: date) -> bool:
        if self.days is not None:
            return (day - today).days == self.days
        if self.years is not None:
            return day.year - today.year == self.years
        if self.months is not None:
            return (day.year - today.year) * 12 + day.month - today.month == self.months
        if self.weeks is not None:
            return _monday(day) - _monday(today) == timedelta(weeks=self.weeks)
        if self.month is None and self.year is None and not self.repeats:
            # 25号 or 周三 alone is heard as the nearest one.
            return abs(day - today) <= (_NEAR if self.day is not None else timedelta(days=7))
        return True


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
