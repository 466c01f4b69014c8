"""Labels of strategies: a planted difference is found, noise, small samples and lone strategies are not."""

import random
from collections.abc import Iterable, Iterator

import pytest

from finetune.dataset.posterior import LEAST_EXPOSURES, Exposure, StrategyComparison, compare_strategies

_SEGMENT = "acquisition/gen_z"


def _calls(
    strategy: str, segment: str = _SEGMENT, propensity: float | None = None, **counts: int
) -> Iterator[Exposure]:
    for outcome, count in counts.items():
        for _ in range(count):
            yield Exposure(segment, strategy, outcome, propensity)


def _by_strategy(*calls: Iterable[Exposure]) -> dict[str, StrategyComparison]:
    return {each.strategy: each for each in compare_strategies(call for some in calls for call in some)}


def test_a_planted_difference_is_found_on_both_sides() -> None:
    found = _by_strategy(
        _calls("good", convert=30, neutral=200, hang_up=70), _calls("bad", convert=9, neutral=180, hang_up=111)
    )
    assert (found["good"].label, found["bad"].label) == (True, False)
    assert found["good"].probability > 0.99
    assert found["bad"].probability < 0.01
    assert found["good"].counts == {"convert": 30, "neutral": 200, "hang_up": 70, "complaint": 0}
    assert found["good"].exposures == 300


def test_equal_strategies_have_no_label() -> None:
    found = _by_strategy(*(_calls(name, convert=10, neutral=190, hang_up=100) for name in "abc"))
    assert [each.label for each in found.values()] == [None, None, None]
    assert all(0.4 < each.probability < 0.6 for each in found.values())


def test_strategies_that_are_drawn_alike_are_labelled_no_more_often_than_the_certainty_allows() -> None:
    draw = random.Random(5)
    labelled = 0
    for segment in range(60):
        outcomes = draw.choices(["convert", "neutral", "hang_up"], [3, 62, 35], k=2 * 400)
        calls = [Exposure(str(segment), "ab"[index % 2], outcome) for index, outcome in enumerate(outcomes)]
        labelled += any(each.label is not None for each in compare_strategies(calls))
    assert labelled <= 60 * 0.3  # one in five is expected: one in ten on either side


@pytest.mark.parametrize(("exposures", "label"), [(LEAST_EXPOSURES - 1, None), (LEAST_EXPOSURES, True)])
def test_a_strategy_needs_so_many_calls(exposures: int, label: bool | None) -> None:
    found = _by_strategy(_calls("good", convert=exposures), _calls("bad", hang_up=1000))
    assert found["good"].label is label


def test_a_strategy_that_stands_alone_was_compared_with_nothing() -> None:
    (found,) = compare_strategies(_calls("only", convert=1000))
    assert (found.label, found.probability) == (None, 0.5)


def test_a_segment_is_judged_by_itself() -> None:
    found = compare_strategies(
        call
        for some in (
            _calls("a", "acquisition/gen_z", convert=250),
            _calls("b", "acquisition/gen_z", neutral=250),
            _calls("a", "acquisition/senior", hang_up=250),
            _calls("b", "acquisition/senior", neutral=250),
        )
        for call in some
    )
    assert [(each.segment, each.strategy, each.label) for each in found] == [
        ("acquisition/gen_z", "a", True),
        ("acquisition/gen_z", "b", False),
        ("acquisition/senior", "a", False),
        ("acquisition/senior", "b", True),
    ]


def test_few_calls_are_drawn_towards_the_mean_of_their_segment() -> None:
    found = _by_strategy(_calls("seldom", convert=2), _calls("often", neutral=998))
    assert 0.5 < found["seldom"].mean < 1.5  # two conversions of two calls are no mean reward of ten
    assert found["often"].mean == pytest.approx(0.02, abs=0.05)


def test_the_rewards_are_those_of_the_contract() -> None:
    means = {
        kind: _by_strategy((Exposure(_SEGMENT, "a", kind) for _ in range(100_000)), _calls("b", neutral=1))["a"].mean
        for kind in ("convert", "neutral", "hang_up", "complaint")
    }
    assert means == pytest.approx({"convert": 10, "neutral": 0, "hang_up": -5, "complaint": -5}, abs=0.01)


def test_inverse_propensities_undo_what_the_choice_of_customers_did() -> None:
    """Both strategies convert 20 % of the willing and 2 % of the others; one was mostly tried on the willing."""
    skewed = [
        *_calls("a", propensity=0.9, convert=180, neutral=720),
        *_calls("b", propensity=0.1, convert=20, neutral=80),
        *_calls("a", propensity=0.1, convert=2, neutral=98),
        *_calls("b", propensity=0.9, convert=18, neutral=882),
    ]
    naive = _by_strategy(Exposure(call.segment, call.strategy, call.outcome) for call in skewed)
    weighed = _by_strategy(iter(skewed))
    assert (naive["a"].label, naive["b"].label) == (True, False)
    assert (weighed["a"].label, weighed["b"].label) == (None, None)
    assert weighed["a"].propensity == pytest.approx(0.82)


def test_a_call_of_great_weight_is_no_crowd() -> None:
    calls = [*_calls("a", propensity=0.5, neutral=300), *_calls("a", propensity=0.0001, convert=1)]
    found = _by_strategy(iter(calls), _calls("b", propensity=0.5, neutral=300))
    assert found["a"].label is None
    assert found["a"].mean < 1


def test_the_same_calls_in_any_order_give_the_same_numbers() -> None:
    calls = [*_calls("a", convert=7, neutral=240), *_calls("b", convert=11, neutral=220, complaint=3)]
    shuffled = random.Random(1).sample(calls, len(calls))
    assert compare_strategies(calls) == compare_strategies(shuffled) == compare_strategies(calls)


def test_without_calls_there_is_nothing_to_compare() -> None:
    assert compare_strategies([]) == []
