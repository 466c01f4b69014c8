"""Which rules are found, and whether they are in force."""

from datetime import date

import pytest

from app.lexicon.listing import Listing, Wanted, state_of
from tests.app.lexicon.rules import DAY, SHIPPED


def found(**wanted: str) -> set[str]:
    """The ids of the shipped rules that fit."""
    return {one.rule.id for one in Listing().find(SHIPPED, Wanted(**wanted), DAY)}


def test_whoever_asks_for_nothing_gets_all() -> None:
    assert found() == set(SHIPPED.rules)


def test_every_word_stands_somewhere_in_what_is_found() -> None:
    assert "promise.guaranteed_approval" in found(words="板上钉钉")
    assert found(words="板上钉钉 绝不会有的词") == set()
    assert found(words="PROMISE.GUARANTEED_A") == {"promise.guaranteed_approval"}


def test_names_of_fields_and_values_are_no_words() -> None:
    assert found(words="even_if_negated") == set()


def test_a_rule_that_names_no_scenario_concerns_every_one() -> None:
    general = {name for name, rule in SHIPPED.rules.items() if not rule.data.get("scenarios")}
    assert general
    assert general <= found(scenario="collection_m1")
    assert "absolute.superlative" not in found(scenario="collection_m1")
    assert "absolute.superlative" in found(scenario="activation")


def test_kinds_without_words_count_none() -> None:
    listed = {one.rule.id: one.words for one in Listing().find(SHIPPED, Wanted(), DAY)}
    assert listed["number.ungrounded"] is None
    assert listed["promise.guaranteed_approval"] == len(SHIPPED.rules["promise.guaranteed_approval"].data["phrases"])


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (None, "active"),
        ({"from": "2026-11-29"}, "active"),
        ({"from": "2026-11-30"}, "scheduled"),
        ({"from": "2026-01-01", "until": "2026-11-29"}, "active"),
        ({"from": "2026-01-01", "until": "2026-11-28"}, "ended"),
    ],
)
def test_a_rule_is_in_force_from_its_first_day_to_its_last(days: dict[str, str] | None, state: str) -> None:
    assert state_of(days, date(2026, 11, 29)) == state
