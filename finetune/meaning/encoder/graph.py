"""The encoder as an ONNX graph with few bits a weight: what the service runs without torch.

Matrices are cut into blocks of 32 weights along their input, each with its scale. Those that were not trained are still
what 4 bits can say; the others get 8, as with 4 the scores were no longer the same. The states that they multiply are
rounded to 8 bits block by block as well, so that no sentence changes the vector of another.
"""

from collections.abc import Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from torch import nn

from finetune.meaning.encoder.network import Layer, Network

_BLOCK = 32
_EXACT = 1e-3
"""Four bits are enough where no more than this share of a matrix is lost."""
_CONTRIBUTED = "com.microsoft"
_INTEGERS_INSIDE = 4
"""The accuracy level of `MatMulNBits` at which it calculates with integers of eight bits."""


class _Graph:
    """Nodes and constants, each value named by its place."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._places = count()

    def node(self, operator: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        name = f"v{next(self._places)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], domain=domain, **attributes))
        return name

    def constant(self, value: NDArray[np.generic]) -> str:
        name = f"c{next(self._places)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def linear(self, states: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """States times a matrix (out, in), plus a bias."""
        bits, packed, scales = packed_blocks(weight)
        product = self.node(
            "MatMulNBits", states, self.constant(packed), self.constant(scales), domain=_CONTRIBUTED,
            K=weight.shape[1], N=weight.shape[0], bits=bits, block_size=_BLOCK, accuracy_level=_INTEGERS_INSIDE,
        )  # fmt: skip
        return self.node("Add", product, self.constant(bias))

    def normalised(self, states: str, layer: nn.LayerNorm) -> str:
        weights = self.constant(_numbers(layer.weight)), self.constant(_numbers(layer.bias))
        return self.node("LayerNormalization", states, *weights, axis=-1, epsilon=layer.eps)


def graph_of(network: Network) -> ModelProto:
    """The network: `tokens` (sentences, places) to `vectors` (sentences, width)."""
    graph = _Graph()
    width = network.words.embedding_dim
    filler = graph.node("Equal", "tokens", graph.constant(np.array(0, dtype=np.int64)))
    hidden = graph.node("Cast", filler, to=TensorProto.FLOAT)
    bias = graph.node(
        "Unsqueeze",
        graph.node("Mul", hidden, graph.constant(np.array(-1e9, dtype=np.float32))),
        graph.constant(np.array([1, 2])),
    )
    states = graph.normalised(_embedded(graph, network), network.first)
    for layer in network.layers:
        assert isinstance(layer, Layer)
        states = _layer(graph, states, bias, layer, width)
    is_token = graph.node(
        "Unsqueeze",
        graph.node("Sub", graph.constant(np.array(1, dtype=np.float32)), hidden),
        graph.constant(np.array([2])),
    )
    kept = graph.node("Mul", states, is_token)
    summed = graph.node("ReduceSum", kept, graph.constant(np.array([1])), keepdims=0)
    length = graph.node("ReduceL2", summed, graph.constant(np.array([1])), keepdims=1)
    graph.nodes.append(helper.make_node("Div", [summed, length], ["vectors"]))
    inputs = [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["sentences", "places"])]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["sentences", width])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(_CONTRIBUTED, 1)],
        producer_name="finetune.meaning.encoder",
    )
    model.ir_version = 10
    return model


def packed_blocks(weight: NDArray[np.float32]) -> tuple[int, NDArray[np.uint8], NDArray[np.float32]]:
    """A matrix (out, in) as `MatMulNBits` reads it: bits a weight, (out, blocks, bytes a block), blocks' scales.

    A number n of a block stands for (n - 2**(bits - 1)) times its scale. Of 4 bits, the low half of a byte is first.
    """
    bits = 4 if _error(weight, 4) < _EXACT else 8
    numbers, scales = _rounded(weight, bits)
    held = (numbers + (1 << bits - 1)).astype(np.uint8)
    if bits == 4:
        held = (held[..., ::2] | held[..., 1::2] << 4).astype(np.uint8)
    return bits, held, scales.ravel()


def _error(weight: NDArray[np.float32], bits: int) -> float:
    """How much of a matrix is lost with so many bits a weight, as a share of its length."""
    numbers, scales = _rounded(weight, bits)
    lost = (numbers * scales[..., None]).reshape(weight.shape) - weight
    return float(np.linalg.norm(lost) / max(float(np.linalg.norm(weight)), 1e-9))


def _rounded(weight: NDArray[np.float32], bits: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The numbers of each block, and its scale: the largest weight of a block takes the lowest number."""
    middle = 1 << bits - 1
    blocks = weight.reshape(len(weight), -1, _BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)[..., 0]
    scales = np.where(largest == 0, 1, largest / -middle).astype(np.float32)
    return np.clip(np.rint(blocks / scales[..., None]), -middle, middle - 1), scales


