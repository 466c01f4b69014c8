"""The second opinion on numbers: what stands outside the renderings of the facts."""

import pytest

from evals.numerals import numbers_said, stray_numbers


@pytest.mark.parametrize(
    ("text", "strays"),
    [
        ("应还1234.5元。", []),
        ("应还1235元。", ["1235"]),
        ("最高120万元。", ["1"]),
        ("最高20万元，分12期。", ["12"]),
        ("应还一千二百三十五元。", ["一千二百三十五元"]),
        ("年化百分之三点六。", ["百分之三点六"]),
        ("打个八折，还能缓三天。", ["八折", "三天"]),
        ("应还１２元。", ["１２"]),
        ("有一天您用得上，万一不方便，千万别急。", []),
        ("我再跟您说一遍，十分感谢。", []),
    ],
)
def test_only_numbers_outside_the_renderings_are_strays(text: str, strays: list[str]) -> None:
    assert stray_numbers(text, ["1234.5元", "20万元", ""]) == strays


def test_a_longer_rendering_goes_before_a_shorter_one_inside_it() -> None:
    assert stray_numbers("120万元", ["20万元", "120万元"]) == []


def test_numbers_said_are_a_set() -> None:
    assert numbers_said("3.6%，3.6%，还有856.5元和12期") == {"3.6%", "856.5", "12"}
