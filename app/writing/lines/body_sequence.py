"""Approved bodies as a finite-state machine: which wording may come next, and where a body ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.writing.lines.bodies import Parts


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of the sentence at a `place` of a body, by the body's number."""

    text: str
    body: int
    place: int


Place = tuple[int, int] | None
"""A body by its number, and how many of its sentences are said; None before the first."""


class BodySequence:
    """Each body is said from its beginning to its end, one wording a sentence.

    Where two bodies begin with the same words, it is the first of them that goes on.
    """

    start: Place = None

    def __init__(self, bodies: Sequence[Parts]) -> None:
        self.lines = tuple(
            Wording(text, number, place)
            for number, parts in enumerate(bodies)
            for place, texts in enumerate(parts)
            for text in texts
        )
        self._lengths = [len(parts) for parts in bodies]
        found: dict[Place, list[int]] = {}
        for index, line in enumerate(self.lines):
            found.setdefault((line.body, line.place) if line.place else None, []).append(index)
        self._next = {place: tuple(indices) for place, indices in found.items()}

    def next(self, state: Place) -> tuple[int, ...]:
        """The indices of the wordings that may come next."""
        return self._next.get(state, ())

    def may_end(self, state: Place) -> bool:
        """Whether a body ends here."""
        return state is not None and state[1] == self._lengths[state[0]]

    def after(self, state: Place, index: int) -> Place:
        """The state once this wording was said."""
        line = self.lines[index]
        return line.body, line.place + 1

    def sharing_a_sentence(self, index: int) -> set[int]:
        """The index alone: a body repeats nothing."""
        return {index}
