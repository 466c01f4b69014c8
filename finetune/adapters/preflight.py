"""Check an adapter before it may be served: vLLM can load it, it fits its base, and it is not empty."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from finetune.adapters.adapter import WEIGHTS, Adapter
from finetune.recipe.schema import MAX_RANK, TARGETS

_PREFIX = "base_model.model."
_SIDES = (".lora_A.weight", ".lora_B.weight")
_PLAIN = {
    "use_dora": "DoRA",
    "modules_to_save": "modules_to_save",
    "trainable_token_indices": "trainable tokens",
    "rank_pattern": "ranks of their own for some matrices",
    "alpha_pattern": "alphas of their own for some matrices",
    "layer_replication": "layer replication",
    "target_parameters": "target_parameters",
    "lora_bias": "biases",
    "alora_invocation_tokens": "activation by tokens",
    "fan_in_fan_out": "transposed matrices",
}
"""What peft can do and vLLM cannot serve, by the key that says so; each must be absent or empty."""


def adapter_problems(adapter: Adapter, base: Path | None) -> list[str]:
    """Everything for which an adapter must not be served; `base` is the folder of its base, None if not at hand."""
    config = adapter.config
    return [
        *(f"{adapter.folder}: {problem}" for problem in _config_problems(config)),
        *(f"{adapter.folder / WEIGHTS}: {problem}" for problem in _weight_problems(adapter, config, base)),
    ]


def _config_problems(config: Mapping[str, Any]) -> Iterator[str]:
    rank, targets = config.get("r"), config.get("target_modules")
    if config.get("peft_type") != "LORA":
        yield f"is no LoRA adapter but {config.get('peft_type')}"
    if not isinstance(rank, int) or not 1 <= rank <= MAX_RANK:
        yield f"has rank {rank}; 1 to {MAX_RANK} can be served"
    if not isinstance(targets, list) or not targets or not set(targets) <= set(TARGETS):
        yield f"adapts {targets}; only {', '.join(TARGETS)} can be served"
    if config.get("bias") != "none":
        yield f"has bias {config.get('bias')}; none can be served"
    for key, name in _PLAIN.items():
        if config.get(key):
            yield f"uses {name}, which cannot be served"


def _weight_problems(adapter: Adapter, config: Mapping[str, Any], base: Path | None) -> Iterator[str]:
    shapes = _shapes(base) if base else None
    try:
        with safe_open(adapter.folder / WEIGHTS, framework="pt") as opened:
            names = sorted(opened.keys())
            weights = {name: opened.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as broken:
        yield f"cannot be read: {next(iter(str(broken).splitlines()), type(broken).__name__)}"
        return
    strange = [name for name in names if not _is_lora(name)]
    if strange:
        yield f"holds {', '.join(strange[:3])}; only lora_A and lora_B of {', '.join(TARGETS)} can be served"
        return
    for name, weight in weights.items():
        if not torch.isfinite(weight).all():
            yield f"{name} is not finite"
    if not any(weight.any() for name, weight in weights.items() if name.endswith(_SIDES[1])):
        yield "changes nothing: every lora_B is zero"
    for stem in sorted({_stem(name) for name in names}):
        yield from _pair_problems(stem, weights, config.get("r"), shapes)


def _pair_problems(
    stem: str, weights: Mapping[str, torch.Tensor], rank: Any, shapes: Mapping[str, list[int]] | None
) -> Iterator[str]:
    """What is wrong with the two factors of one matrix."""
    down, up = (weights.get(stem + side) for side in _SIDES)
    if down is None or up is None:
        yield f"{stem} lacks one of its two factors"
        return
    if down.shape[0] != rank or up.shape[1] != rank:
        yield f"{stem} has rank {down.shape[0]}, the config says {rank}"
    if shapes is None:
        return
    shape = shapes.get(stem.removeprefix(_PREFIX) + ".weight")
    if shape != [up.shape[0], down.shape[1]]:
        yield f"{stem} is for a matrix of {[up.shape[0], down.shape[1]]}; the base has {shape}"


def _is_lora(name: str) -> bool:
    return name.startswith(_PREFIX) and name.endswith(_SIDES) and _stem(name).rsplit(".", 1)[-1] in TARGETS


def _stem(name: str) -> str:
    """The matrix that a factor belongs to."""
    return name.removesuffix(_SIDES[0]).removesuffix(_SIDES[1])


def _shapes(base: Path) -> dict[str, list[int]]:
    """The shape of every matrix of a checkpoint, without reading any."""
    shapes = {}
    for file in sorted(base.glob("*.safetensors")):
        with safe_open(file, framework="pt") as opened:
            for name in opened.keys():  # noqa: SIM118  this is no dictionary
                shapes[name] = list(opened.get_slice(name).get_shape())
    return shapes
