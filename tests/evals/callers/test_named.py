"""Numbers that a customer named, however he said them."""

import pytest

from evals.callers.named import named_numbers, names_a_day, number_of


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("五", 5),
        ("十五", 15),
        ("二十四", 24),
        ("一千五", 1500),
        ("一千五百", 1500),
        ("两万", 20_000),
        ("三百零五", 305),
        ("两千零五十", 2050),
        ("一万二", 12_000),
        ("十", 10),
    ],
)
def test_numerals_have_their_value(written: str, value: int) -> None:
    assert number_of(written) == value


def test_days_are_named_by_number_by_weekday_and_from_today() -> None:
    assert {"25", "11", "12", "1500"} <= named_numbers(["二十五号我先还一千五吧"])
    assert {"11", "27"} <= named_numbers(["那就下周五吧"])
    assert {"11", "20"} <= named_numbers(["今天就还"])
    assert "3460" in named_numbers(["3460我知道"])
    assert named_numbers(["嗯"]) == frozenset()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("二十五号", True),
        ("下周三", True),
        ("月底", True),
        ("今天", True),
        ("那就十二月十五吧", True),
        ("尽快吧", False),
    ],
)
def test_a_day_is_told_from_a_vague_answer(text: str, names: bool) -> None:
    assert names_a_day(text) is names
