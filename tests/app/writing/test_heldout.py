"""What is kept out of training: decided by the words alone, in either order, and about as much as is said."""

from itertools import combinations

from app.writing.heldout import is_held_out_line, is_held_out_pair
from guards.types import Scenario

BILL, M1 = Scenario.BILL_REMINDER, Scenario.COLLECTION_M1
NAMES = [f"tag_{number}" for number in range(120)]


def test_about_one_pair_in_sixteen_in_either_order() -> None:
    pairs = list(combinations(NAMES, 2))
    held_out = [pair for pair in pairs if is_held_out_pair(BILL, pair)]
    assert 0.05 < len(held_out) / len(pairs) < 0.08
    assert all(is_held_out_pair(BILL, pair[::-1]) for pair in held_out)
    assert held_out != [pair for pair in pairs if is_held_out_pair(M1, pair)]


def test_single_tags_and_none_are_never_kept_out() -> None:
    assert not any(is_held_out_pair(BILL, (name,)) for name in NAMES)
    assert not is_held_out_pair(BILL, ())


def test_about_one_line_in_sixty_four() -> None:
    lines = [f"您看第{number}句行吗？" for number in range(4000)]
    share = sum(is_held_out_line(BILL, line) for line in lines) / len(lines)
    assert 0.008 < share < 0.025
