"""Whether an adapter made its base better or worse, from figures measured on both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["loss", "share", "style", "margin", "ranking"]
Verdict = Literal["better", "worse", "no better"]
_MOST_LOST = 2.0
"""Points of a share that may get lost, or as many as chance alone may take from so few bodies."""
_ERRORS = 2.0
"""Standard errors that a difference must exceed to be more than chance; bodies are taken for independent draws."""
_MOST_BY_CHANCE = 25.0
"""Points; a greater difference is none of chance, however few the bodies were."""
_MOST_LOSS = 1.02
"""The validation loss may be this many times the base's: less is noise."""


class Measure(NamedTuple):
    """The name of a measure, its kind, its value on one model, and the number of samples that a share is of."""

    name: str
    kind: Kind
    value: float
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of base and adapter. Shares, style and ranking are in per cent, losses and margins in nats.

    A `loss` is better when it is lower, all others when they are higher; a `share` of `drawn` samples must not fall.
    """

    name: str
    kind: Kind
    base: float
    adapter: float
    drawn: int = 0


def judge(figures: Sequence[Figure]) -> tuple[Verdict, list[str]]:
    """The verdict, and why.

    Harm outweighs every gain: an adapter that has learnt the style but writes bodies that may not be said is worse.
    """
    harms = [harm for figure in figures if (harm := _harm(figure))]
    if harms:
        return "worse", harms
    gains = [gain for figure in figures if (gain := _gain(figure))]
    return ("better", gains) if gains else ("no better", ["Nothing that was measured has changed for the better."])


def _harm(figure: Figure) -> str | None:
    if figure.kind == "share" and figure.adapter < figure.base - _by_chance(figure):
        return f"{figure.name} fell from {figure.base:.1f} to {figure.adapter:.1f}."
    if figure.kind == "loss" and not figure.adapter <= figure.base * _MOST_LOSS:  # also what is no number
        return f"{figure.name} rose from {figure.base:.4f} to {figure.adapter:.4f}."
    return None


def _by_chance(figure: Figure) -> float:
    """Points of a share that may be lost or won and mean nothing."""
    return min(_MOST_BY_CHANCE, max(_MOST_LOST, _ERRORS * _error(figure)))


def _error(figure: Figure) -> float:
    """The standard error of the difference of two shares, in points; both drawn from what is common to them."""
    if not figure.drawn:
        return 0.0
    common = (figure.base + figure.adapter) / 200
    return 100 * math.sqrt(2 * common * (1 - common) / figure.drawn)


def _gain(figure: Figure) -> str | None:
    if figure.kind == "loss":
        improved = figure.adapter < figure.base / _MOST_LOSS
    elif figure.kind == "style":
        improved = figure.adapter > figure.base + _by_chance(figure)
    else:
        improved = figure.kind in ("margin", "ranking") and figure.adapter > figure.base
    return f"{figure.name} went from {figure.base:.4g} to {figure.adapter:.4g}." if improved else None
