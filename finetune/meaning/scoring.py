"""How the second opinion hears a whole utterance: as the worst of its sentences."""

import numpy as np

from guards.meaning.guard import Meaning
from guards.meaning.reading import pieces


def whole(text: str) -> str:
    """What the model reads of an utterance, without a break."""
    return "".join(_read(text))


def score(opinion: Meaning, text: str) -> float:
    """How much an utterance sounds like a violation; one of nothing but signs not at all."""
    read = _read(text)
    return float(opinion.scores(read).max()) if read else -np.inf


def label(opinion: Meaning, text: str) -> str:
    """Which kind of violation an utterance sounds like."""
    read = _read(text)
    return opinion.label(read[int(opinion.scores(read).argmax())])


def _read(text: str) -> list[str]:
    return [piece.read for piece in pieces(text)]
