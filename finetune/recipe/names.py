"""Check the names under `train:` in a recipe against those of TRL and transformers, and the kinds of their values."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, get_type_hints

from pydantic import ConfigDict, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError
from trl import DPOConfig, KTOConfig, SFTConfig

from finetune.dataset.rows import Stage

CONFIGS: dict[Stage, Any] = {"sft": SFTConfig, "dpo": DPOConfig, "kto": KTOConfig}

_REMOVED = {
    "evaluation_strategy": "eval_strategy",
    "fp16_backend": "fp16",
    "gradient_checkpointing": "activation_checkpointing",
    "gradient_checkpointing_kwargs": "activation_checkpointing_kwargs",
    "group_by_length": "train_sampling_strategy: group_by_length",
    "jit_mode_eval": "torch_compile",
    "logging_dir": "nothing; the run folder holds log.jsonl",
    "max_completion_length": "data.max_length",
    "max_prompt_length": "data.max_length",
    "max_seq_length": "data.max_length",
    "no_cuda": "use_cpu: true",
    "overwrite_output_dir": "--resume, or another output",
    "per_gpu_eval_batch_size": "per_device_eval_batch_size",
    "per_gpu_train_batch_size": "per_device_train_batch_size",
    "save_safetensors": "nothing; weights are always safetensors",
    "tokenizer": "model.path",
    "torch_dtype": "model.dtype",
    "warmup_ratio": "warmup_steps, which takes a share of all steps when it is below 1",
}
"""Names that older versions knew, or that the next will not, each with its successor."""

_TAKEN = {
    "assistant_only_loss": "the loss is always on the body alone",
    "chat_template_path": "write model.chat_template",
    "completion_only_loss": "the loss is always on the body alone",
    "dataset_kwargs": "rows are always prepared the same way",
    "dataset_text_field": "rows are always prepared the same way",
    "disable_tqdm": "there is a progress bar on a terminal and none elsewhere",
    "eos_token": "the end of a body is the tokenizer's own end token",
    "eval_packing": "bodies are never packed: they would see each other",
    "load_best_model_at_end": "the adapter is that of the last step; choose fewer steps, or compare the checkpoints",
    "max_length": "write data.max_length",
    "model_init_kwargs": "write model.dtype",
    "output_dir": "write output",
    "packing": "bodies are never packed: they would see each other",
    "padding_free": "bodies are never packed: they would see each other",
    "push_to_hub": "nothing is sent anywhere",
    "remove_unused_columns": "rows are always prepared the same way",
    "report_to": "nothing is sent anywhere; the run folder holds log.jsonl and loss.png",
    "resume_from_checkpoint": "give --resume",
    "save_only_model": "a checkpoint must hold everything that --resume needs",
    "shuffle_dataset": "rows are shuffled by seed",
    "sync_ref_model": "the reference is the model as it was",
    "truncation_mode": "no row is ever cut; data.max_length must hold the longest",
    "trust_remote_code": "no code is taken from a model's folder",
}
"""Names that a recipe says elsewhere, or that would break what the run promises."""

QUIET: dict[str, Any] = {"bf16": False, "activation_checkpointing": False, "report_to": "none"}
"""Off unless a recipe asks for it: what TRL sets by itself and a CPU cannot bear, and whatever leaves this machine."""


def problems_in(stage: Stage, train: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each key of `train` that is not to be, with what is wrong with it or its value."""
    known = {field.name for field in fields(CONFIGS[stage]) if field.init}
    hints = get_type_hints(CONFIGS[stage])
    for name, value in train.items():
        if name in _TAKEN or name.startswith("hub_"):
            yield name, f"is not set here: {_TAKEN.get(name, 'nothing is sent anywhere')}"
        elif name in _REMOVED:
            yield name, f"is a name of older versions; write {_REMOVED[name]}"
        elif name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            yield name, f"{CONFIGS[stage].__name__} knows no such name{f'; did you mean {near[0]}?' if near else ''}"
        elif wrong := _misfit(_meant(name, value), hints[name]):
            yield name, wrong
    limit = train.get("save_total_limit")
    if isinstance(limit, int) and limit < 2:
        yield "save_total_limit", "at least 2: the last complete checkpoint must outlive one that is half written"
    batch = train.get("per_device_train_batch_size", 8)
    if stage == "kto" and isinstance(batch, int) and batch < 2:
        yield "per_device_train_batch_size", "KTO compares the rows of a batch with each other; at least 2"
    sampling = train.get("train_sampling_strategy", "sequential")
    if stage == "kto" and sampling != "sequential":
        yield "train_sampling_strategy", "KTO needs sequential; the rows are shuffled beforehand, by seed"


def as_typed(stage: Stage, train: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `train` in the kinds that TRL expects: YAML reads 1e-4 as a text, and a bare no as false."""
    hints = get_type_hints(CONFIGS[stage])
    return {
        name: adapter.validate_python(_meant(name, value)) if (adapter := _adapter(hints[name])) else value
        for name, value in train.items()
    }


def _meant(name: str, value: Any) -> Any:
    return "no" if name.endswith("_strategy") and value is False else value


def _misfit(value: Any, hint: Any) -> str | None:
    adapter = _adapter(hint)
    try:
        if adapter:
            adapter.validate_python(value)
    except ValidationError as invalid:
        return str(invalid.errors()[0]["msg"])
    return None


def _adapter(hint: Any) -> TypeAdapter[Any] | None:
    """A check of one kind of value; None where the kind is too much a library's own to be checked beforehand."""
    try:
        return TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
    except (PydanticSchemaGenerationError, PydanticUserError):
        return None
