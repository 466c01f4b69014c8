"""Find phrases and patterns by sound: homophones, near sounds, pinyin among or instead of characters, and initials.

Texts are read as toneless syllables. A few rare syllables of each phrase and each word that a pattern names are looked
up; the rest of it is then compared sound by sound, and a pattern is tried where one of its words was heard.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from guards.phrases.abridged import LONGEST, heard_or_begun, is_abridged, stand_for_words
from guards.phrases.accident import is_accident, is_strung, makes_sense
from guards.phrases.exchanged import Exchanged
from guards.phrases.heard import Heard
from guards.phrases.initials import Initials
from guards.phrases.kinship import Cell, Disguises, Kin, kinship
from guards.phrases.overheard import REACH, HeardPattern
from guards.phrases.sense import (
    PARTICLES,
    is_in_word,
    is_seldom_met,
    speaks_of_credit,
)
from guards.phrases.stretches import Stretches
from guards.phrases.syllables import Numbers, heard_as, load_syllables
from guards.text.disguises import Doubles, is_repeated

_SHORT = 4


class Worded(NamedTuple):
    """Phrases of one rule in undisguised characters; of those in `doubles` some must stand several times in a row."""

    rule: int
    allowed: Disguises
    phrases: Sequence[str]
    doubles: dict[int, Doubles]


class SoundHit(NamedTuple):
    """The place of a rule and a range of the undisguised text.

    `is_certain`: it is no accident, wherever it stands; else it may reach over no pause. `is_abridged`: letters stand
    for characters, and nobody speaks of credit, so that only small ones tell.
    """

    rule: int
    start: int
    end: int
    is_certain: bool = True
    is_abridged: bool = False


class Sounds:
    """All phrases and patterns of one folding, by sound."""

    def __init__(self, rules: Iterable[Worded], patterns: Iterable[HeardPattern] = ()) -> None:
        load_syllables()
        self._texts: list[str] = []
        self._rules: list[int] = []
        self._allowed: list[Disguises] = []
        self._doubles: dict[int, Doubles] = {}
        abbreviated: list[str] = []
        self._abbreviated: list[int] = []
        for rule, allowed, phrases, doubles in rules:
            self._doubles |= {len(self._texts) + place: each for place, each in doubles.items()}
            self._texts += phrases
            self._rules += [rule] * len(phrases)
            self._allowed += [allowed] * len(phrases)
            if allowed.initials:
                abbreviated += _said(phrases, doubles)
                self._abbreviated += [rule] * len(phrases)
        self._patterns = _by_word(patterns)
        self._words = [word for word in self._patterns if len(word) > 1]
        self._characters: dict[int, list[str]] = {}
        for character in self._patterns.keys() - set(self._words):
            for number in heard_as(character):
                self._characters.setdefault(number, []).append(character)
        self._stretches = Stretches(self._texts)
        self._word_stretches = Stretches(self._words)
        self._short = [place for place, text in enumerate(self._texts) if self._may_be_abridged(place, text)]
        self._abridged = Stretches([self._texts[place] for place in self._short], heard_or_begun)
        self._exchanged = Exchanged([*self._texts, *self._words])
        self._initials = Initials(abbreviated)

    def _may_be_abridged(self, place: int, text: str) -> bool:
        return self._allowed[place].initials and len(text) <= LONGEST and place not in self._doubles

    def hits(
        self, heard: Heard, runs: Sequence[int] | None, wanted: Callable[[int], bool] = lambda rule: True
    ) -> Iterator[SoundHit]:
        """Everything in an undisguised text that sounds like a phrase of a wanted rule and is not spelt like it.

        `runs`: how often each character of the text stood in a row, None for once each.
        """
        yield from dict.fromkeys(self._hits(heard, runs, wanted))

    def _hits(self, heard: Heard, runs: Sequence[int] | None, wanted: Callable[[int], bool]) -> Iterator[SoundHit]:
        for run, start, end in heard.latin_runs:
            spelt = [rule for rule in map(self._abbreviated.__getitem__, self._initials.spelt(run)) if wanted(rule)]
            if spelt and stand_for_words(heard, run, start, end):
                is_short = len(run) < _SHORT
                is_small = is_short and not speaks_of_credit(heard.text, start, end)
                yield from (SoundHit(rule, start, end, not is_short, is_small) for rule in spelt)
        if heard.latin_runs:
            yield from self._beside_letters(heard, runs, wanted)
        text, offsets = heard.text, self._stretches.offsets
        for index, owner in self._stretches.lookup.found(heard.keys):
            start, phrase = heard.place(index) - offsets[owner], self._texts[owner]
            if start < 0 or not wanted(self._rules[owner]) or text.startswith(phrase, start):
                continue
            if hit := self._compared(owner, heard, start, runs):
                yield hit
        if len(chosen := heard.doubtful_keys()):
            for around, pattern in dict.fromkeys((*self._named(heard, chosen, wanted), *self._alone(heard, wanted))):
                for place in pattern.found_in(heard, *around):
                    yield SoundHit(pattern.rule, *place)
        yield from self._out_of_order(heard, wanted)

    def _beside_letters(
        self, heard: Heard, runs: Sequence[int] | None, wanted: Callable[[int], bool]
    ) -> Iterator[SoundHit]:
        """Phrases in which letters stand for some characters."""
        chosen = heard.keys_beside_letters()
        for index, place in self._abridged.lookup.found(heard.keys[chosen]):
            owner = self._short[place]
            start = heard.place(chosen.item(index)) - self._abridged.offsets[place]
            if start >= 0 and wanted(self._rules[owner]) and (hit := self._compared(owner, heard, start, runs)):
                yield hit

    def _named(
        self, heard: Heard, chosen: Numbers, wanted: Callable[[int], bool]
    ) -> Iterator[tuple[tuple[int, int], HeardPattern]]:
        """The patterns a word of which is heard, and where."""
        for index, owner in self._word_stretches.lookup.found(heard.keys[chosen]):
            start = heard.place(chosen.item(index)) - self._word_stretches.offsets[owner]
            word = self._words[owner]
            if (cells := heard.cells(start, start + len(word))) is not None:
                is_respelt = start >= len(heard.text)
                for allowed, patterns in self._patterns[word].items():
                    if _is_said(word, heard, cells, allowed, is_respelt=is_respelt):
                        around = heard.around(start, REACH)
                        yield from ((around, pattern) for pattern in patterns if wanted(pattern.rule))

    def _alone(self, heard: Heard, wanted: Callable[[int], bool]) -> Iterator[tuple[tuple[int, int], HeardPattern]]:
        """The patterns that name a character by itself, where something strange may stand for it."""
        text = heard.text
        strange = [place for place in sorted(heard.doubtful) if is_seldom_met(text[place])]
        spelt = (place for place in range(len(text), len(heard.row)) if heard.cell(place).letters)
        for place in (*strange, *spelt):
            cell, around = heard.cell(place), heard.around(place, REACH)
            for character in self._characters.get(cell.number, ()):
                for allowed, patterns in self._patterns[character].items():
                    if Kin.SAME < kinship(character, cell, text, allowed) < Kin.NONE:
                        yield from ((around, pattern) for pattern in patterns if wanted(pattern.rule))

    def _out_of_order(self, heard: Heard, wanted: Callable[[int], bool]) -> Iterator[SoundHit]:
        text, phrases = heard.text, len(self._texts)
        for owner, start, places in self._exchanged.found_in(text, heard.points):
            if owner >= phrases:
                for allowed, patterns in self._patterns[self._words[owner - phrases]].items():
                    for pattern in patterns if allowed.look_alikes else ():
                        if wanted(pattern.rule):
                            for place in pattern.exchanged_at(text, places):
                                yield SoundHit(pattern.rule, *place)
            elif self._allowed[owner].look_alikes and owner not in self._doubles and wanted(self._rules[owner]):
                end = start + len(self._texts[owner])
                if not _is_order_of_words(heard, self._texts[owner], start, places):
                    yield SoundHit(self._rules[owner], start, end, is_certain=False)

    def _compared(self, owner: int, heard: Heard, at: int, runs: Sequence[int] | None) -> SoundHit | None:
        """Where the phrase stands in the text, and whether that is certain, if it is there in disguise."""
        rule, phrase, allowed, text = self._rules[owner], self._texts[owner], self._allowed[owner], heard.text
        cells = heard.cells(at, at + len(phrase))
        if cells is None or (kins := _kins(phrase, cells, text, allowed)) is None:
            return None
        start, end = cells[0].start, cells[-1].end
        is_parted = _is_parted(cells)
        if not any(kins) and not is_parted:
            return None
        if heard.joins_letters(start) or heard.joins_letters(end):
            return None
        doubles = self._doubles.get(owner, ())
        if not is_repeated(runs, ((cells[place].start, times) for place, times in doubles)):
            return None
        length = len(phrase) + sum(times - 1 for _, times in doubles)
        if Kin.INITIAL in kins:
            if is_parted or not is_abridged(heard, phrase, cells, kins):
                return None
            return SoundHit(rule, start, end, is_certain=False, is_abridged=not speaks_of_credit(text, start, end))
        if Kin.LETTERS in kins and not is_parted:
            is_cut = length < _SHORT - 1 and (heard.is_seam(start) or heard.is_seam(end))
            return None if is_cut else SoundHit(rule, start, end)
        if is_parted and length < _SHORT and is_strung(heard, phrase, cells):
            return None
        if max(kins) > Kin.LETTERS and is_accident(heard, phrase, cells, kins, runs):
            return None
        return SoundHit(rule, start, end, length >= _SHORT and not is_parted and Kin.NEAR not in kins)


def _by_word(patterns: Iterable[HeardPattern]) -> dict[str, dict[Disguises, list[HeardPattern]]]:
    """The patterns that name each word, by the disguises in which they are looked for."""
    found: dict[str, dict[Disguises, list[HeardPattern]]] = {}
    for pattern in patterns:
        for word in pattern.words:
            found.setdefault(word, {}).setdefault(pattern.allowed, []).append(pattern)
    return found


def _kins(phrase: str, cells: Sequence[Cell], text: str, allowed: Disguises) -> list[Kin] | None:
    """How each sound stands for its character, None where one does not."""
    kins: list[Kin] = []
    for wanted, cell in zip(phrase, cells, strict=True):
        kin = kinship(wanted, cell, text, allowed)
        if kin is Kin.NONE:
            return None
        kins.append(kin)
    return kins


def _is_said(word: str, heard: Heard, cells: Sequence[Cell], allowed: Disguises, *, is_respelt: bool) -> bool:
    """Whether a word of a pattern stands there in disguise: in letters, parted, or where the text makes no sense.

    As it is written it is enough where the text is spelt in another way around it.
    """
    kins = _kins(word, cells, heard.text, allowed)
    if kins is None:
        return False
    changed = [cell.start for cell, kin in zip(cells, kins, strict=True) if kin > Kin.LETTERS]
    if changed:
        return len(changed) * 2 <= len(word) and heard.doubtful.issuperset(changed)
    return is_respelt


def _said(phrases: Sequence[str], doubles: dict[int, Doubles]) -> list[str]:
    """The phrases with all their repetitions."""
    said = list(phrases)
    for index, each in doubles.items():
        text = said[index]
        for place, times in reversed(each):
            text = text[:place] + text[place] * times + text[place + 1 :]
        said[index] = text
    return said


def _is_parted(cells: Sequence[Cell]) -> bool:
    return any(one.end != other.start for one, other in pairwise(cells))


def _is_order_of_words(heard: Heard, phrase: str, start: int, places: tuple[int, int]) -> bool:
    """Whether the order is one in which anybody says it: of listed words, or with nothing but the two to tell."""
    text, end = heard.text, start + len(phrase)
    if len(phrase) >= _SHORT:
        return False
    if any(is_in_word(text, place) for place in places) or all(text[place] in PARTICLES for place in places):
        return True
    return makes_sense(heard, phrase, start, end, Kin.NONE)
