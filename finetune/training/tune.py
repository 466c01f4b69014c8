"""Train an adapter: from a recipe to a finished run folder."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from transformers.utils import logging

from app.approved.brief import Brief
from app.approved.skeleton import sentences
from app.approved.vocabulary import REPLY, Vocabulary
from app.writing.lines.library import CLOSING, OPENING, SENTENCES_FILE, ApprovedLine, write_approved_lines
from finetune.adapters.adapter import Adapter, save_adapter
from finetune.dataset.rows import Row
from finetune.folders import write_atomically
from finetune.recipe.schema import Recipe
from finetune.runs.checkpoint import suppressed_warnings
from finetune.runs.run import Run, UnwritableRun, begin, locked, unwritable, write_log
from finetune.training.journal import Journal, draw_curves
from finetune.training.materials import Materials, gather, now
from finetune.training.rendering import taught_by
from finetune.training.trainer import build_trainer
from guards.lexicon.documents import DocumentError


def tune(recipe: Recipe, output: Path, vocabulary: Vocabulary, *, resume: bool) -> Run:
    """Train the adapter of a recipe into the run folder `output`; a finished run is left as it is.

    Raises:
        DocumentError: if model, rows, libraries or an earlier run do not fit the recipe; nothing is trained then.
        UnwritableRun: if the disk is full, then the last complete checkpoint stays; or if another process trains there.
    """
    materials = gather(recipe, vocabulary)
    try:
        with locked(output):
            run = begin(output, materials.record, resume=resume)
            if run.read().get("finished"):
                print(f"{output}: finished already")
            else:
                _carry_out(recipe, materials, run, resume=resume)
    except OSError as failure:
        raise unwritable(output, failure) from None
    return run


def _carry_out(recipe: Recipe, materials: Materials, run: Run, *, resume: bool) -> None:
    """Train and finish a run that has begun; of one that fails only complete checkpoints stay."""
    try:
        with _translated_errors(recipe):
            trainer = build_trainer(
                recipe,
                materials.network,
                materials.tokenizer,
                materials.renderer,
                [*materials.rows, *materials.further],
                run.checkpoints,
                [Journal(run)],
            )
        _train(trainer, run, recipe, resume=resume)
        _finish(trainer, run, materials)
    except (OSError, SafetensorError, UnwritableRun) as failure:
        reported = unwritable(run.folder, failure)
        run.keep_complete_checkpoints()
        raise reported from None
    except Exception:
        run.keep_complete_checkpoints()
        raise


def _train(trainer: Any, run: Run, recipe: Recipe, *, resume: bool) -> None:
    """Train to the end, from the last complete checkpoint if there is one to go on from."""
    for name in run.remove_incomplete_checkpoints():
        print(f"{name}: half written, removed")
    checkpoint = run.last_checkpoint() if resume else None
    if resume:
        print(f"going on from {checkpoint.name}" if checkpoint else "no complete checkpoint; beginning again")
    logging.set_verbosity_error()  # what it would warn of is set by the recipe, or checked
    with suppressed_warnings():
        with _translated_errors(recipe, unless=lambda: checkpoint is not None or trainer.state.global_step > 0):
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        measured = {entry["step"] for entry in trainer.state.log_history if "eval_loss" in entry}
        if trainer.eval_dataset is not None and trainer.state.global_step not in measured:
            trainer.evaluate()


@contextmanager
def _translated_errors(recipe: Recipe, unless: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Report what the libraries refuse as a problem of the recipe, `unless` it cannot be one: a step was taken before.

    Raises:
        DocumentError: with the recipe's file and line, and what the libraries say.
    """
    try:
        yield
    except DocumentError:
        raise
    except (ValueError, TypeError, KeyError, ImportError, NameError) as refused:  # NameError: KTO of an unknown loss
        if unless():
            raise
        reason = next((line for line in str(refused).splitlines() if line.strip()), "")
        raise DocumentError([f"{recipe.place}: {type(refused).__name__}: {reason}"]) from None


def _finish(trainer: Any, run: Run, materials: Materials) -> None:
    """Save the adapter, its log, curves and sentences; that the run is finished is recorded last."""
    record = run.read()
    history = trainer.state.log_history
    write_log(run.log, history)
    draw_curves(history, f"{record['stage']} on {record['base']['name']}", run.folder / "loss.png")
    shutil.rmtree(run.adapter, ignore_errors=True)
    save_adapter(trainer.model, run.adapter, record["base"]["name"])
    _write_sentences(run, materials.rows, materials.earlier)
    figures: dict[str, float] = {}
    for entry in history:
        figures.update({name: value for name, value in entry.items() if isinstance(value, int | float)})
    run.write({**record, "metrics": figures, "finished": now()})


def _write_sentences(run: Run, rows: Sequence[Row], earlier: Adapter | None) -> None:
    """Write the taught sentences, each with its kind of brief and its place in a body, and those of `earlier`."""
    taught = [
        ApprovedLine(
            brief.scenario,
            sentence,
            frozenset(brief.tags),
            frozenset((brief.offer,) if brief.offer else ()),
            frozenset((brief.generation,)),
            part=part,
        )
        for brief, body in taught_by(rows)
        for sentence, part in _placed(brief, sentences(body))
    ]
    write_approved_lines(taught, run.folder)
    if earlier and earlier.sentences.exists():
        own = (run.folder / SENTENCES_FILE).read_text("utf-8").splitlines()
        both = {*own, *earlier.sentences.read_text("utf-8").splitlines()}
        write_atomically(run.folder / SENTENCES_FILE, "".join(f"{line}\n" for line in sorted(both)))


def _placed(brief: Brief, said: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each sentence of a body with the part that it plays there; replies stand by themselves."""
    for number, sentence in enumerate(said, 1):
        if brief.strategy == REPLY:
            yield sentence, REPLY
        elif number == 1 < len(said):
            yield sentence, OPENING
        else:
            yield sentence, CLOSING if number == len(said) > 1 else ""
