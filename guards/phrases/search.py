"""Find the rules of one folding in a text: as it was written, with disguises undone, by sound and by look."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from guards.lexicon.rules import PhraseRule
from guards.lexicon.scope import concerns
from guards.phrases.compiled import STAGES, Form, Part, Unit, compiled
from guards.phrases.heard import holds_digits_between
from guards.phrases.meant import Found, is_meant
from guards.text.disguises import Undisguised, undo_disguises, unfinished, with_words_for_symbols
from guards.text.folding import Folded, Folding
from guards.text.reading import Reading
from guards.text.seen import as_seen
from guards.types import Scenario, Span

_SMALL = 2000
"""Parts of no more weight are compiled anew with what changed: it takes a few hundredths of a second."""
_MOST_PARTS = 4

Rank = tuple[int, int, int]
"""Which spelling of a text was read, what of a rule was looked for, and the place of that rule."""


class _Placed(NamedTuple):
    """A part, and for each of its rules the place in the search; None for one that is no more."""

    part: Part
    places: Sequence[int | None]

    def is_live(self, slot: int) -> bool:
        """Whether the rule is still one of the search."""
        return self.places[slot] is not None

    def slots_of(self, rule: str) -> frozenset[int]:
        """The slots of the rule of that id."""
        return frozenset(slot for slot in self.part.slots_by_id.get(rule, ()) if self.is_live(slot))

    @property
    def weight(self) -> int:
        """That of the rules that are still there."""
        pairs = zip(self.part.units, self.places, strict=True)
        return sum(unit.weight for unit, place in pairs if place is not None)


class _Asked(dict[int, bool]):
    """Whether the rule in a slot of a part is looked for in one text: worked out when it is first asked."""

    def __init__(
        self,
        placed: _Placed,
        concerned: Callable[[int], bool],
        units: Sequence[Unit],
        applies: Callable[[PhraseRule], bool],
    ) -> None:
        super().__init__()
        self._placed, self._concerned, self._units, self._applies = placed, concerned, units, applies

    def __missing__(self, slot: int) -> bool:
        place = self._placed.places[slot]
        self[slot] = place is not None and self._concerned(slot) and self._applies(self._units[place].rule)
        return self[slot]


class Search:
    """All rules of one folding.

    What `earlier`, a search of the same folding, has compiled of the same words is taken over. What is found does not
    depend on it.

    Raises:
        ValueError: if nothing is left of a phrase after folding.
    """

    def __init__(self, folding: Folding, units: Sequence[Unit], earlier: "Search | None" = None) -> None:
        self.folding = folding
        self.units = tuple(units)
        self._placed: list[_Placed] = _arranged(folding, self.units, earlier._placed if earlier else ())
        self._concerned: dict[Scenario | None, list[Callable[[int], bool]]] = {
            scenario: [
                [
                    place is not None and concerns(self.units[place].rule, scenario) for place in placed.places
                ].__getitem__
                for placed in self._placed
            ]
            for scenario in (None, *Scenario)
        }
        self.numerals = frozenset(
            numeral
            for placed in self._placed
            for slot, _ in enumerate(placed.places)
            if placed.is_live(slot)
            for numeral in placed.part.numerals(slot)
        )
        """The numerals that any of the rules names: only they are read in Chinese where a text has them in digits."""

    @property
    def parts(self) -> list[Part]:
        """What the search was compiled in."""
        return [placed.part for placed in self._placed]

    def find(
        self,
        text: Reading,
        scenario: Scenario | None,
        only: str | None = None,
        applies: Callable[[PhraseRule], bool] = lambda rule: True,
    ) -> Iterator[tuple[Rank, PhraseRule, Span]]:
        """Every rule that concerns the scenario, and the span of the original; exceptions taken out.

        `only`: the id of the one rule that is looked for. `applies`: whether a rule matters at all; it is asked of few.
        """
        searched = [
            (placed, _Asked(placed, concerned, self.units, applies).__getitem__)
            for placed, concerned in zip(self._placed, self._concerned[scenario], strict=True)
            if only is None or placed.slots_of(only)
        ]
        excused: set[tuple[int, Span]] = set()
        for number, form in enumerate(self._forms(text) if searched else ()):
            for placed, wanted in searched:
                for slot, start, end, kind in placed.part.hits(form, wanted):
                    place = placed.places[slot]
                    assert place is not None, "only rules that are looked for are found"
                    folded = form.alike if kind == "look" and form.alike is not None else form.folded
                    found = Found(folded.span(start, end), start, end, folded, kind)
                    unit = self.units[place]
                    if (place, found.span) in excused:
                        continue
                    if is_meant(found, unit, placed.part.exceptions[slot], text.raw):
                        yield (number, STAGES.index(kind), place), unit.rule, found.span
                    elif number == 0 and kind == "phrase":
                        excused.add((place, found.span))  # drawn together, 偷偷办 is no disguise of itself

    def _forms(self, text: Reading) -> Iterator[Form]:
        """The spellings in which a text is read."""
        if self.folding is not Folding.TIGHT:
            yield Form(text.folded(self.folding), text.raw)
            return
        yield from self._undisguised(text.tight, text.raw)
        if spoken := with_words_for_symbols(text.plain):
            yield from self._undisguised(spoken, text.raw)
        turn = 0
        while (seen := as_seen(text.raw, turn)) is not None:
            yield Form(seen, text.raw)
            turn += 1

    def _undisguised(self, folded: Folded, raw: str) -> Iterator[Form]:
        undisguised = undo_disguises(folded, self.numerals.__contains__)
        yield Form(folded, raw, is_heard=undisguised is None or _sounds_otherwise(folded, undisguised))
        if undisguised is not None:
            yield Form(undisguised.folded, raw, undisguised.runs)

    def is_read_by(self, text: Reading, numerals: frozenset[str]) -> bool:
        """Whether it makes a difference to the reading of a text that one of the numerals is named by a rule."""
        if self.folding is not Folding.TIGHT:
            return False
        asked: set[str] = set()

        def is_named(numeral: str) -> bool:
            asked.add(numeral)
            return False

        for folded in (text.tight, with_words_for_symbols(text.plain)):
            if folded is not None:
                undo_disguises(folded, is_named)
        return not numerals.isdisjoint(asked)

    def may_continue(self, text: Reading, end: int) -> bool:
        """Whether a phrase that began before `end` may go on behind the end of `text`."""
        folded = text.folded(self.folding)
        if self.folding is Folding.TIGHT and any(folded.origins[-rest] < end for rest in unfinished(folded.text)):
            return True
        return any(
            placed.part.is_begun(form, bisect_left(form.origins, end, 0, len(form.text)), placed.is_live)
            for form in self._begun_forms(text)
            for placed in self._placed
        )

    def _begun_forms(self, text: Reading) -> Iterator[Folded]:
        """A text that breaks off as it is searched; what may be the first part of a character is read without it."""
        folded = text.folded(self.folding)
        yield folded
        if self.folding is not Folding.TIGHT:
            return
        if spoken := with_words_for_symbols(text.plain):
            yield spoken
        for rest in (0, *unfinished(folded.text)):
            whole = Folded(folded.text[: len(folded.text) - rest], lambda: folded.offsets) if rest else folded
            undisguised = undo_disguises(whole, self.numerals.__contains__)
            yield whole if undisguised is None else undisguised.folded


def _sounds_otherwise(folded: Folded, undisguised: Undisguised) -> bool:
    """Whether a text is heard as it stands, too.

    Drawn together 天天 sounds like 天, in 包1过 the 1 is read 一, and 言正 is 证 or 验证 in homophones.
    """
    return bool(undisguised.repetitions) or undisguised.is_joined or holds_digits_between(folded.text)


def _arranged(folding: Folding, units: Sequence[Unit], earlier: Sequence[_Placed]) -> list[_Placed]:
    """The units in parts, large ones taken over from earlier, and what is in none of those compiled in one.

    A part is worth its keep if it is larger than what must be compiled anyhow, and most of it is still wanted: each
    part is one more search in every text.
    """
    by_id = {unit.rule.id: place for place, unit in enumerate(units)}
    kept: list[_Placed] = []
    for one in earlier:
        places = [
            _place_of(unit, units, by_id) if one.is_live(slot) else None for slot, unit in enumerate(one.part.units)
        ]
        kept.append(_Placed(one.part, places))
    kept.sort(key=lambda placed: placed.weight)
    fresh = sum(unit.weight for unit in units) - sum(placed.weight for placed in kept)
    while kept and (len(kept) >= _MOST_PARTS or kept[0].weight <= max(fresh, _SMALL)):
        fresh += kept.pop(0).weight
    kept = [placed for placed in kept if 2 * placed.weight >= placed.part.weight]
    taken = {place for placed in kept for place in placed.places}
    if rest := [place for place in range(len(units)) if place not in taken]:
        kept.append(_Placed(compiled(folding, [units[place] for place in rest]), rest))
    return kept


def _place_of(unit: Unit, units: Sequence[Unit], by_id: dict[str, int]) -> int | None:
    place = by_id.get(unit.rule.id)
    return place if place is not None and units[place].is_worded_like(unit) else None
