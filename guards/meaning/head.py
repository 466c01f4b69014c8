"""What the second opinion makes of an encoder's vectors: a second score, and its sum with the first."""

import hashlib
import math
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from guards.meaning.encoder import Encoder, Vector
from guards.meaning.kinds import REASONS

_NUMBERS = ("first", "second", "lower", "upper", "revise", "observe")
_PARTS = ("alarm", "bias", "kinds", "kind_biases", "labels", *_NUMBERS, "encoder")


@dataclass(frozen=True, eq=False)
class Head:
    """What was learnt about the vectors of one encoder.

    `alarm`: (width,), what a vector says for a violation; `kinds`: (labels, width). A sentence is asked about where its
    first score lies between `lower` and `upper`; then the sum of both scores, each times its weight, decides alone:
    above `revise` it is stopped, above `observe` only noted. The second counts for `most` at most. `encoder`: the
    digest of the one it was trained for. `digest`: SHA-256 of the file.
    """

    alarm: NDArray[np.float32]
    bias: float
    kinds: NDArray[np.float32]
    kind_biases: NDArray[np.float32]
    labels: tuple[str, ...]
    first: float
    second: float
    lower: float
    upper: float
    revise: float
    observe: float
    encoder: str
    most: float = math.inf
    digest: str = ""

    def __post_init__(self) -> None:
        for learnt in (self.alarm, self.kinds, self.kind_biases):
            learnt.setflags(write=False)  # all threads share them

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        return len(self.alarm)

    def leaves_open(self, first: float) -> bool:
        """Whether a first score does not decide."""
        return self.lower < first < self.upper

    def score(self, first: float, vector: Vector) -> float:
        """The sum of both scores.

        Raises:
            ValueError: if the vector is of another width, or says nothing: nobody vouches for the words.
        """
        second = float(self.alarm @ vector) + self.bias
        if not math.isfinite(second):
            raise ValueError("a vector holds no numbers")
        return self.first * first + self.second * min(second, self.most)

    def label(self, vector: Vector) -> str:
        """Which kind of violation a sentence sounds like, if it is one."""
        return self.labels[int((self.kinds @ vector + self.kind_biases).argmax())]


@dataclass(frozen=True, eq=False)
class SecondScore:
    """An encoder and the head that was trained for it."""

    encoder: Encoder
    head: Head

    def __post_init__(self) -> None:
        """Raises ValueError where the head was trained for another encoder."""
        if self.head.encoder != self.encoder.digest:
            raise ValueError(
                f"the head was trained for the encoder {self.head.encoder}, not for {self.encoder.digest}; "
                "train a head for this one, or set the encoder that it is for"
            )

    @property
    def digest(self) -> str:
        """What tells this second score from every other one."""
        return f"{self.encoder.digest} {self.head.digest}"


def read_head(path: Path) -> Head:
    """Read a head that was trained for some encoder.

    Raises:
        FileNotFoundError: if it is not there.
        ValueError: if the file is none of ours, or of another shape.
    """
    content = path.read_bytes()
    try:
        with np.load(BytesIO(content), allow_pickle=False) as held:
            if missing := set(_PARTS) - set(held.files):
                raise ValueError(f"it lacks {', '.join(sorted(missing))}")
            head = Head(
                held["alarm"].astype(np.float32),
                float(held["bias"]),
                held["kinds"].astype(np.float32),
                held["kind_biases"].astype(np.float32),
                tuple(map(str, held["labels"])),
                **{name: float(held[name]) for name in _NUMBERS},
                encoder=str(held["encoder"]),
                most=float(held["most"]) if "most" in held else math.inf,
                digest=hashlib.sha256(content).hexdigest(),
            )
    except (ValueError, TypeError, EOFError, BadZipFile, OSError, zlib.error) as broken:
        raise ValueError(f"{path.name} holds no head ({broken}); train it anew") from None
    count = len(head.labels)
    shapes = (head.alarm.ndim, head.kinds.shape, head.kind_biases.shape)
    if shapes != (1, (count, head.alarm.size), (count,)) or not count or not set(head.labels) <= set(REASONS):
        raise ValueError(f"{path.name} was made for other vectors or labels; train it anew")
    return head
