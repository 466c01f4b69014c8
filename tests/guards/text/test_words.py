"""What is known of Chinese words: readings without tones, and how common words are."""

from functools import _lru_cache_wrapper
from inspect import signature

import pytest

from guards.lexicon.rules import Family
from guards.phrases import sounds
from guards.phrases.guard import Phrases
from guards.text import words
from guards.text.words import frequencies, is_part_of_other_words, pinyin
from guards.types import Case, Script, Segment, Stage

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
        for module in (words, sounds)
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
