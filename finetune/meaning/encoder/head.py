"""From two scores to a decision: how both are added, and from which sum on a sentence is stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finetune.folders import replacing

STOPPED = {"fine": 0.036, "life": 0.02, "money": 0.015}
"""What share of unseen sentences that nobody minds may be stopped.

More than for the first score alone: at this threshold both find as many violations of unseen hands as the opinion
before them did, and stop half of the honest neighbours and a fifth of the everyday sentences that it stopped.
"""
NOTED = {"fine": 0.04, "life": 0.03, "money": 0.04}
_NEVER = 99.0

Scores = Mapping[str, NDArray[np.float64]]
"""Scores of sentences by sort: `bad`, `fine`, `life` and `money`."""


@dataclass(frozen=True, eq=False)
class Head:
    """What reads a sentence's vector; the names are those of the file's arrays.

    The second score is vector · `alarm` + `bias`, but no more than `most`: who is too sure is seldom right. The sum is
    `first` times the first score plus `second` times the second. Above `revise` a sentence
    is stopped, above `observe` noted; the second score is asked for where the first is above `lower` and below `upper`.
    `encoder`: the digest of the encoder that it belongs to.
    """

    alarm: NDArray[np.float32]
    bias: float
    kinds: NDArray[np.float32]
    kind_biases: NDArray[np.float32]
    labels: Sequence[str]
    first: float
    second: float
    most: float
    lower: float
    upper: float
    revise: float
    observe: float
    encoder: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the first score and the thresholds of the sum."""

    lower: float
    upper: float
    revise: float
    observe: float


@dataclass(frozen=True, slots=True)
class Adding:
    """How much each score counts in the sum, and what the second is at most."""

    first: float = 1.0
    second: float = 0.3
    most: float = 2.0

    def __call__(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sums."""
        return self.first * first + self.second * np.minimum(second, self.most)


def limits(first: Scores, second: Scores, adding: Adding) -> Limits:
    """Limits set on sentences of which neither score saw any in training.

    Since the second score counts for no more than so much, it need not be asked for where the first is so low that no
    sentence could even be noted.
    """
    sums = {sort: adding(first[sort], second[sort]) for sort in first}
    revise, observe = threshold(sums, STOPPED), threshold(sums, NOTED)
    observe = min(observe, revise)
    return Limits((observe - adding.second * adding.most) / adding.first, _NEVER, revise, observe)


def threshold(scores: Scores, shares: Mapping[str, float]) -> float:
    """The lowest score above which there is no more than the share of any sort."""
    known = {sort: share for sort, share in shares.items() if len(scores[sort])}
    return round(max(float(np.quantile(scores[sort], 1 - share)) for sort, share in known.items()), 6)


def write_head(head: Head, path: Path) -> None:
    """Write the head, the same bytes for the same head."""
    with replacing(path) as file:
        np.savez_compressed(
            file, alarm=head.alarm, bias=np.float64(head.bias), kinds=head.kinds, kind_biases=head.kind_biases,
            labels=np.array(list(head.labels)), first=np.float64(head.first), second=np.float64(head.second),
            most=np.float64(head.most),
            lower=np.float64(head.lower), upper=np.float64(head.upper), revise=np.float64(head.revise),
            observe=np.float64(head.observe), encoder=np.array(head.encoder),
        )  # fmt: skip
