"""Export a run's adapter as an immutable, versioned folder that vLLM loads and serving knows how to route to."""

import json
import os
import re
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.writing.vetted import SENTENCES_FILE
from finetune.adapters import ABOUT, CONFIG, WEIGHTS, Adapter, clean_config, find_adapter
from finetune.card import CARD, render_card
from finetune.preflight import adapter_problems
from finetune.recipe import located
from finetune.runs import read_json
from finetune.weights import digest, digest_of_weights
from guards.documents import DocumentError

_NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
_VERSIONED = re.compile(r"^(?P<name>.+)-v(?P<number>\d+)-(?P<digest>[0-9a-f]{8})$")
_MAX_NAME = 48


def export(run: Path, name: str, output: Path, base: Path | None = None) -> tuple[Path, bool]:
    """The folder `<output>/<name>-v<N>-<digest>` of a finished run's adapter, and whether it is new.

    `base` is the folder of the base where it is not the one that the recipe names. A folder that exists is never
    touched: the same weights under the same name are exported once.

    Raises:
        DocumentError: if the adapter must not be served, or belongs to another base than the one at hand.
        OSError: if the folder cannot be written; nothing of it is left then.
    """
    if not _NAME.match(name) or len(name) > _MAX_NAME or _VERSIONED.match(name):
        raise DocumentError([f"--name {name}: small letters and digits with single hyphens, without a version"])
    record = read_json(run / "run.json", "no run; train one with python -m finetune sft | dpo | kto")
    adapter = find_adapter(run)
    base = base or located(str(adapter.base["path"]))
    problems = [*_base_problems(adapter, base), *adapter_problems(adapter, base)]
    if problems:
        raise DocumentError(problems)
    sha256 = adapter.sha256
    if known := _exported(output, name, sha256):
        return known, False
    target = output / f"{name}-v{_newest(output, name) + 1}-{sha256[:8]}"
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        _fill(draft, target.name, adapter, record, base, run)
        os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target, True


def exported_problems(folder: Path, base: Path | None) -> list[str]:
    """What is wrong with an exported folder; `base` is the folder of its base, None if not at hand.

    Raises:
        DocumentError: if it is no adapter at all.
    """
    about = read_json(folder / ABOUT, "no exported adapter; make one with python -m finetune export")
    adapter = find_adapter(folder)
    problems = adapter_problems(adapter, base)
    if base:
        problems += _base_problems(adapter, base)
    named = _VERSIONED.match(folder.name)
    if about.get("name") != folder.name or not named:
        problems.append(f"{folder / ABOUT}: is named {about.get('name')}, not as its folder")
    if named and not adapter.sha256.startswith(named["digest"]):
        problems.append(f"{folder / WEIGHTS}: its SHA-256 begins with {adapter.sha256[:8]}, not {named['digest']}")
    config = adapter.config
    if (about.get("rank"), about.get("target_modules")) != (config.get("r"), config.get("target_modules")):
        problems.append(f"{folder / ABOUT}: rank or target_modules differ from {CONFIG}")
    if about.get("sentences") is not adapter.sentences.exists():
        problems.append(f"{folder / ABOUT}: says sentences: {about.get('sentences')}, which is not so")
    known = {CONFIG, WEIGHTS, ABOUT, CARD, SENTENCES_FILE}
    for entry in sorted(folder.iterdir()):
        if entry.name not in known:
            problems.append(f"{entry}: does not belong to an exported adapter")
        elif stat.S_IMODE(entry.stat().st_mode) & 0o444 != 0o444:
            problems.append(f"{entry}: cannot be read by a server under another user")
    return problems


def _base_problems(adapter: Adapter, base: Path) -> list[str]:
    sha256 = digest_of_weights(base)
    if adapter.base.get("sha256") == sha256:
        return []
    return [f"{adapter.folder}: belongs to the base {adapter.base.get('sha256')}; {base} is {sha256}"]


def _fill(draft: Path, name: str, adapter: Adapter, record: Mapping[str, Any], base: Path, run: Path) -> None:
    """Write every file of the folder, readable for everybody, and on the disk."""
    config = adapter.config
    shutil.copyfile(adapter.folder / WEIGHTS, draft / WEIGHTS)
    (draft / CONFIG).write_text(clean_config(config, str(adapter.base["name"])), "utf-8")
    binds = (base / SENTENCES_FILE).exists()
    if binds:
        allowed = {
            line
            for file in (base / SENTENCES_FILE, adapter.sentences)
            if file.exists()
            for line in file.read_text("utf-8").splitlines()
        }
        (draft / SENTENCES_FILE).write_text("".join(f"{line}\n" for line in sorted(allowed)), "utf-8")
    about = {
        "format": 1,
        "name": name,
        "base": {key: adapter.base[key] for key in ("name", "model_type", "sha256")},
        "rank": config["r"],
        "target_modules": sorted(config["target_modules"]),
        "sentences": binds,
        "dataset_sha256": record["data"]["sha256"],
        "recipe": _portable(record["recipe"]),
    }
    (draft / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (draft / CARD).write_text(render_card(run, name), "utf-8")
    for file in draft.iterdir():
        file.chmod(0o644)
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
    draft.chmod(0o755)


def _portable(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe without paths of this machine: of each, its last part."""
    portable = json.loads(json.dumps(recipe))
    for inner, key in ((portable["model"], "path"), (portable["data"], "path"), (portable, "adapter")):
        inner[key] = Path(inner[key]).name if inner[key] else None
    template = portable["model"]["chat_template"]
    portable["model"]["chat_template"] = Path(template).name if template else None
    return dict(portable)


def _exported(output: Path, name: str, sha256: str) -> Path | None:
    """The folder that holds these very weights already.

    Raises:
        DocumentError: if the folder of that name holds other weights.
    """
    for folder in sorted(output.glob(f"{name}-v*-{sha256[:8]}")):
        found = _VERSIONED.match(folder.name)
        if found and found["name"] == name:
            if not (folder / WEIGHTS).is_file() or digest(folder / WEIGHTS) != sha256:
                raise DocumentError(
                    [f"{folder}: exists and holds other weights than its name says; nothing is changed"]
                )
            return folder
    return None


def _newest(output: Path, name: str) -> int:
    """The highest version of a name so far; 0 if there is none."""
    found = (_VERSIONED.match(folder.name) for folder in output.glob(f"{name}-v*"))
    return max((int(match["number"]) for match in found if match and match["name"] == name), default=0)
