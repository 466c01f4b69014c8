"""The seam to whoever turns sentences into vectors: guards load no weights for it and ask no server."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]


class Encoder(Protocol):
    """What a sentence says as a vector of unit length, the same for the same sentence."""

    @property
    def digest(self) -> str:
        """What tells this encoder from every other one: vectors of two encoders mean nothing to each other."""
        ...

    def __call__(self, sentences: Sequence[str]) -> Sequence[Vector | None]:
        """The vector (width,) of each sentence, in their order; None for one that is not known in time.

        A sentence is given as the second opinion reads it (`guards.meaning.reading`), without personal data.
        """
        ...
