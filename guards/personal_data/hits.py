"""What a finder of personal data hands on, and a text without what was found already."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple


class Hit(NamedTuple):
    """A kind of personal data, its range of the folded text, and how sure the finder is (0 < score ≤ 1)."""

    kind: str
    start: int
    end: int
    score: float


Finder = Callable[[str], Iterable[Hit]]


def without(text: str, hits: Sequence[Hit]) -> str:
    """The text, character for character, with a word for each hit: nothing is read across it or glued to it."""
    if not hits:
        return text
    characters = list(text)
    for hit in hits:
        characters[hit.start : hit.end] = "某" * (hit.end - hit.start)
    return "".join(characters)
