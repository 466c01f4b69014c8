"""The training loop of heyan-mini: a network from random weights, trained on briefs and bodies, resumable."""

import itertools
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import torch
from pydantic import Field
from rich.progress import Progress
from torch.nn import functional
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from app.writing.prompt import END, render_compact
from finetune.folders import replacing, write_atomically
from finetune.lines.composer import Sample
from guards.lexicon.documents import DocumentError
from guards.lexicon.rules import Strict

IGNORED = -100
CHECKPOINT, LOG = "checkpoint.pt", "training_log.jsonl"


class PretrainRecipe(Strict):
    """Sizes and hyper-parameters of one training; unknown keys are errors."""

    seed: int
    pieces: Annotated[int, Field(ge=512)]
    samples: Annotated[int, Field(ge=1)]
    held_out: Annotated[int, Field(ge=1)]
    epochs: Annotated[float, Field(gt=0)] = 1.0
    hidden_size: int
    layers: int
    heads: int
    key_value_heads: int
    intermediate_size: int
    head_dim: int = 64
    max_positions: int = 512
    batch: Annotated[int, Field(ge=1)]
    learning_rate: float
    weight_decay: float = 0.1
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.03
    log_every: Annotated[int, Field(ge=1)] = 100


Encoded = tuple[list[int], int]
"""Token ids of prompt and body, and the length of the prompt."""


def build_model(recipe: PretrainRecipe, tokenizer: PreTrainedTokenizerFast) -> Qwen3ForCausalLM:
    """An untrained model; the vocabulary is padded to a multiple of 64 for fast kernels."""
    config = Qwen3Config(
        vocab_size=math.ceil(len(tokenizer) / 64) * 64,
        hidden_size=recipe.hidden_size,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.key_value_heads,
        intermediate_size=recipe.intermediate_size,
        head_dim=recipe.head_dim,
        max_position_embeddings=recipe.max_positions,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(recipe.seed)
    return Qwen3ForCausalLM(config)


def encode(samples: Sequence[Sample], tokenizer: PreTrainedTokenizerFast) -> list[Encoded]:
    """Token ids of each sample; the body ends with the end token."""
    prompts = tokenizer([render_compact(sample.brief) for sample in samples], add_special_tokens=False)["input_ids"]
    bodies = tokenizer([sample.body + END for sample in samples], add_special_tokens=False)["input_ids"]
    return [(prompt + body, len(prompt)) for prompt, body in zip(prompts, bodies, strict=True)]


def train(
    model: Qwen3ForCausalLM,
    rows: Sequence[Encoded],
    held_out: Mapping[str, Sequence[Encoded]],
    recipe: PretrainRecipe,
    draft: Path,
    progress: Progress | None = None,
) -> None:
    """Train on the bodies only (the prompt is given, not learnt).

    `draft` gets a JSON line of figures every `log_every` steps (`training_log.jsonl`; losses in nats a body token, one
    for each set of `held_out`) and a checkpoint; a training that was broken off goes on from the one that lies there,
    and ends with the very weights of an unbroken one.
    """
    dtype = torch.bfloat16 if _has_fast_bfloat16() else torch.float32
    steps = max(1, int(math.ceil(len(rows) / recipe.batch) * recipe.epochs))
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.95), weight_decay=recipe.weight_decay
    )
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, _pace(steps, max(1, int(steps * recipe.warmup))))
    run = _Run(model, optimizer, scheduler, draft)
    run.resume()
    bar = progress.add_task("training", total=steps, completed=run.step) if progress else None
    started = time.monotonic() - run.seconds
    for batch in itertools.islice(_batches(rows, recipe, steps), run.step, None):
        model.train()
        with torch.autocast("cpu", dtype=dtype, enabled=dtype is torch.bfloat16):
            loss = _loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        run.tokens += sum(len(ids) for ids, _ in batch)
        run.step += 1
        if progress and bar is not None:
            progress.update(bar, completed=run.step, description=f"loss {loss.item():.3f}")
        if run.step % recipe.log_every == 0 or run.step == steps:
            run.seconds = time.monotonic() - started
            losses = {name: round(evaluate(model, few, recipe.batch), 4) for name, few in held_out.items()}
            run.keep({"of": steps, "loss": round(loss.item(), 4), **losses})


