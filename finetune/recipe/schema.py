"""What a recipe of an adapter consists of: its model, its rows, its LoRA and its training."""

from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from app.writing.prompt import Profile
from finetune.dataset.rows import Stage
from guards.lexicon.rules import Strict

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
