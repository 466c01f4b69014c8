"""The order of a body's lines: openings first, then what is owed to the customer, a closing question last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.approved.brief import Brief
from app.approved.skeleton import makes_way, order_problems, sentences, slots_in
from app.writing.lines.library import CLOSING, OPENING, VettedSentences

_PATIENCE, _PATIENCE_WITHOUT_SLOTS = 5, 3
"""Lines of a body, openings aside, before all that come must give what is owed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A hand-written line, and what it does in a body for one brief.

    It takes up `tags` of the brief and says `slots` that the brief asks for. An `is_late` line must not come before
    one that `makes_way`: figures of a month before the annual rate, a debt before the first word.
    """

    text: str
    tags: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    is_opening: bool = False
    is_closing: bool = False
    is_late: bool = False
    makes_way: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a body has come: the tags it has not taken up, the slots it has not said, and where it stands.

    While it owes something, so many lines as its `patience` may come that need not give it.
    """

    unheard: frozenset[str]
    missing: frozenset[str]
    is_begun: bool = False
    is_opening: bool = True
    is_early: bool = True
    is_closed: bool = False
    patience: int = 0

    @property
    def owes(self) -> frozenset[str]:
        """What a body must not end without; slots and tags have no name in common."""
        return self.unheard | self.missing


class Course:
    """Which lines may follow each other in a body for one brief, and where it may end.

    It begins with its openings. Every tag of the customer is taken up and every slot said before it closes or ends;
    once it has said its slots, what comes next is a line for a tag that was not heard; and after a few lines, nothing
    comes but what it owes. After a closing question it ends. What no line can give holds nothing up.
    """

    def __init__(self, brief: Brief, lines: Sequence[Line], *, counts_slots: bool = True) -> None:
        """Where it `counts_slots` not, it has few stages instead of hundreds; then a body may end with slots unsaid."""
        self.lines = tuple(lines)
        self._counts_slots = counts_slots
        given = frozenset().union(*(_gives(line) for line in lines))
        self.start = Stage(
            given.intersection(brief.tags),
            given.intersection(brief.slots) if counts_slots else frozenset(),
            is_opening=any(line.is_opening for line in lines),
            is_early=counts_slots and any(line.is_late for line in lines),
            patience=_PATIENCE if counts_slots else _PATIENCE_WITHOUT_SLOTS,
        )
        self._next: dict[Stage, tuple[int, ...]] = {}
        self._ends: dict[Stage, bool] = {}
        self._saying: dict[str, set[int]] = {}
        for place, line in enumerate(self.lines):
            for sentence in sentences(line.text):
                self._saying.setdefault(sentence, set()).add(place)

    def alike(self, place: int) -> set[int]:
        """The lines that share a sentence with the line at a place, itself among them."""
        return {place}.union(*(self._saying[sentence] for sentence in sentences(self.lines[place].text)))

    def next(self, stage: Stage) -> tuple[int, ...]:
        """The places of the lines that may come next, said ones included; none after the closing question."""
        found = self._next.get(stage)
        if found is None:
            found = self._next[stage] = tuple(self._chosen(stage))
        return found

    def may_end(self, stage: Stage) -> bool:
        """Whether a body may end here: it has begun, and nothing more can be said of what it owes."""
        found = self._ends.get(stage)
        if found is None:
            found = self._ends[stage] = stage.is_begun and not self._due(stage, self._open(stage))
        return found

    def after(self, stage: Stage, place: int) -> Stage:
        """The stage when the line at a place was said."""
        line = self.lines[place]
        unheard, missing = stage.unheard - line.tags, stage.missing - line.slots
        return replace(
            stage,
            unheard=unheard,
            missing=missing,
            is_begun=True,
            is_opening=stage.is_opening and line.is_opening,
            is_early=stage.is_early and not line.makes_way,
            is_closed=line.is_closing,
            patience=max(0, stage.patience - (not line.is_opening)) if unheard or missing else 0,
        )

    def _open(self, stage: Stage) -> list[int]:
        """The lines whose place in a body has not passed."""
        if stage.is_closed:
            return []
        return [place for place, line in enumerate(self.lines) if stage.is_opening or not line.is_opening]

    def _due(self, stage: Stage, places: Iterable[int]) -> frozenset[str]:
        """What is owed and can still be given."""
        return stage.owes.intersection(due for place in places for due in _gives(self.lines[place]))

    def _chosen(self, stage: Stage) -> list[int]:
        places = self._open(stage)
        due = self._due(stage, places)
        inner = [place for place in places if not self.lines[place].is_closing]
        if stage.is_opening:
            openings = [place for place in places if self.lines[place].is_opening]
            later = self._due(stage, [place for place in inner if not self.lines[place].is_opening])
            if only_now := self._due(stage, openings) - later:
                return self._giving(openings, only_now)
        if not due:
            return self._in_time(places, stage)
        before_closing = self._due(stage, inner)
        if not before_closing:
            return self._giving(places, due)
        has_said_slots = self._counts_slots and before_closing.isdisjoint(stage.missing)
        if has_said_slots or stage.patience == 0:
            inner = self._giving(inner, before_closing)
        return self._in_time(inner, stage)

    def _giving(self, places: Iterable[int], due: frozenset[str]) -> list[int]:
        return [place for place in places if not due.isdisjoint(_gives(self.lines[place]))]

    def _in_time(self, places: list[int], stage: Stage) -> list[int]:
        """Without the lines that come too early, unless there are no others."""
        return [place for place in places if not (stage.is_early and self.lines[place].is_late)] or places


class Courses:
    """Makes the course of each brief out of the lines that a model may say."""

    def __init__(self, vetted: VettedSentences) -> None:
        self.vetted = vetted
        self._known = lru_cache(maxsize=1024)(self._course)

    def course(self, brief: Brief, banned: tuple[str, ...] = (), *, counts_slots: bool = True) -> Course | None:
        """The course through lines without a `banned` phrase; None when there is no line at all for such a brief."""
        return self._known(brief, banned, counts_slots)

    def _course(self, brief: Brief, banned: tuple[str, ...], counts_slots: bool) -> Course | None:
        texts = [text for text in self.vetted.for_brief(brief) if not any(phrase in text for phrase in banned)]
        lines = [self._line(text, brief) for text in texts]
        return Course(brief, lines, counts_slots=counts_slots) if lines else None

    def _line(self, text: str, brief: Brief) -> Line:
        part, tags = self.vetted.part_of(text, brief), self.vetted.tags_of(text, brief)
        return Line(
            text,
            tags=tags.intersection(brief.tags),
            slots=frozenset(slots_in(text)).intersection(brief.slots),
            is_opening=part == OPENING,
            # A question for anybody ends a body where no place is known.
            is_closing=part == CLOSING if part else text.endswith("？") and not tags,
            is_late=bool(order_problems(text, brief)),
            makes_way=makes_way(text, brief),
        )


def _gives(line: Line) -> frozenset[str]:
    return line.tags | line.slots
