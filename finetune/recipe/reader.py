"""Read a recipe from YAML; every problem is reported with its file and line, or with the `--set` that caused it."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from finetune.dataset.rows import Stage
from finetune.recipe.limits import values_beyond
from finetune.recipe.names import CONFIGS, QUIET, as_typed, problems_in
from finetune.recipe.schema import Recipe
from guards.lexicon.documents import Document, DocumentError, Location, read_document


def read_recipe(path: Path, stage: Stage, changes: Sequence[str] = ()) -> Recipe:
    """A recipe of `stage`; each of `changes` is one `key.key=value` that replaces or adds a value.

    Raises:
        DocumentError: naming file and line, or the change, of everything that is wrong.
    """
    document = read_document(path)
    data = copy.deepcopy(document.data)
    changed = dict(_change(data, change) for change in changes)
    draft = _Draft(document, changed)
    try:
        recipe = TypeAdapter(Recipe).validate_python(data)
    except ValidationError as invalid:
        raise DocumentError([draft.describe(error["loc"], error["msg"]) for error in invalid.errors()]) from None
    if recipe.stage != stage:
        raise DocumentError([draft.describe(("stage",), f"is {recipe.stage}; this command trains {stage}")])
    problems = [draft.describe(("train", name), problem) for name, problem in problems_in(stage, recipe.train)]
    if recipe.data.recombine and stage != "sft":
        problems.append(draft.describe(("data", "recombine"), "only sft has bodies that may be recombined"))
    if recipe.data.replay and stage != "sft":
        problems.append(draft.describe(("data", "replay"), "only sft can be taught bodies of the corpus again"))
    if problems:
        raise DocumentError(problems)
    train = as_typed(stage, recipe.train)
    if beyond := [draft.describe(("train", name), problem) for name, problem in values_beyond(train)]:
        raise DocumentError(beyond)
    try:
        # Whether this machine can do it (bf16 wants a GPU) is seen when training begins: recipes are read anywhere.
        CONFIGS[stage](output_dir="unused", **{**QUIET, **train, "use_cpu": True})
    except (ValueError, TypeError, ImportError) as refused:
        reason = next(iter(str(refused).splitlines()), type(refused).__name__)
        raise DocumentError([draft.describe(("train",), reason)]) from None
    typed = recipe.model_copy(update={"train": train})
    typed._place = document.describe(("train",), "").removesuffix(": ")
    return typed


class _Draft:
    """Says where a value of a recipe comes from: a line of the file, or a change on the command line."""

    def __init__(self, document: Document, changed: dict[Location, str]) -> None:
        self._document = document
        self._changed = changed

    def describe(self, location: Location, problem: str) -> str:
        """`file:line: where: problem`, or `--set key=value: problem`."""
        for end in range(len(location), 0, -1):
            if change := self._changed.get(location[:end]):
                return f"--set {change}: {problem}"
        return self._document.describe(location, problem)


def _change(data: Any, change: str) -> tuple[Location, str]:
    """Apply one change to the plain data; where it was made."""
    key, equals, text = change.partition("=")
    location = tuple(key.split("."))
    if not equals or not all(location):
        raise DocumentError([f"--set {change}: expected key.key=value"])
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise DocumentError([f"--set {change}: the value cannot be read"]) from None
    inner = data
    for part in location[:-1]:
        inner = inner.get(part) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        raise DocumentError([f"--set {change}: the recipe has no {'.'.join(location[:-1])}"])
    inner[location[-1]] = value
    return location, change
