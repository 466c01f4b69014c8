"""The commands around adapters: build a data set, train on it, compare, export."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.approved.vocabulary import read_vocabulary
from finetune.folders import PROMPTS, RECIPES, located, write_atomically
from guards.lexicon.documents import DocumentError
from guards.shipped import ROOT, WORKPLACE

if TYPE_CHECKING:
    from finetune.dataset.rows import Stage

commands = typer.Typer()
_PURPOSES: "dict[Stage, str]" = {
    "sft": "to write as approved scripts do",
    "dpo": "to prefer one body to another",
    "kto": "to prefer what calls showed to be wanted",
}
Base = Annotated[Path | None, typer.Option(metavar="DIR", help="The base, where the recipe's is elsewhere.")]


def _share(given: float) -> float:
    if not 0 <= given <= 0.5:
        raise typer.BadParameter("a share from 0 to 0.5 is expected")
    return given


def _count(given: int) -> int:
    if given < 1:
        raise typer.BadParameter("at least 1 is expected")
    return given


_SEVERAL = ("--approved", "--decisions", "--outcomes", "--pairs")


class _SeveralFiles(typer.core.TyperCommand):
    """Takes several files after one option, as in `--approved a.csv b.csv`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_with_repeated_options(args)))


def _with_repeated_options(given: Sequence[str]) -> Iterator[str]:
    """`--approved a b` as `--approved a --approved b`."""
    option, before = None, ""
    for argument in given:
        if argument.startswith("-"):
            option = argument if argument in _SEVERAL else None
        elif option and before != option:
            yield option
        yield argument
        before = argument


@commands.command(cls=_SeveralFiles)
def dataset(
    output: Annotated[Path, typer.Option(metavar="DIR")],
    approved: Annotated[list[Path] | None, typer.Option(metavar="FILE...", help="Officers' scripts.")] = None,
    decisions: Annotated[list[Path] | None, typer.Option(metavar="FILE...", help="Recorded decisions.")] = None,
    outcomes: Annotated[list[Path] | None, typer.Option(metavar="FILE...", help="Outcomes of calls.")] = None,
    pairs: Annotated[list[Path] | None, typer.Option(metavar="FILE...", help="Compliance pairs.")] = None,
    validation: Annotated[
        float, typer.Option(callback=_share, help="Share of the wordings kept out of training.")
    ] = 0.1,
) -> None:
    """Build the rows of a data set from what officers and calls say; nothing is written if there is any problem."""
    from finetune.dataset.build import Sources, build
    from finetune.dataset.folder import describe, write
    from finetune.screening.gate import Gate
    from finetune.screening.judge import Judge, shipped_policy

    vocabulary = read_vocabulary(PROMPTS)
    sources = Sources(approved or (), decisions or (), outcomes or (), pairs or ())
    gate = Gate(Judge(shipped_policy(ROOT, vocabulary), vocabulary))
    built = build(sources, validation, vocabulary, gate)
    try:
        report = write(built, output)
    except OSError as failed:
        raise _unwritable(output, failed) from None
    print("\n".join(describe(report)))


def _add_training(stage: "Stage", purpose: str) -> None:
    """The command that trains an adapter of one stage."""

    def train(
        recipe: Annotated[Path, typer.Argument(show_default=f"finetune/recipes/mini-{stage}.yaml")] = (
            RECIPES / f"mini-{stage}.yaml"
        ),
        changes: Annotated[
            list[str] | None,
            typer.Option("--set", metavar="KEY=VALUE", help="A value for this run, as in train.seed=7; repeatable."),
        ] = None,
        output: Annotated[Path | None, typer.Option(metavar="DIR", help="The run folder instead of the recipe's.")] = (
            None
        ),
        resume: Annotated[bool, typer.Option("--resume", help="Go on from the last complete checkpoint.")] = False,
    ) -> None:
        _train(stage, recipe, changes or (), output, resume)

    commands.command(stage, help=f"Train a LoRA adapter: {purpose}.")(train)


for _stage, _purpose in _PURPOSES.items():
    _add_training(_stage, _purpose)


