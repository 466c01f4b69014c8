"""A Qwen3 network in plain torch: the same numbers as from transformers, which takes seconds and 150 MB to import.

Layers bear the names under which checkpoints keep their weights. A test compares every bit with transformers.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional


class Shape(NamedTuple):
    """What a checkpoint's `config.json` says of its network."""

    vocabulary: int
    width: int
    inner_width: int
    layers: int
    heads: int
    key_value_heads: int
    head_width: int
    epsilon: float
    rope_base: float
    is_tied: bool


class Cache:
    """Keys and values of all that was read, by layer: rows × heads × tokens × width."""

    def __init__(self, layers: int) -> None:
        self._kept: list[tuple[torch.Tensor, torch.Tensor] | None] = [None] * layers

    def extend(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Everything that the layer has read, these last."""
        kept = self._kept[layer]
        before = ([kept[0]], [kept[1]]) if kept is not None else ([], [])
        extended = torch.cat([*before[0], keys], dim=-2), torch.cat([*before[1], values], dim=-2)
        self._kept[layer] = extended
        return extended

    def batch_select_indices(self, rows: torch.Tensor) -> None:
        """Keep these rows; called as transformers calls it."""
        self._kept = [(kept[0][rows], kept[1][rows]) if kept is not None else None for kept in self._kept]


class _Matrix(nn.Module):  # type: ignore[misc]  # torch is read as untyped
    """Weights of that shape, to be filled. Torch's own layers draw numbers first, and so change what is drawn later."""

    def __init__(self, outputs: int, inputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return functional.linear(states, self.weight)


class _Norm(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self._epsilon = epsilon

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return self.weight * (states * torch.rsqrt(states.pow(2).mean(-1, keepdim=True) + self._epsilon))


class _Attention(nn.Module):  # type: ignore[misc]
    def __init__(self, shape: Shape, layer: int) -> None:
        super().__init__()
        self._layer, self._width, self._groups = layer, shape.head_width, shape.heads // shape.key_value_heads
        self.q_proj = _Matrix(shape.heads * shape.head_width, shape.width)
        self.k_proj = _Matrix(shape.key_value_heads * shape.head_width, shape.width)
        self.v_proj = _Matrix(shape.key_value_heads * shape.head_width, shape.width)
        self.o_proj = _Matrix(shape.width, shape.heads * shape.head_width)
        self.q_norm = _Norm(shape.head_width, shape.epsilon)
        self.k_norm = _Norm(shape.head_width, shape.epsilon)

    def forward(
        self, states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor], mask: torch.Tensor | None, cache: Cache
    ) -> torch.Tensor:
        rows, length, _ = states.shape
        by_head = (rows, length, -1, self._width)
        queries = _turned(self.q_norm(self.q_proj(states).view(by_head)).transpose(1, 2), turn)
        keys = _turned(self.k_norm(self.k_proj(states).view(by_head)).transpose(1, 2), turn)
        values = self.v_proj(states).view(by_head).transpose(1, 2)
        keys, values = cache.extend(self._layer, keys, values)
        attended = self._attend(queries, keys, values, mask)
        return self.o_proj(attended.reshape(rows, -1, length, self._width).transpose(1, 2).reshape(rows, length, -1))

    def _attend(
        self, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor | None
    ) -> torch.Tensor:
        """Attention of grouped queries, computed in the way in which transformers has it computed in each case."""
        rows, heads, length, width = queries.shape
        is_grouped = self._groups > 1 and mask is None and width <= 256
        if self._groups > 1 and not is_grouped:
            if length == 1:
                queries = queries.reshape(rows, heads // self._groups, self._groups, width)
            else:
                keys, values = (
                    each[:, :, None]
                    .expand(rows, heads // self._groups, self._groups, each.shape[2], width)
                    .reshape(rows, heads, each.shape[2], width)
                    for each in (keys, values)
                )
        return functional.scaled_dot_product_attention(
            queries,
            keys,
            values,
            attn_mask=mask,
            scale=self._width**-0.5,
            is_causal=mask is None and length > 1,
            **({"enable_gqa": True} if is_grouped else {}),
        )


class _Mlp(nn.Module):  # type: ignore[misc]
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = _Matrix(shape.inner_width, shape.width)
        self.up_proj = _Matrix(shape.inner_width, shape.width)
        self.down_proj = _Matrix(shape.width, shape.inner_width)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return self.down_proj(functional.silu(self.gate_proj(states)) * self.up_proj(states))


class _Layer(nn.Module):  # type: ignore[misc]
    def __init__(self, shape: Shape, layer: int) -> None:
        super().__init__()
        self.self_attn = _Attention(shape, layer)
        self.mlp = _Mlp(shape)
        self.input_layernorm = _Norm(shape.width, shape.epsilon)
        self.post_attention_layernorm = _Norm(shape.width, shape.epsilon)

    def forward(
        self, states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor], mask: torch.Tensor | None, cache: Cache
    ) -> torch.Tensor:
        states = states + self.self_attn(self.input_layernorm(states), turn, mask, cache)
        return states + self.mlp(self.post_attention_layernorm(states))


class _Body(nn.Module):  # type: ignore[misc]
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = _Matrix(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(_Layer(shape, layer) for layer in range(shape.layers))
        self.norm = _Norm(shape.width, shape.epsilon)


class Network(nn.Module):  # type: ignore[misc]
    """Reads tokens and says how likely each token is to come next."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._shape = shape
        self.model = _Body(shape)
        self.lm_head = _Matrix(shape.vocabulary, shape.width)

    def start(self) -> Cache:
        """The memory of a batch that has read nothing yet."""
        return Cache(self._shape.layers)

    def forward(
        self, *, input_ids: torch.Tensor, attention_mask: torch.Tensor, position_ids: torch.Tensor, cache: Cache
    ) -> torch.Tensor:
        """Logits for what follows the last token, rows × vocabulary.

        `input_ids` and `position_ids` are rows × new tokens; `attention_mask` is rows × all tokens, 0 where padded.
        """
        states = functional.embedding(input_ids, self.model.embed_tokens.weight)
        mask = _mask(attention_mask.bool(), input_ids.shape[1])
        turn = self._turn(position_ids)
        for layer in self.model.layers:
            states = layer(states, turn, mask, cache)
        return self.lm_head(self.model.norm(states)[:, -1:])[:, -1]

    def _turn(self, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosine and sine of the angles by which queries and keys are turned at their positions."""
        width = self._shape.head_width
        steps = 1.0 / (self._shape.rope_base ** (torch.arange(0, width, 2, dtype=torch.float) / width))
        angles = positions[..., None].float() * steps
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos()[:, None], angles.sin()[:, None]


def read_network(folder: Path) -> Network | None:
    """The network of a checkpoint; None for any other than a plain Qwen3 in one file of weights, or a broken one."""
    try:
        shape = _shape(json.loads((folder / "config.json").read_text("utf-8")))
        weights = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
        if shape.is_tied:
            weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
        network = Network(shape)
        network.load_state_dict(weights, assign=True)
    except Exception:  # the libraries raise whatever a broken file leads them to; transformers will tell what it is
        return None
    network.eval()  # the weights may be trained as those of transformers: torch multiplies fixed ones in another way
    return network


def _shape(config: dict[str, Any]) -> Shape:
    """What the network looks like.

    Raises:
        KeyError, ValueError: if it is no plain Qwen3.
    """
    rope = config["rope_parameters"]
    is_plain = (
        config["architectures"] == ["Qwen3ForCausalLM"]
        and config["hidden_act"] == "silu"
        and not config["attention_bias"]
        and rope["rope_type"] == "default"
        and set(config["layer_types"]) == {"full_attention"}
        and "quantization_config" not in config
    )
    if not is_plain:
        raise ValueError("no plain Qwen3")
    return Shape(
        vocabulary=config["vocab_size"],
        width=config["hidden_size"],
        inner_width=config["intermediate_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        key_value_heads=config["num_key_value_heads"],
        head_width=config["head_dim"],
        epsilon=config["rms_norm_eps"],
        rope_base=rope["rope_theta"],
        is_tied=config["tie_word_embeddings"],
    )


def _mask(real: torch.Tensor, length: int) -> torch.Tensor | None:
    """Which tokens each of the last `length` may attend to; None where it is all, or all before it."""
    total = real.shape[1]
    if length in (1, total) and bool(real.all()):
        return None
    before = torch.arange(total) <= torch.arange(total - length, total)[:, None]
    return before & real[:, None, None]


def _turned(states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    half = states.shape[-1] // 2
    across = torch.cat((-states[..., half:], states[..., :half]), dim=-1)
    return states * turn[0] + across * turn[1]
