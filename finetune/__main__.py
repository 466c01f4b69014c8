"""`python -m finetune`: check the corpus, train heyan-mini and the second opinion, build data sets, tune adapters."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from app.approved.vocabulary import Vocabulary, read_vocabulary
from app.writing.lines.library import write_approved_lines
from finetune.commands import add_commands, run
from finetune.lines.composer import Composer
from finetune.lines.coverage import print_coverage
from finetune.lines.reader import CORPUS, Line, approved, read_lines
from finetune.screening.judge import Judge, check_lines, shipped_policy
from guards.lexicon.documents import DocumentError, read_document
from guards.meaning import read_weights
from guards.shipped import ROOT, WORKPLACE

__all__ = ["CORPUS", "ROOT", "main"]


def main(given: Sequence[str] | None = None) -> int:
    """Run one command; problems of the data are printed with file and line, exit status 2."""
    parser = argparse.ArgumentParser(prog="python -m finetune", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the corpus and print its coverage")
    check.add_argument("folder", nargs="?", type=Path, default=CORPUS)
    show = commands.add_parser("show", help="print composed bodies")
    show.add_argument("--count", type=int, default=10)
    show.add_argument("--seed", type=int, default=0)
    sentences = commands.add_parser("sentences", help="write the corpus' sentences beside a checkpoint")
    sentences.add_argument("--output", type=Path, default=WORKPLACE / "models" / "heyan-mini")
    pretrain = commands.add_parser("pretrain", help="train heyan-mini from scratch")
    pretrain.add_argument(
        "recipe", type=Path, nargs="?", default=Path(__file__).parent / "recipes" / "mini-pretrain.yaml"
    )
    pretrain.add_argument("--seed", type=int, help="takes the place of the recipe's")
    pretrain.add_argument("--output", type=Path, default=WORKPLACE / "models" / "heyan-mini")
    meaning = commands.add_parser("meaning", help="train the guards' second opinion and measure it")
    meaning.add_argument("--lines", type=Path, default=Path(__file__).parent / "paraphrases")
    meaning.add_argument("--output", type=Path, default=WORKPLACE / "models" / "meaning" / "weights.npz")
    add_commands(commands)
    arguments = parser.parse_args(given)
    try:
        if "run" in arguments:
            return run(arguments)
        vocabulary = read_vocabulary(ROOT / "prompts")
        lines = read_lines(getattr(arguments, "folder", CORPUS), vocabulary)
        if arguments.command == "check":
            check_lines(lines, Judge(shipped_policy(ROOT, vocabulary), vocabulary))
            print_coverage(lines, vocabulary, Console(width=None if sys.stdout.isatty() else 120))
        elif arguments.command == "show":
            for sample in Composer(lines, vocabulary, arguments.seed).samples(arguments.count):
                brief = sample.brief
                print(brief.scenario, brief.generation, brief.strategy, *brief.tags, brief.offer or "")
                print("   ", sample.body)
        elif arguments.command == "sentences":
            write_approved_lines(approved(lines), arguments.output)
        elif arguments.command == "meaning":
            _train_meaning(arguments.lines, arguments.output)
        else:
            _pretrain(arguments, lines, vocabulary)
    except DocumentError as invalid:
        print(invalid, file=sys.stderr)
        return 2
    return 0


def _train_meaning(folder: Path, output: Path) -> None:
    """Train on all authors but the one held out, save, and print how what was saved does on the latter."""
    from finetune import meaning  # noqa: PLC0415  scikit-learn takes a second to load, and only this needs it

    authors = sorted(set(folder.glob("*.tsv")) - {folder / meaning.HELD_OUT})
    further = folder / meaning.HONEST
    honest = meaning.read_honest(further) if further.exists() else []
    weights = meaning.train([meaning.read_lines(author) for author in authors], honest)
    meaning.save(weights, output)
    saved = read_weights(output)
    held_out = meaning.read_lines(folder / meaning.HELD_OUT)
    print(f"learnt from {len(authors)} authors and {len(honest):,} honest sentences; measured on {meaning.HELD_OUT}")
    for label in [*sorted({line.label for line in held_out} - {meaning.FINE}), None]:
        few = [line for line in held_out if label is None or line.label in (label, meaning.FINE)]
        found = meaning.measure(saved, few)
        shares = (
            f"{found.stopped:5.1f} % stopped, {found.noted:5.1f} % noted, {found.named:5.1f} % of those named right"
        )
        print(f"{label or 'all':20} {found.violations:4} lines: {shares}")
    shares = f"{found.falsely_stopped:5.1f} % stopped, {found.falsely_noted:5.1f} % noted"
    print(f"{'honest':20} {found.honest:4} lines: {shares}")


def _pretrain(arguments: argparse.Namespace, lines: list[Line], vocabulary: Vocabulary) -> None:
    """Train heyan-mini; a broken-off training of the same recipe and corpus goes on."""
    from finetune.training.loop import Recipe  # noqa: PLC0415
    from finetune.training.pretrain import make_mini  # noqa: PLC0415  torch takes seconds to load, and only this needs it

    recipe = read_document(arguments.recipe).check(Recipe)
    if arguments.seed is not None:
        recipe = recipe.model_copy(update={"seed": arguments.seed})
    make_mini(recipe, arguments.output, lines, vocabulary)


if __name__ == "__main__":
    sys.exit(main())
