"""Numbers are found with their value, unit and exact place; words that only look like numbers are not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.numbers.dates import PartialDate
from guards.numbers.scan import Number, extract, find, has_numeral, numbers_in, scan, states
from guards.text.folding import Folding, fold
from guards.text.numerals import normalise_digits
from guards.text.reading import Reading
from guards.types import Fact, Quantity

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
        ("晚上八点半", "晚上八点半", "20:30"),
        ("9:30", "9:30", "09:30"),
        ("第3个工作日", "3个工作日", "3"),
        ("百点5天", "百点5天", "百点5天"),
        ("三点5个办法", "三点5个", "3点5个"),
        ("1万亿亿亿2元", "1万亿亿亿2元", None),
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
        ("26年11月25日", PartialDate(2026, 11, 25)),
        ("0026年11月25日", PartialDate(26, 11, 25)),
        ("今年11月25日", PartialDate(month=11, day=25, years=0)),
        ("十一月零日", PartialDate(month=11, day=0)),
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
卡号后四位 身份证末六位 尾号后4位 货比三家 一天一天算
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
        ("25到27号", [PartialDate(day=25), PartialDate(day=27)]),
        ("11月25到27号", [PartialDate(month=11, day=25), PartialDate(day=27)]),
        ("3到11月", ["3", PartialDate(month=11)]),
        ("五，十二期", [Decimal(12)]),
        ("八到十点前", ["10:00"]),
        ("3、5尾号6789", ["3", "5", "6789"]),
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


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("一天三块五", [Decimal("3.5")]),
        ("一天，三块五", [Decimal(1), Decimal("3.5")]),
        ("一天从早到晚一共都要三块五", [Decimal(1), Decimal("3.5")]),
        ("还三块五，一天", [Decimal("3.5"), Decimal(1)]),
        ("还三块五/一天", [Decimal("3.5")]),
        ("12期一天", [Decimal(12), Decimal(1)]),
        ("一年三千元", [Decimal(12), Decimal(3000)]),
        ("一年百分之三", [Decimal(3)]),
        ("一个月二十万", [Decimal(200000)]),
        ("一天三", [Decimal(1)]),
    ],
)
def test_a_period_is_lent_to_the_price_beside_it(text: str, values: list[Decimal]) -> None:
    assert [number.value for number in extract(text)] == values


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("3%每年", Q.RATE_ANNUAL),
        ("3%（年化）", Q.RATE_ANNUAL),
        ("3%/月", Q.RATE_MONTHLY),
        ("3%的日利率", Q.RATE_DAILY),
        ("年化利率是多少？3%", Q.RATE),
        ("每天用，年化3%", Q.RATE_ANNUAL),
        ("3%（左右）", Q.RATE),
    ],
)
def test_a_rate_has_the_period_of_its_words(text: str, quantity: Q) -> None:
    assert only(text).quantity is quantity


@pytest.mark.parametrize(
    ("text", "per"), [("100元/月", "month"), ("100元每天", "day"), ("100元每年", None), ("100元（年化）", None)]
)
def test_a_price_is_paid_each_day_or_month_but_not_each_year(text: str, per: str | None) -> None:
    assert only(text).per == per


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


@pytest.mark.parametrize(
    ("text", "said", "quantity", "value"),
    [
        ("应还12<b>0</b>0元。", "12<b>0</b>0元", Q.MONEY, "1200"),
        ("<b>应还</b>1200元", "1200元", Q.MONEY, "1200"),
        ("应还&#49;200元。", "&#49;200元", Q.MONEY, "1200"),
        ("🎉🎉应还１２００元🎉", "１２００元", Q.MONEY, "1200"),
        ("🎉应还1️⃣2️⃣元", "1️⃣2️⃣元", Q.MONEY, "12"),
        ("应还𝟏𝟐元", "𝟏𝟐元", Q.MONEY, "12"),
        ("應還三萬兩千塊", "三萬兩千塊", Q.MONEY, "32000"),
        ("……分⑮期", "⑮期", Q.TERM, "15"),
        ("分\u200b㉟\u200b期", "㉟\u200b期", Q.TERM, "35"),
        ("应还٣٠元", "٣٠元", Q.MONEY, "30"),
        ("借壹佰块", "壹佰块", Q.MONEY, "100"),
        ("壹佰%", "壹佰%", Q.RATE, "100"),
        ("贰拾参万圆整", "贰拾参万圆", Q.MONEY, "230000"),
        ("二〇二六元", "二〇二六元", Q.MONEY, "2026"),
        ("年化利率3．6％", "3．6％", Q.RATE_ANNUAL, "3.6"),
    ],
)
def test_disguises_are_read_through_and_the_place_stays_exact(text: str, said: str, quantity: Q, value: str) -> None:
    number = only(text)
    assert (number.quantity, number.value, number.text) == (quantity, Decimal(value), said)
    assert text[number.span.start : number.span.end] == said


def test_a_chinese_comma_parts_two_numbers_where_an_english_one_joins_them() -> None:
    assert [number.value for number in extract("分12，200元")] == ["12", Decimal(200)]
    assert [number.value for number in extract("应还12,200元")] == [Decimal(12200)]


def test_groups_of_an_amount_are_one_whichever_comma_parts_them() -> None:
    assert [number.value for number in extract("应还54，600元")] == [Decimal(54600)]
    assert [number.value for number in extract("最高1，234，500.50元")] == [Decimal("1234500.50")]


@pytest.mark.parametrize(
    ("text", "quantity", "values"),
    [
        ("月息九厘五", Q.RATE_MONTHLY, ["0.95"]),
        ("月息一分五", Q.RATE_MONTHLY, ["1.5"]),
        ("一分五的利息", Q.RATE, ["1.5"]),
        ("占三成半", Q.RATE, ["35"]),
        ("通过率七成六", Q.RATE, ["76"]),
        ("首期打对折", Q.DISCOUNT, ["5"]),
        ("八千到三万元", Q.MONEY, ["8000", "30000"]),
        ("八百至两万", Q.MONEY, ["800", "20000"]),
        ("一百到两百万元", Q.MONEY, ["1000000", "2000000"]),
        ("5万4千6百元", Q.MONEY, ["54600"]),
        ("一百来万", Q.MONEY, ["1000000"]),
    ],
)
def test_sizes_are_read_to_their_last_character(text: str, quantity: Q, values: list[str]) -> None:
    numbers = extract(text)
    assert [(number.quantity, number.value) for number in numbers] == [(quantity, Decimal(value)) for value in values]


@pytest.mark.parametrize(
    "text", ["11/30到期", "11月30前还", "十一月三十之前", "11月30，别忘了", "11月30日", "11月30还清"]
)
def test_a_day_needs_no_unit(text: str) -> None:
    assert extract(text)[0].value == PartialDate(month=11, day=30)


@pytest.mark.parametrize(("text", "first"), [("11月3期", PartialDate(month=11)), ("24/7都在", "24"), ("1.5/2", "1.5")])
def test_what_only_looks_like_a_day_is_none(text: str, first: object) -> None:
    assert extract(text)[0].value == first


def test_two_digits_of_one_character_are_told_once() -> None:
    numbers = extract("1.⑮.2")
    assert [number.text for number in numbers] == ["1.⑮", "2"]


@pytest.mark.parametrize(
    ("text", "said", "unit"),
    [
        ("100美元", "100美元", "美元"),
        ("一百港币", "一百港币", "港币"),
        ("5000日元", "5000日元", "日元"),
        ("100USDT", "100USDT", "usdt"),
        ("$100", "100", "$"),
        ("€ 50", "50", "€"),
        ("美元100元", "100元", "美元"),
        ("三百刀", "三百刀", "刀"),
        ("5万欧元", "5万欧元", "欧元"),
    ],
)
def test_other_money_is_told_from_yuan(text: str, said: str, unit: str) -> None:
    number = only(text)
    assert (number.quantity, number.text, number.unit, number.is_foreign) == (Q.MONEY, said, unit, True)


@pytest.mark.parametrize(
    "text", ["100元", "¥100", "￥100", "人民币100", "RMB 100", "100rmb", "一百块", "20万", "100元 5美分"]
)
def test_yuan_are_not_foreign(text: str) -> None:
    number = extract(text)[0]
    assert number.quantity is Q.MONEY
    assert not number.is_foreign


def test_both_ends_of_a_range_are_of_the_same_money() -> None:
    assert [number.is_foreign for number in extract("5到20美元")] == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "农历正月十五",
            "农历的十一月二十五日",
            "阴历八月初三",
            "旧历2026年十月十七",
            "农历初五",
            "正月初五",
            "正月十五",
        ),
        *("腊月廿八", "冬月初一", "闰六月十五", "八月初五", "初五", "年三十", "年初二", "農曆十一月二十五日"),
    ],
)
def test_lunar_days_are_no_solar_ones(text: str) -> None:
    number = only(text)
    assert (number.text, number.quantity, number.value) == (text, Q.DATE, PartialDate(lunar=True))


@pytest.mark.parametrize("text", ["最初一期", "月初三天", "当初一次", "孩子上初三", "8月初2天", "正月里"])
def test_beginnings_are_no_lunar_days(text: str) -> None:
    assert not any(isinstance(number.value, PartialDate) and number.value.lunar for number in extract(text))


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("晚上十点", "22:00"),
        ("22:00", "22:00"),
        ("22：00：00", "22:00"),
        ("22点30分", "22:30"),
        ("22点30", "22:30"),
        ("22时30分", "22:30"),
        ("两点半", "02:30"),
        ("下午两点半", "14:30"),
        ("三点一刻", "03:15"),
        ("八点四十五", "08:45"),
        ("八点零五分", "08:05"),
        ("十二点整", "12:00"),
        ("中午一点", "13:00"),
        ("中午11点", "11:00"),
        ("早上一点半", "01:30"),
        ("凌晨12点", "00:00"),
        ("夜里一点", "01:00"),
        ("夜里十一点", "23:00"),
        ("晚上十二点", "24:00"),
        ("今晚八点", "20:00"),
        ("明早9点", "09:00"),
        ("晚8点", "20:00"),
    ],
)
def test_clock_times_are_hours_and_minutes(text: str, clock: str) -> None:
    number = only(text)
    assert (number.text, number.quantity, number.value) == (text, Q.DIGITS, clock)


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("晚上八点到十点", ["20:00", "22:00"]),
        ("上午九点到十一点", ["09:00", "11:00"]),
        ("早上9点-晚上9点", ["09:00", "21:00"]),
        ("9:00-21:00", ["09:00", "21:00"]),
        ("十点前办好", ["10:00"]),
        ("两点之后再说", ["02:00"]),
        ("有三点要说明", []),
        ("晚两点再说", []),
        ("晚一点再说", []),
        ("早一点以后", []),
        ("一点零一元", [Decimal("1.01")]),
    ],
)
def test_hours_are_told_from_points(text: str, clocks: list[str | Decimal]) -> None:
    assert [number.value for number in extract(text)] == clocks


def test_an_hour_and_something_is_vague() -> None:
    assert only("八点多").vague


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11月25号星期三", PartialDate(month=11, day=25, weekday=2)),
        ("11月25日（周四）", PartialDate(month=11, day=25, weekday=3)),
        ("11月25号，也就是星期三", PartialDate(month=11, day=25, weekday=2)),
        ("周三，11月25日", PartialDate(month=11, day=25, weekday=2)),
        ("本月25号周三", PartialDate(day=25, months=0, weekday=2)),
        ("11月25号星期八", PartialDate(month=11, day=25, weekday=8)),
    ],
)
def test_a_date_and_its_weekday_are_one_number(text: str, value: PartialDate) -> None:
    assert only(text).value == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("下周三，11月25日", [PartialDate(weekday=2, weeks=1), PartialDate(month=11, day=25)]),
        ("每周三，11月25日", [PartialDate(weekday=2, repeats=True), PartialDate(month=11, day=25)]),
        ("11月25日，11月26日", [PartialDate(month=11, day=25), PartialDate(month=11, day=26)]),
        ("11月25日到期，周三再说", [PartialDate(month=11, day=25), PartialDate(weekday=2)]),
    ],
)
def test_dates_that_stand_for_themselves_stay_two(text: str, values: list[PartialDate]) -> None:
    assert [number.value for number in extract(text)] == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三毛五", "0.35"),
        ("五毛五分", "0.55"),
        ("三块五毛二", "3.52"),
        ("一千二百三十四元五", "1234.5"),
        ("三元零五分", "3.05"),
        ("两元六角二分", "2.62"),
    ],
)
def test_change_is_added(text: str, value: str) -> None:
    assert only(text).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("一百块三张券", [Decimal(100), Decimal(3)]),
        ("三元五美元", [Decimal(3), Decimal(5)]),
        ("六角二%", [Decimal("0.6"), Decimal(2)]),
    ],
)
def test_change_does_not_take_the_next_number(text: str, values: list[Decimal]) -> None:
    assert [number.value for number in extract(text)] == values


@pytest.mark.parametrize(
    ("text", "quantity", "value", "vague"),
    [
        ("日息万五", Q.RATE_DAILY, "0.05", False),
        ("月息千三", Q.RATE_MONTHLY, "0.3", False),
        ("万五", Q.MONEY, "15000", True),
        ("百八十块", Q.MONEY, "180", True),
        ("百万元", Q.MONEY, "1000000", False),
        ("万元户", Q.MONEY, "10000", False),
        ("数百元", Q.MONEY, "100", True),
        ("年息三厘", Q.RATE_ANNUAL, "0.3", True),
        ("百分之零", Q.RATE, "0", False),
        ("百分百", Q.RATE, "100", False),
        ("三二折", Q.DISCOUNT, "3.2", False),
        ("一五一二折", Q.DISCOUNT, "151.2", False),
        ("零百折", Q.DISCOUNT, "0", True),
        ("0分之三", Q.RATE, "0", True),
        ("十分之一百百", Q.RATE, "0", True),
    ],
)
def test_shorthand(text: str, quantity: Q, value: str, vague: bool) -> None:
    number = extract(text)[-1]
    assert (number.quantity, number.value, number.vague) == (quantity, Decimal(value), vague)


@pytest.mark.parametrize("text", ["一块多", "一块上", "二十万用户", "百天", "零百个"])
def test_text_that_only_borders_on_money(text: str) -> None:
    assert not any(number.quantity is Q.MONEY for number in extract(text))


def test_the_counter_is_kept_as_said() -> None:
    assert [number.unit for number in extract("3个名额，3名客户，20万用户，3次")] == ["个", "名", "用户", "次"]


def test_a_whole_text_and_its_folded_form_agree() -> None:
    text = "您好，<b>最高</b>可借２０万元，年化利率3.6％，㉟期。"
    scanned = scan(Reading(text))
    assert [number.value for number in find(scanned.text)] == [number.value for number in extract(text)]
    assert [scanned.folded.span(n.span.start, n.span.end) for n in scanned.numbers] == [n.span for n in extract(text)]


def test_a_reading_is_scanned_once() -> None:
    reading = Reading("应还1234.5元")
    assert scan(reading) is scan(reading)
    assert numbers_in(reading) is numbers_in(reading)
    assert [number.value for number in scan(reading).numbers] == [Decimal("1234.5")]


def test_threads_that_read_different_texts_each_get_their_own_numbers() -> None:
    texts = [f"应还{amount}元" for amount in range(40)] * 25
    with ThreadPoolExecutor(4) as pool:
        values = list(pool.map(lambda text: only(text).value, texts))
    assert values == [Decimal(text[2:-1]) for text in texts]


def test_no_character_can_hide_a_number_from_the_first_look() -> None:
    """A text is given up as free of numbers by its characters alone; none of those may fold to a part of one."""
    parts = set("0123456789零一二三四五六七八九两十百千万亿幺几廿卅卌半俩仨天日晚块毛把")
    plain = [character for character in map(chr, range(0x10000)) if not has_numeral(character)]
    assert len(plain) > 20_000
    assert [
        character for character in plain if parts & set(normalise_digits(fold(character, Folding.PLAIN).text))
    ] == []


@pytest.mark.parametrize("first", range(0, 0x10000, 0x1000))
def test_no_character_before_a_number_moves_its_place(first: int) -> None:
    for start in range(first, first + 0x1000, 0x40):
        text = "".join(chr(code) for code in range(start, start + 0x40) if chr(code) not in "<&$") + "。12元"
        number = extract(text)[-1]
        assert (number.text, number.span.end) == ("12元", len(text))


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


AMOUNT = Fact("amount_due", Quantity.MONEY, Decimal("1234.50"))
RATE = Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6"))
DUE = Fact("due_date", Quantity.DATE, date(2026, 11, 25))
TERMS = Fact("terms", Quantity.TERM, Decimal(12))


@pytest.mark.parametrize(
    ("text", "fact", "stated"),
    [
        ("应还1234.5元", AMOUNT, True),
        ("应还1,234.50元", AMOUNT, True),
        ("应还一千二百三十四元五角", AMOUNT, True),
        ("应还1000元，也就是1234.5元", AMOUNT, True),
        ("应还1234元", AMOUNT, False),
        ("应还1234.51元", AMOUNT, False),
        ("尾号1234", AMOUNT, False),
        ("应还1234.5美元", AMOUNT, False),
        ("一千二百多元", Fact("amount_due", Quantity.MONEY, Decimal(1200)), False),
        ("单利年化利率3.6%", RATE, True),
        ("年化利率百分之三点六", RATE, True),
        ("月利率3.6%", RATE, False),
        ("年化利率3.60%", RATE, True),
        ("年化利率3.65%", RATE, False),
        ("应还3.6元", RATE, False),
        ("到期日11月25日", DUE, True),
        ("到期日是十一月二十五日", DUE, True),
        ("到期日2026年11月25日", DUE, True),
        ("到期日2027年11月25日", DUE, False),
        ("到期日11月26日", DUE, False),
        ("到期日10月25日", DUE, False),
        ("11月到期", DUE, False),
        ("25号到期", DUE, False),
        ("11月25日星期三到期", DUE, True),
        ("11月25日星期四到期", DUE, False),
        ("农历十一月二十五日到期", DUE, False),
        ("分12期还", TERMS, True),
        ("分十二期还", TERMS, True),
        ("12天之内", TERMS, False),
        ("", AMOUNT, False),
    ],
)
def test_a_number_states_a_fact_of_its_own_quantity_and_value(text: str, fact: Fact, stated: bool) -> None:
    assert states(extract(text), fact) is stated


def test_wording_has_no_number_to_look_for() -> None:
    assert states([], Fact("product", Quantity.TEXT, "应急贷"))
