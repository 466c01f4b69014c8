"""Build a TRL trainer from a recipe and rows, and prove that it sees the prompts of serving and learns bodies alone."""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import datasets
import torch
from datasets import Dataset
from peft import LoraConfig, PeftModel
from safetensors import SafetensorError
from transformers import PrinterCallback, TrainerCallback
from trl import DPOTrainer, KTOTrainer, SFTTrainer

from finetune.dataset.rows import KtoRow, Row
from finetune.recipe.names import CONFIGS, QUIET
from finetune.recipe.schema import TARGETS, Recipe
from finetune.runs.checkpoint import suppressed_warnings
from finetune.runs.run import UnwritableRun, finish_checkpoint
from finetune.training.rendering import Renderer
from guards.lexicon.documents import DocumentError

_BALANCE = 1.15
"""Weight of all desirable rows over that of all undesirable ones; TRL advises 1 to 1.33."""
_IGNORED = -100


class _NoTelemetry:
    """Sends no telemetry, writes no model card, and marks each checkpoint as complete once it is on the disk."""

    def _send_telemetry(self) -> None:
        """TRL would report the kind of training over the network."""

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """TRL's card is a stub; `finetune.adapters.card` writes one."""

    def _save_checkpoint(self, *given: Any, **named: Any) -> None:
        folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"  # type: ignore[attr-defined]
        try:
            super()._save_checkpoint(*given, **named)  # type: ignore[misc]
            finish_checkpoint(folder)
        except (OSError, RuntimeError, SafetensorError) as failure:  # torch and safetensors hide the OSError
            reason = failure.strerror if isinstance(failure, OSError) else next(iter(str(failure).splitlines()), "")
            raise UnwritableRun(f"{folder}: cannot be written: {reason}") from None


class _Sft(_NoTelemetry, SFTTrainer):  # type: ignore[misc]  # TRL is read as untyped
    pass


class _Dpo(_NoTelemetry, DPOTrainer):  # type: ignore[misc]
    pass


class _Kto(_NoTelemetry, KTOTrainer):  # type: ignore[misc]
    pass


_TRAINERS: dict[str, Any] = {"sft": _Sft, "dpo": _Dpo, "kto": _Kto}


def build_trainer(
    recipe: Recipe,
    network: Any,
    tokenizer: Any,
    renderer: Renderer,
    rows: Sequence[Row],
    checkpoints: Path,
    callbacks: Sequence[TrainerCallback] = (),
) -> Any:
    """The trainer of a recipe over all rows, split as their meta says; `network` is plain, or holds an adapter.

    Raises:
        DocumentError: if there is nothing to train on, or the trainer would see other tokens than serving sends.
    """
    taught = _ordered([row for row in rows if row.meta.split == "train"], recipe)
    held_out = _ordered([row for row in rows if row.meta.split == "validation"], recipe)
    if not taught:
        raise DocumentError([f"{recipe.data.path}/{recipe.stage}.jsonl: no row of the split train"])
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    with suppressed_warnings():
        trainer = _TRAINERS[recipe.stage](
            model=network,
            args=_arguments(recipe, taught, bool(held_out), checkpoints),
            train_dataset=Dataset.from_list(renderer.trainer_rows(taught)),
            eval_dataset=Dataset.from_list(renderer.trainer_rows(held_out)) if held_out else None,
            processing_class=tokenizer,
            peft_config=None if isinstance(network, PeftModel) else _lora(recipe),
            callbacks=list(callbacks),
        )
    trainer.remove_callback(PrinterCallback)
    _prove(trainer.train_dataset, taught, renderer, tokenizer)
    return trainer


def kto_weights(desirable: int, undesirable: int) -> dict[str, float]:
    """The weights of KTO's two losses that bring the two sides into balance; the rarer side's is raised.

    Raises:
        DocumentError: if one side is empty: KTO would only push, or only pull.
    """
    if not desirable or not undesirable:
        raise DocumentError([f"kto.jsonl: {desirable} desirable and {undesirable} undesirable rows; both are needed"])
    if desirable > undesirable:
        return {"desirable_weight": 1.0, "undesirable_weight": desirable / undesirable / _BALANCE}
    return {"desirable_weight": undesirable / desirable * _BALANCE, "undesirable_weight": 1.0}


