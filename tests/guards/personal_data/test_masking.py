"""Masking: the masked forms, overlapping findings, and that masking twice changes nothing."""

import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.personal_data.guard import PersonalData
from guards.personal_data.masking import mask, masked_form
from guards.script import Script, Segment
from guards.text.digits import NormalizedText
from guards.types import Action, Case, Finding, Span, Stage

GUARD = PersonalData()


def finding(start: int, end: int, replacement: str | None, action: Action = Action.MASK) -> Finding:
    """A finding on that span."""
    return Finding("test.rule", "test", action, "测试", Span(start, end), replacement)


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        ("bank_card", "6222021234567890123", "****0123"),
        ("bank_card", "6222 0212 3456 7890", "****7890"),
        ("bank_card", "六二二二零二一二三四五六七八九零", "****7890"),
        ("bank_card", "1234", "[隐私信息]"),
        ("id_card", "110101199003071234", "110101********1234"),
        ("id_card", "１１０１０１ 19900307 123ｘ", "110101********123X"),
        ("id_card", "110101900307123", "110101*****7123"),
        ("id_card", "E12345678", "[隐私信息]"),
        ("mobile", "13812345678", "[隐私信息]"),
        ("name", "张三", "[隐私信息]"),
    ],
)
def test_masked_forms(kind: str, value: str, form: str) -> None:
    assert masked_form(kind, value) == form


def test_spans_are_replaced_without_moving_each_other() -> None:
    text = "😀ab，cd。"
    assert mask(text, [finding(1, 3, "甲乙丙丁"), finding(4, 6, "")]) == "😀甲乙丙丁，。"


def test_adjacent_spans_stay_two() -> None:
    assert mask("abcd", [finding(2, 4, "Y"), finding(0, 2, "X")]) == "XY"
    assert mask("ab cd", [finding(3, 5, "X"), finding(0, 2, "X")]) == "X X"


def test_overlapping_spans_become_one_with_the_longest_form() -> None:
    assert mask("0123456789", [finding(1, 4, "short"), finding(3, 8, "long")]) == "0long89"
    assert mask("0123456789", [finding(1, 9, "outer"), finding(3, 5, "inner")]) == "0outer9"
    assert mask("0123456789", [finding(0, 3, "a"), finding(2, 6, "bb"), finding(5, 7, "c")]) == "bb789"


def test_of_overlapping_spans_the_worst_action_goes_first() -> None:
    assert mask("0123456789", [finding(1, 3, "worse", Action.REVISE), finding(2, 9, "longer")]) == "0worse9"


def test_of_equal_spans_the_form_that_shows_least_is_taken() -> None:
    both = [finding(0, 4, "****1234"), finding(0, 4, "[隐私信息]")]
    assert mask("abcd", both) == mask("abcd", both[::-1]) == "[隐私信息]"


def test_a_finding_without_span_or_replacement_changes_nothing() -> None:
    nowhere = Finding("test.rule", "test", Action.MASK, "测试", None, "X")
    assert mask("abc", [nowhere, finding(0, 1, None), finding(7, 9, "X")]) == "abc"
    assert mask("abc", [finding(2, 9, "X")]) == "abX"
    assert mask("", []) == ""


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=30),
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 10), st.sampled_from(["", "X", "[隐私信息]", "****1234"])),
        max_size=8,
    ),
)
def test_only_the_spans_change(text: str, spans: list[tuple[int, int, str]]) -> None:
    found = [finding(start, start + length, replacement) for start, length, replacement in spans]
    hidden = {place for start, length, _ in spans for place in range(start, start + length)}
    kept = "".join(char for place, char in enumerate(text) if place not in hidden)
    masked = mask(text, [replace(one, replacement="\x01") for one in found])
    assert masked.replace("\x01", "") == kept.replace("\x01", "")
    assert isinstance(mask(text, found), str)


def test_masked_text_as_a_log_would_show_it() -> None:
    text = "张三（13812345678，身份证110101199003071234）的卡6222021234567890123，邮箱a@b.cn，张先生"
    assert GUARD.masked(text, Case(known_personal_data={"name": "张三"})) == (
        "[隐私信息]（[隐私信息]，身份证110101********1234）的卡****0123，邮箱[隐私信息]，张先生"
    )


