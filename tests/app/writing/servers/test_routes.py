"""Routes: the first that fits decides, and shares are stable, exact enough, and independent of each other."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from app.writing.servers.routes import Lane, Route, lanes_of, percentile
from guards.types import Scenario
from tests.app.writing.serving import BRIEF, INSTITUTION, task

KEYS = [f"key-{number}" for number in range(4000)]


def lanes(*routes: dict[str, Any]) -> tuple[Lane, ...]:
    """The lanes of routes, each to `a` unless it says otherwise."""
    return lanes_of([Route.model_validate({"adapter": "a", **route}) for route in routes])


def taken(routes: tuple[Lane, ...], key: str, scenario: Scenario = Scenario.ACQUISITION) -> str | None:
    """The adapter of the first lane that fits."""
    order = task(brief=replace(BRIEF, scenario=scenario), key=key)
    return next((lane.route.adapter for lane in routes if lane.fits(order, INSTITUTION)), None)


def test_what_is_absent_fits_all() -> None:
    assert all(taken(lanes({}), key, scenario) == "a" for key in ("", "k") for scenario in Scenario)


def test_scenarios_and_institution_must_fit() -> None:
    routes = lanes(
        {"adapter": "elsewhere", "institution": "另一家消费金融有限公司"},
        {"adapter": "m1", "scenarios": ["collection_m1"]},
        {"adapter": "here", "institution": INSTITUTION, "scenarios": ["acquisition", "activation"]},
    )
    assert taken(routes, "k", Scenario.COLLECTION_M1) == "m1"
    assert taken(routes, "k", Scenario.ACTIVATION) == "here"
    assert taken(routes, "k", Scenario.BILL_REMINDER) is None


def test_where_a_key_falls_never_changes() -> None:
    # Written down: another release or machine must not shuffle the customers of a running experiment.
    assert [percentile("tone", key) for key in ("", "a", "b", "客户")] == [26, 38, 38, 48]


@pytest.mark.parametrize("share", [1, 10, 50, 99])
def test_a_share_is_what_it_says(share: int) -> None:
    hits = sum(taken(lanes({"share": share}), key) == "a" for key in KEYS)
    spread = 4 * (len(KEYS) * share / 100 * (1 - share / 100)) ** 0.5
    assert abs(hits - len(KEYS) * share / 100) < spread


def test_routes_of_one_experiment_divide_its_keys() -> None:
    both = [{"adapter": name, "experiment": "tone", "share": 40} for name in "ab"]
    counts = Counter(taken(lanes(*both), key) for key in KEYS)
    assert set(counts) == {"a", "b", None}
    assert abs(counts["a"] - 1600) < 130
    assert abs(counts["b"] - 1600) < 130
    # Who was with the first stays there when the second joins.
    alone = lanes(both[0])
    assert [taken(alone, key) == "a" for key in KEYS] == [taken(lanes(*both), key) == "a" for key in KEYS]


def test_experiments_are_independent_of_each_other() -> None:
    one, other = (lanes({"experiment": name, "share": 50}) for name in ("tone", "speed"))
    both = sum(taken(one, key) == "a" == taken(other, key) for key in KEYS)
    assert abs(both - len(KEYS) / 4) < 130


def test_without_a_name_each_share_is_of_all_that_is_left() -> None:
    routes = lanes({"adapter": "a", "share": 60}, {"adapter": "b", "share": 60})
    counts = Counter(taken(routes, key) for key in KEYS)
    assert abs(counts["b"] - 0.24 * len(KEYS)) < 130
