"""Scripts: segments joined, places found again, and each piece of work done once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.script import Script, Segment
from guards.types import Stage


def test_a_script_is_its_segments_joined() -> None:
    script = Script((Segment(Stage.OPEN, "3元，", "三元，"), Segment(Stage.BODY, "好", "好呀")))
    assert (script.text, script.spoken) == ("3元，好", "三元，好呀")


SCRIPTS = st.lists(st.tuples(st.sampled_from(Stage), st.text(max_size=5)), max_size=6).map(
    lambda parts: Script(tuple(Segment(stage, text, "说") for stage, text in parts))
)


@given(SCRIPTS)
def test_segments_tile_the_text(script: Script) -> None:
    spans = script.segment_spans
    assert len(spans) == len(script.segments)
    assert ["" if span is None else script.text[span.start : span.end] for span in spans] == [
        segment.text for segment in script.segments
    ]
    filled = [span for span in spans if span]
    assert all(left.end == right.start for left, right in pairwise(filled))


@given(SCRIPTS)
def test_each_position_has_the_stage_of_its_segment(script: Script) -> None:
    stages = [segment.stage for segment in script.segments for _ in segment.text]
    assert [script.stage_at(position) for position in range(len(script.text))] == stages
    with pytest.raises(IndexError):
        script.stage_at(len(script.text))


def test_what_was_worked_out_about_a_script_is_worked_out_once_and_no_part_of_it() -> None:
    asked = []

    def count(script: Script) -> int:
        asked.append(script.text)
        return len(script.text)

    script = Script((Segment(Stage.BODY, "您好。", "您好。"),))
    assert [script.once(count), script.once(count)] == [3, 3]
    assert asked == ["您好。"]
    assert script == Script(script.segments)
    assert "worked" not in repr(script)


def test_a_script_as_it_is_spoken() -> None:
    script = Script((Segment(Stage.BODY, "应还5元。", "应还五元。"), Segment(Stage.CLOSE, "再见。", "再见。")))
    assert script.as_spoken.text == script.spoken
    assert script.as_spoken is script.as_spoken
    assert script.as_spoken.as_spoken is script.as_spoken
