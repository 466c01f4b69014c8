"""The encoder in torch: which sentences lie near each other is what it learns."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import gelu, normalize, scaled_dot_product_attention

from finetune.meaning.encoder.base import Base

_EPSILON = 1e-12


class Layer(nn.Module):  # type: ignore[misc]
    """Attention and what follows it, each added to what came in and normalised."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.asks, self.keys, self.values, self.mixes = (nn.Linear(width, width) for _ in range(4))
        self.widens, self.narrows = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.after_attention, self.after_all = (nn.LayerNorm(width, eps=_EPSILON) for _ in range(2))

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """States (sentences, places, width) with a bias (sentences, 1, 1, places) that hides what is no token."""
        shape = (states.shape[0], -1, self.heads, states.shape[2] // self.heads)
        asks, keys, values = (part(states).view(shape).transpose(1, 2) for part in (self.asks, self.keys, self.values))
        mixed = scaled_dot_product_attention(asks, keys, values, attn_mask=bias).transpose(1, 2).flatten(2)
        states = self.after_attention(states + self.mixes(mixed))
        changed: Tensor = self.after_all(states + self.narrows(gelu(self.widens(states))))
        return changed


class Network(nn.Module):  # type: ignore[misc]
    """From the tokens of sentences to unit vectors; token 0 fills up what is shorter than the longest."""

    def __init__(self, words: int, width: int, heads: int, layers: int, places: int) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(places, width)
        self.first = nn.LayerNorm(width, eps=_EPSILON)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))

    def forward(self, tokens: Tensor) -> Tensor:
        """Vectors (sentences, width) of length 1 for tokens (sentences, places)."""
        is_token = tokens != 0
        held = is_token.unsqueeze(-1).to(self.words.weight.dtype)
        bias = (1.0 - held.squeeze(-1))[:, None, None, :] * -1e9
        states = self.first(self.words(tokens) + self.places.weight[: tokens.shape[1]])
        for layer in self.layers:
            states = layer(states, bias)
        return normalize((states * held).sum(1) / held.sum(1), dim=1)


def started_from(base: Base, pieces: Sequence[int], layers: Sequence[int], places: int) -> Network:
    """A network with some pieces of the base (the first of which fills up), some of its layers and its first places."""
    network = Network(len(pieces), base.width, base.heads, len(layers), places)
    held = base.tensors
    with torch.no_grad():
        network.words.weight.copy_(torch.from_numpy(base.embeddings(pieces)))
        positions = held["emb.pos"].reshape(-1, base.width)[:places] + held["emb.type"][: base.width]
        network.places.weight.copy_(torch.from_numpy(positions))
        _take(network.first, held, "emb.ln")
        for layer, number in zip(network.layers, layers, strict=True):
            for name, part in _PARTS.items():
                _take(getattr(layer, part), held, f"l{number}.{name}")
    return network


_PARTS = {
    "q": "asks", "k": "keys", "v": "values", "ao": "mixes", "aln": "after_attention",
    "fi": "widens", "fo": "narrows", "oln": "after_all",
}  # fmt: skip


def _take(part: nn.Module, held: Mapping[str, NDArray[np.float32]], name: str) -> None:
    part.weight.copy_(torch.from_numpy(held[f"{name}.w"]))
    part.bias.copy_(torch.from_numpy(held[f"{name}.b"]))
