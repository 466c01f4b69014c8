"""Folding: look-alikes read as what they look like, and every position leads back into the original text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guards.text.folding import Folding, fold, folded_text
from guards.types import Span


def is_read(character: str) -> bool:
    """Letters and numbers, but no modifiers and no strokes that stand alone."""
    category = unicodedata.category(character)
    return category[0] in "LN" and category != "Lm" and character != "丨"


BOTH = {
    "full-width": ("ＡＰＰ１００", "app100"),
    "circled digits": ("①②⑳", "1220"),
    "negative circled digits": ("⓿❶❽❿⓫⓴", "01810" + "11" + "20"),
    "double circled and sans-serif digits": ("⓵⓾➀➉➊➓🄋🄌", "110" + "110" + "110" + "00"),
    "keycap emoji": ("1️⃣0️⃣0️⃣", "100"),
    "parenthesised and squared": ("㈠㊀㍿", "(一)一株式会社"),
    "letters in circles and squares": ("ⒶⓑⓅ🅐🅟🅰🅿🄰", "abpapapa"),
    "mathematical letters and digits": ("𝐀𝒃𝟏𝟗", "ab19"),
    "superscript": ("x²", "x2"),
    "roman numerals": ("Ⅻ", "xii"),
    "case": ("App", "app"),
    "case that grows": ("ß", "ss"),
    "accents": ("áÇñ", "acn"),
    "combining marks": ("保\u0301证\u0336放\u20dd款", "保证放款"),
    "variation selectors": ("保\ufe0f证\U000e0101", "保证"),
    "zero-width": ("保\u200b证\u200d放\ufeff款\u2060", "保证放款"),
    "direction marks and soft hyphens": ("保\u202e证\u00ad放\u061c款", "保证放款"),
    "tag characters": ("保\U000e0041证", "保证"),
    "letters that nobody sees": ("保\u3164证\u115f放\uffa0款", "保证放款"),
    "private and unassigned": ("保\ue000证\U000e0fff", "保证"),
    "lone surrogates": ("保\ud800证", "保证"),
    "traditional": ("保證放款無憂利率貸款", "保证放款无忧利率贷款"),
    "traditional that is also simplified": ("揹著家人，瞭解，找藉口，答覆", "背着家人,了解,找借口,答复"),
    "simplified in two steps": ("薴", "苎"),
    "Kangxi radicals": ("⼀⼈⾦⾨⾧", "一人金门长"),
    "CJK radicals": ("⻓⻔⻢⻋⻉", "长门马车贝"),
    "CJK radicals of traditional shape": ("⻑⻒", "长长"),
    "compatibility ideographs": ("\uf90a\uf9ca", "金流"),
    "tag in a word": ("保<b>证</b>放<br/>款", "保证放款"),
    "tag with attributes": ('保<break time="500ms">证', "保证"),
    "comment in a word": ("保<!-- x -->证", "保证"),
    "numeric entities": ("保&#35777;放&#x6B3E;", "保证放款"),
    "named entities": ("A&amp;B", "a&b"),
}
TIGHT_ONLY = {
    "spaces": ("保 证\u3000放\u00a0款\t", "保证放款"),
    "line breaks": ("保\n证\r\n放", "保证放"),
    "punctuation": ("保-证·放…款！", "保证放款"),
    "modifiers and strokes": ("保ー证ˉ放丨款", "保证放款"),
    "emoji": ("保🙂证👨‍👩‍👧放❤️款🇨🇳", "保证放款"),
    "symbols": ("保+证=放^款￥", "保证放款"),
    "entities that are no letters": ("保&nbsp;证&#32;放&lt;款", "保证放款"),
}


@pytest.mark.parametrize("folding", [Folding.PLAIN, Folding.TIGHT])
@pytest.mark.parametrize(("written", "read"), BOTH.values(), ids=BOTH)
def test_look_alikes_are_read_as_what_they_look_like(written: str, read: str, folding: Folding) -> None:
    wanted = read if folding is Folding.PLAIN else "".join(filter(is_read, read))
    assert fold(written, folding).text == wanted


@pytest.mark.parametrize(("written", "read"), TIGHT_ONLY.values(), ids=TIGHT_ONLY)
def test_tight_folding_leaves_out_what_is_no_letter_or_number(written: str, read: str) -> None:
    assert fold(written, Folding.TIGHT).text == read
    assert fold(written, Folding.PLAIN).text != read


@pytest.mark.parametrize(
    "written",
    [
        "我们<保证放款>。",
        "<b 保证放款>",
        "<!--保证放款-->",
        "＜保证放款＞",
        "&lt;保证放款&gt;",
        "<保证放款",
        "5<保证放款>3",
    ],
)
def test_chinese_between_angle_brackets_is_seen(written: str) -> None:
    folded = fold(written, Folding.TIGHT)
    start = folded.text.index("保证放款")
    span = folded.span(start, start + 4)
    assert written[span.start : span.end] == "保证放款"


@pytest.mark.parametrize("written", ["1<2且3>2", "a < b > c", "R&D;好", "&好;", "&#99999999;"])
def test_what_is_no_markup_stays(written: str) -> None:
    assert fold(written, Folding.PLAIN).text.startswith(written.lower()[:3])


@pytest.mark.parametrize(
    ("written", "start", "end", "original"),
    [
        ("嗯保证放款嗯", 1, 5, "保证放款"),
        ("嗯，保 证-放\u200b款，嗯", 1, 5, "保 证-放\u200b款"),
        ("a&#20445;证&#27454;b", 1, 4, "&#20445;证&#27454;"),
        ("x<i>保<b>证</b>款</i>", 1, 4, "保<b>证</b>款"),
        ("㈠好", 0, 1, "㈠"),
        ("Ⅻ月", 1, 2, "Ⅻ"),
    ],
)
def test_a_span_holds_the_original_with_what_was_inserted(written: str, start: int, end: int, original: str) -> None:
    span = fold(written, Folding.TIGHT).span(start, end)
    assert written[span.start : span.end] == original


MESSY = st.lists(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.sampled_from("保证放款利率證0９⓿❽⻓ßŉΐ<>&;/#b \u200b\u0301\ufe0f\u20e3\ud800"),
        st.sampled_from(["<b>", "</b>", "&#35777;", "&lt;", "&#1;", "&nbsp;", "㍿", "ﷺ", "👨‍👩‍👧", "🙂"]),
    ),
    max_size=40,
).map("".join)


@given(MESSY, st.sampled_from(Folding))
@example("", Folding.TIGHT)
@example("<" * 50, Folding.PLAIN)
def test_every_span_lies_in_the_text_and_positions_never_go_back(text: str, folding: Folding) -> None:
    folded = fold(text, folding)
    assert len(folded.origins) == len(folded.text)
    assert list(folded.origins) == sorted(folded.origins)
    whole = Span(0, len(text)) if text else None
    previous = 0
    for index in range(len(folded.text)):
        span = folded.span(index, index + 1)
        assert whole is not None
        assert whole.covers(span)
        assert span.start >= previous
        assert folded.span(0, index + 1).covers(span)
        previous = span.start


@given(MESSY)
def test_tightly_folded_text_folds_to_itself(text: str) -> None:
    once = fold(text, Folding.TIGHT).text
    assert fold(once, Folding.TIGHT).text == once


@given(MESSY)
def test_plainly_folded_text_without_markup_folds_to_itself(text: str) -> None:
    once = fold(text.replace("<", "").replace("&", ""), Folding.PLAIN).text.replace("<", "").replace("&", "")
    assert fold(once, Folding.PLAIN).text == once


@pytest.mark.parametrize("folding", Folding)
def test_every_character_of_unicode_folds_to_a_form_that_stays(folding: Folding) -> None:
    unstable = []
    for block in range(0, 0x110000, 0x1000):
        characters = [
            chr(point) for point in range(block, block + 0x1000) if unicodedata.category(chr(point)) not in {"Cn", "Co"}
        ]
        once = fold("".join(characters).replace("<", "").replace("&", ""), folding).text
        once = once.replace("<", "").replace("&", "")
        if fold(once, folding).text != once:
            unstable.append(hex(block))
    assert unstable == []


@given(MESSY)
def test_tight_is_plain_with_letters_and_numbers_only(text: str) -> None:
    plain = fold(text, Folding.PLAIN).text
    tight = fold(text, Folding.TIGHT).text.replace(".", "").replace("%", "")
    assert tight == "".join(filter(is_read, plain))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("年化3.6％。", "年化3.6%"),
        ("1.0.0%获批", "100%获批"),
        ("百分. 百", "百分百"),
        ("包%过", "包过"),
        ("一百 %", "一百%"),
        ("100.%%", "100%"),
        (".5%.", "5%"),
        ("v1.2.", "v12"),
    ],
)
def test_tight_keeps_decimal_points_and_per_cents_and_no_others(written: str, read: str) -> None:
    folded = fold(written, Folding.TIGHT)
    assert folded.text == read
    assert len(folded.origins) == len(read)


def test_raw_changes_nothing() -> None:
    text = "百<b>分</b>&lt;Ａ\u200b"
    folded = fold(text, Folding.RAW)
    assert folded.text == text
    assert folded.span(1, 3) == Span(1, 3)


def test_tags_are_no_part_of_a_span_that_ends_before_them() -> None:
    text = "保证</b>放款"
    assert fold(text, Folding.PLAIN).span(0, 2) == Span(0, 2)


@given(MESSY, st.sampled_from(Folding))
def test_the_folded_text_alone_is_that_of_the_fold(text: str, folding: Folding) -> None:
    assert folded_text(text, folding) == fold(text, folding).text
