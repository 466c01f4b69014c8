"""Remembers vectors of sentences and no sentence: what is kept tells nobody which words it was."""

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import blake2b
from threading import Lock

from guards.meaning.encoder import Vector

_MOST = 8192
"""Vectors; of 384 numbers they are 13 MB."""


class Memory:
    """The vectors that were used last, by hashes of their sentences under a key of this process; for all threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._key = secrets.token_bytes(32)
        self._lock = Lock()
        self._vectors: OrderedDict[bytes, Vector] = OrderedDict()

    def known(self, sentences: Iterable[str]) -> dict[str, Vector]:
        """The vectors of those sentences that are remembered."""
        hashes = {sentence: self._hash(sentence) for sentence in sentences}
        with self._lock:
            for each in hashes.values():
                if each in self._vectors:
                    self._vectors.move_to_end(each)
            return {sentence: self._vectors[each] for sentence, each in hashes.items() if each in self._vectors}

    def keep(self, sentence: str, vector: Vector) -> None:
        """Remember a vector; the one that was not used for longest is forgotten for it."""
        vector.setflags(write=False)
        with self._lock:
            self._vectors[self._hash(sentence)] = vector
            while len(self._vectors) > self._most:
                self._vectors.popitem(last=False)

    def _hash(self, sentence: str) -> bytes:
        return blake2b(sentence.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
