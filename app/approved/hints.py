"""Hints for a person who speaks: told beside the words, and never to the customer."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from app.approved.vocabulary import Vocabulary
from guards.lexicon.documents import DocumentError, parse_document
from guards.lexicon.rules import Strict
from guards.types import Scenario

HINTS_FILE = "hints.yaml"
Kind = Literal["pause", "listen", "if_asked"]


class Hint(Strict):
    """When to pause, how to listen, or what to answer if asked; `tags`: only for who has one of them."""

    kind: Kind
    scenarios: list[Scenario] = Field(min_length=1)
    tags: list[str] = []
    text: Annotated[str, Field(min_length=4, max_length=80)]

    def fits(self, scenario: Scenario, tags: Collection[str]) -> bool:
        """Whether it is for this moment."""
        return scenario in self.scenarios and (not self.tags or not set(self.tags).isdisjoint(tags))


def hints_of(content: bytes | None, directory: Path, vocabulary: Vocabulary) -> Sequence[Hint]:
    """The hints of a file; none where there is no file.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    if content is None:
        return ()
    document = parse_document(directory / HINTS_FILE, content)
    hints = document.check(list[Hint])
    problems = [
        document.describe((index, "tags"), f"unknown tag {tag}")
        for index, hint in enumerate(hints)
        for tag in hint.tags
        if tag not in vocabulary.tags
    ]
    if problems:
        raise DocumentError(problems)
    return hints
