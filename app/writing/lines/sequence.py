"""The order of a body's lines: openings first, then what is owed to the customer, a closing question last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.approved.brief import Brief
from app.approved.skeleton import order_problems, satisfies_order, sentences, slots_in
from app.writing.lines.library import CLOSING, OPENING, ApprovedLines

_PATIENCE, _PATIENCE_WITHOUT_SLOTS = 5, 3
"""Lines of a body, openings aside, before all that come must give what is owed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A hand-written line, and what it does in a body for one brief.

    It takes up `tags` of the brief and says `slots` that the brief asks for. What `must_follow_rate` comes after a line
    that `satisfies_order`: figures of a month after the annual rate, a debt after the first word.
    """

    text: str
    tags: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    is_opening: bool = False
    is_closing: bool = False
    must_follow_rate: bool = False
    satisfies_order: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How far a body has come: the tags it has not taken up, the slots it has not said, and where it stands.

    While it owes something, so many lines as its `patience` may come that need not give it.
    """

    unanswered_tags: frozenset[str]
    missing: frozenset[str]
    is_begun: bool = False
    is_opening: bool = True
    is_early: bool = True
    is_closed: bool = False
    detours_left: int = 0

    @property
    def pending(self) -> frozenset[str]:
        """What a body must not end without; slots and tags have no name in common."""
        return self.unanswered_tags | self.missing


class LineSequence:
    """Which lines may follow each other in a body for one brief, and where it may end.

    It begins with its openings. Every tag of the customer is taken up and every slot said before it closes or ends;
    once it has said its slots, what comes next is a line for a tag that was not heard; and after a few lines, nothing
    comes but what it owes. After a closing question it ends. What no line can give holds nothing up.
    """

    def __init__(self, brief: Brief, lines: Sequence[Line], *, counts_slots: bool = True) -> None:
        """Where it `counts_slots` not, it has few stages instead of hundreds; then a body may end with slots unsaid."""
        self.lines = tuple(lines)
        self._counts_slots = counts_slots
        given = frozenset().union(*(_covers(line) for line in lines))
        self.start = State(
            given.intersection(brief.tags),
            given.intersection(brief.slots) if counts_slots else frozenset(),
            is_opening=any(line.is_opening for line in lines),
            is_early=counts_slots and any(line.must_follow_rate for line in lines),
            detours_left=_PATIENCE if counts_slots else _PATIENCE_WITHOUT_SLOTS,
        )
        self._next: dict[State, tuple[int, ...]] = {}
        self._ends: dict[State, bool] = {}
        self._saying: dict[str, set[int]] = {}
        for place, line in enumerate(self.lines):
            for sentence in sentences(line.text):
                self._saying.setdefault(sentence, set()).add(place)

    def alike(self, place: int) -> set[int]:
        """The lines that share a sentence with the line at a place, itself among them."""
        return {place}.union(*(self._saying[sentence] for sentence in sentences(self.lines[place].text)))

    def next(self, state: State) -> tuple[int, ...]:
        """The places of the lines that may come next, said ones included; none after the closing question."""
        found = self._next.get(state)
        if found is None:
            found = self._next[state] = tuple(self._chosen(state))
        return found

    def may_end(self, state: State) -> bool:
        """Whether a body may end here: it has begun, and nothing more can be said of what it owes."""
        found = self._ends.get(state)
        if found is None:
            found = self._ends[state] = state.is_begun and not self._due(state, self._open(state))
        return found

    def after(self, state: State, place: int) -> State:
        """The stage when the line at a place was said."""
        line = self.lines[place]
        unanswered_tags, missing = state.unanswered_tags - line.tags, state.missing - line.slots
        return replace(
            state,
            unanswered_tags=unanswered_tags,
            missing=missing,
            is_begun=True,
            is_opening=state.is_opening and line.is_opening,
            is_early=state.is_early and not line.satisfies_order,
            is_closed=line.is_closing,
            detours_left=max(0, state.detours_left - (not line.is_opening)) if unanswered_tags or missing else 0,
        )

    def _open(self, state: State) -> list[int]:
        """The lines whose place in a body has not passed."""
        if state.is_closed:
            return []
        return [place for place, line in enumerate(self.lines) if state.is_opening or not line.is_opening]

    def _due(self, state: State, places: Iterable[int]) -> frozenset[str]:
        """What is owed and can still be given."""
        return state.pending.intersection(due for place in places for due in _covers(self.lines[place]))

    def _chosen(self, state: State) -> list[int]:
        places = self._open(state)
        due = self._due(state, places)
        inner = [place for place in places if not self.lines[place].is_closing]
        if state.is_opening:
            openings = [place for place in places if self.lines[place].is_opening]
            later = self._due(state, [place for place in inner if not self.lines[place].is_opening])
            if only_now := self._due(state, openings) - later:
                return self._giving(openings, only_now)
        if not due:
            return self._in_time(places, state)
        before_closing = self._due(state, inner)
        if not before_closing:
            return self._giving(places, due)
        has_said_slots = self._counts_slots and before_closing.isdisjoint(state.missing)
        if has_said_slots or state.detours_left == 0:
            inner = self._giving(inner, before_closing)
        return self._in_time(inner, state)

    def _giving(self, places: Iterable[int], due: frozenset[str]) -> list[int]:
        return [place for place in places if not due.isdisjoint(_covers(self.lines[place]))]

    def _in_time(self, places: list[int], state: State) -> list[int]:
        """Without the lines that come too early, unless there are no others."""
        return [place for place in places if not (state.is_early and self.lines[place].must_follow_rate)] or places


class LineSequences:
    """Makes the course of each brief out of the lines that a model may say."""

    def __init__(self, approved: ApprovedLines) -> None:
        self.approved = approved
        self._known = lru_cache(maxsize=1024)(self._sequence)

    def sequence(self, brief: Brief, banned: tuple[str, ...] = (), *, counts_slots: bool = True) -> LineSequence | None:
        """The course through lines without a `banned` phrase; None when there is no line at all for such a brief."""
        return self._known(brief, banned, counts_slots)

    def _sequence(self, brief: Brief, banned: tuple[str, ...], counts_slots: bool) -> LineSequence | None:
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
            # A question for anybody ends a body where no place is known.
            is_closing=part == CLOSING if part else text.endswith("？") and not tags,
            must_follow_rate=bool(order_problems(text, brief)),
            satisfies_order=satisfies_order(text, brief),
        )


def _covers(line: Line) -> frozenset[str]:
    return line.tags | line.slots
