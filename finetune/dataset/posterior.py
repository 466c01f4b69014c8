"""Estimate from the outcomes of calls which strategies did better or worse than others with a segment of customers."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REWARDS = {"convert": 10.0, "neutral": 0.0, "hang_up": -5.0, "complaint": -5.0}
LEAST_EXPOSURES = 200
"""Matured calls without which a strategy has no label; unevenly weighed calls count for fewer."""
CERTAINTY = 0.9
SHRINKAGE = 20.0
"""Each strategy is judged as if it had been seen this many times more, with the outcomes of its whole segment."""

_DRAWS = 20_000
_KINDS = tuple(REWARDS)


@dataclass(frozen=True, slots=True)
class Exposure:
    """One matured call: who was called, with which strategy, and how probable that choice was (None: not known)."""

    segment: str
    strategy: str
    outcome: str
    propensity: float | None = None


@dataclass(frozen=True, slots=True)
class StrategyComparison:
    """How a strategy did in a segment.

    `counts` are its outcomes, `mean` its mean reward a call after shrinkage, `probability` that of its true mean being
    above the segment's. `label` says whether more of it is wanted; None if that is not known.
    """

    segment: str
    strategy: str
    counts: dict[str, int]
    propensity: float | None
    mean: float
    probability: float
    label: bool | None

    @property
    def exposures(self) -> int:
        """How many matured calls there were."""
        return sum(self.counts.values())


def compare_strategies(exposures: Iterable[Exposure]) -> list[StrategyComparison]:
    """Every strategy beside its segment, in alphabetical order; the same exposures give the same numbers.

    Outcomes of a strategy are a Dirichlet-multinomial, whose prior is the segment's own mix of outcomes. Calls with a
    propensity weigh its inverse, and count for as many calls as weights so uneven are worth (Kish). The segment's mean
    is that over all its calls, so weighted: with propensities what a choice by lot would have earned, without them what
    was earned. Within a segment either all calls have one or none has.
    """
    segments: dict[str, dict[str, list[Exposure]]] = {}
    for exposure in exposures:
        segments.setdefault(exposure.segment, {}).setdefault(exposure.strategy, []).append(exposure)
    return [comparison for name in sorted(segments) for comparison in _segment(name, segments[name])]


def _segment(segment: str, calls: dict[str, list[Exposure]]) -> list[StrategyComparison]:
    names = sorted(calls)
    weights = [np.array([1.0 / (call.propensity or 1.0) for call in calls[name]]) for name in names]
    mixes = np.array([_mix(calls[name], each) for name, each in zip(names, weights, strict=True)])
    effective = np.array([each.sum() ** 2 / (each**2).sum() for each in weights])
    shares = np.array([each.sum() for each in weights])
    shares /= shares.sum()
    total = effective.sum()
    prior = (effective @ mixes + 0.5) / (total + 0.5 * len(_KINDS))
    posterior = SHRINKAGE * prior + mixes * effective[:, None]
    means, probabilities = _compare(posterior, shares, segment)
    found = []
    for index, name in enumerate(names):
        counts = {kind: sum(call.outcome == kind for call in calls[name]) for kind in _KINDS}
        known = [call.propensity for call in calls[name] if call.propensity is not None]
        probability = float(probabilities[index])
        found.append(
            StrategyComparison(
                segment,
                name,
                counts,
                round(sum(known) / len(known), 4) if known else None,
                round(float(means[index]), 4),
                round(probability, 4),
                _label(probability, float(effective[index])),
            )
        )
    return found


def _mix(calls: Sequence[Exposure], weights: NDArray[np.float64]) -> list[float]:
    """The weighted share of each outcome."""
    outcomes = np.array([_KINDS.index(call.outcome) for call in calls])
    return [float(weights[outcomes == kind].sum() / weights.sum()) for kind in range(len(_KINDS))]


def _compare(
    posterior: NDArray[np.float64], shares: NDArray[np.float64], segment: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean reward of each strategy, and the probability of its being above the segment's, drawn jointly."""
    rewards = np.array([REWARDS[kind] for kind in _KINDS])
    means = posterior @ rewards / posterior.sum(axis=1)
    if len(posterior) == 1:  # compared with itself it is neither above nor below
        return means, np.array([0.5])
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(segment.encode()).digest()[:8], "big"))
    drawn = np.stack([random.dirichlet(alphas, _DRAWS) @ rewards for alphas in posterior], axis=1)
    return means, (drawn > (drawn @ shares)[:, None]).mean(axis=0)


def _label(probability: float, effective: float) -> bool | None:
    """A strategy that is like the others, stands alone or was too rarely seen has none."""
    if round(effective, 6) < LEAST_EXPOSURES or 1 - CERTAINTY <= probability <= CERTAINTY:
        return None
    return probability > CERTAINTY
