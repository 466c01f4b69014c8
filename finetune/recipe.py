"""Recipes of adapters: which model, which rows, which LoRA, which training; read strictly from YAML."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, PrivateAttr, TypeAdapter, ValidationError

from app.writing.prompt import Profile
from finetune.dataset.rows import Stage
from finetune.recipe_limits import values_beyond
from finetune.training_names import CONFIGS, QUIET, as_typed, problems_in
from guards.lexicon.documents import Document, DocumentError, Location, read_document
from guards.lexicon.rules import Strict
from guards.shipped import ROOT, WORKPLACE

Target = Literal["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TARGETS: tuple[Target, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The matrices that vLLM adapts; embeddings and the output matrix are shared and stay as they are."""
MAX_RANK = 64
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ModelPart(Strict):
    """The model to adapt. `chat_template` is a file that replaces the tokenizer's own; `sha256` is its weights'."""

    path: str
    profile: Profile
    dtype: Literal["float32", "bfloat16"] = "float32"
    chat_template: str | None = None
    sha256: Digest | None = None


class DataPart(Strict):
    """The folder of rows; no row may have more tokens than `max_length`, prompt and end token included.

    `recombine`: so many further bodies are made of each approved one by exchanging sentences of the same kind.
    `replay`: so many bodies of the base's own corpus are taught beside them, so that nothing of it is forgotten.
    """

    path: str
    max_length: Annotated[int, Field(ge=16)]
    recombine: Annotated[int, Field(ge=0, le=64)] = 0
    replay: Annotated[int, Field(ge=0, le=100_000)] = 0


class LoraPart(Strict):
    """The size of the adapter; what vLLM cannot serve (DoRA, biases, further modules) cannot be said."""

    r: Annotated[int, Field(ge=1, le=MAX_RANK)]
    alpha: Annotated[int, Field(ge=1)]
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    target_modules: Literal["all-linear"] | Annotated[list[Target], Field(min_length=1)] = "all-linear"

    @property
    def matrices(self) -> frozenset[Target]:
        """Those that it adapts, each by its name."""
        return frozenset(TARGETS if self.target_modules == "all-linear" else self.target_modules)


class Recipe(Strict):
    """One training. Paths are relative to the project's root; `train` holds TRL's and transformers' own names."""

    stage: Stage
    model: ModelPart
    adapter: str | None = None
    data: DataPart
    lora: LoraPart
    train: dict[str, Any]
    output: str
    _place: str = PrivateAttr("train")

    @property
    def place(self) -> str:
        """Where `train` stands, as problems name it: `file:line: train`."""
        return self._place


def located(path: str) -> Path:
    """A path of a recipe: relative ones start at the project's root, wherever the command is run.

    Where Heyan was installed without its project they start at the working directory, and `models/heyan-mini` is the
    one that came with it unless there is another.
    """
    here, shipped = WORKPLACE / path, ROOT / path
    return shipped if shipped.exists() and not here.exists() else here


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
