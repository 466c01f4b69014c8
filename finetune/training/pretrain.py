"""Train heyan-mini from scratch: compose bodies, train tokenizer and network, then put the checkpoint in place."""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.approved.skeleton import SLOT
from app.approved.vocabulary import Vocabulary
from app.writing.heldout import is_held_out_line
from app.writing.lines.library import write_approved_lines
from finetune.folders import write_atomically
from finetune.lines.composer import Composer, Sample, trainable
from finetune.lines.reader import Line, approved
from finetune.runs.run import read_json
from finetune.training.journal import draw_losses
from finetune.training.loop import CHECKPOINT, LOG, PretrainRecipe, build_model, encode, train
from finetune.training.tokenizer import train_tokenizer
from guards.lexicon.documents import DocumentError

_ORIGIN, _CURVE = "training.json", "training_curve.png"
_TOKENIZER_SAMPLES = 20_000
_ELSEWHERE = "remove the folder, or name another --output"


def make_mini(recipe: PretrainRecipe, output: Path, lines: Sequence[Line], vocabulary: Vocabulary) -> None:
    """Train and save under `output`; what stood there stays until the new checkpoint is complete.

    A training that was broken off goes on where its last checkpoint was, if recipe and corpus are still the same.
    """
    teaching = trainable(lines)
    composer = Composer(teaching, vocabulary, recipe.seed)
    samples = list(composer.samples(recipe.samples))
    held_out = {
        "unseen_pairs": list(composer.samples(recipe.held_out, held_out=True)),
        "unseen_lines": list(islice(_with_held_out_lines(lines, vocabulary, recipe.seed), recipe.held_out)),
    }
    texts = (SLOT.sub("，", sample.body) for sample in samples[:_TOKENIZER_SAMPLES])
    tokenizer = train_tokenizer(texts, vocabulary, recipe.pieces)
    model = build_model(recipe, tokenizer)
    rows = encode(samples, tokenizer)
    size = {
        "parameters": sum(weights.numel() for weights in model.parameters()),
        "pieces": len(tokenizer),
        "lines": len(lines),
        "lines_taught": len(teaching),
        "samples": len(rows),
        "tokens": sum(len(ids) for ids, _ in rows),
    }
    print(", ".join(f"{value:,} {name}" for name, value in size.items()), flush=True)
    origin = {**_identity(recipe, lines), **size}
    draft = _opened_draft(output, origin)
    with _progress() as progress:
        train(model, rows, {name: encode(few, tokenizer) for name, few in held_out.items()}, recipe, draft, progress)
    model.bfloat16().save_pretrained(draft)
    tokenizer.save_pretrained(draft)
    write_approved_lines(approved(lines), draft)
    draw_losses(draft / LOG, draft / _CURVE, f"{output.name}: {size['parameters']:,} parameters")
    _put_in_place(draft, output)


def is_made(recipe: PretrainRecipe, output: Path, lines: Sequence[Line]) -> bool:
    """Whether `output` holds the finished checkpoint of this recipe and corpus; False where nothing stands there yet.

    Raises:
        DocumentError: if something else stands there, naming what differs.
    """
    if not output.exists():
        return False
    made = read_json(output / _ORIGIN, f"is missing: {output.name} was not trained here; {_ELSEWHERE}")
    changed = [name for name, value in _identity(recipe, lines).items() if made.get(name) != value]
    if changed:
        raise DocumentError([f"{output / _ORIGIN}: made by another {' and '.join(changed)}; {_ELSEWHERE}"])
    return True


def _identity(recipe: PretrainRecipe, lines: Sequence[Line]) -> dict[str, object]:
    """What decides which weights a training ends with, as JSON gives it back."""
    identity = {"recipe": recipe.model_dump(), "corpus_sha256": corpus_digest(lines)}
    return dict(json.loads(json.dumps(identity)))


def _with_held_out_lines(lines: Sequence[Line], vocabulary: Vocabulary, seed: int) -> Iterator[Sample]:
    """Samples that hold at least one line that is held out of training."""
    taught = {(line.scenario, line.text) for line in trainable(lines)}
    kept_out = [line for line in lines if (line.scenario, line.text) not in taught]
    composer = Composer(lines, vocabulary, seed)
    while any(is_held_out_line(line.scenario, line.text) for line in kept_out):
        for sample in composer.samples(64):
            if any(line.scenario is sample.brief.scenario and line.text in sample.body for line in kept_out):
                yield sample


def _opened_draft(output: Path, origin: dict[str, object]) -> Path:
    """Where the checkpoint grows: the folder of a broken-off training with the same origin, or a fresh one."""
    draft = output.with_name(output.name + ".draft")
    known = draft / _ORIGIN
    if known.exists() and read_json(known, "") == origin:
        print(f"going on with {draft.name}" if (draft / CHECKPOINT).exists() else f"starting in {draft.name}")
        return draft
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    write_atomically(known, json.dumps(origin, indent=2) + "\n")
    return draft


def _put_in_place(draft: Path, output: Path) -> None:
    (draft / CHECKPOINT).unlink()
    for card in output.glob("README*.md"):
        shutil.copy(card, draft)
    for file in draft.iterdir():
        file.chmod(0o644)  # safetensors writes 0600, which a server under another user cannot read
    shutil.rmtree(output, ignore_errors=True)
    os.replace(draft, output)


def corpus_digest(lines: Sequence[Line]) -> str:
    """SHA-256 of the corpus; changes with every line and every condition of one."""
    written = sorted(
        f"{line.scenario}|{line.part}|{line.text}|{sorted(line.generations)}|{sorted(line.tags)}"
        f"|{sorted(line.strategies)}|{sorted(line.offers)}"
        for line in lines
    )
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress bar where somebody watches; the log says the same elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        yield progress
