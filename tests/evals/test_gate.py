"""The gate and the comparison: what fails, what is worse, and which baselines are refused."""

from math import nan
from pathlib import Path

import orjson
import pytest

from evals.gate import DANGEROUS, MARGINS, BaselineError, Change, changes, failures, read_baseline
from evals.measures import Measure, measure


def test_the_gate_knows_measures_that_are_taken() -> None:
    taken = {each.name for each in measure([], [])}
    assert set(DANGEROUS) <= taken
    assert set(MARGINS) <= taken


def test_one_dangerous_case_fails_and_no_other_figure_does() -> None:
    bad = Measure("wrong_action", 1, 100, "count", ("x",))
    assert failures([Measure("missed_violation", 0, 100, "count"), bad, Measure("wrong_source", 50, 60, "count")]) == [
        bad
    ]


@pytest.mark.parametrize(
    ("name", "before", "after", "worse"),
    [
        ("first_pass", 0.9, 0.85, False),
        ("first_pass", 0.9, 0.79, True),
        ("first_pass", 0.7, 0.9, False),
        ("generation_sameness", 0.1, 0.2, True),
        ("generation_sameness", 0.2, 0.1, False),
        ("latency_p50", 100.0, 900.0, False),
        ("first_pass", nan, 0.1, False),
    ],
)
def test_a_figure_is_worse_beyond_its_margin_only(name: str, before: float, after: float, worse: bool) -> None:
    assert Change(name, before, after).is_worse is worse


def test_a_baseline_gives_values_by_name(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    record = {
        "dataset": "d",
        "measures": [{"name": "first_pass", "value": 0.5}, {"name": "latency_p50", "value": None}],
    }
    file.write_bytes(orjson.dumps(record))
    baseline = read_baseline(file, "d")
    found = changes([Measure("first_pass", 0.6, 10, "share"), Measure("new", 1, 1, "count")], baseline)
    assert found == {"first_pass": Change("first_pass", 0.5, 0.6)}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"dataset": "other", "measures": []}', "other cases"),
        (b"[]", "no record"),
        (b"{", "no record"),
        (None, "No such"),
    ],
)
def test_other_baselines_are_refused(tmp_path: Path, content: bytes | None, problem: str) -> None:
    file = tmp_path / "baseline.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BaselineError, match=problem):
        read_baseline(file, "d")
