"""Whether an adapter made its base better or worse, from figures measured on both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["loss", "share", "known", "style", "margin", "ranking"]
Measure = tuple[str, Kind, float]
"""The name of a measure, its kind, and its value on one model."""
Verdict = Literal["better", "worse", "no better"]
_MOST_LOST = 2.0
"""Points of a share that may get lost: usable bodies, and bodies that pass the guards."""
_MOST_LOSS = 1.02
"""The validation loss may be this many times the base's: less is noise."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of base and adapter. Shares, style and ranking are in per cent, losses and margins in nats.

    A `loss` is better when it is lower, all others when they are higher; a `share` must not fall, `known` only tells.
    """

    name: str
    kind: Kind
    base: float
    adapter: float


def judge(figures: Sequence[Figure]) -> tuple[Verdict, list[str]]:
    """The verdict, and why.

    An adapter that has learnt its style and lost its footing is worse: it writes what nobody may say.
    """
    harms = [harm for figure in figures if (harm := _harm(figure))]
    if harms:
        return "worse", harms
    gains = [gain for figure in figures if (gain := _gain(figure))]
    return ("better", gains) if gains else ("no better", ["Nothing that was measured has changed for the better."])


def _harm(figure: Figure) -> str | None:
    if figure.kind == "share" and figure.adapter < figure.base - _MOST_LOST:
        return f"{figure.name} fell from {figure.base:.1f} to {figure.adapter:.1f}."
    if figure.kind == "loss" and not figure.adapter <= figure.base * _MOST_LOSS:  # also what is no number
        return f"{figure.name} rose from {figure.base:.4f} to {figure.adapter:.4f}."
    return None


def _gain(figure: Figure) -> str | None:
    if figure.kind == "loss":
        improved = figure.adapter < figure.base / _MOST_LOSS
    else:
        improved = figure.kind in ("style", "margin", "ranking") and figure.adapter > figure.base
    return f"{figure.name} went from {figure.base:.4g} to {figure.adapter:.4g}." if improved else None
