"""Known values: every spelling of what a request gives as personal is found, and none survives masking."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.personal_data.accounts import qqs
from guards.personal_data.guard import PersonalData
from guards.personal_data.known import cardinal, day_of, pinyin_of
from guards.script import Script, Segment
from guards.text.digits import NormalizedText
from guards.types import Case, Stage

GUARD = PersonalData()
VALUES = {
    "mobile": "13812345678",
    "landline": "0755-23456789",
    "id_card": "11010119900307123X",
    "bank_card": "6222021234567890123",
    "email": "Zhang.San_88@qq.com",
    "wechat": "zs-1990abc",
    "qq": "123456789",
    "licence_plate": "京A12345",
    "passport": "E12345678",
    "address": "朝阳区建国路88号3栋502室",
    "employer": "兰天机械厂",
    "name": "张国强",
    "contact_name": "欧阳丽华",
}
WRITTEN = dict(
    zip(
        "0123456789",
        [
            *("0０⓪⓿零〇洞𝟎", "1１①❶一壹幺𝟏", "2２②❷二贰貳两兩", "3３③❸三叁參", "4４④❹四肆"),
            *("5５⑤❺五伍", "6６⑥❻六陆陸", "7７⑦❼七柒拐", "8８⑧❽八捌", "9９⑨❾九玖勾"),
        ],
        strict=True,
    )
)
TRADITIONAL = dict(zip("张国强欧阳丽华兰机械厂区号栋", "張國強歐陽麗華蘭機械廠區號棟", strict=True))
BETWEEN = [
    *("", "", "", " ", "-", "—", "·", ".", "，", "、", "/", "_", "*", "……", "\n", "\t", "\u3000"),
    *("\u200b", "\u2060", "\ufeff", "\u0301", "\ufe0f\u20e3", "\ud800", "\U000e0041", "😀", "👨‍👩‍👧", "🇨🇳"),
    *("<b>", "</b>", "<br/>", "&nbsp;", "&#8203;"),
]
AROUND = ["", "您好，", "😀", "请记：", "（", "&amp;", "<i>", "的", "呀，谢谢", "\ud800"]


def known(text: str, **values: str) -> list[tuple[str, str]]:
    """Rule and words of the known values found."""
    return [
        (finding.rule.removeprefix("personal_data."), text[finding.span.start : finding.span.end])
        for finding in GUARD(script(text), Case(known_personal_data=values))
        if finding.span and ".known_" in finding.rule
    ]


def script(*pieces: str) -> Script:
    """One segment a piece."""
    return Script(tuple(Segment(Stage.BODY, piece, piece) for piece in pieces))


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """A kind, and its value in one of its many spellings."""
    kind = draw(st.sampled_from(sorted(VALUES)))
    value = VALUES[kind]
    if kind == "id_card" and draw(st.booleans()):
        value = value[:-1] + draw(st.sampled_from("xX×xⅩ叉х"))
    written = ""
    for place, character in enumerate(value):
        forms = [character, *WRITTEN.get(character, ""), *TRADITIONAL.get(character, "")]
        if character.isascii() and character.isalpha():
            forms += [character.lower(), character.upper(), chr(ord(character) + 0xFEE0)]
        between = draw(st.sampled_from(BETWEEN)) if place else ""
        written += between + draw(st.sampled_from(forms))
    return kind, written


def rule(kind: str) -> str:
    """The rule that a known value of that kind breaks; a kind of the caller's own is not repeated."""
    return "known_other" if kind in ("employer", "contact_name") else f"known_{kind}"


@settings(max_examples=200, deadline=None)
@given(spellings(), st.sampled_from(AROUND), st.sampled_from(AROUND))
def test_a_known_value_is_found_in_every_spelling_and_never_survives_masking(
    spelling: tuple[str, str], before: str, after: str
) -> None:
    kind, written = spelling
    text = before + written + after
    assert (rule(kind), written) in known(text, **{kind: VALUES[kind]})
    masked = GUARD.masked(text, Case(known_personal_data={kind: VALUES[kind]}))
    assert NormalizedText(VALUES[kind]).bare.text not in NormalizedText(masked).bare.text
    assert known(masked, **VALUES) == []


