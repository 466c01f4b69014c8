"""Gather and check what a training needs before it begins: the model, the rows, an adapter to go on from."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.approved.vocabulary import Vocabulary
from app.writing.weights import digest, digest_of_weights
from finetune.adapters.adapter import Adapter, find_adapter
from finetune.dataset.folder import REPORT
from finetune.dataset.recombination import recombined
from finetune.dataset.rows import Meta, Row, SftRow, read_rows, segment_of, template_of
from finetune.folders import CORPUS, located
from finetune.lines.bodies import read_corpus_of_bodies
from finetune.lines.composer import Composer
from finetune.recipe.schema import Recipe
from finetune.runs.checkpoint import read_network, read_tokenizer, with_adapter
from finetune.runs.run import read_json
from finetune.screening.judge import Judge, shipped_policy
from finetune.tables.jsonl import Problems
from finetune.training.rendering import Renderer, row_problems, shipped_renderer
from guards.lexicon.documents import DocumentError
from guards.shipped import ROOT

_PACKAGES = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "safetensors")
_SEED = 0
"""Of recombination and replay, so that trainings of different seeds see the same bodies."""


@dataclass(frozen=True, slots=True)
class Materials:
    """What a training needs; `record` is what its `run.json` says when it begins.

    `rows` are those of the data set, `further` those recombined out of them or replayed. `network` holds the adapter
    `earlier`, if there is one to go on from.
    """

    network: Any
    tokenizer: Any
    renderer: Renderer
    rows: Sequence[Row]
    further: Sequence[Row]
    earlier: Adapter | None
    record: dict[str, Any]


def gather(recipe: Recipe, vocabulary: Vocabulary) -> Materials:
    """Read everything that a recipe names.

    Raises:
        DocumentError: naming every row that the model cannot take, or whatever else does not fit the recipe.
    """
    base = located(recipe.model.path)
    template = recipe.model.chat_template
    tokenizer = read_tokenizer(base, located(template) if template else None)
    renderer = shipped_renderer(ROOT, vocabulary, recipe.model.profile, tokenizer)
    rows_file = located(recipe.data.path) / f"{recipe.stage}.jsonl"
    rows = read_rows(rows_file, recipe.stage, vocabulary)
    _check_untouched(rows_file)
    problems = Problems()
    for row in rows:
        for problem in row_problems(row, renderer, recipe.data.max_length):
            problems.add(f"{rows_file} (from {row.meta.source})", problem)
    problems.check()
    further = _further(rows, recipe, renderer, vocabulary)
    replayed = _replayed(recipe, renderer, vocabulary)
    network = read_network(base, recipe.model.dtype)
    earlier = find_adapter(located(recipe.adapter)) if recipe.adapter else None
    record = _record(recipe, base, network, rows_file, earlier)
    record["data"]["rows"] = {
        **{split: sum(row.meta.split == split for row in rows) for split in ("train", "validation")},
        "recombined": len(further),
        "replayed": len(replayed),
    }
    if earlier:
        network = _with_adapter(network, earlier, recipe, record["base"]["sha256"])
    return Materials(network, tokenizer, renderer, rows, [*further, *replayed], earlier, record)


def now() -> str:
    """The time as records give it: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _further(rows: Sequence[Row], recipe: Recipe, renderer: Renderer, vocabulary: Vocabulary) -> list[SftRow]:
    """Bodies recombined out of those to learn from, where the recipe asks for them; too long ones are left out."""
    if not recipe.data.recombine:
        return []
    approved = [row for row in rows if isinstance(row, SftRow)]
    judging = Judge(shipped_policy(ROOT, vocabulary), vocabulary)
    made = recombined(approved, recipe.data.recombine, _SEED, judging)
    return [row for row in made if renderer.length(row.brief, row.body) <= recipe.data.max_length]


def _replayed(recipe: Recipe, renderer: Renderer, vocabulary: Vocabulary) -> list[SftRow]:
    """Bodies composed of the corpus, where the recipe asks for them; too long ones are left out."""
    if not recipe.data.replay:
        return []
    composer = Composer((), vocabulary, _SEED, read_corpus_of_bodies(CORPUS, vocabulary))
    rows = [
        SftRow(
            brief := sample.brief,
            sample.body,
            Meta("corpus", template_of(sample.body), "train", brief.strategy, segment_of(brief)),
        )
        for sample in composer.samples(recipe.data.replay)
    ]
    return [row for row in rows if renderer.length(row.brief, row.body) <= recipe.data.max_length]


def _check_untouched(rows_file: Path) -> None:
    """Only rows that `dataset` judged are taught.

    Raises:
        DocumentError: if the rows are not those that `dataset.json` was written for.
    """
    report = read_json(rows_file.parent / REPORT, "no data set; build one with python -m finetune dataset")
    built = report.get("files", {}).get(rows_file.name, {}).get("sha256")
    if built != digest(rows_file):
        raise DocumentError([f"{rows_file}: is not what {REPORT} says; build the data set again"])


def _record(recipe: Recipe, base: Path, network: Any, rows_file: Path, earlier: Adapter | None) -> dict[str, Any]:
    """What `run.json` says when a run begins.

    Raises:
        DocumentError: if the base is not the one that the recipe names by its digest.
    """
    sha256 = digest_of_weights(base)
    if recipe.model.sha256 and recipe.model.sha256 != sha256:
        raise DocumentError([f"{base}: its weights are {sha256}; the recipe wants {recipe.model.sha256}"])
    return {
        "format": 1,
        "stage": recipe.stage,
        "recipe": recipe.model_dump(mode="json", exclude={"output"}),
        "base": {
            "path": recipe.model.path,
            "name": base.name,
            "model_type": network.config.model_type,
            "sha256": sha256,
        },
        "adapter": earlier.sha256 if earlier else None,
        "data": {"path": recipe.data.path, "sha256": digest(rows_file)},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "started": now(),
        "finished": None,
    }


def _with_adapter(network: Any, earlier: Adapter, recipe: Recipe, base_sha256: str) -> Any:
    """The network with an adapter to go on from, trainable.

    Raises:
        DocumentError: if it belongs to another base, or has other values of `lora` than the recipe says.
    """
    if earlier.base["sha256"] != base_sha256:
        raise DocumentError(
            [f"{earlier.folder}: belongs to the base {earlier.base['sha256']}; {recipe.model.path} is {base_sha256}"]
        )
    config, lora = earlier.config, recipe.lora
    targets = config.get("target_modules")
    problems = [
        f"{earlier.folder}: has {name} {found}; the recipe says lora.{name} {said}"
        for name, found, said in (
            ("r", config.get("r"), lora.r),
            ("alpha", config.get("lora_alpha"), lora.alpha),
            ("dropout", config.get("lora_dropout"), lora.dropout),
            ("target_modules", sorted(targets) if isinstance(targets, list) else targets, sorted(lora.matrices)),
        )
        if found != said
    ]
    if problems:
        raise DocumentError(problems)
    return with_adapter(network, earlier.folder, trainable=True)
