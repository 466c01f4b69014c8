"""Runs of digits: where they begin and end, how they are grouped, what explains them."""

import pytest

from guards.personal_data.digit_runs import Run, RunFinder

ASCII = RunFinder("0-9", 4)


def run(text: str) -> Run:
    """The only run of the text."""
    (only,) = ASCII(text)
    return only


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("尾号1234。", ["1234"]),
        ("12-34 5678，9", ["123456789"]),
        ("1234和5678", ["1234", "5678"]),
        ("1234a5678", ["1234", "5678"]),
        ("1234 - - 5678", ["1234", "5678"]),
        ("123 45", ["12345"]),
        ("123", []),
        ("****1234", []),
        ("****12345", ["12345"]),
        ("****1234 5678", ["5678"]),
        ("1234****5678", ["1234"]),
        ("1234**5678", ["1234"]),
        ("1234*5678", ["12345678"]),
    ],
)
def test_a_run_ends_at_words_and_masks(text: str, runs: list[str]) -> None:
    assert [each.digits for each in ASCII(text)] == runs


def test_digits_know_their_groups() -> None:
    one = run("+86 (138) 1234-5678")
    assert one.groups(0, 13) == ["86", "138", "1234", "5678"]
    assert one.groups(3, 7) == ["38", "12"]
    assert one.gaps(2, 13) == {")", "-"}
    assert one.gaps(9, 13) == set()
    assert one.span(2, 13) == (5, 19)
    assert one.ends(2, 11) == [5, 9, 13]
    assert [one.may_begin(at) for at in (0, 1, 2)] == [True, False, True]
    assert [one.may_end(at) for at in (4, 5, 13)] == [False, True, True]
    assert one.is_apart(2, 5)
    assert one.is_apart(0, 13)
    assert not one.is_apart(3, 5)
    assert not one.is_apart(2, 4)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-22", "2026.1.2", "2026/11/22", "11/25", "12.31", "11-25", "10:30", "23:59:59"),
        *("1,234", "13,812,345.67", "138.00", "0.1", "192.168.10.100", "400-800-1234", "400 800 1234", "8008101234"),
    ],
)
def test_days_times_amounts_and_the_like_are_explained(text: str) -> None:
    padded = run(f"9999 {text} 9999")
    size = sum(character.isdigit() for character in text)
    assert padded.is_explained(4, 4 + size)
    assert padded.is_explained(3, 5)
    assert not padded.is_explained(0, 4)
    assert not padded.is_explained(4 + size, 8 + size)


@pytest.mark.parametrize("text", ["2026-13-01", "138.1234.5678", "1234,5678", "13.812.345.678", "25:61", "138-12-25"])
def test_other_groups_are_not_explained(text: str) -> None:
    one = run(text)
    assert not one.is_explained(0, len(one.digits))


@pytest.mark.parametrize(
    ("text", "is_list", "is_spelt"),
    [
        ("3、6、9、12、18、24", True, False),
        ("1 2 3 4", True, False),
        ("1 3 8 1", False, True),
        ("138 1234 5678", False, False),
        ("12 34", False, False),
        ("24 18 12", False, False),
    ],
)
def test_rising_small_numbers_are_a_list(text: str, is_list: bool, is_spelt: bool) -> None:
    one = run(text)
    assert one.is_list(0, len(one.digits)) is is_list
    assert one.is_spelt(0, len(one.digits)) is is_spelt
