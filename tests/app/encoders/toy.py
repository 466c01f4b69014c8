"""A tiny network of the embedded encoder's shape, written as ONNX by hand: no library of ours writes one."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PIECES = ("您", "好", "坏", "打包票")
TABLE = np.array([[0, 0], [0, 1], [0, 1], [0, 2], [1, 0], [1, 1], [4, -1], [9, 0]], dtype=np.float32)
"""What each token adds to a vector: filler, begin, end, unknown, and the pieces."""


def toy_encoder(folder: Path) -> Path:
    """Write one into a new folder: a sentence's vector is the sum of its tokens, at unit length."""
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(_model())
    (folder / "vocabulary.tsv").write_text("".join(f"{piece}\t-1.0\n" for piece in PIECES), "utf-8")
    return folder


def toy_vector(*tokens: int) -> list[float]:
    """What the toy makes of these tokens."""
    total = TABLE[list(tokens)].sum(axis=0)
    return [float(each) for each in total / np.linalg.norm(total)]


def write_head(file: Path, encoder: str, **changes: Any) -> Path:
    """A head of width 2 for an encoder."""
    parts: dict[str, Any] = {
        "alarm": np.array([1, 0], dtype=np.float32),
        "bias": 0.0,
        "kinds": np.zeros((1, 2), dtype=np.float32),
        "kind_biases": np.zeros(1, dtype=np.float32),
        "labels": ["threat"],
        **{"first": 1.0, "second": 1.0, "lower": -9.0, "upper": 9.0, "revise": 5.0, "observe": 4.0},
        "encoder": encoder,
    }
    with file.open("wb") as out:
        np.savez(out, **parts | changes)
    return file


def _model() -> bytes:
    nodes = [
        _node("Gather", ["table", "tokens"], "each"),
        _node("ReduceSum", ["each", "places"], "sum", keepdims=0),
        _node("ReduceL2", ["sum", "places"], "length", keepdims=1),
        _node("Div", ["sum", "length"], "vectors"),
    ]
    constants = [_tensor("table", TABLE, 1), _tensor("places", np.array([1], dtype=np.int64), 7)]
    shapes = _field(11, _value("tokens", 7, ["s", "p"])) + _field(12, _value("vectors", 1, ["s", 2]))
    parts = [_field(1, node) for node in nodes] + [_field(5, constant) for constant in constants]
    graph = b"".join(parts) + _field(2, b"toy") + shapes
    return _field(1, 10) + _field(7, graph) + _field(8, _field(2, 20))


def _node(operator: str, inputs: list[str], output: str, **numbers: int) -> bytes:
    named = b"".join(_field(1, each.encode()) for each in inputs)
    attributes = b"".join(
        _field(5, _field(1, name.encode()) + _field(3, number) + _field(20, 2)) for name, number in numbers.items()
    )
    return named + _field(2, output.encode()) + _field(4, operator.encode()) + attributes


def _tensor(name: str, values: NDArray[np.generic], kind: int) -> bytes:
    shape = b"".join(_field(1, size) for size in values.shape)
    return shape + _field(2, kind) + _field(8, name.encode()) + _field(9, values.tobytes())


def _value(name: str, kind: int, sizes: list[str | int]) -> bytes:
    each = (_field(1, _field(1, size) if isinstance(size, int) else _field(2, size.encode())) for size in sizes)
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, kind) + _field(2, b"".join(each))))


def _field(number: int, value: int | bytes) -> bytes:
    """A field of a protocol buffer: a number, or bytes with their length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    head = b""
    while value > 127:
        head += bytes([value & 127 | 128])
        value >>= 7
    return head + bytes([value])
