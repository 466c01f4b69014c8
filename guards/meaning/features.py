"""Sentences as numbers: which characters follow each other, hashed into buckets."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BITS = 18
"""Features are told apart in 2**18 buckets."""
LABEL_BITS = 14
"""Those that decide of which kind a sentence is, in 2**14."""
REACHES = (1, 2, 3, 3, 4)
"""How many characters each kind of feature reaches over: one, two, three, two around one, two around two."""
SHORTEST = 50.0
"""How long, in the rarity of its features, any sentence is taken to be at least: about ten characters.

By its own length a sentence of one or two characters would be as telling as a long one.
"""

_SALTS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_KINDS = np.arange(len(REACHES), dtype=np.uint64)[:, None]
_GAP = "\0\0\0"


def features(read: Sequence[str], bits: int = BITS) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The buckets of all features of the pieces, and for each the place of its piece.

    Features are single characters, and two or three that follow each other, also with one or two left out between.
    """
    buckets, whole, owners = placed_features(read, bits)
    return buckets[whole], np.broadcast_to(owners, whole.shape)[whole]


def distinct_features(read: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The same, each bucket once a piece, in the order of the pieces."""
    buckets, owners = features(read)
    keys = (owners << BITS) | buckets
    keys.sort()
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)]]
    return keys & ((1 << BITS) - 1), keys >> BITS


def placed_features(
    read: Sequence[str], bits: int = BITS
) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]:
    """For each kind of feature (rows) and each character (columns) the bucket, and whether the piece goes so far.

    The third says for each character, and for the gap behind a piece, which piece it is of.
    """
    joined = _GAP.join(read) + _GAP
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    owners = np.repeat(np.arange(len(read)), [len(piece) + len(_GAP) for piece in read])[: -len(_GAP)]
    salted = codes * _SALTS[:, None]
    first, second, third = salted[0, :-3], salted[1, 1:-2], salted[2, 2:-1]
    pairs = first + second
    keys = np.stack((first, pairs, pairs + third, salted[1, :-3] + third, salted[2, :-3] + salted[0, 3:]))
    keys ^= _KINDS
    keys *= _SALTS[0]
    keys >>= np.uint64(64 - bits)
    has = codes != 0
    whole = np.empty((len(_KINDS), len(owners)), dtype=np.bool_)
    whole[0] = has[:-3]
    whole[1] = whole[0] & has[1:-2]
    whole[2] = whole[3] = whole[1] & has[2:-1]
    whole[4] = whole[3] & has[3:]
    return keys.astype(np.intp), whole, owners
