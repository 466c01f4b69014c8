"""A run as a table for people, and as JSON for the next comparison."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.gate import DANGEROUS, Change, failures
from evals.measures import Measure
from evals.outcomes import Reviewed, Spoken

_MOST_CASES = 12


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was evaluated on what. `dataset` is the digest of the cases; `deadline_ms` is None for the cases' own."""

    subject: str
    dataset: str
    samples: int
    deadline_ms: int | None
    started_at: str


def write_record(
    file: Path,
    manifest: Manifest,
    measures: Sequence[Measure],
    spoken: Sequence[Spoken],
    reviewed: Sequence[Reviewed],
) -> None:
    """Write the whole run; a value that could not be measured becomes null."""
    record: dict[str, Any] = {
        **asdict(manifest),
        "models": _names(spoken, "model"),
        "prompt_versions": _names(spoken, "prompt_version"),
        "policy_revisions": _names(spoken, "policy_revision"),
        "passed": not failures(measures),
        "measures": [asdict(measure) for measure in measures],
        "scripts": [_script(each) for each in spoken],
        "reviews": [
            {"id": each.case.id, "action": each.answer["action"], "rules": [f["rule"] for f in each.answer["findings"]]}
            for each in reviewed
        ],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write_baseline(file: Path, manifest: Manifest, measures: Sequence[Measure], spoken: Sequence[Spoken]) -> None:
    """Write what later runs are compared with: the figures alone, and none that belongs to the machine."""
    record = {
        **asdict(manifest),
        "models": _names(spoken, "model"),
        "prompt_versions": _names(spoken, "prompt_version"),
        "measures": [
            {"name": measure.name, "value": measure.value, "of": measure.of}
            for measure in measures
            if measure.unit != "ms"
        ],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def print_report(console: Console, measures: Sequence[Measure], against: Mapping[str, Change]) -> None:
    """The measures, those that gate first, and the cases that count against the gate."""
    table = Table(title="evals", title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("of", justify="right")
    table.add_column("gate")
    if against:
        table.add_column("baseline", justify="right")
        table.add_column("")
    for measure in measures:
        gated = measure.name in DANGEROUS
        verdict = ("[red]fail[/red]" if measure.value > 0 else "[green]pass[/green]") if gated else ""
        row = [measure.name, shown(measure.value, measure.unit), str(measure.of), verdict]
        if change := against.get(measure.name):
            row += [shown(change.before, measure.unit), "[yellow]worse[/yellow]" if change.is_worse else ""]
        table.add_row(*row)
    console.print(table)
    for measure in failures(measures):
        console.print(f"[red]{measure.name}[/red]: {escape(_listed(measure.cases))}", soft_wrap=True)


def shown(value: float, unit: str) -> str:
    """A value as people read it."""
    if isnan(value):
        return "—"
    return {"count": f"{value:.0f}", "share": f"{value:.1%}", "ms": f"{value:.0f} ms"}[unit]


def _names(spoken: Sequence[Spoken], key: str) -> list[str]:
    return sorted({str(each.answer[key]) for each in spoken if each.answer[key] is not None})


def _listed(cases: Sequence[str]) -> str:
    names = [f"{name} ({times}×)" if times > 1 else name for name, times in Counter(cases).items()]
    rest = f" and {len(names) - _MOST_CASES} more" if len(names) > _MOST_CASES else ""
    return ", ".join(names[:_MOST_CASES]) + rest


def _script(each: Spoken) -> dict[str, Any]:
    delivery = each.answer["delivery"]
    return {
        "id": each.case.id,
        "sample": each.sample,
        "action": each.answer["action"],
        "source": each.answer["source"],
        "text": each.answer["text"],
        "rules": [finding["rule"] for finding in each.answer["verdict"]["findings"]],
        "rejected": [f"{finding['rule']}: {finding['reason']}" for finding in each.answer["rejected"]],
        "stopped_by": list(each.stopped_by),
        "faults": [f"{fault.name}: {fault.sentence}" for fault in each.faults],
        "estimated_seconds": delivery["estimated_seconds"] if delivery else None,
        "milliseconds": round(each.seconds * 1000, 1),
    }
