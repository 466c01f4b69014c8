"""What is kept out of training: decided by the words alone, in either order, and about as much as is said."""

from itertools import combinations

from app.writing.heldout import is_unseen_line, is_unseen_pair
from guards.types import Scenario

BILL, M1 = Scenario.BILL_REMINDER, Scenario.COLLECTION_M1
NAMES = [f"tag_{number}" for number in range(120)]


def test_about_one_pair_in_sixteen_in_either_order() -> None:
    pairs = list(combinations(NAMES, 2))
    unseen = [pair for pair in pairs if is_unseen_pair(BILL, pair)]
    assert 0.05 < len(unseen) / len(pairs) < 0.08
    assert all(is_unseen_pair(BILL, pair[::-1]) for pair in unseen)
    assert unseen != [pair for pair in pairs if is_unseen_pair(M1, pair)]


def test_single_tags_and_none_are_never_kept_out() -> None:
    assert not any(is_unseen_pair(BILL, (name,)) for name in NAMES)
    assert not is_unseen_pair(BILL, ())


def test_about_one_line_in_sixty_four() -> None:
    lines = [f"您看第{number}句行吗？" for number in range(4000)]
    share = sum(is_unseen_line(BILL, line) for line in lines) / len(lines)
    assert 0.008 < share < 0.025
