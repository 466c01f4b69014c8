"""The commands of `python -m finetune` around adapters: each adds its arguments and runs as one function."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.approved.vocabulary import read_vocabulary
from finetune.dataset.build import Sources, build
from finetune.dataset.folder import describe, write
from finetune.dataset.rows import STAGES, Stage
from finetune.screening.gate import Gate
from finetune.screening.judge import Judge, shipped_policy
from guards.lexicon.documents import DocumentError
from guards.shipped import ROOT, WORKPLACE

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

RECIPES = Path(__file__).resolve().parent / "recipes"
_PURPOSES: dict[Stage, str] = {
    "sft": "to write as approved scripts do",
    "dpo": "to prefer one body to another",
    "kto": "to prefer what calls showed to be wanted",
}


def add_commands(commands: "Commands") -> None:
    """Add every command of this module; each sets `run` to the function that runs it."""
    _add_dataset(commands)
    for stage in STAGES:
        _add_training(commands, stage)
    _add_export(commands)
    _add_card(commands)
    _add_compare(commands)


def run(arguments: argparse.Namespace) -> int:
    """Run the command that was chosen; the exit status.

    Raises:
        DocumentError: naming file and line of every problem of the data.
    """
    command: Callable[[argparse.Namespace], int] = arguments.run
    return command(arguments)


def _add_dataset(commands: "Commands") -> None:
    dataset = commands.add_parser("dataset", help="build the rows of a data set from what officers and calls say")
    dataset.add_argument("--approved", type=Path, nargs="+", default=[], metavar="FILE", help="officers' scripts")
    dataset.add_argument("--decisions", type=Path, nargs="+", default=[], metavar="FILE", help="recorded decisions")
    dataset.add_argument("--outcomes", type=Path, nargs="+", default=[], metavar="FILE", help="outcomes of calls")
    dataset.add_argument("--pairs", type=Path, nargs="+", default=[], metavar="FILE", help="compliance pairs")
    dataset.add_argument("--output", type=Path, required=True, metavar="DIR")
    dataset.add_argument("--validation", type=_share, default=0.1, help="share of the wordings kept out of training")
    dataset.set_defaults(run=_dataset)


def _dataset(arguments: argparse.Namespace) -> int:
    """Build, write and describe a data set; nothing is written if there is any problem."""
    vocabulary = read_vocabulary(ROOT / "prompts")
    sources = Sources(arguments.approved, arguments.decisions, arguments.outcomes, arguments.pairs)
    gate = Gate(Judge(shipped_policy(ROOT, vocabulary), vocabulary))
    dataset = build(sources, arguments.validation, vocabulary, gate)
    try:
        report = write(dataset, arguments.output)
    except OSError as failed:
        print(f"{arguments.output}: cannot be written: {failed.strerror}", file=sys.stderr)
        return 1
    print("\n".join(describe(report)))
    return 0


def _share(given: str) -> float:
    share = float(given)
    if not 0 <= share <= 0.5:
        raise argparse.ArgumentTypeError("a share from 0 to 0.5 is expected")
    return share


def _count(given: str) -> int:
    count = int(given)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1 is expected")
    return count


def _add_training(commands: "Commands", stage: Stage) -> None:
    train = commands.add_parser(stage, help=f"train a LoRA adapter: {_PURPOSES[stage]}")
    train.add_argument("recipe", type=Path, nargs="?", default=RECIPES / f"mini-{stage}.yaml")
    train.add_argument(
        "--set", dest="changes", action="append", default=[], metavar="KEY=VALUE", help="as in train.seed=7; repeatable"
    )
    train.add_argument("--output", type=Path, metavar="DIR", help="the run folder instead of the recipe's")
    train.add_argument("--resume", action="store_true", help="go on from the last whole checkpoint")
    train.set_defaults(run=_train, stage=stage)


def _train(arguments: argparse.Namespace) -> int:
    """Train an adapter into its run folder; a full disk or an interruption leaves the last whole checkpoint."""
    _stay_offline()
    from finetune.recipe import located, read_recipe  # noqa: PLC0415  torch and TRL take seconds to load
    from finetune.runs.run import UnwritableRun  # noqa: PLC0415
    from finetune.training.tune import tune  # noqa: PLC0415

    recipe = read_recipe(arguments.recipe, arguments.stage, arguments.changes)
    output = arguments.output or located(recipe.output)
    try:
        run = tune(recipe, output, read_vocabulary(ROOT / "prompts"), resume=arguments.resume)
    except UnwritableRun as failed:
        print(failed, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{output}: interrupted; go on with --resume", file=sys.stderr)
        return 130
    print(f"{run.folder}: the adapter is trained")
    return 0


def _add_export(commands: "Commands") -> None:
    export = commands.add_parser("export", help="make a versioned adapter folder for serving, or check one")
    export.add_argument("run_folder", type=Path, nargs="?", metavar="RUN", help="a finished run")
    export.add_argument("--name", help="of the adapter, such as house-style")
    export.add_argument("--output", type=Path, default=WORKPLACE / "adapters", metavar="DIR")
    export.add_argument("--base", type=Path, metavar="DIR", help="the base, where the recipe's is elsewhere")
    export.add_argument("--check", type=Path, metavar="FOLDER", help="only check an exported folder")
    export.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    """Export or check; whatever must not be served is named and nothing is written."""
    from finetune.adapters.export import export, exported_problems  # noqa: PLC0415

    if arguments.check:
        if arguments.run_folder or arguments.name:
            raise DocumentError(["--check FOLDER stands alone, or with --base"])
        if problems := exported_problems(arguments.check, arguments.base):
            raise DocumentError(problems)
        compared = "" if arguments.base else "; not compared with its base, which --base names"
        print(f"{arguments.check}: fit to be served{compared}")
        return 0
    if not arguments.run_folder or not arguments.name:
        raise DocumentError(["export needs RUN and --name, or --check FOLDER"])
    try:
        folder, is_new = export(arguments.run_folder, arguments.name, arguments.output, arguments.base)
    except OSError as failed:
        print(f"{arguments.output}: cannot be written: {failed.strerror}", file=sys.stderr)
        return 1
    print(f"{folder}{'' if is_new else ': holds this adapter already'}")
    return 0


def _add_card(commands: "Commands") -> None:
    card = commands.add_parser("card", help="write the card of a finished run")
    card.add_argument("run_folder", type=Path, metavar="RUN")
    card.set_defaults(run=_card)


def _card(arguments: argparse.Namespace) -> int:
    """Write README.md into a run; an exported adapter got its card when it was exported, and never changes."""
    from finetune.adapters.card import write_card  # noqa: PLC0415

    try:
        print(write_card(arguments.run_folder))
    except OSError as failed:
        print(f"{arguments.run_folder}: cannot be written: {failed.strerror}", file=sys.stderr)
        return 1
    return 0


def _add_compare(commands: "Commands") -> None:
    compare = commands.add_parser("compare", help="measure an adapter against its base; exit status 1 if it is worse")
    compare.add_argument("folder", type=Path, metavar="RUN_OR_ADAPTER")
    compare.add_argument("--data", type=Path, required=True, metavar="DIR", help="the data set with validation rows")
    compare.add_argument("--base", type=Path, metavar="DIR", help="the base, where the recipe's is elsewhere")
    compare.add_argument("--briefs", type=_count, default=64, help="at most so many briefs to write bodies for")
    compare.add_argument("--samples", type=_count, default=16, help="bodies for each of them")
    compare.add_argument("--seed", type=int, default=7)
    compare.set_defaults(run=_compare)


def _compare(arguments: argparse.Namespace) -> int:
    """Measure, tell, and for a run write measures.json, which its card then shows."""
    _stay_offline()
    from finetune.adapters.card import MEASURES, table  # noqa: PLC0415
    from finetune.comparing.compare import Plan, compare  # noqa: PLC0415
    from finetune.runs.run import write_whole  # noqa: PLC0415

    vocabulary = read_vocabulary(ROOT / "prompts")
    judge = Judge(shipped_policy(ROOT, vocabulary), vocabulary)
    plan = Plan(arguments.briefs, arguments.samples, arguments.seed)
    measures = compare(arguments.folder, arguments.data, vocabulary, judge, plan, arguments.base)
    print("\n".join(table(measures)))
    if (arguments.folder / "run.json").exists():
        try:
            write_whole(arguments.folder / MEASURES, json.dumps(measures, ensure_ascii=False, indent=2) + "\n")
        except OSError as failed:
            print(f"{arguments.folder / MEASURES}: cannot be written: {failed.strerror}", file=sys.stderr)
            return 1
    return 1 if measures["verdict"] == "worse" else 0


def _stay_offline() -> None:
    """Keep the libraries from asking the network; they read this when they are first loaded."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