def _arguments(recipe: Recipe, taught: Sequence[Row], evaluates: bool, checkpoints: Path) -> Any:
    """The trainer's configuration.

    Raises:
        DocumentError: if this machine cannot do what the recipe asks for.
    """
    settings = _settings(recipe, taught, evaluates, checkpoints)
    try:
        return CONFIGS[recipe.stage](**settings)
    except (ValueError, TypeError, ImportError) as refused:
        raise DocumentError([f"train: {next(iter(str(refused).splitlines()), type(refused).__name__)}"]) from None


def _settings(recipe: Recipe, taught: Sequence[Row], evaluates: bool, checkpoints: Path) -> dict[str, Any]:
    settings: dict[str, Any] = {
        **QUIET,
        "save_total_limit": 2,
        "dataloader_pin_memory": torch.cuda.is_available(),
        **recipe.train,
        "output_dir": str(checkpoints),
        "max_length": recipe.data.max_length,
        "disable_tqdm": not sys.stderr.isatty(),
    }
    if not evaluates:
        settings["eval_strategy"] = "no"
    if recipe.stage == "sft":
        settings["completion_only_loss"] = True
    if recipe.stage == "kto":
        settings["per_device_eval_batch_size"] = settings.get("per_device_train_batch_size", 8)
        desirable = sum(isinstance(row, KtoRow) and row.label for row in taught)
        settings = {**kto_weights(desirable, len(taught) - desirable), **settings}
    return settings


def _ordered(rows: list[Row], recipe: Recipe) -> list[Row]:
    """Rows in the order for the trainer: KTO reads them one after another, so they are shuffled here.

    KTO compares the rows of a batch with each other: a last batch of one row has no other to be compared with.
    """
    if recipe.stage != "kto":
        return rows
    random.Random(int(recipe.train.get("seed", 42))).shuffle(rows)
    batch = int(recipe.train.get("per_device_train_batch_size", 8))
    return rows[:-1] if len(rows) % batch == 1 else rows


def _lora(recipe: Recipe) -> LoraConfig:
    # peft's own all-linear names whole paths where there are few; vLLM and the preflight want the short names.
    targets = TARGETS if recipe.lora.target_modules == "all-linear" else recipe.lora.target_modules
    return LoraConfig(
        r=recipe.lora.r,
        lora_alpha=recipe.lora.alpha,
        lora_dropout=recipe.lora.dropout,
        target_modules=list(targets),
        bias="none",
        task_type="CAUSAL_LM",
    )


def _prove(seen: Any, rows: Sequence[Row], renderer: Renderer, tokenizer: Any) -> None:
    """Compare every prompt that the trainer holds with the one that serving sends, token by token."""
    if len(seen) != len(rows):
        raise DocumentError([f"the trainer dropped {len(rows) - len(seen)} rows"])
    for found, row in zip(seen, rows, strict=True):
        prompt = renderer.prompt_ids(row.brief)
        for body in _bodies_seen(found, prompt):
            if body is None or body[-1:] != [tokenizer.eos_token_id] or _IGNORED in body:
                raise DocumentError([f"{row.meta.source}: the trainer would not see the tokens that serving sends"])


def _bodies_seen(found: dict[str, Any], prompt: list[int]) -> list[list[int] | None]:
    """The tokens that each loss of one row is on; None where the tokens before them are not the prompt."""
    if "labels" in found:
        labels, start = found["labels"], len(prompt)
        masked = labels[:start] == [_IGNORED] * start and found["input_ids"][:start] == prompt
        return [labels[start:] if masked and labels[start:] == found["input_ids"][start:] else None]
    names = [name for name in ("completion_ids", "chosen_ids", "rejected_ids") if name in found]
    return [found[name] if found["prompt_ids"] == prompt else None for name in names]
