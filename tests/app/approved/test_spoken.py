"""The written and the spoken form of a value are read back as the same value, by the guards' own reader."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.approved.spoken import (
    plain,
    spoken_count,
    spoken_date,
    spoken_decimal,
    spoken_digits,
    spoken_line,
    spoken_money,
    written_date,
    written_money,
)
from guards.numbers.dates import PartialDate
from guards.numbers.scan import Number, extract
from guards.types import Quantity

TODAY = date(2026, 11, 22)
_MANY = settings(max_examples=300, deadline=None)
_AMOUNTS = st.decimals(0, Decimal("999999999999.99"), places=2) | st.integers(0, 10**12 - 1).map(Decimal)
_ROUND = st.builds(lambda head, power: Decimal(head) * 10**power, st.integers(1, 99), st.integers(0, 9))
_RATES = st.decimals(0, 100, places=6) | st.decimals(0, 36, places=2) | st.integers(0, 100).map(Decimal)


def read_back(text: str) -> Number:
    """The one number in a text."""
    numbers = extract(text)
    assert len(numbers) == 1, (text, numbers)
    (number,) = numbers
    assert not number.approximate, text
    assert not number.vague, text
    return number


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", "零元"),
        ("0.01", "一分钱"),
        ("0.02", "两分钱"),
        ("0.05", "五分钱"),
        ("0.5", "五角"),
        ("0.55", "五角五分"),
        ("2", "两元"),
        ("12", "十二元"),
        ("856.5", "八百五十六元五角"),
        ("123.45", "一百二十三元四角五分"),
        ("100.05", "一百元零五分"),
        ("1234.50", "一千二百三十四元五角"),
        ("200000", "二十万元"),
    ],
)
def test_amounts_as_one_says_them(value: str, words: str) -> None:
    assert spoken_money(Decimal(value)) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("10000", "1万"),
        ("200000.00", "20万"),
        ("12000", "12000"),
        ("1234.5", "1234.5"),
        ("100000000", "1亿"),
        ("110000000", "1.1亿"),
        ("123450000", "123450000"),
        ("849.60", "849.6"),
        ("1500.00", "1500"),
    ],
)
def test_amounts_as_one_writes_them(value: str, text: str) -> None:
    assert written_money(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [("3.6", "三点六"), ("0.05", "零点零五"), ("24", "二十四"), ("24.00", "二十四"), ("10.10", "十点一")],
)
def test_decimals_as_one_says_them(value: str, words: str) -> None:
    assert spoken_decimal(Decimal(value)) == words


@pytest.mark.parametrize(
    ("value", "text"), [("3.60", "3.6"), ("100", "100"), ("1E+3", "1000"), ("0.000001", "0.000001"), ("0.0", "0")]
)
def test_decimals_as_one_writes_them(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_two_before_a_measure_word() -> None:
    assert [spoken_count(value) for value in (1, 2, 12, 22, 200)] == ["一", "两", "十二", "二十二", "二百"]


def test_digits_one_by_one() -> None:
    assert spoken_digits("0123456789") == "零幺二三四五六七八九"


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("6789", "六七八九"),
        ("95518", "九五五幺八"),
        ("955188", "九五五，幺八八"),
        ("10101234", "幺零幺零，幺二三四"),
        ("4000000000", "四零零，零零零，零零零零"),
        ("8008201234", "八零零，八二零，幺二三四"),
        ("13800138000", "幺三八，零零幺三，八零零零"),
        ("01088886666", "零幺零，八八八八，六六六六"),
        ("057188886666", "零五七幺，八八八八，六六六六"),
        ("05718886666", "零五七幺，八八八，六六六六"),
        ("1234567890123", "幺二三，四五六，七八九，零幺二三"),
    ],
)
def test_a_telephone_number_is_said_in_groups(digits: str, words: str) -> None:
    assert spoken_line(digits) == words


class TestHeardAsMeant:
    @_MANY
    @given(value=_AMOUNTS | _ROUND)
    def test_amounts(self, value: Decimal) -> None:
        for text in (spoken_money(value), f"{written_money(value)}元"):
            number = read_back(f"应还{text}。")
            assert (number.quantity, number.value) == (Quantity.MONEY, value), text

    @_MANY
    @given(value=_RATES)
    def test_annual_rates(self, value: Decimal) -> None:
        for text in (f"百分之{spoken_decimal(value)}", f"{plain(value)}%"):
            number = read_back(f"单利年化利率{text}。")
            assert (number.quantity, number.value) == (Quantity.RATE_ANNUAL, value), text

    @_MANY
    @given(value=_RATES)
    def test_monthly_rates(self, value: Decimal) -> None:
        for text in (f"百分之{spoken_decimal(value)}", f"{plain(value)}%"):
            number = read_back(f"月利率{text}。")
            assert (number.quantity, number.value) == (Quantity.RATE_MONTHLY, value), text

    @_MANY
    @given(value=st.integers(1, 10**9 - 1) | _ROUND.map(int))
    @pytest.mark.parametrize(
        ("unit", "quantity"),
        [("分钟", Quantity.MINUTES), ("天", Quantity.DAYS), ("期", Quantity.TERM)],
    )
    def test_whole_numbers_with_a_unit(self, value: int, unit: str, quantity: Quantity) -> None:
        for text in (f"{spoken_count(value)}{unit}", f"{value}{unit}"):
            number = read_back(f"一共要{text}。")
            assert (number.quantity, number.value) == (quantity, Decimal(value)), text

    @_MANY
    @given(value=st.integers(11, 10**9 - 1))
    def test_places(self, value: int) -> None:
        for text in (f"{spoken_count(value)}个", f"{value}个"):
            number = read_back(f"活动名额有{text}。")
            assert (number.quantity, number.value) == (Quantity.COUNT, Decimal(value)), text

    @_MANY
    @given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
    def test_dates(self, day: date) -> None:
        for text in (spoken_date(day, TODAY), written_date(day, TODAY)):
            number = read_back(f"到期日是{text}。")
            assert number.quantity is Quantity.DATE
            assert isinstance(number.value, PartialDate)
            assert number.value.matches(day, TODAY), text
            assert (number.value.year is None) is (day.year == TODAY.year)
            assert (number.value.month, number.value.day) == (day.month, day.day)

    @_MANY
    @given(digits=st.text("0123456789", min_size=4, max_size=4))
    def test_card_tails(self, digits: str) -> None:
        for text in (spoken_digits(digits), digits):
            number = read_back(f"还款卡尾号是{text}。")
            assert (number.quantity, number.value) == (Quantity.DIGITS, digits), text

    @_MANY
    @given(digits=st.text("0123456789", min_size=5, max_size=13))
    def test_hotlines(self, digits: str) -> None:
        for text in (spoken_line(digits), spoken_digits(digits), digits):
            number = read_back(f"官方客服热线是{text}。")
            assert (number.quantity, number.value) == (Quantity.DIGITS, digits), text

    @_MANY
    @given(digits=st.text("0123456789", min_size=5, max_size=13))
    def test_hotlines_wherever_they_stand(self, digits: str) -> None:
        number = read_back(f"请您打{spoken_line(digits)}，问清楚再定。")
        assert (number.quantity, number.value) == (Quantity.DIGITS, digits)

    def test_fen_of_interest_stay_a_rate(self) -> None:
        assert read_back("月息五分。").quantity is Quantity.RATE_MONTHLY
        assert read_back("五分利。").quantity is Quantity.RATE

    @pytest.mark.parametrize("text", ["不收您一分钱。", "不会多收您一分钱。", "一分钱都不用多花。", "不用还一分钱。"])
    def test_not_a_penny_is_no_amount(self, text: str) -> None:
        assert extract(text) == ()
