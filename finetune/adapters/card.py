"""Write the model card of an adapter: its use, data, training, measures and limits."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from finetune.adapters.adapter import find_adapter
from finetune.folders import write_atomically
from finetune.runs.run import read_json, read_log

CARD, MEASURES = "README.md", "measures.json"
_STAGES = {
    "sft": "It has learnt to write bodies in the words of approved scripts.",
    "dpo": "It has learnt to prefer one body to another for the same brief, such as a compliant one to a violation.",
    "kto": "It has learnt from the outcomes of calls which strategies are wanted in which segment.",
}


def render_card(run: Path, name: str) -> str:
    """The card of a run's adapter as Markdown, from `run.json`, `log.jsonl` and, if there, `measures.json`.

    Raises:
        DocumentError: if the folder is no run.
    """
    record = read_json(run / "run.json", "no run; train one with python -m finetune sft | dpo | kto")
    measures = read_json(run / MEASURES, "") if (run / MEASURES).exists() else None
    parts = [
        *_head(name, record),
        *_data(record),
        *_training(record, read_log(run / "log.jsonl")),
        *_measured(measures),
        *_limits(),
    ]
    return "\n".join(parts) + "\n"


def write_card(run: Path) -> Path:
    """Write the card into a run's folder; where it stands.

    Raises:
        DocumentError: if the folder is no finished run.
    """
    find_adapter(run)
    write_atomically(run / CARD, render_card(run, run.name))
    return run / CARD


def _head(name: str, record: Mapping[str, Any]) -> Iterator[str]:
    base = record["base"]
    yield "---"
    yield "language: zh"
    yield "library_name: peft"
    yield "pipeline_tag: text-generation"
    yield "---"
    yield f"\n# {name}\n"
    yield f"A LoRA adapter for `{base['name']}` ({base['model_type']}), for the service Heyan: it writes bodies of"
    yield f"outbound calls as skeletons with slots. {_STAGES[record['stage']]}\n"
    yield "It fits the base with these weights and no other:\n"
    yield f"    sha256 {base['sha256']}\n"
    yield "## Intended use\n"
    yield "Served by name beside its base, behind Heyan's guard chain, with the compact or full prompt it was trained"
    yield f"with (`{record['recipe']['model']['profile']}`). Every figure is filled in afterwards from the request.\n"


def _data(record: Mapping[str, Any]) -> Iterator[str]:
    data = record["data"]
    yield "## Data\n"
    yield "| | |"
    yield "|---|---|"
    yield f"| rows to learn from | {data['rows']['train']} |"
    if data["rows"]["recombined"]:
        yield f"| bodies recombined out of them | {data['rows']['recombined']} |"
    if data["rows"]["replayed"]:
        yield f"| bodies of the base's corpus beside them | {data['rows']['replayed']} |"
    yield f"| rows kept out, of other wordings | {data['rows']['validation']} |"
    yield f"| SHA-256 of the rows | `{data['sha256']}` |"
    if record["adapter"]:
        yield f"| goes on from the adapter | `{record['adapter']}` |"
    yield "\nThe guard chain judged each body to be written before it became a row; none holds personal data.\n"


def _training(record: Mapping[str, Any], log: list[dict[str, Any]]) -> Iterator[str]:
    recipe = record["recipe"]
    yield "## Training\n"
    yield "| | |"
    yield "|---|---|"
    yield f"| method | {recipe['stage']} on a LoRA adapter |"
    yield f"| LoRA | {', '.join(f'{key} {value}' for key, value in recipe['lora'].items())} |"
    for name, value in recipe["train"].items():
        yield f"| {name} | {value} |"
    for name, version in record["versions"].items():
        yield f"| {name} | {version} |"
    for key, label in (("loss", "training loss"), ("eval_loss", "validation loss")):
        values = [entry[key] for entry in log if key in entry]
        if values:
            yield f"| {label}, first and last | {values[0]:.4f}, {values[-1]:.4f} |"
    yield f"| finished | {record['finished']} |\n"


def _measured(measures: Mapping[str, Any] | None) -> Iterator[str]:
    yield "## Measured\n"
    if measures is None:
        yield "Nothing yet: `python -m finetune compare` measures it against its base.\n"
        return
    yield from table(measures)
    yield ""


def table(measures: Mapping[str, Any]) -> Iterator[str]:
    """What `compare` measured, and its verdict, as Markdown."""
    yield f"{measures['rows']} rows kept out of training; {measures['samples']} bodies for each of their"
    yield f"{measures['briefs']} briefs, seed {measures['seed']}:\n"
    yield "| | base | adapter |"
    yield "|---|---|---|"
    for row in measures["table"]:
        yield f"| {row['name']} | {row['base']:.4g} | {row['adapter']:.4g} |"
    yield f"\nVerdict: **{measures['verdict']}**. {' '.join(measures['reasons'])}"


def _limits() -> Iterator[str]:
    yield "## Limits\n"
    yield "- It vouches for nothing: the guard chain does. What it writes must not be spoken without that chain."
    yield "- It knows no fact, no number and no customer."
    yield "- It was measured on briefs like those it learnt from; other scenarios, tags and generations may get worse."
    yield "- Where its base may say only listed sentences, it may say only those of its `sentences.jsonl`."
