"""Export a run's adapter as an immutable, versioned folder that vLLM loads and the service routes to."""

import json
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.errors import ConfigurationError
from app.writing.lines.library import SENTENCES_FILE, read_approved_lines, write_approved_lines
from app.writing.weights import digest, digest_of_weights
from finetune.adapters.adapter import ABOUT, CONFIG, WEIGHTS, Adapter, clean_config, find_adapter, read_run
from finetune.adapters.card import CARD, render_card
from finetune.adapters.preflight import adapter_problems
from finetune.folders import located
from finetune.recipe.schema import LoraPart
from finetune.runs.run import read_json
from guards.lexicon.documents import DocumentError

_NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
_VERSIONED = re.compile(r"^(?P<name>.+)-v(?P<number>\d+)-(?P<digest>[0-9a-f]{8})$")
_MAX_NAME = 48
_FORMAT = 1
_DIGESTED = (CONFIG, WEIGHTS, SENTENCES_FILE)
"""Files that decide what is served; the card holds the SHA-256 of each."""
_UNSAID = ("use_rslora", "layers_to_transform", "layers_pattern")
"""What peft and vLLM know and recipes do not; each would change the adapter's share in what is written."""


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
    record = read_run(run)
    adapter = find_adapter(run)
    base = base or located(str(adapter.base["path"]))
    problems = [
        *_base_problems(adapter, base),
        *adapter_problems(adapter, base),
        *_recipe_problems(adapter),
        *(problem for folder in (base, adapter.sentences.parent) for problem in _sentence_problems(folder)),
    ]
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
    problems += _recipe_problems(adapter)
    problems += _card_problems(folder, about, adapter)
    problems += _sentence_problems(folder)
    known = {CONFIG, WEIGHTS, ABOUT, CARD, SENTENCES_FILE}
    for entry in sorted(folder.iterdir()):
        if entry.name not in known:
            problems.append(f"{entry}: does not belong to an exported adapter")
        elif stat.S_IMODE(entry.stat().st_mode) & 0o444 != 0o444:
            problems.append(f"{entry}: cannot be read by a server under another user")
    return problems


def _card_problems(folder: Path, about: Mapping[str, Any], adapter: Adapter) -> Iterator[str]:
    """What the card says that is not so."""
    card, config = folder / ABOUT, adapter.config
    named = _VERSIONED.match(folder.name)
    if about.get("name") != folder.name or not named:
        yield f"{card}: is named {about.get('name')}, not as its folder"
    if named and not adapter.sha256.startswith(named["digest"]):
        yield f"{folder / WEIGHTS}: its SHA-256 begins with {adapter.sha256[:8]}, not {named['digest']}"
    if about.get("format") != _FORMAT:
        yield f"{card}: has format {about.get('format')}, not {_FORMAT}"
    if (about.get("rank"), about.get("target_modules")) != (config.get("r"), config.get("target_modules")):
        yield f"{card}: rank or target_modules differ from {CONFIG}"
    if about.get("sentences") is not adapter.sentences.exists():
        yield f"{card}: says sentences: {about.get('sentences')}, which is not so"
    if adapter.base["name"] != config.get("base_model_name_or_path"):
        yield f"{card}: says base.name {adapter.base['name']}; {CONFIG} says {config.get('base_model_name_or_path')}"
    files = about.get("files")
    if not isinstance(files, dict):
        yield f"{card}: holds no digests of the files, as older exports do; export the run again"
        return
    for name in _DIGESTED:
        if (folder / name).exists() and files.get(name) != digest(folder / name):
            yield f"{folder / name}: is not what was exported: {ABOUT} says another SHA-256"


def _recipe_problems(adapter: Adapter) -> Iterator[str]:
    """Where the config is not what training by the recipe gives."""
    config, lora = adapter.config, LoraPart.model_validate(adapter.recipe["lora"])
    targets = config.get("target_modules")
    for name, found, said in (
        ("r", config.get("r"), lora.r),
        ("lora_alpha", config.get("lora_alpha"), lora.alpha),
        ("target_modules", sorted(targets) if isinstance(targets, list) else targets, sorted(lora.matrices)),
    ):
        if found != said:
            yield f"{adapter.folder / CONFIG}: has {name} {found}; its recipe says {said}"
    for name in _UNSAID:
        if config.get(name):
            yield f"{adapter.folder / CONFIG}: has {name} {config[name]}, which no recipe can say"


def _sentence_problems(folder: Path) -> Iterator[str]:
    """Why the sentences of a folder, if it has any, would not be read by serving."""
    try:
        read_approved_lines(folder)
    except ConfigurationError as broken:
        yield str(broken)
    except (OSError, UnicodeDecodeError) as unreadable:
        yield f"{folder / SENTENCES_FILE}:1: cannot be read: {unreadable}"


def _base_problems(adapter: Adapter, base: Path) -> Iterator[str]:
    """Where the base at hand is not the one that is recorded."""
    sha256 = digest_of_weights(base)
    if adapter.base["sha256"] != sha256:
        yield f"{adapter.folder}: belongs to the base {adapter.base['sha256']}; {base} is {sha256}"
    model_type = read_json(base / "config.json", "the base's config is missing").get("model_type")
    if adapter.base["model_type"] != model_type:
        yield f"{adapter.folder}: belongs to a base of type {adapter.base['model_type']}; {base} is {model_type}"


def _fill(draft: Path, name: str, adapter: Adapter, record: Mapping[str, Any], base: Path, run: Path) -> None:
    """Write every file of the folder, readable for everybody, and on the disk."""
    config = adapter.config
    shutil.copyfile(adapter.folder / WEIGHTS, draft / WEIGHTS)
    (draft / CONFIG).write_text(clean_config(config, str(adapter.base["name"])), "utf-8")
    own = read_approved_lines(base)
    binds = own is not None
    if own is not None:
        taught = read_approved_lines(adapter.sentences.parent)
        write_approved_lines([*own.approved, *(taught.approved if taught else ())], draft)
    about = {
        "format": _FORMAT,
        "name": name,
        "base": {key: adapter.base[key] for key in ("name", "model_type", "sha256")},
        "rank": config["r"],
        "target_modules": sorted(config["target_modules"]),
        "sentences": binds,
        "files": {file: digest(draft / file) for file in _DIGESTED if (draft / file).exists()},
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
    """The folder that holds these very weights already; one without digests of its files does not count.

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
            if "files" in read_json(folder / ABOUT, "is missing"):
                return folder
    return None


def _newest(output: Path, name: str) -> int:
    """The highest version of a name so far; 0 if there is none."""
    found = (_VERSIONED.match(folder.name) for folder in output.glob(f"{name}-v*"))
    return max((int(match["number"]) for match in found if match and match["name"] == name), default=0)
