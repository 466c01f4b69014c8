"""How rows look as JSON, checked key by key."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from app.writing.brief import Brief
from guards.rules import Strict
from guards.types import Generation, Scenario

Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1, strict=True)]


class BriefShape(Strict):
    """A brief, by the names of its fields."""

    scenario: Scenario
    generation: Generation
    strategy: str
    tags: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    optional_slots: tuple[str, ...] = ()
    offer: str | None = None

    def brief(self) -> Brief:
        """The same as a value."""
        return Brief(**dict(self))


class MetaShape(Strict):
    """See `finetune.rows.Meta`."""

    source: Text
    template: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    split: Literal["train", "validation"]
    strategy: str
    segment: str
    counts: dict[str, Annotated[int, Field(ge=0, strict=True)]] | None = None
    propensity: Share | None = None
    probability: Share | None = None


class SftShape(Strict):
    """See `finetune.rows.SftRow`."""

    brief: BriefShape
    body: Text
    meta: MetaShape


class DpoShape(Strict):
    """See `finetune.rows.DpoRow`."""

    brief: BriefShape
    chosen: Text
    rejected: Text
    meta: MetaShape


class KtoShape(Strict):
    """See `finetune.rows.KtoRow`."""

    brief: BriefShape
    body: Text
    label: StrictBool
    meta: MetaShape
