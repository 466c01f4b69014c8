"""Wilson's interval, against values that were published."""

import pytest

from app.records.intervals import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_intervals(successes: int, trials: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_all_or_nothing_stays_a_share() -> None:
    low, high = wilson(0, 3)[0], wilson(3, 3)[1]
    assert 0.0 <= low < 1e-9
    assert 1.0 - 1e-9 < high <= 1.0
