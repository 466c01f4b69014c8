"""Days, times and sums that customers name."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.turns.understanding.times import named_day, named_sum, named_time

NOW = datetime(2026, 11, 20, 10, 5, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("下周五给你们打钱", date(2026, 11, 27)),
        ("十五号发工资就还", date(2026, 12, 15)),
        ("这个月底", date(2026, 11, 30)),
        ("下个月底", date(2026, 12, 31)),
        ("三天后", date(2026, 11, 23)),
        ("明早给你", date(2026, 11, 21)),
        ("今晚就弄", date(2026, 11, 20)),
        ("过两天吧", None),
        ("再说吧", None),
        ("25号还不了", None),
        ("十号还一千，二十号还两千", None),
        ("25号发工资，26号还", date(2026, 11, 26)),
        ("不是今天，是明天", date(2026, 11, 21)),
    ],
)
def test_days(said: str, day: date | None) -> None:
    assert named_day(said, NOW.date()) == day


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("下午三点再打", (20, 15, 0)),
        ("三点钟打给我", (20, 15, 0)),
        ("明早九点", (21, 9, 0)),
        ("半个小时以后", (20, 10, 35)),
        ("周三下午", (25, 15, 0)),
        ("晚上八点半", (20, 20, 30)),
        ("早上八点", (20, 20, 0)),
    ],
)
def test_times_lie_ahead(said: str, time: tuple[int, int, int]) -> None:
    day, hour, minute = time
    assert named_time(said, NOW) == NOW.replace(day=day, hour=hour, minute=minute)


def test_no_time_is_named() -> None:
    assert named_time("改天吧", NOW) is None


@pytest.mark.parametrize(
    ("said", "amount"),
    [("先还五百", Decimal(500)), ("还一千五", Decimal(1500)), ("五百还是六百吧", None), ("没钱", None)],
)
def test_sums(said: str, amount: Decimal | None) -> None:
    assert named_sum(said) == amount