@settings(max_examples=100, deadline=None)
@given(spellings(), st.lists(st.integers(0, 60), max_size=6))
def test_a_known_value_is_found_across_segments(spelling: tuple[str, str], cuts: list[int]) -> None:
    kind, written = spelling
    text = f"您好，{written}，再见"
    borders = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    pieces = [text[start:end] for start, end in pairwise(borders)]
    case = Case(known_personal_data={kind: VALUES[kind]})
    assert GUARD(script(*pieces), case) == GUARD(script(text), case)
    assert "".join(pieces) == text


@pytest.mark.parametrize(
    ("kind", "value", "text", "words"),
    [
        ("mobile", "13812345678", "前三位138，中间1234，最后5678。", "138，中间1234，最后5678"),
        ("mobile", "13812345678", "前3位是138，中间4位是1234，最后四位是5678", "138，中间4位是1234，最后四位是5678"),
        ("mobile", "13812345678", "第一段幺三八，第二段幺二三四，最后五六七八", "幺三八，第二段幺二三四，最后五六七八"),
        ("mobile", "13812345678", "先138再1234，一共还有5678", "138再1234，一共还有5678"),
        ("id_card", "11010119900307123X", "开头110101，生日19900307，尾号123X", "110101，生日19900307，尾号123"),
        ("mobile", "+86 138-1234-5678", "１３８１２３４５６７８", "１３８１２３４５６７８"),
        ("id_card", "11010119900307123x", "110101 19900307 123艾克斯", "110101 19900307 123艾克斯"),
        ("id_card", "110101199003071234", "您1990年3月7日出生", "1990年3月7日"),
        ("birthday", "1990-03-07", "您生于一九九〇年三月七号", "一九九〇年三月七号"),
        ("birthday", "1990-12-25", "您生于90年十二月二十五日", "90年十二月二十五日"),
        ("birthday", "1990年12月5日", "生日1990/12/5。", "1990/12/5"),
        ("birthday", "19901205", "生日是1990 12 05", "1990 12 05"),
        ("address", "建国路88号3栋502室", "建国路八十八号三栋五百零二室", "建国路八十八号三栋五百零二室"),
        ("address", "建国路12号", "建国路十二号", "建国路十二号"),
        ("address", "建国路120号", "建国路一百二十号", "建国路一百二十号"),
        ("name", "张三", "这是zhangsan先生", "zhangsan"),
        ("name", "张三", "这是Zhang San先生", "Zhang San"),
        ("name", "張三", "这是ZHANG-SAN", "ZHANG-SAN"),
        ("name", "张三", "这是zhāng sān", "zhāng sān"),
        ("name", "张三", "这是zhang1 san1", "zhang1 san1"),
        ("name", "张三", "Hello, San Zhang!", "San Zhang"),
        ("name", "吕秀才", "Lv Xiucai，Lü Xiucai", "Lv Xiucai"),
        ("name", "吕秀才", "LYU XIUCAI", "LYU XIUCAI"),
        ("name", "单雄信", "shan xiongxin", "shan xiongxin"),
        ("name", "欧阳娜娜", "Nana Ouyang", "Nana Ouyang"),
        ("name", "欧阳娜娜", "ou yang na na", "ou yang na na"),
        ("email", "zhang.san@qq.com", "zhang点san艾特qq点康姆", "zhang点san艾特qq点康姆"),
        ("email", "zhang.san@qq.com", "zhang dot san at qq dot com", "zhang dot san at qq dot com"),
        ("email", "zhang.san@qq.com", "zhangdotsanatqqdotcom", "zhangdotsanatqqdotcom"),
        ("email", "138@163.com", "幺三八艾特幺六三点com", "幺三八艾特幺六三点com"),
        ("email", "data@qq.com", "d a t a 艾特 扣扣 点 com", "d a t a 艾特 扣扣 点 com"),
        ("wechat", "zhang_san", "zhang下划线san", "zhang下划线san"),
        ("mobile", "13812345678", '<a href="tel:13812345678">', "13812345678"),
        ("mobile", "13812345678", "1&#51;81234567&#56;", "1&#51;81234567&#56;"),
    ],
)
def test_a_known_value_is_found_in_other_words(kind: str, value: str, text: str, words: str) -> None:
    names = {"birthday": "known_other"}
    assert (names.get(kind, f"known_{kind}"), words) in known(text, **{kind: value})
    assert known(GUARD.masked(text, Case(known_personal_data={kind: value})), **{kind: value}) == []


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("mobile", "13812345678", "额度138000元，分12期，尾号5678"),
        ("mobile", "13812345678", f"138元{'是个很长的故事' * 20}1234元5678"),
        ("birthday", "1990-03-07", "2026年3月7日到期，1990年成立"),
        ("birthday", "1990-03-07", "1990年3月70"),
        ("birthday", "1990-13-47", "1990年3月7日"),
        ("address", "建国路88号", "建国路八十九号"),
        ("name", "张三", "zhangsanfeng的APP"),
        ("name", "张三", "上海zhang"),
        ("name", "李安", "alliance联盟，client"),
        ("name", "A三", "asan"),
        ("code", "35", "2035年"),
        ("code", "ab1", "tab123"),
        ("email", "@", "at@艾特"),
        ("email", "a@b", "atb的abc"),
        ("name", "三", "第三期"),
        ("name", " ，", "，，"),
    ],
)
def test_what_is_no_known_value_is_left_alone(kind: str, value: str, text: str) -> None:
    assert known(text, **{kind: value}) == []


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1"), (10, "十"), (12, "十2"), (20, "2十"), (88, "8十8"), (100, "1百"), (102, "1百02"), (110, "1百1十")],
)
def test_small_numbers_are_said_as_numbers(number: int, said: str) -> None:
    assert cardinal(number) == said


