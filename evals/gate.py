"""The gate: what must never happen, and the comparison with a blessed run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import orjson

from evals.measures import Measure

DANGEROUS = (
    "missed_violation",
    "ungrounded_number",
    "wrong_action",
    "wrong_words",
    "changed_number",
    "incoherent_scripts",
)
"""Measures that must be 0: one single case fails the gate, whatever the baseline had."""

MARGINS = {
    "written_by_model": -0.05,
    "first_pass": -0.1,
    "inside_target_seconds": -0.05,
    "distinct_bodies": -0.1,
    "generation_sameness": 0.05,
    "wrong_source": 3.0,
}
"""How far a figure may move the bad way (the sign says which) before the report calls it worse. Latency is left out:
it belongs to the machine as much as to the model."""


class BaselineError(Exception):
    """The baseline cannot be read, or was taken on other cases."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a measure moved against the baseline."""

    name: str
    before: float
    after: float

    @property
    def is_worse(self) -> bool:
        """Whether it moved the bad way by more than its margin."""
        margin = MARGINS.get(self.name)
        if margin is None or isnan(self.before) or isnan(self.after):
            return False
        moved = self.after - self.before
        return moved < margin if margin < 0 else moved > margin


def failures(measures: Sequence[Measure]) -> list[Measure]:
    """The dangerous measures that are not 0."""
    return [measure for measure in measures if measure.name in DANGEROUS and measure.value > 0]


def read_baseline(file: Path, dataset_digest: str) -> Mapping[str, float]:
    """The values of a recorded run by name of the measure.

    Raises:
        BaselineError: if the file is no record of a run, or of a run on other cases.
    """
    try:
        record: Any = orjson.loads(file.read_bytes())
        digest = record["dataset"]
        values = {measure["name"]: measure["value"] for measure in record["measures"]}
    except OSError as unreadable:
        raise BaselineError(f"{file}: {unreadable.strerror or unreadable}") from None
    except (orjson.JSONDecodeError, LookupError, TypeError):
        raise BaselineError(f"{file}: no record of a run") from None
    if digest != dataset_digest:
        raise BaselineError(
            f"{file}: was taken on other cases ({digest[:12]}, now {dataset_digest[:12]}); take it anew"
        )
    return {name: float("nan") if value is None else float(value) for name, value in values.items()}


def changes(measures: Sequence[Measure], baseline: Mapping[str, float]) -> dict[str, Change]:
    """Every measure that the baseline knows, by name."""
    return {m.name: Change(m.name, baseline[m.name], m.value) for m in measures if m.name in baseline}
