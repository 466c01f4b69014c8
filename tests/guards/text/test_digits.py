"""How the recognisers read a text, and the way back to its code points."""

import pytest

from guards.text.digits import MASK, Bare, NormalizedText, digits_of, with_ascii_digits
from guards.text.reading import Reading


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("１３８　Ｅ", "138 e"),
        ("1\n3\t8", "1 3 8"),
        ("138—1234‐5678", "138-1234-5678"),
        ("京A•12345", "京a·12345"),
        ("二○二六", "二〇二六"),
        ("123×", "123x"),
        ("1\u200b3\ufe0f8", "138"),
        ("1️⃣3️⃣8️⃣", "138"),
        ("<b>138</b>&nbsp;&#49;", "138 1"),
        ("張三\ud800", "张三"),
    ],
)
def test_a_text_is_read_in_one_spelling(text: str, visible: str) -> None:
    assert NormalizedText(text).visible == visible


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("👨‍👩‍👧手机138", "138"),
        ("a\u200b1\u200b3\u200b8\u200bb", "1\u200b3\u200b8"),
        ("<b>1</b>3&#56;。", "1</b>3&#56;"),
        ("⑩13⑧", "⑩13⑧"),
        ("\ud8001\ud8003\ud8008", "1\ud8003\ud8008"),
    ],
)
def test_ranges_lead_back_to_the_original(text: str, words: str) -> None:
    reading = NormalizedText(text)
    (found,) = reading.bare.find(NormalizedText(words).bare.text)
    start, end = reading.original_span(*found)
    assert text[start:end] == words


def test_all_forms_of_a_digit_are_one() -> None:
    assert (
        with_ascii_digits("零〇洞一壹幺弌二贰两弍三叁参弎四肆五伍六陆七柒拐八捌九玖勾")
        == "00011112222333344556677788999"
    )
    assert digits_of("一三八-1234 的_x。") == "1381234的x"


def test_nothing_is_read_across_a_mask() -> None:
    assert list(NormalizedText(f"张{MASK}三").bare.find("张3")) == []
    assert list(NormalizedText(f"{MASK}").bare.find("隐私")) == []


def test_bare_text_finds_all_that_do_not_overlap() -> None:
    assert list(Bare("1-1 1.1").find("11")) == [(0, 3), (4, 7)]


def test_what_markup_hides_is_read_too() -> None:
    assert len(Reading("没有标记").normalized) == 1
    spoken, written = Reading('<a href="tel:138">您好</a>&amp;').normalized
    assert spoken.visible == "您好&"
    assert "tel:138" in written.visible
    assert len(written.visible) == len(written.original)
