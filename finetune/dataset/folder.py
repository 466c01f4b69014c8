"""Write a data set as a folder: the rows of each stage, and a report on where they come from."""

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from finetune.dataset.posterior import StrategyComparison
from finetune.dataset.rows import KtoRow, Row, Stage, write_rows
from finetune.folders import write_atomically
from guards.lexicon.documents import DocumentError

FORMAT = 1
REPORT = "dataset.json"


@dataclass(frozen=True, slots=True)
class Dataset:
    """The rows of each stage that has any, and what became of everything else."""

    rows: Mapping[Stage, Sequence[Row]]
    sources: Sequence[Mapping[str, object]]
    comparisons: Sequence[StrategyComparison]
    validation: float
    rules: str
    fates: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def write(dataset: Dataset, output: Path) -> dict[str, Any]:
    """Write the rows and `dataset.json` to the folder `output`, which appears complete or not at all; the report.

    An older data set in its place is replaced.

    Raises:
        DocumentError: if `output` is something else than a data set.
    """
    if output.exists() and not (output / REPORT).is_file() and not (output.is_dir() and not any(output.iterdir())):
        raise DocumentError([f"{output}:1: is no data set, and will not be replaced"])
    output.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
    try:
        for stage, rows in dataset.rows.items():
            write_rows(draft / f"{stage}.jsonl", rows)
        report = _report(dataset, draft)
        write_atomically(draft / REPORT, json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        draft.chmod(0o755)
        replace_folder(draft, output)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return report


def describe(report: Mapping[str, Any]) -> Iterator[str]:
    """The report in lines for a terminal."""
    for name, of in report["files"].items():
        sides = f"{of['train']} train, {of['validation']} validation"
        yield f"{name}: {of['rows']} rows of {of['wordings']} wordings: {sides}"
        if report["validation"] and not of["validation"]:
            yield "  no wording fell to the validation; add some, or raise --validation"
        for segment, strategies in of["coverage"].items():
            counts = ", ".join(f"{strategy} {count}" for strategy, count in strategies.items())
            yield f"  {segment:28} {counts}"
    for kind, fate in report["fates"].items():
        yield f"{kind}: {', '.join(f'{what} {count}' for what, count in fate.items() if count) or 'none'}"
    for each in report["standings"]:
        label = {True: "desirable", False: "undesirable", None: "not known"}[each["label"]]
        calls = sum(each["counts"].values())
        figures = f"{calls} calls, mean reward {each['mean']:.2f}, P(above the mean) {each['probability']:.3f}"
        yield f"{each['segment']} {each['strategy']}: {figures}: {label}"


def _report(dataset: Dataset, folder: Path) -> dict[str, Any]:
    """What `dataset.json` says. The same sources give the same report."""
    files = {}
    for stage, rows in dataset.rows.items():
        name = f"{stage}.jsonl"
        splits = Counter(row.meta.split for row in rows)
        files[name] = {
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            "rows": len(rows),
            "train": splits["train"],
            "validation": splits["validation"],
            "wordings": len({row.meta.template for row in rows}),
            "coverage": _coverage(rows),
        }
        if stage == "kto":
            files[name]["labels"] = _labels(rows)
    return {
        "format": FORMAT,
        "sha256": hashlib.sha256(
            "".join(f"{name} {of['sha256']}\n" for name, of in files.items()).encode()
        ).hexdigest(),
        "files": files,
        "sources": list(dataset.sources),
        "validation": dataset.validation,
        "rules": dataset.rules,
        "fates": {kind: dict(sorted(fate.items())) for kind, fate in dataset.fates.items()},
        "standings": [asdict(each) for each in dataset.comparisons],
    }


def _coverage(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """How many rows each strategy has in each segment."""
    counts = Counter((row.meta.segment, row.meta.strategy) for row in rows)
    found: dict[str, dict[str, int]] = {}
    for (segment, strategy), count in sorted(counts.items()):
        found.setdefault(segment, {})[strategy] = count
    return found


def _labels(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Wanted and unwanted bodies on each side of the split."""
    counts = Counter((row.meta.split, row.label) for row in rows if isinstance(row, KtoRow))
    return {
        split: {"desirable": counts[split, True], "undesirable": counts[split, False]}
        for split in ("train", "validation")
    }


def replace_folder(draft: Path, output: Path) -> None:
    """Put `draft` in the place of `output`; an older data set steps aside first, and back if that fails."""
    if not output.exists():
        os.replace(draft, output)
        return
    older = draft.with_name(draft.name + ".older")
    os.replace(output, older)
    try:
        os.replace(draft, output)
    except OSError:
        os.replace(older, output)
        raise
    shutil.rmtree(older, ignore_errors=True)
