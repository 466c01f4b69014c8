"""What a turn is to its listener."""

from typing import Any

import pytest

from evals.callers.cues import told
from tests.evals.callers.scripted import MATTER, OPENING, answer, ended, matter

READBACK = "我跟您确认一下，您说的是11月25日还，对吗？"


def cues(of: dict[str, Any], scenario: str = "collection_m1", *, first: bool = False) -> set[str]:
    """The cues of an answer, after an opening unless it is the first one."""
    return {cue for cue in told(of, scenario, [] if first else [answer(), matter()], []).cues if cue != "any"}


def test_the_first_turn_is_the_opening_and_asks_who_it_is() -> None:
    assert cues(answer(OPENING), first=True) == {"opening", "identity"}


def test_sum_and_day_are_the_matter_and_ask_for_a_day() -> None:
    assert cues(matter()) == {"matter", "date"}


@pytest.mark.parametrize(
    ("text", "expects", "found"),
    [
        (READBACK, "yes_no", {"readback", "yes_no"}),
        ("可以申请延期3期，结果以审核为准，要帮您看看吗？", "yes_no", {"plan", "yes_no"}),
        ("抱歉，没想到您正忙着，我换个什么时间打来合适？", "date", {"time"}),
        ("好的，谢谢您。那您看哪天还比较合适？", "date", {"date"}),
        ("谢谢您这么说，就差个日子了。您打算哪天还？", "date", {"date"}),
        ("打来就是想找个您做得到的办法。您能先说说想法吗？", "date", {"date"}),
        ("不好意思，我没听明白，您能再说一遍吗？", "yes_no", {"yes_no"}),
        ("我慢慢再说一遍，我是智能语音助手，您在听吗？", "yes_no", {"repeated", "yes_no"}),
    ],
)
def test_a_question_is_known_by_what_it_expects_and_by_its_words(text: str, expects: str, found: set[str]) -> None:
    assert cues(answer(text, state="handle", expects=expects)) == found


def test_before_the_matter_a_day_is_one_to_call_on() -> None:
    busy = answer("是我打得不巧，抱歉，工作日还是周末您更方便？", state="handle", expects="date")
    assert "time" in told(busy, "collection_m1", [answer()], []).cues
    assert "date" in told(busy, "collection_m1", [answer(), matter()], []).cues


def test_in_sales_a_day_is_no_readback_and_the_pitch_is_the_matter() -> None:
    campaign = answer("活动到11月30日，您还想了解什么？", state="handle", expects="yes_no")
    assert cues(campaign, "acquisition") == {"yes_no"}
    pitch = answer("应急贷，单利年化利率3.6%，您想问什么？", state="body", expects="yes_no")
    assert cues(pitch, "acquisition") == {"matter", "yes_no"}


def test_a_hand_over_asks_nothing() -> None:
    reading = told(ended("handoff"), "collection_m1", [answer()], [])
    assert ("handoff" in reading.cues, reading.question) == (True, None)


def test_a_question_of_one_kind_is_the_same_question_in_other_words() -> None:
    first = told(answer("请问您是王先生本人吗？"), "collection_m1", [], [])
    again = told(answer("您就是王先生吗？"), "collection_m1", [answer()], ["identity"])
    assert first.question == again.question == "identity"
    assert "repeated" in again.cues


def test_another_day_read_back_is_another_question() -> None:
    one = told(answer(READBACK, state="handle", expects="yes_no"), "collection_m1", [answer()], [])
    other = told(
        answer(READBACK.replace("25", "30"), state="handle", expects="yes_no"), "collection_m1", [answer()], []
    )
    assert one.question != other.question


def test_other_questions_are_known_by_their_words() -> None:
    unclear = answer("抱歉，我没听清，您能再说一遍吗？", state="handle", expects="yes_no")
    assert told(unclear, "collection_m1", [answer()], []).question == "抱歉我没听清您能再说一遍吗"
    assert told(matter(), "collection_m1", [answer()], []).question == "date"
    assert MATTER.endswith("？")
