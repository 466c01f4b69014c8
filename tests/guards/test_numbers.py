"""Numbers are found with their value, unit and exact place; words that only look like numbers are not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.dates import PartialDate
from guards.numbers import Number, extract
from guards.numerals import fold, read
from guards.types import Quantity

Q = Quantity


def only(text: str) -> Number:
    """The one number of a text."""
    (number,) = extract(text)
    return number


@pytest.mark.parametrize(
    ("text", "said", "quantity", "value"),
    [
        ("应还1,234.50元。", "1,234.50元", Q.MONEY, "1234.5"),
        ("额度２０万元", "２０万元", Q.MONEY, "200000"),
        ("十二万三千四百五十六点七八元", "十二万三千四百五十六点七八元", Q.MONEY, "123456.78"),
        ("最高二十万", "二十万", Q.MONEY, "200000"),
        ("一千二百三十四元五角", "一千二百三十四元五角", Q.MONEY, "1234.5"),
        ("一千二百三十四元五角六分", "一千二百三十四元五角六分", Q.MONEY, "1234.56"),
        ("先还两千块", "两千块", Q.MONEY, "2000"),
        ("三块五", "三块五", Q.MONEY, "3.5"),
        ("还一百二", "一百二", Q.MONEY, "120"),
        ("20万额度", "20万", Q.MONEY, "200000"),
        ("额度⑮万元", "⑮万元", Q.MONEY, "150000"),
        ("分俩月还", "俩月", Q.TERM, "2"),
        ("分仨月还", "仨月", Q.TERM, "3"),
        ("半拉月", "半拉月", Q.TERM, "0.5"),
        ("俩礼拜", "俩礼拜", Q.DAYS, "14"),
        ("一分的利息", "一分", Q.RATE, "1"),
        ("3.5万元", "3.5万元", Q.MONEY, "35000"),
        ("1.2亿", "1.2亿", Q.MONEY, "120000000"),
        ("20万5千", "20万5千", Q.MONEY, "205000"),
        ("贰拾万圆", "贰拾万圆", Q.MONEY, "200000"),
        ("借20w", "20w", Q.MONEY, "200000"),
        ("¥3,000", "3,000", Q.MONEY, "3000"),
        ("五毛钱", "五毛钱", Q.MONEY, "0.5"),
        ("应还 20 万元", "20 万元", Q.MONEY, "200000"),
        ("三千块一起还", "三千块", Q.MONEY, "3000"),
        ("利率3.6％", "3.6％", Q.RATE, "3.6"),
        ("百分之三点六", "百分之三点六", Q.RATE, "3.6"),
        ("百分之十五点四", "百分之十五点四", Q.RATE, "15.4"),
        ("千分之五", "千分之五", Q.RATE, "0.5"),
        ("万分之五", "万分之五", Q.RATE, "0.05"),
        ("年化利率3.6%", "3.6%", Q.RATE_ANNUAL, "3.6"),
        ("统一年化利率3.6%", "3.6%", Q.RATE_ANNUAL, "3.6"),
        ("年化利率呢，是百分之三点六", "百分之三点六", Q.RATE_ANNUAL, "3.6"),
        ("3.6%的年利率", "3.6%", Q.RATE_ANNUAL, "3.6"),
        ("一年百分之三点六", "百分之三点六", Q.RATE_ANNUAL, "3.6"),
        ("月利率0.3%", "0.3%", Q.RATE_MONTHLY, "0.3"),
        ("月息3厘", "3厘", Q.RATE_MONTHLY, "0.3"),
        ("月息一分", "一分", Q.RATE_MONTHLY, "1"),
        ("日利率万分之五", "万分之五", Q.RATE_DAILY, "0.05"),
        ("万分之五一天", "万分之五", Q.RATE_DAILY, "0.05"),
        ("每天万分之五", "万分之五", Q.RATE_DAILY, "0.05"),
        ("三成", "三成", Q.RATE, "30"),
        ("三点六个点", "三点六个点", Q.RATE, "3.6"),
        ("打八折", "八折", Q.DISCOUNT, "8"),
        ("八八折", "八八折", Q.DISCOUNT, "8.8"),
        ("95折", "95折", Q.DISCOUNT, "9.5"),
        ("分12期", "12期", Q.TERM, "12"),
        ("十二个月", "十二个月", Q.TERM, "12"),
        ("两年", "两年", Q.TERM, "24"),
        ("一年期", "一年期", Q.TERM, "12"),
        ("两年半", "两年半", Q.TERM, "30"),
        ("半个月", "半个月", Q.TERM, "0.5"),
        ("三个半月", "三个半月", Q.TERM, "3.5"),
        ("逾期12天", "12天", Q.DAYS, "12"),
        ("逾期12日", "12日", Q.DAYS, "12"),
        ("十二日内", "十二日", Q.DAYS, "12"),
        ("一周到账", "一周", Q.DAYS, "7"),
        ("七个工作日", "七个工作日", Q.DAYS, "7"),
        ("10分钟审批", "10分钟", Q.MINUTES, "10"),
        ("半小时", "半小时", Q.MINUTES, "30"),
        ("两小时", "两小时", Q.MINUTES, "120"),
        ("30秒", "30秒", Q.MINUTES, "0.5"),
        ("一刻钟", "一刻钟", Q.MINUTES, "15"),
        ("500个名额", "500个", Q.COUNT, "500"),
        ("仅剩一个名额", "一个", Q.COUNT, "1"),
        ("3次", "3次", Q.COUNT, "3"),
        ("两人", "两人", Q.COUNT, "2"),
        ("20万人在用", "20万人", Q.COUNT, "200000"),
    ],
)
def test_value_unit_and_place(text: str, said: str, quantity: Q, value: str) -> None:
    number = only(text)
    assert (number.text, number.quantity, number.value) == (said, quantity, Decimal(value))
    assert text[number.span.start : number.span.end] == said


@pytest.mark.parametrize(
    ("text", "said", "digits"),
    [
        ("尾号1234的卡", "1234", "1234"),
        ("尾号幺二三四", "幺二三四", "1234"),
        ("尾号是六七八九", "六七八九", "6789"),
        ("请拨打4000000000人工", "4000000000", "4000000000"),
        ("客服热线95188", "95188", "95188"),
        ("400-800-1234", "400-800-1234", "4008001234"),
        ("热线400 800 1234", "400 800 1234", "4008001234"),
        ("九五五八八", "九五五八八", "95588"),
        ("应急贷360", "360", "360"),
        ("第3期", "3期", "3"),
        ("第十二期", "十二期", "12"),
        ("晚上八点半", "晚上八点半", "晚上八点半"),
        ("9:30", "9:30", "9:30"),
        ("共①②件", "①②件", None),
    ],
)
def test_digits_without_a_size(text: str, said: str, digits: str | None) -> None:
    number = only(text)
    assert number.text == said
    if digits is not None:
        assert (number.quantity, number.value) == (Q.DIGITS, digits)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11月25日", PartialDate(month=11, day=25)),
        ("11月25号", PartialDate(month=11, day=25)),
        ("十一月二十五日", PartialDate(month=11, day=25)),
        ("2026年11月25日", PartialDate(2026, 11, 25)),
        ("二〇二六年十一月二十五日", PartialDate(2026, 11, 25)),
        ("2026-11-25", PartialDate(2026, 11, 25)),
        ("2026/11/25", PartialDate(2026, 11, 25)),
        ("明年3月1日", PartialDate(month=3, day=1, years=1)),
        ("本月25号", PartialDate(day=25, months=0)),
        ("下月5号", PartialDate(day=5, months=1)),
        ("下个月五号", PartialDate(day=5, months=1)),
        ("每月25日", PartialDate(day=25, repeats=True)),
        ("25号", PartialDate(day=25)),
        ("下周三", PartialDate(weekday=2, weeks=1)),
        ("星期天", PartialDate(weekday=6)),
        ("今天", PartialDate(days=0)),
        ("明天", PartialDate(days=1)),
        ("大后天", PartialDate(days=3)),
        ("2026年", PartialDate(year=2026)),
        ("13月40日", PartialDate(month=13, day=40)),
    ],
)
def test_dates(text: str, value: PartialDate) -> None:
    number = only(text)
    assert (number.text, number.quantity, number.value) == (text, Q.DATE, value)


IDIOMS = """
用一天算一天 一天一算 每天早一点 不一会儿
一下 一起 一直 一样 一定 一些 一点 一旦 一般 一遍 一笔 一位 一句 一切 一会儿
一步一步 一点一点来 万一 千万别 十分方便 百忙之中 三方 第三方 第一次 第二天
五险一金 四川 一一说明 三三两两 双十一 一家人 两边 统一 唯一 不一样 万事 半天
随时 每一个月 这一年 同一天 最近一期 下一期 三言两语 跟您说两句 这两天 前几天
几分钟 两个办法 分三步 有三点要说明 早一点 一块儿 一块想办法 收拾 陆续
耽误您一分钟 万分感谢 百姓 老百姓 千方百计 一年四季 不收一分钱 约定 本人 本月底
每月 周末 一成不变 二维码 两种方式 成千上万 万千
一百个放心 一万个不放心 一百个心 说一千道一万 有两件事 三年级 千万把密码收好 千万来电 百来号人 几块地
"""


@pytest.mark.parametrize("text", IDIOMS.split())
def test_idioms_are_no_numbers(text: str) -> None:
    assert extract(text) == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("借二十万三年还清", [Decimal(200000), Decimal(36)]),
        ("20万年化利率3.6%", [Decimal(200000), Decimal("3.6")]),
        ("尾号6789一共三千", ["6789", Decimal(3000)]),
        ("三到五天", [Decimal(3), Decimal(5)]),
        ("3-6期", [Decimal(3), Decimal(6)]),
        ("5到20万元", [Decimal(50000), Decimal(200000)]),
        ("3、6、12期", [Decimal(3), Decimal(6), Decimal(12)]),
        ("年化利率3.6%至18%", [Decimal("3.6"), Decimal(18)]),
    ],
)
def test_neighbours_neither_merge_nor_lose_their_unit(text: str, values: list[Decimal | str]) -> None:
    assert [number.value for number in extract(text)] == values


def test_both_ends_of_a_range_share_unit_and_period() -> None:
    assert {number.quantity for number in extract("3.6%至18%的年化利率")} == {Q.RATE_ANNUAL}
    assert {number.quantity for number in extract("年化利率低至3.6%，最高18%")} == {Q.RATE_ANNUAL}
    assert {number.quantity for number in extract("3到6期")} == {Q.TERM}


@pytest.mark.parametrize(
    ("text", "value", "per"),
    [
        ("每天3.5元", "3.5", "day"),
        ("3.5元/天", "3.5", "day"),
        ("一天三块五", "3.5", "day"),
        ("三块五一天", "3.5", "day"),
        ("每月还856.5元", "856.5", "month"),
        ("每月还八百五十六元五角", "856.5", "month"),
        ("856.5元一个月", "856.5", "month"),
        ("月供856.5元", "856.5", "month"),
        ("还856.5元", "856.5", None),
    ],
)
def test_prices_for_each_day_or_month(text: str, value: str, per: str | None) -> None:
    number = only(text)
    assert (number.quantity, number.value, number.per) == (Q.MONEY, Decimal(value), per)


def test_a_principal_and_its_daily_cost_are_two_numbers() -> None:
    principal, cost = extract("一万块钱一天三块五")
    assert (principal.value, principal.per, cost.value, cost.per) == (Decimal(10000), None, Decimal("3.5"), "day")


@pytest.mark.parametrize(
    ("text", "approximate", "vague"),
    [
        ("约三千元", True, False),
        ("大约20万", True, False),
        ("大概每月还三千元", True, False),
        ("三千左右", True, False),
        ("一千二左右", True, False),
        ("三千元上下", True, False),
        ("不到20万", True, False),
        ("将近三千", True, False),
        ("近三千元", True, False),
        ("差不多3.6%", True, False),
        ("三千多", True, True),
        ("三千来块", True, True),
        ("二十多万", True, True),
        ("几千块", True, True),
        ("上万元", True, True),
        ("年化利率三点几", True, True),
        ("年化利率3点几", True, True),
        ("年化十五个点四", True, True),
        ("每天几毛钱", True, True),
        ("百把块", True, True),
        ("万把块钱", True, True),
        ("一块来钱", True, True),
        ("块把钱", True, True),
        ("小十万", True, False),
        ("快三千元了", True, False),
        ("个把月", False, True),
        ("一个来月", False, True),
        ("尽快3000元", False, False),
        ("最小3000元", False, False),
        ("没还上3000元", False, False),
        ("补上三千元", False, False),
        ("预约3000元", False, False),
        ("合约3000元", False, False),
        ("最近3000元", False, False),
        ("十几天", False, True),
        ("两三天", False, True),
        ("三千元", False, False),
    ],
)
def test_approximations(text: str, approximate: bool, vague: bool) -> None:
    number = only(text)
    assert (number.approximate, number.vague) == (approximate, vague)


def test_invisible_characters_do_not_hide_a_number_nor_shift_its_place() -> None:
    text = "最高2\u200b0\ufe0f万元"
    number = only(text)
    assert (number.value, number.text) == (Decimal(200000), text[2:])


@pytest.mark.parametrize("numeral", ["一五一十", "百千", "三十千", "三点百"])
def test_what_is_no_numeral_is_not_read(numeral: str) -> None:
    assert read(numeral) is None


_DIGITS = "零一二三四五六七八九"


def _spell_section(value: int) -> str:
    spelled, pending = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            spelled += ("零" if pending and spelled else "") + _DIGITS[digit] + name
            pending = False
        else:
            pending = True
    return spelled


def _spell(value: int) -> str:
    """An independent speller of whole numbers below 10^12, with every 零 said."""
    spelled = ""
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, value = divmod(value, unit)
        if section:
            spelled += ("零" if spelled and section < 1000 else "") + _spell_section(section) + name
    return spelled


@given(st.integers(min_value=1, max_value=10**12 - 1), st.integers(min_value=0, max_value=99))
def test_every_amount_is_read_back(yuan: int, cents: int) -> None:
    spoken = _spell(yuan) + (f"点{_DIGITS[cents // 10]}{_DIGITS[cents % 10]}" if cents else "") + "元"
    expected = Decimal(yuan) + Decimal(cents) / 100
    assert only(f"您应还{spoken}。").value == expected
    assert only(f"您应还{yuan:,}.{cents:02d}元。").value == expected


@given(st.decimals(min_value="0.01", max_value="99.99", places=2))
def test_every_rate_is_read_back(rate: Decimal) -> None:
    whole, _, places = str(rate).partition(".")
    said = f"{_spell(int(whole)) or '零'}点{''.join(_DIGITS[int(place)] for place in places)}"
    for text in (f"年化利率{rate}%", f"年化利率百分之{said}", f"年化利率百分之{rate}"):
        number = only(text)
        assert (number.quantity, number.value) == (Q.RATE_ANNUAL, rate)


_ALPHABET = st.sampled_from(
    list("0123456789.,-/: ％%零一二两三五十百千万亿廿几半点分之年月日号天期个元块角毛钱")
    + list("厘成折至到约多来左右每第本下周尾热线，。\u200b①𝟏〇")
)


@given(st.one_of(st.text(max_size=80), st.text(_ALPHABET, max_size=60)))
def test_any_text_gives_ordered_numbers_inside_it_that_cover_every_digit(text: str) -> None:
    numbers = extract(text)
    end = 0
    covered: set[int] = set()
    for number in numbers:
        assert end <= number.span.start < number.span.end <= len(text)
        assert number.text == text[number.span.start : number.span.end]
        end = number.span.end
        covered.update(range(number.span.start, number.span.end))
    assert all(index in covered for index, character in enumerate(text) if character in "0123456789")


@given(st.text(_ALPHABET, max_size=40))
def test_folding_without_invisible_characters_keeps_every_place(text: str) -> None:
    folded, positions = fold(text.replace("\u200b", ""))
    assert positions is None
    assert len(folded) == len(text.replace("\u200b", ""))


@pytest.mark.parametrize(
    "piece",
    [
        "一",
        "1",
        "1,",
        "一点",
        "百分之",
        "1-",
        "111-",
        "半个",
        "第",
        "一两",
        "1万",
        "一天",
        "11月",
        "尾号",
        "1.1.",
        "千万",
    ],
)
def test_a_long_text_of_one_piece_is_read_without_recursion_or_overflow(piece: str) -> None:
    for number in extract(piece * 5000):
        assert number.text
