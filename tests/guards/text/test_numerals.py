"""One numeral, however it is written, has one exact size; and how one says whole numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.text.numerals import LONGEST, normalise_digits, read, spoken_integer


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("0", "0"),
        ("1,234.50", "1234.5"),
        ("20万", "200000"),
        ("3.5 万", "35000"),
        ("万", "10000"),
        ("20万5千", "205000"),
        ("1万2", "12000"),
        ("1万2345", "12345"),
        ("十", "10"),
        ("一百二", "120"),
        ("一百零二", "102"),
        ("一千零十五", "1015"),
        ("一万零五", "10005"),
        ("两千万", "20000000"),
        ("一亿三千万", "130000000"),
        ("一千亿", "100000000000"),
        ("廿八", "28"),
        ("卅", "30"),
        ("卌一", "41"),
        ("三点六", "3.6"),
        ("三点一四一五", "3.1415"),
        ("一点二万", "12000"),
        ("十五点4", "15.4"),
        ("二零二六", "2026"),
        ("零五", "5"),
        ("一百 二十", "120"),
    ],
)
def test_sizes(numeral: str, value: str) -> None:
    reading = read(numeral)
    assert reading is not None
    assert (reading.value, reading.vague) == (Decimal(value), False)


@pytest.mark.parametrize(
    ("numeral", "begins"),
    [("两三", "2"), ("三五", "3"), ("七八千", "7000"), ("十几", "11"), ("几十", "10"), ("几", "1")],
)
def test_estimates_name_where_they_begin(numeral: str, begins: str) -> None:
    reading = read(numeral)
    assert reading is not None
    assert (reading.value, reading.vague) == (Decimal(begins), True)


@pytest.mark.parametrize(
    "numeral",
    [
        *(
            "一五一十",
            "百千",
            "三十千",
            "三点百",
            "点五",
            "三点",
            "三点百五",
            "零百",
            "三二",
            "五九",
            "一百廿廿",
            "三廿",
            "三二百",
        ),
        *("二零百", "二三零百", "一十零零百", "三" * (LONGEST + 1), "百百点五", "", "1.2.3", "1.2.万", "一."),
    ],
)
def test_what_is_no_numeral_is_not_read(numeral: str) -> None:
    assert read(numeral) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千"),
        ("弌弍弎亖丗卄", "一二三四卅廿"),
        ("二〇二六 ○◯⭕", "二零二六 零零零"),
        ("贰拾参万圆", "二十三万元"),
        ("〡〢〩", "129"),
        ("٣४๕", "345"),
        ("𑁧", "1"),
        ("2026‐11−25", "2026-11-25"),
        ("大陆和台湾，着陆，陆续，队伍，退伍，收拾，参加", "大陆和台湾，着陆，陆续，队伍，退伍，收拾，参加"),
        ("收拾拾元", "收拾十元"),
        ("您好abc。ᠠ😀", "您好abc。ᠠ😀"),
    ],
)
def test_every_spelling_of_a_digit_becomes_the_plain_one(text: str, plain: str) -> None:
    assert normalise_digits(text) == plain


@given(st.text(max_size=40))
def test_normalising_keeps_every_place_and_is_done_once(text: str) -> None:
    plain = normalise_digits(text)
    assert len(plain) == len(text)
    assert normalise_digits(plain) == plain


@given(st.text(alphabet="0123456789.,零一二三四五六七八九两十百千万亿廿卅几点 ", min_size=1, max_size=34))
def test_anything_made_of_digits_is_read_or_refused(numeral: str) -> None:
    reading = read(numeral)
    assert reading is None or reading.value >= 0


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