def _embedded(graph: _Graph, network: Network) -> str:
    """Eight bits a weight with a scale a piece, plus the places' embeddings."""
    table = _numbers(network.words.weight)
    scales = np.maximum(np.abs(table).max(1, keepdims=True), 1e-9) / 127
    numbers = graph.node("Gather", graph.constant(np.rint(table / scales).astype(np.int8)), "tokens")
    scale = graph.node("Gather", graph.constant(scales.astype(np.float32)), "tokens")
    words = graph.node("Mul", graph.node("Cast", numbers, to=TensorProto.FLOAT), scale)
    length = graph.node("Shape", "tokens", start=1, end=2)
    zero = graph.constant(np.array([0]))
    places = graph.node("Slice", graph.constant(_numbers(network.places.weight)), zero, length, zero)
    return graph.node("Add", words, places)


def _layer(graph: _Graph, states: str, bias: str, layer: Layer, width: int) -> str:
    part = width // layer.heads
    shape = graph.constant(np.array([0, 0, 3 * layer.heads, part]))
    weights, biases = _joined(layer.asks, layer.keys, layer.values, part**-0.5)
    split = graph.node(
        "Transpose", graph.node("Reshape", graph.linear(states, weights, biases), shape), perm=[0, 2, 1, 3]
    )
    asks, keys, values = (_slice(graph, split, place * layer.heads, layer.heads) for place in range(3))
    fits = graph.node("Add", graph.node("MatMul", asks, graph.node("Transpose", keys, perm=[0, 1, 3, 2])), bias)
    mixed = graph.node("MatMul", graph.node("Softmax", fits, axis=-1), values)
    flat = graph.node(
        "Reshape", graph.node("Transpose", mixed, perm=[0, 2, 1, 3]), graph.constant(np.array([0, 0, width]))
    )
    attended = graph.node("Add", states, _linear(graph, flat, layer.mixes))
    states = graph.normalised(attended, layer.after_attention)
    widened = graph.node("Gelu", _linear(graph, states, layer.widens))
    return graph.normalised(graph.node("Add", states, _linear(graph, widened, layer.narrows)), layer.after_all)


def _joined(
    asks: nn.Linear, keys: nn.Linear, values: nn.Linear, scale: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The three in one, the asks already scaled."""
    weights = [scale * _numbers(asks.weight), _numbers(keys.weight), _numbers(values.weight)]
    biases = [scale * _numbers(asks.bias), _numbers(keys.bias), _numbers(values.bias)]
    return np.concatenate(weights).astype(np.float32), np.concatenate(biases).astype(np.float32)


def _slice(graph: _Graph, states: str, start: int, count: int) -> str:
    bounds: Sequence[str] = [graph.constant(np.array([place])) for place in (start, start + count, 1)]
    return graph.node("Slice", states, *bounds)


def _linear(graph: _Graph, states: str, layer: nn.Linear) -> str:
    return graph.linear(states, _numbers(layer.weight), _numbers(layer.bias))


def _numbers(values: nn.Parameter) -> NDArray[np.float32]:
    held: NDArray[np.float32] = values.detach().numpy()
    return held
