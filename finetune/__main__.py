"""`python -m finetune check | show | sentences | pretrain | meaning`: check the corpus, look at bodies, train."""

import argparse
import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from app.vocabulary import Vocabulary, read_vocabulary
from app.writing.skeleton import SLOT
from app.writing.vetted import write_vetted
from finetune.composer import Composer
from finetune.lines import Line, read_lines, vetted
from guards.documents import DocumentError, read_document
from guards.meaning import read_weights

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(__file__).resolve().parent / "corpus"


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
    sentences.add_argument("--output", type=Path, default=ROOT / "models" / "heyan-mini")
    pretrain = commands.add_parser("pretrain", help="train heyan-mini from scratch")
    pretrain.add_argument(
        "recipe", type=Path, nargs="?", default=Path(__file__).parent / "recipes" / "mini-pretrain.yaml"
    )
    pretrain.add_argument("--output", type=Path, default=ROOT / "models" / "heyan-mini")
    meaning = commands.add_parser("meaning", help="train the guards' second opinion and measure it")
    meaning.add_argument("--lines", type=Path, default=Path(__file__).parent / "paraphrases")
    meaning.add_argument("--output", type=Path, default=ROOT / "models" / "meaning" / "weights.npz")
    arguments = parser.parse_args(given)
    try:
        vocabulary = read_vocabulary(ROOT / "prompts")
        lines = read_lines(getattr(arguments, "folder", CORPUS), vocabulary)
        if arguments.command == "check":
            _print_coverage(lines, vocabulary)
        elif arguments.command == "show":
            for sample in Composer(lines, vocabulary, arguments.seed).samples(arguments.count):
                brief = sample.brief
                print(brief.scenario, brief.generation, brief.strategy, *brief.tags, brief.offer or "")
                print("   ", sample.body)
        elif arguments.command == "sentences":
            write_vetted(vetted(lines), arguments.output)
        elif arguments.command == "meaning":
            _train_meaning(arguments.lines, arguments.output, lines)
        else:
            _pretrain(arguments.recipe, arguments.output, lines, vocabulary)
    except DocumentError as invalid:
        print(invalid, file=sys.stderr)
        return 2
    return 0


def _print_coverage(lines: list[Line], vocabulary: Vocabulary) -> None:
    """How many lines each scenario has by part, and which speaking tags no line takes up."""
    by_part = Counter((line.scenario, line.part) for line in lines)
    for (scenario, part), count in sorted(by_part.items()):
        print(f"{scenario:16} {part:12} {count:5}")
    for scenario in sorted({line.scenario for line in lines}):
        heard = {tag for line in lines if line.scenario is scenario for tag in line.tags}
        silent = [
            tag.label
            for tag in vocabulary.tags.values()
            if tag.speaks and scenario in tag.scenarios and tag.id not in heard
        ]
        if silent:
            print(f"{scenario}: no line takes up {'、'.join(silent)}")
    print(f"{len(lines)} lines")


def _train_meaning(folder: Path, output: Path, lines: list[Line]) -> None:
    """Train on all authors but the one held out, save, and print how what was saved does on the latter."""
    from finetune import meaning  # noqa: PLC0415  scikit-learn takes a second to load, and only this needs it

    authors = sorted(set(folder.glob("*.tsv")) - {folder / meaning.HELD_OUT})
    honest = {SLOT.sub("某某", each.sentence) for each in vetted(lines)}
    weights = meaning.train([meaning.read_lines(author) for author in authors], sorted(honest))
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


def _pretrain(recipe_file: Path, output: Path, lines: list[Line], vocabulary: Vocabulary) -> None:
    """Train and save; the checkpoint appears under `output` only when it is whole."""
    from finetune.pretrain import Recipe, build_model, encode, train  # noqa: PLC0415  torch takes seconds to load
    from finetune.tokenizer import train_tokenizer  # noqa: PLC0415

    recipe = read_document(recipe_file).check(Recipe)
    composer = Composer(lines, vocabulary, recipe.seed)
    samples = list(composer.samples(recipe.samples))
    held_out = list(composer.samples(recipe.held_out, held_out=True))
    tokenizer = train_tokenizer((sample.body for sample in samples[:20000]), vocabulary, recipe.pieces)
    model = build_model(recipe, tokenizer)
    rows, unseen = encode(samples, tokenizer), encode(held_out, tokenizer)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(tokenizer)} pieces,", end=" ")
    print(f"{sum(len(ids) for ids, _ in rows):,} tokens in {len(rows):,} samples")
    draft = output.with_name(output.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    train(model, rows, unseen, recipe, draft / "training_log.jsonl")
    model.bfloat16().save_pretrained(draft)
    tokenizer.save_pretrained(draft)
    write_vetted(vetted(lines), draft)
    for card in output.glob("README*.md"):
        shutil.copy(card, draft)
    for file in draft.iterdir():
        file.chmod(0o644)  # safetensors writes 0600, which a server under another user cannot read
    shutil.rmtree(output, ignore_errors=True)
    os.replace(draft, output)


if __name__ == "__main__":
    sys.exit(main())
