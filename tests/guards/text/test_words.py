"""What is known of Chinese words: readings without tones, how common words are, and where two of them only touch."""

from functools import _lru_cache_wrapper
from inspect import signature

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.lexicon.rules import Family
from guards.phrases import spelling, syllables
from guards.phrases.guard import Phrases
from guards.script import Script, Segment
from guards.text import words
from guards.text.words import (
    READINGS,
    frequencies,
    is_part_of_a_number,
    is_part_of_other_words,
    listed_readings,
    pinyin,
)
from guards.types import Case, Stage
from scripts.readings import lines

FAMILY = Family.model_validate(
    {
        "family": "extra",
        "homophones": True,
        "initials": True,
        "rules": [
            {
                "id": "extra.words",
                "title": "词",
                "action": "block",
                "phrases": ["上门", "保证放款"],
                "reason": "不得说",
                "source": {"law": "广告法", "force": "law"},
                "effective": {"from": "2026-01-01"},
                "examples": {"hits": ["上门"], "misses": ["门上"]},
            }
        ],
    }
)


def test_the_table_is_what_pypinyin_says() -> None:
    shipped = [line for line in READINGS.read_text("utf-8").splitlines(keepends=True) if not line.startswith("#")]
    assert shipped == list(lines())
    assert len(shipped) > 40_000


def test_archaic_readings_are_listed_without_tones() -> None:
    assert listed_readings("吕") == ("lü",)
    assert set(listed_readings("重")) >= {"zhong", "chong", "tong"}
    assert listed_readings("a") == ()


@pytest.mark.parametrize(
    ("character", "usual", "others"),
    [
        ("包", "bao", ()),
        ("过", "guo", ()),
        ("行", "xing", ("hang",)),
        ("重", "zhong", ("chong",)),
        ("还", "hai", ("huan",)),
        ("率", "lv", ("shuai", "lu")),
        ("女", "nv", ("nu",)),
        ("略", "lve", ("lue",)),
        ("绿", "lv", ("lu",)),
        ("额", "e", ()),
        ("啊", "a", ()),
        ("信", "xin", ()),
        ("贷", "dai", ()),
        ("费", "fei", ()),
        ("一", "yi", ()),
    ],
)
def test_a_character_is_read_as_words_have_it(character: str, usual: str, others: tuple[str, ...]) -> None:
    assert pinyin()[character][0] == usual
    assert set(others) <= set(pinyin()[character])


@pytest.mark.parametrize(
    ("character", "archaic"), [("包", "pao"), ("过", "huo"), ("贷", "te"), ("秒", "chao"), ("法", "fan")]
)
def test_archaic_readings_are_left_out(character: str, archaic: str) -> None:
    assert archaic not in pinyin()[character]


def test_every_common_character_is_read_in_plain_letters() -> None:
    known = pinyin()
    level_one = [bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
    assert [character for character in level_one if character not in known] == []
    assert all("\u4e00" <= character <= "\u9fff" for character in known)
    for character, every in known.items():
        assert every, character
        assert len(set(every)) == len(every), character
        assert all(reading.isascii() and reading.isalpha() and reading.islower() for reading in every), character
    assert max(map(len, known.values())) < 16


@pytest.mark.parametrize("word", ["马上", "上门", "门店", "无法", "法院", "手套", "现在", "环保", "的", "是"])
def test_everyday_words_are_counted(word: str) -> None:
    assert frequencies()[word] > 20


def test_only_short_words_that_were_met_more_than_by_accident_are_counted() -> None:
    known = frequencies()
    assert len(known) > 50_000
    assert min(map(len, known)) == 1
    assert max(map(len, known)) == 4
    assert min(known.values()) >= 5
    assert known["的"] > known["上门"] > known["套现"] > 20
    assert "包过" not in known


def test_no_request_waits_for_a_dictionary() -> None:
    tables = [
        table
        for module in (words, syllables, spelling)
        for table in vars(module).values()
        if isinstance(table, _lru_cache_wrapper) and len(signature(table).parameters) == 0
    ]
    assert len(tables) > 5
    for table in tables:
        table.cache_clear()
    guard = Phrases([FAMILY])
    read = {table: table.cache_info().misses for table in tables}
    for text in ("我们明天上门找您", "可以马上门店自提", "baozheng放款", "宝证放款"):
        guard(Script((Segment(Stage.BODY, text, text),)), Case())
    assert {table: table.cache_info().misses for table in tables} == read
    assert is_part_of_other_words("可以马上门店自提", 3, 5)


def cut(text: str) -> bool:
    """Whether the words between the bars are read as parts of other words: 马|上门|店."""
    before, words, after = text.split("|")
    return is_part_of_other_words(before + words + after, len(before), len(before) + len(words))


@pytest.mark.parametrize(
    "text",
    [
        "您可以马|上门|店自提", "马|上门|店", "无|法院|内办理", "无|法院|内", "环|保本|子", "环|保本|",
        "手|套现|在有货", "您带好手|套现|场登记", "今天的手|套现|货",
        "是|非法|律问题", "按|照办|理流程", "请|假的|人", "不|能下|单吗",
    ],
)  # fmt: skip
def test_characters_of_two_words_that_touch_are_cut(text: str) -> None:
    assert cut(text)


@pytest.mark.parametrize(
    "text",
    [
        "我们明天|上门|找您", "马上|上门|", "|上门|", "派人|上门|催收", "您再不还就|上门|", "我们会去|法院|起诉",
        "已经到|法院|立案", "|法院|", "这个产品|保本|保息", "|保本|", "帮您|套现|", "信用卡|套现|很方便", "|套现|",
        "我们|包过|的", "|秒批|", "能|兜底|的",
    ],
)  # fmt: skip
def test_a_banned_word_of_its_own_is_not_cut(text: str) -> None:
    assert not cut(text)


@pytest.mark.parametrize(
    "text", ["|包过|", "🙂|包过|🙂", "x|包过|1", "，|包过|。", "|𠮷𠮷|", "\ud800|\ud800|\ud800", "|a|"]
)
def test_in_doubt_a_banned_word_is_heard(text: str) -> None:
    assert not cut(text)


def test_what_stands_further_away_tells_nothing() -> None:
    assert cut("可以马|上门|店自提") == cut("您好这边您今天可以马|上门|店自提取您的合同和资料")


@settings(deadline=None)
@given(st.text(max_size=20), st.integers(0, 20), st.integers(1, 6))
def test_any_range_of_any_text_is_judged(text: str, start: int, length: int) -> None:
    text += "包过"
    start = min(start, len(text) - 1)
    assert is_part_of_other_words(text, start, min(start + length, len(text))) in (True, False)


@settings(deadline=None)
@given(st.text(alphabet="马上门店法院无手套现在保本环的", max_size=12))
def test_a_whole_text_is_never_cut(text: str) -> None:
    assert not is_part_of_other_words(text, 0, len(text))


@pytest.mark.parametrize(
    ("text", "is_part"), [("二百五十克", True), ("二百五", False), ("二百五的", False), ("我二百万", False)]
)
def test_a_word_that_begins_a_longer_number_is_part_of_it(text: str, is_part: bool) -> None:
    assert is_part_of_a_number(text, 0, min(3, len(text))) is is_part
