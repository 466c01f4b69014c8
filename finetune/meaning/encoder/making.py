"""Make the encoder and its head: from the base weights and the lessons to the files that the guards read."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from finetune.folders import replacing
from finetune.meaning.encoder.base import Base
from finetune.meaning.encoder.graph import graph_of
from finetune.meaning.encoder.head import Head, Limits, limits, write_head
from finetune.meaning.encoder.learning import Head as Columns
from finetune.meaning.encoder.learning import Settings, learn
from finetune.meaning.encoder.network import Network, started_from
from finetune.meaning.encoder.pieces import kept_pieces, rows_of, vocabulary, write_vocabulary
from finetune.meaning.encoder.samples import parted, samples
from finetune.meaning.lessons import FINE, Lessons
from finetune.meaning.training import judge
from guards.meaning.reading import pieces
from guards.meaning.vocabulary import Vocabulary, read_vocabulary

MODEL, VOCABULARY, HEAD = "model.onnx", "vocabulary.tsv", "head.npz"
SETTINGS = Settings()
KEPT_AUTHOR = 5
"""The author whom the encoder never sees, so that thresholds can be set: the sixth."""
BITS = 4
"""Bits a weight; the base weights have no more either."""
WEIGHTS = 1.0, 0.25
"""How much each score counts in the sum."""


class Scorer(Protocol):
    """Gives each sentence, as the guards read it, a score."""

    def __call__(self, read: Sequence[str]) -> NDArray[np.float64]:
        """One score a sentence."""