def test_what_is_no_name_and_no_day_has_no_such_spellings() -> None:
    assert pinyin_of("张") is None
    assert pinyin_of("13812345678") is None
    assert pinyin_of("zhang") is None
    assert day_of("张三") is None
    assert day_of("1990-02-30") is None


NAMES = {
    "张三": ("zhang", "san"),
    "安安": ("an", "an"),
    "李安": ("li", "an"),
    "西安娜": ("xi", "an", "na|nuo"),
    "曾晨": ("zeng|ceng", "chen"),
    "吕女": ("lyu|lu|lv", "nyu|nu|nv|ru"),
}
"""Names, and all readings of each character as a regular expression."""


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(NAMES)),
    st.lists(st.sampled_from(["zhang", "san", "an", "li", "xi", "na", "zeng", "lu", "lyu", "nv", "n", "3", "0", "们"])),
)
def test_a_name_in_pinyin_is_found_where_a_regular_expression_finds_it(name: str, pieces: list[str]) -> None:
    text = "".join(pieces)
    spoken = [f"(?:{reading})[0-5]?" for reading in NAMES[name]]
    orders = [spoken, *(spoken[size:] + spoken[:size] for size in (1, 2) if size < len(spoken))]
    found = re.finditer("|".join(map("".join, orders)), text)
    pinyin = pinyin_of(name)
    assert pinyin is not None
    assert list(pinyin.find(text)) == [each.span() for each in found]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["2003-03-03", "1990-12-25", "2010-10-10", "2011-11-21"]),
    st.lists(
        st.sampled_from([*"0123十年月日号 --./", "03", "10", "11", "12", "20", "2003", "1990", "90", "25", "2十"])
    ),
)
def test_a_day_is_found_where_a_regular_expression_finds_it(value: str, pieces: list[str]) -> None:
    text = "".join(pieces)
    year, *others = map(int, value.split("-"))
    month, of_month = (f"(?:0?{number}|{cardinal(number)})" for number in others)
    found = re.finditer(
        rf"(?<![0-9])(?:{year // 100})?{year % 100:02} ?[年\-./ ] ?{month} ?[月\-./ ] ?{of_month}(?![0-9十])[日号]?",
        text,
    )
    day = day_of(value)
    assert day is not None
    assert list(day.find(text)) == [each.span() for each in found]


def test_an_account_is_called_so_by_a_word_of_its_own() -> None:
    assert [hit.start for hit in qqs("qq: 12345678")] == [4]
    assert list(qqs("myqq: 12345678")) == []
