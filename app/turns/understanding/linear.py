"""A small linear model over characters and sounds: how much an utterance sounds like each intent."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.errors import ConfigurationError
from app.turns.understanding.features import BITS, counted

WEIGHTS_FILE = "weights.npz"
SHORTEST = 4.0
"""How long a vector is taken to be at least: by its own length one character would be as telling as a sentence."""
SHARES = (1.0, 0.6)
"""How much characters and sounds count."""


@dataclass(frozen=True)
class LinearModel:
    """Weights of every intent for every feature that it knows.

    `buckets` (features), sorted; `rarity` (features); `weights` (features, intents), int8, in units of `scales`
    (intents); `biases` and `thresholds` (intents): a score above its threshold says that it was meant.
    """

    intents: tuple[str, ...]
    buckets: NDArray[np.int32]
    rarity: NDArray[np.float32]
    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    biases: NDArray[np.float32]
    thresholds: NDArray[np.float32]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each intent."""
        return {intent: place for place, intent in enumerate(self.intents)}

    def scores(self, text: str) -> NDArray[np.float64]:
        """How much the text sounds like each intent: above 0 is more like it than not."""
        found, times = np.unique(counted([text])[0], return_counts=True)
        places = np.searchsorted(self.buckets, found)
        places[places == len(self.buckets)] = 0
        known = self.buckets[places] == found
        places, times, found = places[known], times[known], found[known]
        weighed = (1 + np.log(times)) * self.rarity[places]
        for view, share in enumerate(SHARES):
            of_view = found >> BITS == view
            length = max(float(np.sqrt(np.square(weighed[of_view]).sum())), SHORTEST)
            weighed[of_view] *= share / length
        scores: NDArray[np.float64] = (weighed @ self.weights[places]) * self.scales + self.biases
        return scores


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
                held["buckets"],
                held["rarity"].astype(np.float32),
                held["weights"],
                held["scales"].astype(np.float32),
                held["biases"].astype(np.float32),
                held["thresholds"].astype(np.float32),
            )
    except (OSError, ValueError, KeyError) as unreadable:
        raise ConfigurationError(f"{file}: cannot be read as weights of understanding: {unreadable}") from None
    if model.weights.shape != (len(model.buckets), len(model.intents)) or not len(model.buckets):
        raise ConfigurationError(
            f"{file}: has weights of the shape {model.weights.shape}, which fits nothing else in it"
        )
    return model
