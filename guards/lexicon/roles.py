"""The shape of roles: by which words a figure is named, and which facts it may then be."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from guards.lexicon.documents import Location
from guards.lexicon.rules import Examples, Pattern, Source, Strict, Words, checked_pattern
from guards.types import Quantity

Derivation = Literal["sum", "difference"]
"""What a figure may be beside a fact: the sum or the difference of two amounts that are facts."""
_PAUSE = re.compile("[，。！？；,!?;]")


def _in_one_breath(words: str) -> str:
    if _PAUSE.search(words):
        raise ValueError(f"{words!r} holds a pause; a name is said in one breath")
    return words


Name = Annotated[Words, AfterValidator(_in_one_breath)]
NamePattern = Annotated[Pattern, AfterValidator(checked_pattern)]

FactName = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class FigureRole(Strict):
    """One role: the words that name a figure, and the facts that it may be; without facts, nothing may be called so.

    `before` stand ahead of the figure and `after` behind it; `loose` are names ahead that count only where nothing else
    names the figure. Patterns are read in folded text: one of `after` from where the figure ends, the others anywhere
    ahead. `title` is what a reason calls the role.
    """

    id: Annotated[str, Field(pattern=r"^role\.[a-z0-9_]+$", max_length=80)]
    title: Words
    quantities: list[Quantity] = Field(min_length=1)
    facts: list[Words] = []
    derived: list[Derivation] = []
    before: list[Name] = []
    before_patterns: list[NamePattern] = []
    loose: list[Name] = []
    loose_patterns: list[NamePattern] = []
    after: list[Name] = []
    after_patterns: list[NamePattern] = []
    reason: Words
    source: Source
    examples: Examples

    @model_validator(mode="after")
    def _has_names(self) -> "FigureRole":
        if not (
            self.before
            or self.before_patterns
            or self.loose
            or self.loose_patterns
            or self.after
            or self.after_patterns
        ):
            raise ValueError("a role needs a word or a pattern that names a figure")
        return self


class FigureRoles(Strict):
    """The file of roles. `facts`: what a reason calls each fact; a role may only name these.

    `near`: facts that are heard as something else where none of these words stands around their figure.
    """

    facts: dict[FactName, Words] = Field(min_length=1)
    near: dict[FactName, Annotated[list[Words], Field(min_length=1)]] = {}
    roles: list[FigureRole] = Field(min_length=1)

    @classmethod
    def none(cls) -> "FigureRoles":
        """Those of a revision from before there were roles: no figure is judged by its name."""
        return cls.model_construct(facts={}, near={}, roles=[])

    def problems(self) -> Iterator[tuple[Location, str]]:
        """What is wrong between the parts of the file, and where."""
        for fact in self.near.keys() - self.facts.keys():
            yield ("near", fact), f"there is no fact {fact}"
        for index, role in enumerate(self.roles):
            for place, fact in enumerate(role.facts):
                if fact not in self.facts:
                    yield ("roles", index, "facts", place), f"{role.id}: there is no fact {fact}"
