"""An adapter on disk: which files it is, which base it was trained on, and what it taught."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.writing.vetted import SENTENCES_FILE
from finetune.runs import read_json, write_whole
from finetune.weights import digest
from guards.documents import DocumentError

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


def find_adapter(folder: Path) -> Adapter:
    """The adapter of a finished run, or an exported one.

    Raises:
        DocumentError: if the folder is neither, or the run is not finished.
    """
    if (folder / "run.json").exists():
        record = read_json(folder / "run.json", "no run")
        if not record.get("finished"):
            raise DocumentError([f"{folder}: the run is not finished; go on with it with --resume"])
        found = Adapter(folder / "adapter", record["base"], record["recipe"], folder / SENTENCES_FILE)
    else:
        about = read_json(folder / ABOUT, "neither a run nor an exported adapter")
        base, recipe = about.get("base"), about.get("recipe")
        if not isinstance(base, dict) or not isinstance(recipe, dict):
            raise DocumentError([f"{folder / ABOUT}: names no base or no recipe"])
        found = Adapter(folder, base, recipe, folder / SENTENCES_FILE)
    missing = [name for name in (CONFIG, WEIGHTS) if not (found.folder / name).is_file()]
    if missing:
        raise DocumentError([f"{found.folder}: lacks {' and '.join(missing)}"])
    return found


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
    model.save_pretrained(draft, selected_adapters=["default"], save_embedding_layers=False)
    (draft / "README.md").unlink(missing_ok=True)
    write_whole(draft / CONFIG, clean_config(read_json(draft / CONFIG, "missing"), base))
    for file in draft.iterdir():
        file.chmod(0o644)  # safetensors writes 0600, which a server under another user cannot read
    draft.replace(target)
