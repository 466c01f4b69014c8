"""A reading: each form of a text worked out once, and carried by the script."""

import gc
import weakref

import pytest

from guards.script import Script, Segment
from guards.text import reading
from guards.text.folding import Folding, fold
from guards.text.reading import Reading
from guards.types import Stage

TEXT = "<b>最高</b>可借２０万元。Ｖ 信详聊！"


def script(text: str, spoken: str | None = None) -> Script:
    """A script of one segment."""
    return Script((Segment(Stage.BODY, text, text if spoken is None else spoken),))


@pytest.mark.parametrize("folding", Folding)
def test_a_reading_folds_as_folding_does(folding: Folding) -> None:
    folded, alone = Reading(TEXT).folded(folding), fold(TEXT, folding)
    assert folded.text == alone.text
    assert list(map(list, folded.offsets)) == list(map(list, alone.offsets))


def test_every_form_is_worked_out_once() -> None:
    read = Reading(TEXT)
    for form in ("plain", "tight", "sentences", "normalized"):
        assert getattr(read, form) is getattr(read, form)
    assert read.folded(Folding.TIGHT) is read.tight
    assert read.folded(Folding.PLAIN) is read.plain


def test_what_is_attached_is_asked_for_once() -> None:
    asked = []

    def length(read: Reading) -> int:
        asked.append(read.raw)
        return len(read.raw)

    read = Reading("您好。")
    assert [read.once(length), read.once(length)] == [3, 3]
    assert asked == ["您好。"]


def test_all_who_ask_a_script_get_the_same_reading() -> None:
    said = script("应还5元。", "应还五元。")
    assert reading.of(said) is reading.of(said)
    assert reading.of(said).raw == "应还5元。"
    assert reading.of(said.as_spoken).raw == "应还五元。"
    assert reading.of(said.as_spoken) is reading.of(said.as_spoken)


@pytest.mark.parametrize("spoken", ["客户的话。", "客户说的话。"])
def test_nothing_of_a_text_outlives_its_script(spoken: str) -> None:
    said = script("客户的话。", spoken)
    kept = [weakref.ref(reading.of(said)), weakref.ref(reading.of(said.as_spoken))]
    gc.disable()  # it must not wait until somebody looks for garbage
    try:
        del said
        assert [each() for each in kept] == [None, None]
    finally:
        gc.enable()
