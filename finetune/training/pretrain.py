"""Train heyan-mini from scratch: compose bodies, train tokenizer and network, then put the checkpoint in place."""

import hashlib
import json
import os
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.approved.skeleton import SLOT, sentences
from app.approved.vocabulary import Vocabulary
from app.writing.heldout import is_held_out_line
from app.writing.lines.bodies import ApprovedBodies, rows_of, write_approved_bodies
from finetune.folders import write_atomically
from finetune.lines.composer import Composer, Sample
from finetune.runs.run import read_json
from finetune.training.journal import draw_losses
from finetune.training.loop import CHECKPOINT, LOG, PretrainRecipe, build_model, encode, train
from finetune.training.tokenizer import train_tokenizer
from guards.lexicon.documents import DocumentError
from guards.types import Scenario

_ORIGIN, _CURVE = "training.json", "training_curve.png"
_TOKENIZER_SAMPLES = 20_000
_ELSEWHERE = "remove the folder, or name another --output"


def make_mini(recipe: PretrainRecipe, output: Path, bodies: ApprovedBodies, vocabulary: Vocabulary) -> None:
    """Train and save under `output`; what stood there stays until the new checkpoint is complete.

    A training that was broken off goes on where its last checkpoint was, if recipe and corpus are still the same.
    """
    composer = Composer((), vocabulary, recipe.seed, bodies)
    samples = list(composer.samples(recipe.samples))
    held_out = {
        "unseen_pairs": list(composer.samples(recipe.held_out, held_out=True)),
        "unseen_lines": list(islice(_with_held_out_wordings(bodies, vocabulary, recipe.seed), recipe.held_out)),
    }
    texts = (SLOT.sub("，", sample.body) for sample in samples[:_TOKENIZER_SAMPLES])
    tokenizer = train_tokenizer(texts, vocabulary, recipe.pieces)
    model = build_model(recipe, tokenizer)
    rows = encode(samples, tokenizer)
    size = {
        "parameters": sum(weights.numel() for weights in model.parameters()),
        "pieces": len(tokenizer),
        "bodies": len(bodies.approved),
        "wordings": sum(len(sentence.texts) for body in bodies.approved for sentence in body.sentences),
        "samples": len(rows),
        "tokens": sum(len(ids) for ids, _ in rows),
    }
    print(", ".join(f"{value:,} {name}" for name, value in size.items()), flush=True)
    origin = {**_identity(recipe, bodies), **size}
    draft = _opened_draft(output, origin)
    with _progress() as progress:
        train(model, rows, {name: encode(few, tokenizer) for name, few in held_out.items()}, recipe, draft, progress)
    model.bfloat16().save_pretrained(draft)
    tokenizer.save_pretrained(draft)
    write_approved_bodies(bodies, draft)
    draw_losses(draft / LOG, draft / _CURVE, f"{output.name}: {size['parameters']:,} parameters")
    _put_in_place(draft, output)


def is_made(recipe: PretrainRecipe, output: Path, bodies: ApprovedBodies) -> bool:
    """Whether `output` holds the finished checkpoint of this recipe and corpus; False where nothing stands there yet.

    Raises:
        DocumentError: if something else stands there, naming what differs.
    """
    if not output.exists():
        return False
    made = read_json(output / _ORIGIN, f"is missing: {output.name} was not trained here; {_ELSEWHERE}")
    changed = [name for name, value in _identity(recipe, bodies).items() if made.get(name) != value]
    if changed:
        raise DocumentError([f"{output / _ORIGIN}: made by another {' and '.join(changed)}; {_ELSEWHERE}"])
    return True


def _identity(recipe: PretrainRecipe, bodies: ApprovedBodies) -> dict[str, object]:
    """What decides which weights a training ends with, as JSON gives it back."""
    identity = {"recipe": recipe.model_dump(), "corpus_sha256": corpus_digest(bodies)}
    return dict(json.loads(json.dumps(identity)))


def _with_held_out_wordings(bodies: ApprovedBodies, vocabulary: Vocabulary, seed: int) -> Iterator[Sample]:
    """Samples in which a wording that is held out of training stands in the place of another."""
    composer, chance = Composer((), vocabulary, seed, bodies), random.Random(seed)
    others: dict[tuple[Scenario, str], list[str]] = {}
    for body in bodies.approved:
        for sentence in body.sentences:
            kept_out = [text for text in sentence.texts if is_held_out_line(body.scenario, text)]
            for text in set(sentence.texts) - set(kept_out) if kept_out else ():
                others[body.scenario, text] = kept_out
    while others:
        for sample in composer.samples(64):
            said = sentences(sample.body)
            places = [place for place, text in enumerate(said) if (sample.brief.scenario, text) in others]
            if places:
                place = chance.choice(places)
                said[place] = chance.choice(others[sample.brief.scenario, said[place]])
                yield Sample(sample.brief, "".join(said))


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


def corpus_digest(bodies: ApprovedBodies) -> str:
    """SHA-256 of the corpus; changes with every wording and every condition of one."""
    written = "".join(f"{row}\n" for row in rows_of(bodies))
    return hashlib.sha256(written.encode()).hexdigest()


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress bar where somebody watches; the log says the same elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        yield progress
