"""Rules of one folding, compiled: what a policy takes over from the one before it, where its rules are the same."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from guards.lexicon.rules import Family, PhraseRule
from guards.phrases.heard import Heard
from guards.phrases.kinship import Disguises
from guards.phrases.matcher import Hit, Matcher, Wanted
from guards.phrases.overheard import HeardPattern
from guards.phrases.sounds import Sounds, Worded
from guards.phrases.spelling import (
    PAUSE,
    Spelt,
    alike_characters,
    confusable,
    exceptions_of,
    folded_phrases,
    mistaken,
    near_patterns,
    numerals_of,
    parted,
    spelt_phrases,
    ways,
)
from guards.text.disguises import Doubles
from guards.text.folding import Folded, Folding
from guards.text.lookalikes import risky_look_alikes

STAGES = ("phrase", "pattern", "near", "sound", "likely", "letters", "look")
"""In which order the kinds of hits are looked for."""
_PATTERN_WEIGHT = 20


class Unit(NamedTuple):
    """A rule and the disguises in which its family is looked for."""

    rule: PhraseRule
    allowed: Disguises
    only_in_disguise: bool = False

    def is_worded_like(self, other: "Unit") -> bool:
        """Whether the same is looked for, wherever and from when on the rules apply and whatever comes of a hit."""
        one, two = self.rule, other.rule
        return self.allowed == other.allowed and (
            one is two
            or (one.phrases, one.patterns, one.near, one.exceptions)
            == (two.phrases, two.patterns, two.near, two.exceptions)
        )

    @property
    def weight(self) -> int:
        """How long it takes to compile, in phrases."""
        return 1 + len(self.rule.phrases) + _PATTERN_WEIGHT * (len(self.rule.patterns) + len(self.rule.near))


def units_of(families: Iterable[Family]) -> Iterator[Unit]:
    """The rules of the families in their order."""
    for family in families:
        allowed = Disguises(family.homophones, family.look_alikes, family.initials, family.near_sounds)
        for rule in family.rules:
            yield Unit(rule, allowed, family.only_in_disguise)


class Form:
    """One spelling of a text; `runs` says how often each character was repeated, None: as it was written."""

    __slots__ = ("_heard", "_raw", "alike", "folded", "is_heard", "runs")

    def __init__(self, folded: Folded, raw: str, runs: Sequence[int] | None = None, *, is_heard: bool = True) -> None:
        """`raw`: the text that was folded."""
        self.folded = folded
        self._raw = raw
        self.runs = runs
        self.is_heard = is_heard
        """Whether it is searched by sound; not where another spelling sounds the same."""
        self.alike = alike(folded) if _risky().search(folded.text) else None
        """With what looks like another character replaced by it; None where nothing does."""
        self._heard: Heard | None = None

    @property
    def heard(self) -> Heard:
        """The spelling by sound."""
        if self._heard is None:
            self._heard = Heard(self.folded.text, self._pauses)
        return self._heard

    def _pauses(self) -> Iterator[int]:
        """Before which characters the text pauses."""
        starts = self.folded.origins
        return (bisect_right(starts, pause.start()) for pause in PAUSE.finditer(self._raw))


class Part:
    """Some rules of a folding, found as they are folded. Rules are named by their place in `units`."""

    def __init__(self, folding: Folding, units: Sequence[Unit]) -> None:
        self.folding = folding
        self.units = tuple(units)
        self.weight = sum(unit.weight for unit in units)
        self.slots_by_id: dict[str, list[int]] = {}
        for slot, unit in enumerate(units):
            self.slots_by_id.setdefault(unit.rule.id, []).append(slot)
        self.exceptions = [exceptions_of(unit.rule.exceptions, folding) for unit in units]
        self._matcher = Matcher(self._wanted(), lambda word: ways(word, folding))

    def _wanted(self) -> Iterator[Wanted]:
        for unit in self.units:
            yield _looked_for(unit.rule, [(folded, ()) for folded in folded_phrases(unit.rule, self.folding)])

    def hits(self, form: Form, wanted: Callable[[int], bool]) -> Iterator[Hit]:
        """What is found of the wanted rules in one spelling of a text."""
        yield from _matched(self._matcher, form.folded, form.runs, wanted)

    def is_begun(self, form: Folded, limit: int, wanted: Callable[[int], bool]) -> bool:
        """Whether something of a wanted rule begins before `limit` and may go on behind the end."""
        return self._matcher.is_begun(form.text, limit, wanted)

    def numerals(self, slot: int) -> frozenset[str]:
        """The numerals that a rule names, in so far as they matter."""
        return frozenset()


class TightPart(Part):
    """Some rules of the folding TIGHT, found also by sound and by look."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._spelt = [spelt_phrases(unit.rule) for unit in units]
        super().__init__(Folding.TIGHT, units)
        self._numerals = [numerals_of(unit.rule, spelt) for unit, spelt in zip(units, self._spelt, strict=True)]
        self._sounds = Sounds(_by_sound(units, self._spelt), _overheard(units))
        self._alike = Matcher(_look_alikes(units, self._spelt), lambda word: ())
        del self._spelt

    def _wanted(self) -> Iterator[Wanted]:
        for unit, spelt in zip(self.units, self._spelt, strict=True):
            phrases: dict[tuple[str, Doubles], None] = dict.fromkeys((word, ()) for word in spelt.folded)
            phrases |= dict.fromkeys(spelt.otherwise.values())
            if unit.allowed.look_alikes:
                phrases |= dict.fromkeys(_seen(spelt))
            phrases |= dict.fromkeys((word, ()) for word in parted(spelt.folded))
            yield _looked_for(unit.rule, list(phrases))

    def hits(self, form: Form, wanted: Callable[[int], bool]) -> Iterator[Hit]:
        """What is found of the wanted rules in one spelling of a text."""
        seen = set()
        for hit in super().hits(form, wanted):
            seen.add(hit[:3])
            yield hit
        if form.is_heard:
            for rule, start, end, is_certain, is_abridged in self._sounds.hits(form.heard, form.runs, wanted):
                if (rule, start, end) not in seen and not _is_cut(form.folded, form.runs, start, end):
                    kind = "letters" if is_abridged else "sound" if is_certain else "likely"
                    yield Hit(rule, start, end, kind)
        if form.alike is not None:
            for hit in _matched(self._alike, form.alike, form.runs, wanted):
                if hit[:3] not in seen:
                    yield hit._replace(kind="look")

    def is_begun(self, form: Folded, limit: int, wanted: Callable[[int], bool]) -> bool:
        """Whether something of a wanted rule begins before `limit` and may go on behind the end."""
        return super().is_begun(form, limit, wanted) or self._alike.is_begun(alike(form).text, limit, wanted)

    def numerals(self, slot: int) -> frozenset[str]:
        """The numerals that a rule names, as undisguised texts spell them."""
        return self._numerals[slot]


