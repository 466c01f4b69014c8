"""What may be said for a brief, and in which order: approved lines where a model has any, else whole bodies."""

from functools import lru_cache
from typing import Any, Protocol

from app.approved.brief import Brief
from app.approved.skeleton import order_problems, satisfies_order, slots_in
from app.writing.lines.bodies import Parts
from app.writing.lines.body_sequence import BodySequence
from app.writing.lines.library import CLOSING, OPENING, ApprovedLines
from app.writing.lines.sequence import Line, LineSequence


class Order(Protocol):
    """A finite-state machine over what may be said; states are hashable, and only its own."""

    @property
    def start(self) -> Any:
        """The state before anything is said."""
        ...

    @property
    def lines(self) -> tuple[Any, ...]:
        """Everything that may be said somewhere: dataclasses with a `text`."""
        ...

    def next(self, state: Any) -> tuple[int, ...]:
        """The indices of the lines that may come next."""
        ...

    def may_end(self, state: Any) -> bool:
        """Whether a body may end here."""
        ...

    def after(self, state: Any, index: int) -> Any:
        """The state once this line was said."""
        ...

    def sharing_a_sentence(self, index: int) -> set[int]:
        """The indices of the lines that have a sentence in common with this one, itself included."""
        ...


class LineSequences:
    """Builds the line sequence of each brief from the approved lines of a model."""

    def __init__(self, approved: ApprovedLines) -> None:
        self.approved = approved
        self._known = lru_cache(maxsize=1024)(self._sequence)

    def sequence(self, brief: Brief, banned: tuple[str, ...] = (), *, counts_slots: bool = True) -> Order | None:
        """The order of what holds no `banned` phrase: of lines where a model has any alone, as one that was taught
        further, else of whole bodies; None when nothing fits the brief.
        """
        return self._known(brief, banned, counts_slots)

    def _sequence(self, brief: Brief, banned: tuple[str, ...], counts_slots: bool) -> Order | None:
        for bodies in () if self.approved.lines else self.approved.bodies.by_situation(brief):
            whole = [_without(self.approved.bodies.parts(body, brief), banned) for body in bodies]
            if sayable := [parts for parts in whole if parts]:
                return BodySequence(sayable)
        if not self.approved.lines:
            return None
        texts = [text for text in self.approved.for_brief(brief) if not any(phrase in text for phrase in banned)]
        lines = [self._line(text, brief) for text in texts]
        return LineSequence(brief, lines, counts_slots=counts_slots) if lines else None

    def _line(self, text: str, brief: Brief) -> Line:
        part, tags = self.approved.part_of(text, brief), self.approved.tags_of(text, brief)
        return Line(
            text,
            tags=tags.intersection(brief.tags),
            slots=frozenset(slots_in(text)).intersection(brief.slots),
            is_opening=part == OPENING,
            # Where no part is known, a question that addresses no tag is taken for a closing question.
            is_closing=part == CLOSING if part else text.endswith("？") and not tags,
            must_come_later=bool(order_problems(text, brief)),
            satisfies_order=satisfies_order(text, brief),
        )


def _without(parts: Parts, banned: tuple[str, ...]) -> Parts | None:
    """What a body says without the wordings that hold a banned phrase; None where a sentence has no other."""
    sayable = tuple(tuple(text for text in texts if not any(map(text.__contains__, banned))) for texts in parts)
    return sayable if sayable and all(sayable) else None
