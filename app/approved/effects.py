"""What the tags mean in words, so that a body that contradicts one is never said."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from guards.lexicon.documents import Document
from guards.lexicon.rules import Strict


class Effect(Strict):
    """No body for such a customer says one of `never`; one that is written for this tag alone `says` one of those."""

    never: list[Annotated[str, Field(min_length=2, max_length=12)]] = Field(min_length=1)
    says: list[Annotated[str, Field(min_length=1, max_length=12)]] = []


def effect_problems(effects: Mapping[str, Effect], tags: Collection[str], document: Document) -> Iterator[str]:
    """Effects of tags that are none, and tags without."""
    for name in effects:
        if name not in tags:
            yield document.describe((name,), f"unknown tag {name}")
    if missing := sorted(set(tags) - effects.keys()):
        yield document.describe((), f"lacks {', '.join(missing)}")