def compiled(folding: Folding, units: Sequence[Unit]) -> Part:
    """Compile rules of one folding.

    Raises:
        ValueError: if nothing is left of a phrase after folding.
    """
    return TightPart(units) if folding is Folding.TIGHT else Part(folding, units)


def by_sound(families: Iterable[Family]) -> Iterator[Worded]:
    """The phrases of tight families as they are looked for by sound; rules are named by their place."""
    units = list(units_of(families))
    return _by_sound(units, [spelt_phrases(unit.rule) for unit in units])


def _by_sound(units: Sequence[Unit], every: Sequence[Spelt]) -> Iterator[Worded]:
    for index, (unit, spelt) in enumerate(zip(units, every, strict=True)):
        # As written too: of what only sounds like 百分之百 or 人人, nothing is undone.
        otherwise = list(spelt.otherwise.values())
        doubles = {len(spelt.folded) + place: doubles for place, (_, doubles) in enumerate(otherwise) if doubles}
        yield Worded(index, unit.allowed, [*spelt.folded, *(word for word, _ in otherwise)], doubles)


def _overheard(units: Sequence[Unit]) -> Iterator[HeardPattern]:
    for index, (rule, allowed, _) in enumerate(units):
        for pattern in rule.patterns:
            yield HeardPattern(index, pattern, allowed)
        for near in rule.near:
            for pattern in near_patterns(near):
                yield HeardPattern(index, pattern, allowed)


def _seen(spelt: Spelt) -> Iterator[tuple[str, Doubles]]:
    """The phrases that hold what may be mistaken for something else, as it is seen."""
    for place, word in enumerate(spelt.folded):
        undisguised, doubles = spelt.otherwise.get(place, (word, ()))
        if not mistaken().isdisjoint(undisguised):
            yield undisguised.translate(alike_characters()), doubles


def _look_alikes(units: Sequence[Unit], every: Sequence[Spelt]) -> Iterator[Wanted]:
    """The phrases that hold what may be mistaken; the others are found in any text as they are spelt in it."""
    for unit, spelt in zip(units, every, strict=True):
        words = enumerate(spelt.folded if unit.allowed.look_alikes else ())
        read = (spelt.otherwise.get(place, (word, ())) for place, word in words)
        yield Wanted(
            [
                (word.translate(alike_characters()), doubles)
                for word, doubles in read
                if not confusable().isdisjoint(word)
            ],
            (),
            (),
        )


def _looked_for(rule: PhraseRule, phrases: Sequence[tuple[str, Doubles]]) -> Wanted:
    return Wanted(phrases, [re.compile(pattern) for pattern in rule.patterns], rule.near)


def _matched(
    matcher: Matcher, folded: Folded, runs: Sequence[int] | None, wanted: Callable[[int], bool]
) -> Iterator[Hit]:
    return (hit for hit in matcher.hits(folded, runs, wanted) if not _is_cut(folded, runs, hit.start, hit.end))


def _is_cut(folded: Folded, runs: Sequence[int] | None, start: int, end: int) -> bool:
    """Whether the range begins or ends within what was undone: 零门槛 is not in what 7.20 became."""
    return runs is not None and (folded.is_within(start) or folded.is_within(end))


def alike(folded: Folded) -> Folded:
    """The text with what looks like another character replaced by it."""
    return Folded(folded.text.translate(alike_characters()), lambda: folded.offsets)


@cache
def _risky() -> re.Pattern[str]:
    return re.compile(f"[{''.join(risky_look_alikes())}]")
