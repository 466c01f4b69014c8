"""The order of approved lines in a body, as a finite-state machine: which may come next, and where a body may end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.approved.brief import Brief
from app.approved.skeleton import sentences

_DETOURS, _DETOURS_WITHOUT_SLOTS = 5, 3
"""Lines of a body, openings aside, after which only those may follow that cover something pending."""


@dataclass(frozen=True, slots=True)
class Line:
    """An approved line, and what it does in a body for one brief.

    It addresses `tags` of the brief and says `slots` that the brief requires. A line that `must_come_later` may only
    follow one that `satisfies_order`: monthly figures follow the annual rate, and collection begins with no debt.
    """

    text: str
    tags: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    is_opening: bool = False
    is_closing: bool = False
    must_come_later: bool = False
    satisfies_order: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How far a body has come: tags not yet addressed, required slots not yet said, and which lines are still possible.

    Openings are possible while it `is_opening`; lines that must come later are not while it `is_early`; after a closing
    question it `is_closed`. As long as anything is pending, `detours_left` counts the lines that may still come before
    only those follow that cover some of it.
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
        """The tags and slots that a body must cover before it ends; no tag and slot have a name in common."""
        return self.unanswered_tags | self.missing


class LineSequence:
    """Which lines may follow each other in a body for one brief, and where it may end.

    A body begins with its openings. It addresses every tag of the customer and says every required slot before it
    closes or ends. Once its slots are said, the next line addresses a tag that is still unanswered; after a few
    detours, only lines follow that cover something pending. A closing question ends it. What no line can cover is not
    waited for.
    """

    def __init__(self, brief: Brief, lines: Sequence[Line], *, counts_slots: bool = True) -> None:
        """Without `counts_slots` there are a few states instead of hundreds, and a body may end with slots unsaid."""
        self.lines = tuple(lines)
        self._counts_slots = counts_slots
        coverable = frozenset().union(*(_covers(line) for line in lines))
        self.start = State(
            coverable.intersection(brief.tags),
            coverable.intersection(brief.slots) if counts_slots else frozenset(),
            is_opening=any(line.is_opening for line in lines),
            is_early=counts_slots and any(line.must_come_later for line in lines),
            detours_left=_DETOURS if counts_slots else _DETOURS_WITHOUT_SLOTS,
        )
        self._next: dict[State, tuple[int, ...]] = {}
        self._ends: dict[State, bool] = {}
        self._containing: dict[str, set[int]] = {}
        for index, line in enumerate(self.lines):
            for sentence in sentences(line.text):
                self._containing.setdefault(sentence, set()).add(index)

    def sharing_a_sentence(self, index: int) -> set[int]:
        """The indices of the lines that have a sentence in common with this one, itself included."""
        return {index}.union(*(self._containing[sentence] for sentence in sentences(self.lines[index].text)))

    def next(self, state: State) -> tuple[int, ...]:
        """The indices of the lines that may come next, whether said before or not; none after a closing question."""
        found = self._next.get(state)
        if found is None:
            found = self._next[state] = tuple(self._candidates(state))
        return found

    def may_end(self, state: State) -> bool:
        """Whether a body may end here: it has begun, and no line could still cover anything that is pending."""
        found = self._ends.get(state)
        if found is None:
            found = self._ends[state] = state.is_begun and not self._coverable(state, self._possible(state))
        return found

    def after(self, state: State, index: int) -> State:
        """The state once this line was said."""
        line = self.lines[index]
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

    def _possible(self, state: State) -> list[int]:
        """All lines but openings after the opening; none after the closing question."""
        if state.is_closed:
            return []
        return [index for index, line in enumerate(self.lines) if state.is_opening or not line.is_opening]

    def _coverable(self, state: State, indices: Iterable[int]) -> frozenset[str]:
        """What is pending and covered by at least one of these lines."""
        return state.pending.intersection(name for index in indices for name in _covers(self.lines[index]))

    def _candidates(self, state: State) -> list[int]:
        possible = self._possible(state)
        coverable = self._coverable(state, possible)
        inner = [index for index in possible if not self.lines[index].is_closing]
        if state.is_opening:
            openings = [index for index in possible if self.lines[index].is_opening]
            later = self._coverable(state, [index for index in inner if not self.lines[index].is_opening])
            if only_now := self._coverable(state, openings) - later:
                return self._covering(openings, only_now)
        if not coverable:
            return self._in_order(possible, state)
        before_closing = self._coverable(state, inner)
        if not before_closing:
            return self._covering(possible, coverable)
        has_said_slots = self._counts_slots and before_closing.isdisjoint(state.missing)
        if has_said_slots or state.detours_left == 0:
            inner = self._covering(inner, before_closing)
        return self._in_order(inner, state)

    def _covering(self, indices: Iterable[int], names: frozenset[str]) -> list[int]:
        return [index for index in indices if not names.isdisjoint(_covers(self.lines[index]))]

    def _in_order(self, indices: list[int], state: State) -> list[int]:
        """Without the lines that must come later, unless there are no others."""
        return [index for index in indices if not (state.is_early and self.lines[index].must_come_later)] or indices


def _covers(line: Line) -> frozenset[str]:
    return line.tags | line.slots
