"""Three suites by hand, and every spelling of numbers: how much of what is personal is found, and how much is not."""

from itertools import product
from pathlib import Path

import pytest

from guards.personal_data.guard import PersonalData
from guards.script import Script, Segment
from guards.types import Case, Stage

GUARD = PersonalData()
SUITES = [Path(__file__).with_name(name) for name in ("cases.tsv", "more_cases.tsv", "told_cases.tsv")]
_LEAST_FOUND = 0.99
_MOST_FALSE = 0.005
_NUMBERS = {
    "mobile": ("138", "1234", "5678"),
    "landline": ("0571", "8765", "4321"),
    "id_card": ("110101", "19900307", "1234"),
    "bank_card": ("6222", "0212", "3456", "7890"),
}
_DIGITS = {
    "ascii": "0123456789",
    "full width": "０１２３４５６７８９",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨",
    "Chinese": "零一二三四五六七八九",
    "radio": "洞幺二三四五六拐八勾",
    "formal": "零壹贰叁肆伍陆柒捌玖",
    "letters": "O1234S67B9",
    "small letters": "o12345678g".replace("g", "9"),
}
_GAPS = [
    *("", " ", "-", "—", "，", "**", "***", "……", "然后", "，然后", "接着", "后面是", "，后面是", "再", "再来"),
    *(
        "杠",
        "横杠",
        "-横杠-",
        "空格",
        "空一格",
        "下划线",
        "点",
        "呃",
        "，呃，",
        "嗯",
        "那个",
        "，那个，",
        "中间是",
        "最后是",
    ),
    *("，接下来是", "停顿", "等一下", "，您记一下，", "对", "，对，", "再念"),
]


def found(text: str) -> list[tuple[str, str]]:
    """Kind and words of every finding."""
    return [
        (finding.rule.removeprefix("personal_data."), text[finding.span.start : finding.span.end])
        for finding in GUARD(Script((Segment(Stage.BODY, text, text),)), Case())
        if finding.span
    ]


def lines(suite: Path) -> list[list[str]]:
    """Text, kind and words of each line; kind and words are empty where nothing is personal."""
    return [line.split("\t") for line in suite.read_text("utf-8").splitlines()]


def test_what_is_personal_is_found_exactly_and_what_is_not_is_left_alone() -> None:
    every = [line for suite in SUITES for line in lines(suite)]
    personal = [(text, (kind, words)) for text, kind, words in every if kind]
    missed = [text for text, said in personal if said not in found(text)]
    masked = [text for text, kind, _ in every if not kind and found(text)]
    assert len(missed) <= (1 - _LEAST_FOUND) * len(personal), missed
    assert len(masked) <= _MOST_FALSE * (len(every) - len(personal)), masked


def test_half_of_the_cases_are_innocent() -> None:
    every = [line for suite in SUITES for line in lines(suite)]
    assert len(every) >= 400
    assert sum(not kind for _, kind, _ in every) * 2 >= len(every)


@pytest.mark.parametrize("digits", _DIGITS.values(), ids=_DIGITS)
@pytest.mark.parametrize("kind", _NUMBERS)
def test_a_number_is_found_in_every_spelling_whatever_is_said_between_its_digits(kind: str, digits: str) -> None:
    ways = str.maketrans("0123456789", digits)
    missed = []
    for gap, (before, after) in product(_GAPS, (("号码", "，谢谢"), ("您记好，", "。"))):
        value = gap.join(group.translate(ways) for group in _NUMBERS[kind])
        if (kind, value) not in found(before + value + after):
            missed.append(before + value + after)
    assert not missed


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_nothing_is_found_in_what_was_masked(suite: Path) -> None:
    for text, _, _ in lines(suite):
        assert found(GUARD.masked(text)) == []
