"""A small linear model over characters and sounds: how much an utterance sounds like each intent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.errors import ConfigurationError
from app.turns.understanding.features import BITS, VIEWS, counted

WEIGHTS_FILE = "weights.npz"
SHORTEST = 4.0
"""How long a vector is taken to be at least: by its own length one character would be as telling as a sentence."""
SHARES = (1.0, 0.6)
"""How much characters and sounds count."""


@dataclass(frozen=True)
class LinearModel:
    """Weights of every intent. Shapes: `rarity` (views, buckets); `weights` (intents, views, buckets), int8, in units
    of `scales` (intents); `biases` and `thresholds` (intents): a score above its threshold says that it was meant.
    """

    intents: tuple[str, ...]
    rarity: NDArray[np.float32]
    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    biases: NDArray[np.float32]
    thresholds: NDArray[np.float32]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The row of each intent."""
        return {intent: place for place, intent in enumerate(self.intents)}

    def scores(self, text: str) -> NDArray[np.float64]:
        """How much the text sounds like each intent: above 0 is more like it than not."""
        total = self.biases.astype(np.float64)
        for view, weighed, buckets in weighed_features([text], self.rarity):
            total += (self.weights[:, view, buckets] @ weighed) * self.scales
        return total


def weighed_features(
    texts: Sequence[str], rarity: NDArray[np.float32]
) -> list[tuple[int, NDArray[np.float64], NDArray[np.intp]]]:
    """For each view of one text the weights of its distinct features and their buckets; `rarity` as in the model."""
    rows = []
    for view, (buckets, _) in enumerate(counted(texts)):
        distinct, times = np.unique(buckets, return_counts=True)
        weights = (1 + np.log(times)) * rarity[view, distinct]
        length = max(float(np.sqrt(np.square(weights).sum())), SHORTEST)
        rows.append((view, weights * (SHARES[view] / length), distinct))
    return rows


def read_linear_model(folder: Path) -> LinearModel:
    """The weights of a folder.

    Raises:
        ConfigurationError: if they are missing or no such weights.
    """
    file = folder / WEIGHTS_FILE
    try:
        with np.load(file, allow_pickle=False) as held:
            model = LinearModel(
                tuple(str(intent) for intent in held["intents"]),
                held["rarity"].astype(np.float32),
                held["weights"],
                held["scales"].astype(np.float32),
                held["biases"].astype(np.float32),
                held["thresholds"].astype(np.float32),
            )
    except (OSError, ValueError, KeyError) as unreadable:
        raise ConfigurationError(f"{file}: cannot be read as weights of understanding: {unreadable}") from None
    expected = (len(model.intents), VIEWS, 1 << BITS)
    if model.weights.shape != expected or model.rarity.shape != expected[1:]:
        raise ConfigurationError(f"{file}: has weights of the shape {model.weights.shape}, not {expected}")
    return model
