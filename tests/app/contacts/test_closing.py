"""Refusals are put together the same way in whatever order they come."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from app.contacts.closing import Refusal, compare, portions, together
from app.contacts.events import Kept, Scope

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)


def refusal(days: int, scope: Scope | None = Scope.MARKETING, *, is_dated: bool = True) -> Refusal:
    at = NOW - timedelta(days)
    return Refusal("d" * 64, Kept.OPT_OUT, scope, at, at, is_dated)


def test_no_order_changes_what_refusals_are_together() -> None:
    some = [refusal(3), refusal(1, Scope.SERVICING), refusal(2), refusal(0, is_dated=False)]
    joined = {together(order)[some[0].key] for order in permutations(some)}
    assert joined == {Refusal("d" * 64, Kept.OPT_OUT, Scope.SERVICING, NOW - timedelta(3), NOW - timedelta(1))}


def test_a_date_is_better_than_none() -> None:
    (joined,) = together([refusal(0, Scope.SERVICING, is_dated=False), refusal(9)]).values()
    assert joined == refusal(9, Scope.SERVICING)


def test_kinds_and_customers_stay_apart() -> None:
    other = Refusal("e" * 64, Kept.OPT_OUT, Scope.MARKETING, NOW, NOW)
    number = Refusal("d" * 64, Kept.WRONG_NUMBER, None, NOW, NOW)
    assert list(together([refusal(0), other, number]).values()) == [refusal(0), other, number]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (refusal(5), "known"),
        (refusal(0, is_dated=False), "known"),
        (refusal(4), "renewed"),
        (refusal(6), "renewed"),
        (refusal(5, Scope.SERVICING), "wider"),
        (refusal(0, Scope.SERVICING, is_dated=False), "wider"),
        (refusal(5, None), "known"),
    ],
)
def test_what_is_told_is_compared_with_what_is_closed(told: Refusal, kind: str) -> None:
    compared = compare([told], {told.key: refusal(5)}, None)
    sizes = {name: len(getattr(compared, name)) for name in ("new", "wider", "renewed", "known")}
    assert sizes == {**dict.fromkeys(sizes, 0), kind: 1}


def test_what_counts_no_more_is_new_again() -> None:
    found = {refusal(5).key: refusal(5, Scope.SERVICING)}
    assert compare([refusal(1)], found, NOW - timedelta(4)).new == [refusal(1)]
    assert compare([refusal(1)], found, NOW - timedelta(5)).new == []


def test_portions_lose_nothing() -> None:
    assert list(portions(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(portions([], 3)) == []
