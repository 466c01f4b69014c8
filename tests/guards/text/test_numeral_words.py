"""Whole numbers as one says them."""

import pytest

from guards.text.numerals import spoken_integer


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "零"),
        (2, "二"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (111, "一百一十一"),
        (200, "二百"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
        (2000, "两千"),
        (2222, "两千二百二十二"),
        (10000, "一万"),
        (10010, "一万零一十"),
        (12000, "一万两千"),
        (20000, "两万"),
        (100000, "十万"),
        (100001, "十万零一"),
        (110000, "十一万"),
        (200000, "二十万"),
        (1000000, "一百万"),
        (10000000, "一千万"),
        (20000000, "两千万"),
        (100000000, "一亿"),
        (200000000, "两亿"),
        (100010000, "一亿零一万"),
        (100000001, "一亿零一"),
        (1000000000000, "一万亿"),
    ],
)
def test_whole_numbers_as_one_says_them(value: int, words: str) -> None:
    assert spoken_integer(value) == words


@pytest.mark.parametrize("value", [-1, 10**16])
def test_whole_numbers_out_of_range(value: int) -> None:
    with pytest.raises(ValueError, match="10\\^16"):
        spoken_integer(value)
