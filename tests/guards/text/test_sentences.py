"""Where sentences end, and what stands in a sentence and the next."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.text.sentences import SENTENCE_END, SENTENCE_MARKS, Sentences
from guards.types import Span


def around(text: str, span: Span) -> str:
    """The words of the sentence that holds the span and of the one after it."""
    place = Sentences(text).around(span)
    return text[place.start : place.end]


TEXT = "甲。乙一，乙二！丙？丁；戊｡己"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("甲", "甲。乙一，乙二！"),
        ("乙一", "乙一，乙二！丙？"),
        ("乙二", "乙一，乙二！丙？"),
        ("一，乙", "乙一，乙二！丙？"),
        ("丙", "丙？丁；"),
        ("丁", "丁；戊｡"),
        ("戊", "戊｡己"),
        ("己", "己"),
        ("甲。乙", "甲。乙一，乙二！丙？"),
        ("乙二！丙", "乙一，乙二！丙？丁；"),
        ("。", "甲。乙一，乙二！丙？"),
        (TEXT, TEXT),
    ],
)
def test_the_sentence_of_some_words_and_the_one_after_it(words: str, expected: str) -> None:
    start = TEXT.index(words)
    assert around(TEXT, Span(start, start + len(words))) == expected


@pytest.mark.parametrize("decoration", list(".!?;\n, ，、：…"))
def test_what_may_be_decoration_ends_no_sentence(decoration: str) -> None:
    text = f"甲{decoration}乙。丙。丁。"
    assert SENTENCE_END.search(text[:3]) is None
    assert around(text, Span(0, 1)) == f"甲{decoration}乙。丙。"


@settings(deadline=None)
@given(st.text(alphabet=f"甲{SENTENCE_MARKS}", min_size=1), st.data())
def test_the_words_themselves_are_always_part_of_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = around(text, Span(start, end))
    assert text[start:end] in found
    assert found in text