@pytest.mark.parametrize(
    "text",
    [
        "138****5678",
        "****1234 5678 9012 3456",
        "****1381 234 5678",
        "110101********1234",
        "[隐私信息]13",
        "微信号[隐私信息]",
        "我叫[隐私信息]",
        "QQ[隐私信息]12",
    ],
)
def test_masked_forms_are_no_personal_data(text: str) -> None:
    assert GUARD.masked(text) == text


@pytest.mark.parametrize("known", ["隐私", "隐私信息", "信息", "1234", "息13"])
def test_a_known_value_that_looks_like_a_mask_does_not_go_round_in_circles(known: str) -> None:
    case = Case(known_personal_data={"name": known})
    once = GUARD.masked(f"您的{known}，卡6222021234561234，手机13812345678，13", case)
    assert GUARD.masked(once, case) == once


def test_nothing_is_read_across_a_mask() -> None:
    assert GUARD.masked("[隐私信息]13", Case(known_personal_data={"name": "息13"})) == "[隐私信息]13"


PIECES = st.sampled_from(
    [
        *"0123456789",
        *"一三八二〇Xx",
        *" -.*@，。\u200b😀",
        "微信号",
        "我叫王",
        "我是",
        "李明",
        "建国路",
        "8号",
        "朝阳区",
        "订单号",
        "qq",
        "a@b.cn",
        "京A12345",
        "[隐私信息]",
        "****1234",
        "13812345678",
        "1381234",
        "5678 ",
        "6222 0212 ",
        "110101199003071234",
        "E12345678",
        "010-",
        "023456789",
        *("<", ">", "&", "&#49;", "<b>", "<a href='", "\ud800", "😀", "\ufe0f"),
        *("zhang", "san", ".", "点", "艾特", " at ", "dot", "qq", "康姆", "张", "三", "張"),
        *("前三位138，", "中间1234", "最后5678", "1990年", "3月7日", "3栋", "2单元", "501室"),
        *("护照E123", "45678", "wxid_", "加v", "+86 ", "010 ", "62220,", "12,", "年", "元"),
    ]
)


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=100)
"""Lone surrogates and characters beyond the first plane included."""


@settings(max_examples=200, deadline=None)
@given(
    st.lists(PIECES | ANY_TEXT, max_size=40).map("".join),
    st.text(max_size=4) | st.sampled_from(["一三", "张三", "隐私"]),
)
def test_masking_twice_is_masking_once_and_leaves_nothing_known(text: str, name: str) -> None:
    values = {"name": name, "mobile": "13812345678", "email": "zhang.san@qq.com", "id_card": "110101199003071234"}
    case = Case(known_personal_data=values)
    for found in GUARD(Script((Segment(Stage.BODY, text, text),)), case):
        assert found.span is not None
        assert 0 <= found.span.start < found.span.end <= len(text)
    once = GUARD.masked(text, case)
    assert GUARD.masked(once, case) == once
    assert GUARD(Script((Segment(Stage.BODY, once, once),)), case) == []
    assert not any(
        value in NormalizedText(once).bare.text for value in ("13812345678", "110101199003071234", "zhangsanqqcom")
    )


KNOWN = Case(
    known_personal_data={
        "name": "王是",
        "mobile": "13812345678",
        "email": "a.b@qq.com",
        "id_card": "110101199003071234",
        "address": "朝阳区建国路88号",
        "code": "1111111111",
    }
)


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "1-3 ",
        "一",
        "13812345678 ",
        "110101199003071234 ",
        "6222 ",
        "a@",
        "a.",
        "@a.",
        "我叫王",
        "是王",
        "北京市路",
        "路1号",
        "区建国路8号",
        "[隐私信息]",
        "微信a",
        "1，",
        "1\u200b",
        "○",
        "京A1",
        "e1",
        "(+86",
        "叉",
        "订单号1",
        "我是",
        "@",
        "路号",
        "12 ",
        "12,",
        "11111 ",
        "0.1",
        "1栋1",
        "一单元",
        "at dot ",
        "艾特",
        "第1位",
        "&#49;",
        "<a",
        "😀1",
        "9 ",
        "zhang1",
        "1990年",
    ],
)
def test_work_grows_in_proportion_to_the_text(unit: str) -> None:
    def calls(length: int) -> int:
        text = (unit * length)[:length]
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            GUARD(Script((Segment(Stage.BODY, text, text),)), KNOWN)
        finally:
            sys.setprofile(before)
        return counted

    # Four times the length: a quadratic guard would work sixteen times as much.
    assert calls(4_000) < 5 * calls(1_000) + 500
