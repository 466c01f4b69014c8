"""Balance: no strategy and no segment is learnt from more than another because it was tried or worded more often."""

from collections import Counter

from app.approved.brief import Brief
from finetune.dataset.calls import Decision
from finetune.dataset.posterior import StrategyComparison
from finetune.dataset.preferences import prefer
from guards.types import Generation, Scenario


def _said(strategy: str, count: int, generation: Generation = Generation.GEN_Z) -> list[Decision]:
    """So many wordings of one strategy."""
    brief = Brief(Scenario.ACQUISITION, generation, strategy)
    return [
        Decision(f"d.jsonl:{n}", f"{strategy}{generation}{n}", brief, f"{strategy}{n}。", "model") for n in range(count)
    ]


def _comparison(strategy: str, label: bool | None, generation: Generation = Generation.GEN_Z) -> StrategyComparison:
    counts = {"convert": 0, "neutral": 300, "hang_up": 0, "complaint": 0}
    return StrategyComparison(f"acquisition/{generation.value}", strategy, counts, None, 0.0, 0.5, label)


def test_strategies_of_one_side_give_bodies_in_turn() -> None:
    said = [*_said("talkative", 40), *_said("terse", 3), *_said("bad", 8)]
    ranked = [_comparison("talkative", True), _comparison("terse", True), _comparison("bad", False)]
    kept, dropped = prefer(said, ranked, lambda decision, label: True)
    assert Counter(each.comparison.strategy for each in kept) == {"talkative": 5, "terse": 3, "bad": 8}
    assert dropped == {"unbalanced": 35}


def test_a_segment_with_one_side_only_teaches_nothing() -> None:
    senior = Generation.SENIOR
    said = [*_said("good", 4), *_said("bad", 4), *_said("good", 9, senior), *_said("unknown", 9, senior)]
    ranked = [_comparison("good", True), _comparison("bad", False), _comparison("good", True, senior)]
    kept, dropped = prefer(said, ranked, lambda decision, label: True)
    assert Counter((each.comparison.segment, each.comparison.label) for each in kept) == {
        ("acquisition/gen_z", True): 4,
        ("acquisition/gen_z", False): 4,
    }
    assert dropped == {"unbalanced": 9, "without_label": 9}


def test_what_fits_one_label_need_not_fit_the_other() -> None:
    said = [*_said("good", 4), *_said("bad", 4)]
    ranked = [_comparison("good", True), _comparison("bad", False)]
    kept, dropped = prefer(said, ranked, lambda decision, label: not label or decision.body == "good0。")
    assert [(each.decision.brief.strategy, each.comparison.label) for each in kept] == [("good", True), ("bad", False)]
    assert dropped == {"not_compliant": 3, "unbalanced": 3}


def test_the_order_of_calls_decides_nothing() -> None:
    said = [*_said("good", 20), *_said("bad", 6)]
    ranked = [_comparison("good", True), _comparison("bad", False)]
    there, _ = prefer(said, ranked, lambda decision, label: True)
    back, _ = prefer(said[::-1], ranked, lambda decision, label: True)
    assert there == back