def _train(stage: "Stage", file: Path, changes: Sequence[str], folder: Path | None, resume: bool) -> None:
    """Train an adapter into its run folder; a full disk or an interruption leaves the last complete checkpoint."""
    _stay_offline()
    from finetune.recipe.reader import read_recipe
    from finetune.runs.run import UnwritableRun
    from finetune.training.tune import tune

    recipe = read_recipe(file, stage, changes)
    output = folder or located(recipe.output)
    try:
        run = tune(recipe, output, read_vocabulary(PROMPTS), resume=resume)
    except UnwritableRun as failed:
        print(failed, file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print(f"\n{output}: interrupted; go on with --resume", file=sys.stderr)
        raise typer.Exit(130) from None
    print(f"{run.folder}: the adapter is trained")


@commands.command()
def export(
    run_folder: Annotated[Path | None, typer.Argument(metavar="RUN", help="A finished run.")] = None,
    name: Annotated[str | None, typer.Option(help="Of the adapter, such as house-style.")] = None,
    output: Annotated[Path, typer.Option(metavar="DIR", show_default="adapters")] = WORKPLACE / "adapters",
    base: Base = None,
    check: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Only check an exported folder.")] = None,
) -> None:
    """Make a versioned adapter folder for serving, or check one; what must not be served is named, and not written."""
    from finetune.adapters import export as adapters

    if check:
        if run_folder or name:
            raise DocumentError(["--check FOLDER stands alone, or with --base"])
        if problems := adapters.exported_problems(check, base):
            raise DocumentError(problems)
        print(f"{check}: fit to be served{'' if base else '; not compared with its base, which --base names'}")
        return
    if not run_folder or not name:
        raise DocumentError(["export needs RUN and --name, or --check FOLDER"])
    try:
        folder, is_new = adapters.export(run_folder, name, output, base)
    except OSError as failed:
        raise _unwritable(output, failed) from None
    print(f"{folder}{'' if is_new else ': holds this adapter already'}")


@commands.command()
def card(run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A finished run.")]) -> None:
    """Write the card of a finished run; an exported adapter got its card when it was exported, and never changes."""
    from finetune.adapters.card import write_card

    try:
        print(write_card(run_folder))
    except OSError as failed:
        raise _unwritable(run_folder, failed) from None


@commands.command()
def compare(
    folder: Annotated[Path, typer.Argument(metavar="RUN_OR_ADAPTER", help="A finished run, or an exported adapter.")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="The data set with validation rows.")],
    base: Base = None,
    briefs: Annotated[int, typer.Option(callback=_count, help="At most so many briefs to write bodies for.")] = 64,
    samples: Annotated[int, typer.Option(callback=_count, help="Bodies for each of them.")] = 16,
    seed: int = 7,
) -> None:
    """Measure an adapter against its base; exit status 1 if it is worse. Of a run it leaves measures.json."""
    _stay_offline()
    from finetune.adapters.card import MEASURES, table
    from finetune.comparing import compare as comparing
    from finetune.screening.judge import Judge, shipped_policy

    vocabulary = read_vocabulary(PROMPTS)
    judge = Judge(shipped_policy(ROOT, vocabulary), vocabulary)
    plan = comparing.Plan(briefs, samples, seed)
    measures = comparing.compare(folder, data, vocabulary, judge, plan, base)
    print("\n".join(table(measures)))
    if (folder / "run.json").exists():
        try:
            write_atomically(folder / MEASURES, json.dumps(measures, ensure_ascii=False, indent=2) + "\n")
        except OSError as failed:
            raise _unwritable(folder / MEASURES, failed) from None
    if measures["verdict"] == "worse":
        raise typer.Exit(1)


def _unwritable(place: Path, failed: OSError) -> typer.Exit:
    """Say in one line why something cannot be written; how the command then ends."""
    print(f"{place}: cannot be written: {failed.strerror}", file=sys.stderr)
    return typer.Exit(1)


def _stay_offline() -> None:
    """Keep the libraries from asking the network; they read this when they are first loaded."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
