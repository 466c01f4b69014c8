"""What the second opinion has learnt, as a file and in memory."""

import hashlib
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from guards.meaning.features import BITS, LABEL_BITS
from guards.meaning.kinds import REASONS

_PARTS = frozenset(
    {
        "alarm", "alarm_scale", "rarity", "rarity_scale", "bias",
        "labels", "kinds", "kinds_scale", "kind_biases", "revise", "observe",
    }
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Weights:
    """What was learnt.

    `alarm`, `rarity`: (2**BITS,), what a feature says for a violation, and how rare it is: a sentence's sum of the one
    is divided by its length in the other. `kinds`: (labels, 2**LABEL_BITS). A sentence that scores above `revise` is
    stopped, one above `observe` is only noted. `digest`: SHA-256 of the file.
    """

    alarm: NDArray[np.float32]
    rarity: NDArray[np.float32]
    bias: float
    labels: tuple[str, ...]
    kinds: NDArray[np.float32]
    kind_biases: NDArray[np.float32]
    revise: float
    observe: float
    digest: str = ""

    def __post_init__(self) -> None:
        for learnt in (self.alarm, self.rarity, self.kinds, self.kind_biases):
            learnt.setflags(write=False)  # all threads share them


def read_weights(path: Path) -> Weights:
    """Read what `python -m finetune meaning` wrote.

    Raises:
        FileNotFoundError: if it is not there.
        ValueError: if the file is none of ours, or of another shape.
    """
    content = path.read_bytes()
    try:
        with np.load(BytesIO(content), allow_pickle=False) as held:
            if missing := _PARTS - set(held.files):
                raise ValueError(f"it lacks {', '.join(sorted(missing))}")
            weights = Weights(
                held["alarm"].astype(np.float32) * held["alarm_scale"],
                held["rarity"].astype(np.float32) * held["rarity_scale"],
                float(held["bias"]),
                tuple(map(str, held["labels"])),
                held["kinds"].astype(np.float32) * held["kinds_scale"],
                held["kind_biases"].astype(np.float32),
                float(held["revise"]),
                float(held["observe"]),
                hashlib.sha256(content).hexdigest(),
            )
    except (ValueError, TypeError, EOFError, BadZipFile, OSError, zlib.error) as broken:
        raise ValueError(f"{path.name} holds no weights ({broken}); train it anew") from None
    buckets, count = (1 << BITS,), len(weights.labels)
    shapes = (weights.alarm.shape, weights.rarity.shape, weights.kinds.shape, weights.kind_biases.shape)
    if shapes != (buckets, buckets, (count, 1 << LABEL_BITS), (count,)) or not set(weights.labels) <= set(REASONS):
        raise ValueError(f"{path.name} was made for other features or labels; train it anew")
    return weights
