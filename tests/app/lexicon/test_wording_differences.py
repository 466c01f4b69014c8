"""What differs between two states of approved wording, text by text, and what is held."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from app.approved.holds import HOLDS_FILE, Holds, LineKind, content_of
from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.wording import STITCH_FILE
from app.lexicon.wording_differences import WordingDifference, wording_difference
from app.lexicon.wording_files import WordingFiles
from guards.lexicon.documents import DocumentError
from tests.app.lexicon.revisions import holding
from tests.app.lexicon.wordings import BODY, BRIDGE, FILES, LEAVING, REPLY, WORDS, named

SAME = WordingDifference([], [], [], [], (None, None), [])


def _edited(text: str, new: str) -> dict[str, bytes]:
    return FILES.changed({named(text): new}, [], [])


def test_what_is_the_same_differs_in_nothing() -> None:
    assert wording_difference(WORDS, dict(WORDS)) == SAME


def test_what_is_no_text_is_told_by_its_lines() -> None:
    commented = {**WORDS, BRIDGES_FILE: b"# \xe6\xb3\xa8\n" + WORDS[BRIDGES_FILE]}
    told = wording_difference(WORDS, commented)
    assert (told.gone, told.new) == ([], [])
    [file] = told.files
    assert (file.file, file.left_out) == (BRIDGES_FILE, 0)
    assert "+# 注" in file.lines
    text = WORDS[STITCH_FILE].decode()
    loosened = {**WORDS, STITCH_FILE: text.replace("required: true", "required: false", 1).encode()}
    [file] = wording_difference(WORDS, loosened).files
    [removed, added] = [line for line in file.lines if line[0] in "+-"]
    assert removed.replace("required: true", "required: false")[1:] == added[1:]


def test_an_edited_text_is_gone_and_another_is_new() -> None:
    told = wording_difference(WORDS, _edited(BODY, "甲。"))
    assert [(one.id, one.text) for one in told.gone] == [(named(BODY), BODY)]
    assert [(one.kind, one.text) for one in told.new] == [(LineKind.FALLBACK, "甲。")]
    back = wording_difference(_edited(BODY, "甲。"), WORDS)
    assert ([one.text for one in back.gone], [one.text for one in back.new]) == (["甲。"], [BODY])


def test_a_text_that_still_stands_elsewhere_is_not_gone() -> None:
    twice = WordingFiles({**WORDS, BRIDGES_FILE: WORDS[BRIDGES_FILE].decode().replace(BRIDGE, REPLY).encode()})
    told = wording_difference(twice.contents, WORDS)
    assert ([one.text for one in told.gone], [one.text for one in told.new]) == ([], [BRIDGE])
    emptied = {**WORDS, REPLIES_FILE: b"[]"}
    assert len(wording_difference(WORDS, emptied).gone) == sum(
        stored.kind is LineKind.REPLY for stored in FILES.lines.values()
    )


@pytest.mark.parametrize(
    ("before", "after"), [(WORDS, holding(BODY, is_frozen=True)), (holding(BODY), holding(BODY, LEAVING))]
)
def test_what_is_held_is_told_both_ways(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    told, back = wording_difference(before, after), wording_difference(after, before)
    assert (told.gone, told.new, back.gone, back.new) == ([], [], [], [])
    assert [one.text for one in told.suspended] == [LEAVING if HOLDS_FILE in before else BODY]
    assert (told.suspended, told.resumed) == (back.resumed, back.suspended)
    assert told.frozen == back.frozen[::-1]
    assert (told.frozen[1] is None) is (HOLDS_FILE in before)


def test_what_was_held_anew_for_another_reason_is_told() -> None:
    first = wording_difference(WORDS, holding(BODY)).suspended[0]
    again = content_of(Holds(None, (replace(first, reason="又投诉"),)))
    assert again is not None
    told = wording_difference(holding(BODY), {**WORDS, HOLDS_FILE: again})
    assert ([one.reason for one in told.suspended], [one.reason for one in told.resumed]) == (["又投诉"], ["投诉"])


@pytest.mark.parametrize("name", [BRIDGES_FILE, HOLDS_FILE])
def test_what_cannot_be_read_is_said(name: str) -> None:
    with pytest.raises(DocumentError, match=name):
        wording_difference(WORDS, {**WORDS, name: b"{"})
    with pytest.raises(DocumentError, match="is missing"):
        wording_difference({}, WORDS)
