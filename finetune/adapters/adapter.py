"""Find and save an adapter on disk: its config and weights, its base, the recipe and the sentences it was taught."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from app.writing.lines.library import SENTENCES_FILE
from app.writing.weights import digest
from finetune.dataset.rows import Stage
from finetune.folders import write_atomically
from finetune.recipe.schema import DataPart, LoraPart, ModelPart
from finetune.runs.run import read_json
from guards.lexicon.documents import DocumentError

CONFIG, WEIGHTS, ABOUT = "adapter_config.json", "adapter_model.safetensors", "heyan_adapter.json"


@dataclass(frozen=True, slots=True)
class Adapter:
    """A trained adapter: of a run, or exported.

    `folder` holds its config and weights; `sentences` lists what its bodies consist of; `base` is what is recorded of
    the model it belongs to: `name`, `model_type`, `sha256`, and for a run `path`; `recipe` what it was trained by.
    """

    folder: Path
    base: dict[str, Any]
    recipe: dict[str, Any]
    sentences: Path

    @property
    def config(self) -> dict[str, Any]:
        """What peft wrote about it.

        Raises:
            DocumentError: if it cannot be read.
        """
        return read_json(self.folder / CONFIG, "the adapter's config is missing")

    @property
    def sha256(self) -> str:
        """Of its weights."""
        return digest(self.folder / WEIGHTS)


class _Base(BaseModel):
    """What is recorded of a base."""

    name: str
    model_type: str
    sha256: str


class _LocatedBase(_Base):
    """The same, and where it lay."""

    path: str


class _TrainedBy(BaseModel):
    """A recipe as it is recorded: without its output, and in an export without paths."""

    stage: Stage
    model: ModelPart
    adapter: str | None
    data: DataPart
    lora: LoraPart
    train: dict[str, Any]


class _Data(BaseModel):
    """What is recorded of the rows."""

    sha256: str
    rows: dict[str, int]


class _RunRecord(BaseModel):
    """A finished run's `run.json`, as far as anything reads it."""

    stage: Stage
    recipe: _TrainedBy
    base: _LocatedBase
    adapter: str | None
    data: _Data
    versions: dict[str, str]


class _Card(BaseModel):
    """An exported adapter's `heyan_adapter.json`, as far as anything reads it."""

    base: _Base
    recipe: _TrainedBy


def read_run(folder: Path) -> dict[str, Any]:
    """What `run.json` of a finished run says.

    Raises:
        DocumentError: if the folder is no run, or one that is not finished, or the record lacks something.
    """
    file = folder / "run.json"
    record = read_json(file, "no run; train one with python -m finetune sft | dpo | kto")
    if not record.get("finished"):
        raise DocumentError([f"{folder}: the run is not finished; go on with it with --resume"])
    _check(file, record, _RunRecord)
    return record


def find_adapter(folder: Path) -> Adapter:
    """The adapter of a finished run, or an exported one.

    Raises:
        DocumentError: if the folder is neither, or the run is not finished, or its record lacks something.
    """
    if (folder / "run.json").exists():
        record = read_run(folder)
        found = Adapter(folder / "adapter", record["base"], record["recipe"], folder / SENTENCES_FILE)
    else:
        about = read_json(folder / ABOUT, "neither a run nor an exported adapter")
        _check(folder / ABOUT, about, _Card)
        found = Adapter(folder, about["base"], about["recipe"], folder / SENTENCES_FILE)
    missing = [name for name in (CONFIG, WEIGHTS) if not (found.folder / name).is_file()]
    if missing:
        raise DocumentError([f"{found.folder}: lacks {' and '.join(missing)}"])
    return found


def _check(file: Path, found: dict[str, Any], kind: type[BaseModel]) -> None:
    """Go on only with a complete record.

    Raises:
        DocumentError: naming everything that it lacks.
    """
    try:
        TypeAdapter(kind).validate_python(found)
    except ValidationError as invalid:
        problems = [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in invalid.errors()]
        raise DocumentError([f"{file}: {problem}" for problem in problems]) from None


def clean_config(config: dict[str, Any], base: str) -> str:
    """The config as it may leave this machine: no path of it, and the same text for the same adapter."""
    targets = config.get("target_modules")
    cleaned = {
        **config,
        "base_model_name_or_path": base,
        "target_modules": sorted(targets) if isinstance(targets, list) else targets,
    }
    return json.dumps(cleaned, indent=2, sort_keys=True) + "\n"


def save_adapter(model: Any, target: Path, base: str) -> None:
    """Save the adapter that was trained, without the frozen copy that preference training compares with."""
    draft = target.with_name(target.name + ".draft")
    try:
        model.save_pretrained(draft, selected_adapters=["default"], save_embedding_layers=False)
        (draft / "README.md").unlink(missing_ok=True)
        write_atomically(draft / CONFIG, clean_config(read_json(draft / CONFIG, "missing"), base))
        for file in draft.iterdir():
            file.chmod(0o644)  # safetensors writes 0600, which a server under another user cannot read
        draft.replace(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
