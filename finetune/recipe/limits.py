"""Limits of the values under `train:` in a recipe that TRL and transformers would check late or not at all."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from transformers.training_args import trainer_log_levels

Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
"""What numpy takes, too."""
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Decay = Annotated[float, Field(ge=0, lt=1)]

_KINDS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Count, ("per_device_train_batch_size", "per_device_eval_batch_size", "gradient_accumulation_steps")),
    (Count | None, ("eval_accumulation_steps", "dataloader_prefetch_factor", "pad_to_multiple_of")),
    (Literal[-1] | Count, ("max_steps",)),
    (Positive, ("learning_rate", "num_train_epochs", "save_steps", "logging_steps", "adam_epsilon")),
    (Positive | None, ("eval_steps", "neftune_noise_alpha")),
    (NotNegative, ("weight_decay", "max_grad_norm", "warmup_steps", "beta", "eval_delay")),
    (Decay, ("adam_beta1", "adam_beta2", "label_smoothing_factor")),
    (Seed, ("seed",)),
    (Seed | None, ("data_seed",)),
    (Annotated[int, Field(ge=0)], ("dataloader_num_workers",)),
)
_LIMITS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for kind, names in _KINDS for name in names}
_CHOICES: dict[str, tuple[Any, str]] = {
    "save_strategy": (("steps", "epoch"), "steps or epoch: without its checkpoints a run cannot go on"),
    "ignore_data_skip": ((False,), "false: a run that goes on must learn from the rows that are left, in their order"),
    **{
        name: (tuple(trainer_log_levels), f"one of {', '.join(trainer_log_levels)}")
        for name in ("log_level", "log_level_replica")
    },
}
"""Values of few kinds: those that are admitted, and what is said of all others."""


def values_beyond(train: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each key of typed `train` whose value is beyond its limits, with what is wrong with it."""
    for name, value in train.items():
        if name in _LIMITS:
            try:
                _LIMITS[name].validate_python(value)
            except ValidationError as invalid:
                yield name, invalid.errors()[-1]["msg"]
        elif name in _CHOICES:
            admitted, expected = _CHOICES[name]
            if getattr(value, "value", value) not in admitted:
                yield name, expected
