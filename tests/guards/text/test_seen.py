"""Emoji, bopomofo and turned text are read as they are seen, and lead back to the words as they are stored."""

import pytest

from guards.text.bopomofo import in_letters
from guards.text.seen import as_seen
from guards.types import Span


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("我们📦过", "我们包过"),
        ("我们⚫\ufe0f户", "我们黑户"),
        ("包🈴过", "包过"),
        ("ㄅㄠ过", "bao过"),
        ("ㄅㄠˇ过", "bao过"),
        ("嗯\u202e过包\u202c的", "嗯包过的"),
        ("嗯\u202e过包\n好", "嗯包过好"),
        ("嗯\u202d包过\u202c\u202e过", "嗯包过过"),
        ("ㄦㄦ", "erer"),
    ],
)
def test_a_text_is_read_as_it_is_seen(raw: str, seen: str) -> None:
    folded = as_seen(raw)
    assert folded is not None
    assert folded.text == seen


@pytest.mark.parametrize("raw", ["", "我们包过", "🙂", "\u202d包过\u202c"])
def test_what_is_seen_as_it_is_stored_is_read_once(raw: str) -> None:
    assert as_seen(raw) is None


def test_what_is_seen_leads_back_to_what_is_stored() -> None:
    folded = as_seen("嗯📦过，\u202e过包\u202c的")
    assert folded is not None
    assert folded.text == "嗯包过包过的"
    assert folded.span(1, 3) == Span(1, 3)
    assert folded.span(3, 5) == Span(4, 7)


@pytest.mark.parametrize(
    ("signs", "letters"),
    [
        ("ㄅㄠ", "bao"),
        ("ㄓ", "zhi"),
        ("ㄧ", "yi"),
        ("ㄨㄤ", "wang"),
        ("ㄧㄥ", "ying"),
        ("ㄧㄡ", "you"),
        ("ㄧㄝ", "ye"),
        ("ㄩ", "yu"),
        ("ㄩㄥ", "yong"),
        ("ㄐㄩㄝ", "jue"),
        ("ㄌㄩ", "lv"),
        ("ㄌㄩㄝ", "lve"),
        ("ㄢ", "an"),
        ("ㄙ", "si"),
    ],
)
def test_bopomofo_is_spelt_in_letters(signs: str, letters: str) -> None:
    assert list(in_letters(f"{signs}", 3)) == [(letters, 3, 3 + len(signs))]
