"""The encoder that runs in the service's own process: a small fine-tuned network, on one core."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.errors import ConfigurationError
from guards.meaning.encoder import Vector
from guards.meaning.vocabulary import read_vocabulary

NETWORK, VOCABULARY = "model.onnx", "vocabulary.tsv"
FILES = (NETWORK, VOCABULARY)
"""What a folder of an encoder holds."""
_LONGEST = 72
"""Tokens of a sentence that are read."""
_ERRORS_ONLY = 3
INSTEAD = "or set HEYAN_ENCODER=none, or to the address of a server"
"""What may be done where it cannot be had."""


class EmbeddedEncoder:
    """Reads one sentence at a time: beside others it would come out a little differently, and gain nothing."""

    workers = 1

    def __init__(self, folder: Path) -> None:
        """Load the network.

        Raises:
            ConfigurationError: if it is not there or is broken, or what runs it is not installed.
        """
        try:
            import onnxruntime  # noqa: PLC0415  a service that asks a server or nobody does without
        except ImportError as missing:
            raise ConfigurationError(
                f"the embedded encoder needs {missing.name}, not installed here: pip install onnxruntime, {INSTEAD}"
            ) from None
        try:
            self._digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in FILES)).hexdigest()
            self._vocabulary = read_vocabulary(folder / VOCABULARY)
        except OSError as unread:
            raise ConfigurationError(f"{unread.filename}: {unread.strerror}: restore it, {INSTEAD}") from None
        except ValueError as broken:
            raise ConfigurationError(f"{folder / VOCABULARY}: {broken}: restore it, {INSTEAD}") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        try:
            # By its path: out of memory it would be held twice.
            network = str(folder / NETWORK)
            self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        except Exception as broken:  # each fault of a file has an exception of its own, below none but Exception
            raise ConfigurationError(
                f"{folder / NETWORK} is no network that runs here ({type(broken).__name__}): restore it, {INSTEAD}"
            ) from None

    @property
    def digest(self) -> str:
        """See `Encoder`: the SHA-256 of network and vocabulary."""
        return self._digest

    def __call__(self, sentences: Sequence[str], until: float) -> list[Vector | None]:
        """See `Source`."""
        return [self._vector(sentence) if time.monotonic() < until else None for sentence in sentences]

    def close(self) -> None:
        """Nothing is held."""

    def _vector(self, sentence: str) -> Vector:
        tokens = np.array([self._vocabulary.tokens(sentence)[:_LONGEST]], dtype=np.int64)
        (vectors,) = self._session.run(["vectors"], {"tokens": tokens})
        vector: Vector = np.array(vectors[0], dtype=np.float32)
        return vector