class _Run:
    """What a training needs to go on: weights, optimizer, pace and the figures so far, kept together in one file."""

    def __init__(
        self,
        model: Qwen3ForCausalLM,
        optimizer: torch.optim.Optimizer,
        scheduler: torch.optim.lr_scheduler.LambdaLR,
        draft: Path,
    ) -> None:
        self._parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
        self._draft = draft
        self._figures: list[dict[str, float]] = []
        self.step = self.tokens = 0
        self.seconds = 0.0

    def resume(self) -> None:
        """Go on from what was saved, if anything was.

        Raises:
            DocumentError: if the checkpoint cannot be read.
        """
        file = self._draft / CHECKPOINT
        if not file.exists():
            return
        try:
            kept = torch.load(file, weights_only=True)
            for name, part in self._parts.items():
                part.load_state_dict(kept[name])
            self.step, self.tokens, self.seconds = kept["step"], kept["tokens"], kept["seconds"]
            self._figures = kept["figures"]
        except Exception as broken:  # torch raises whatever a broken file leads it to
            reason = type(broken).__name__
            raise DocumentError([f"{file}: cannot be read ({reason}); remove it to begin this training anew"]) from None

    def keep(self, figures: Mapping[str, float]) -> None:
        """Write the log and the checkpoint, each completely or not at all."""
        self._figures.append(
            {"step": self.step, **figures, "tokens": self.tokens, "seconds": round(self.seconds, 1)},
        )
        kept = {name: part.state_dict() for name, part in self._parts.items()}
        kept |= {"step": self.step, "tokens": self.tokens, "seconds": self.seconds, "figures": self._figures}
        with replacing(self._draft / CHECKPOINT) as file:
            torch.save(kept, file)
        write_atomically(self._draft / LOG, "".join(json.dumps(each) + "\n" for each in self._figures))
        print(json.dumps(self._figures[-1]), flush=True)


def _pace(steps: int, warm: int) -> Callable[[int], float]:
    """A linear rise over `warm` steps, then half a cosine down to a twentieth."""

    def pace(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))

    return pace


@torch.inference_mode()  # type: ignore[untyped-decorator]  # torch is read as untyped
def evaluate(model: Qwen3ForCausalLM, rows: Sequence[Encoded], batch: int) -> float:
    """Mean loss in nats a body token."""
    model.eval()
    losses = [_loss(model, rows[at : at + batch]).item() for at in range(0, len(rows), batch)]
    return float(sum(losses) / len(losses))


def _loss(model: Qwen3ForCausalLM, batch: Sequence[Encoded]) -> torch.Tensor:
    width = max(len(ids) for ids, _ in batch)
    pad = model.config.pad_token_id
    inputs = torch.full((len(batch), width), pad)
    labels = torch.full((len(batch), width), IGNORED)
    for row, (ids, prompt) in enumerate(batch):
        inputs[row, : len(ids)] = torch.tensor(ids)
        labels[row, prompt : len(ids)] = torch.tensor(ids[prompt:])
    # Padding stands on the right and attention is causal: what is real never sees it, so no mask is needed.
    logits = model(input_ids=inputs, use_cache=False).logits
    return functional.cross_entropy(
        logits[:, :-1].float().reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1), ignore_index=IGNORED
    )


def _batches(rows: Sequence[Encoded], recipe: PretrainRecipe, steps: int) -> Iterator[list[Encoded]]:
    """Batches of rows of similar length, in random order, over as many epochs as `steps` need."""
    shuffler = random.Random(recipe.seed)
    made = 0
    while True:
        order = list(range(len(rows)))
        shuffler.shuffle(order)
        pool = recipe.batch * 32
        batches = []
        for at in range(0, len(order), pool):
            near = sorted(order[at : at + pool], key=lambda index: len(rows[index][0]))
            batches += [near[start : start + recipe.batch] for start in range(0, len(near), recipe.batch)]
        shuffler.shuffle(batches)
        for indices in batches:
            if made == steps:
                return
            made += 1
            yield [rows[index] for index in indices]


def _has_fast_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 natively; emulated it is slower than float32."""
    cpu = Path("/proc/cpuinfo")
    return cpu.exists() and any(flag in cpu.read_text() for flag in ("avx512_bf16", "amx_bf16"))
