"""Patterns by sound: each is translated once to one that reads numbers of sounds, and what that finds is spelt out.

The translation is looser than the pattern: what may not stand somewhere is left out of it. What it finds is respelt in
the characters that the pattern names, only where the text makes no sense of its own, and the pattern itself decides.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from itertools import islice, pairwise, product
from operator import or_
from typing import Any

from guards.phrases.accident import is_accident
from guards.phrases.heard import FIRST_SOUND, Heard
from guards.phrases.kinship import Cell, Disguises, Kin, kinship
from guards.phrases.named import is_listed, members_of, words_of
from guards.phrases.prefilter import constants, parsed
from guards.phrases.sense import PARTICLES, is_in_word, is_seldom_met
from guards.phrases.syllables import heard_as, readings

REACH = 24
"""How far around what sounds like a word of the pattern it is looked for."""
_MOST_RESPELT, _MOST_FINDS = 48, 6
_LONG = 4
_ANY = "."

Place = tuple[int, int, bool]
"""Where something is found in a text, and whether that is no accident wherever it stands."""


class UntranslatableError(Exception):
    """A pattern refers to what one of its own groups has found."""


class HeardPattern:
    """One pattern of a rule and how it is heard."""

    def __init__(self, rule: int, pattern: str, allowed: Disguises) -> None:
        self.rule = rule
        self.allowed = allowed
        self._pattern = pattern
        known = readings()
        self.words = [word for word in words_of(parsed(pattern)) if any(map(known.__contains__, word))]

    @cached_property
    def _characters(self) -> dict[int, list[str]]:
        """The characters that it names, by the numbers of their sounds."""
        found: dict[int, list[str]] = {}
        for character in sorted(set("".join(self.words)) & readings().keys()):
            for number in heard_as(character):
                found.setdefault(number, []).append(character)
        return found

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self._pattern)

    @cached_property
    def _translated(self) -> re.Pattern[str] | None:
        """The pattern for numbers of sounds, None where there is none."""
        try:
            return re.compile(translated(parsed(self._pattern)), re.DOTALL)
        except UntranslatableError:
            return None

    def found_in(self, heard: Heard, low: int, high: int) -> Iterator[Place]:
        """Where the pattern matches in a range of the row, if what makes no sense is respelt."""
        if self._translated is None:
            return
        cells: list[Cell] = []
        for found in _finds(self._translated, heard.read, low, high):
            # Few of those that are looked for are found.
            cells = cells or [heard.cell(place) for place in range(low, high)]
            if place := self._spelt_out(heard, cells, found):
                yield place

    def exchanged_at(self, text: str, places: tuple[int, int]) -> Iterator[Place]:
        """Where the pattern matches once two characters have changed places."""
        first, second = places
        if text[first - 1 : first] == text[second] or text[second + 1 : second + 2] == text[first]:
            return  # 一天一杯 holds 一天 as it stands
        low = max(0, first - REACH)
        turned = text[low:first] + text[second] + text[first + 1 : second] + text[first]
        match = self._expression.search(turned + text[second + 1 : second + REACH])
        if match is None or match.start() > first - low or match.end() <= second - low:
            return
        length = match.end() - match.start()
        is_in_words = any(is_in_word(text, place) or text[place] in PARTICLES for place in places)
        if length > _LONG or (length == _LONG and not is_in_words):
            yield low + match.start(), low + match.end(), False

    def _spelt_out(self, heard: Heard, cells: Sequence[Cell], found: tuple[int, int]) -> Place | None:
        text = heard.text
        options: list[list[str]] = []
        for place, cell in enumerate(cells):
            own = "\0" if cell.letters else text[cell.start]
            others: list[str] = []
            if found[0] <= place < found[1] and (cell.letters or cell.start in heard.doubtful):
                others = [
                    character
                    for character in self._characters.get(cell.number, ())
                    if Kin.SAME < kinship(character, cell, text, self.allowed) < Kin.NONE
                ]
            options.append(others if cell.letters and others else [*others, own])
        for spelt in islice(product(*options), _MOST_RESPELT):
            match = self._expression.search("".join(spelt), found[0])
            if match is None or match.end() <= match.start():
                continue
            chosen = cells[match.start() : match.end()]
            meant = "".join(spelt[match.start() : match.end()])
            respelt = [
                cell for cell, said in zip(chosen, meant, strict=True) if cell.letters or text[cell.start] != said
            ]
            if _is_meant(heard, meant, chosen, respelt):
                is_certain = bool(respelt) and all(cell.letters for cell in respelt)
                return chosen[0].start, chosen[-1].end, is_certain
        return None


def _finds(expression: re.Pattern[str], text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Where in a range it matches, counted from its start; also where one match begins inside another."""
    at = low
    for _ in range(_MOST_FINDS):
        found = expression.search(text, at, high)
        if found is None:
            return
        if found.end() > found.start():
            yield found.start() - low, found.end() - low
        at = found.start() + 1


def _is_meant(heard: Heard, meant: str, cells: Sequence[Cell], respelt: Sequence[Cell]) -> bool:
    """Whether something was disguised: in letters, by what was put between, or by characters out of place."""
    if not respelt:
        return any(one.end != other.start for one, other in pairwise(cells))
    by_ear = [cell for cell in respelt if not cell.letters]
    if not by_ear:
        return True
    if len(cells) < _LONG:
        kins = [Kin.SOUND if cell in by_ear else Kin.LETTERS for cell in cells]
        return len(cells) > 1 and not is_accident(heard, meant, cells, kins)
    return 3 * sum(not is_seldom_met(heard.text[cell.start]) for cell in by_ear) <= len(cells)


def translated(steps: Iterable[tuple[Any, Any]]) -> str:
    """A pattern for numbers of sounds that matches whatever sounds like a match of the one with these steps.

    Raises:
        UntranslatableError: if it refers to one of its groups.
    """
    return "".join(_translated(operation, argument) for operation, argument in steps)


def _translated(operation: Any, argument: Any) -> str:
    match operation:
        case constants.LITERAL:
            return _one_of(chr(argument))
        case constants.IN:
            return _one_of("".join(members_of(argument))) if is_listed(argument) else _ANY
        case constants.ANY | constants.NOT_LITERAL:
            return _ANY
        case constants.BRANCH:
            return f"(?:{'|'.join(map(translated, argument[1]))})"
        case constants.SUBPATTERN:
            return f"(?:{translated(argument[3])})"
        case constants.ATOMIC_GROUP:
            return f"(?:{translated(argument)})"
        case constants.ASSERT:
            direction, inner = argument
            return f"(?{'=' if direction > 0 else '<='}{translated(inner)})"
        case constants.ASSERT_NOT | constants.AT:
            return ""
        case constants.MAX_REPEAT | constants.MIN_REPEAT | constants.POSSESSIVE_REPEAT:
            least, most, inner = argument
            return f"(?:{translated(inner)}){{{least},{most}}}{'?' * (operation is constants.MIN_REPEAT)}"
        case _:
            raise UntranslatableError(str(operation))


def _one_of(characters: str) -> str:
    numbers: Iterable[int] = reduce(or_, map(heard_as, characters), frozenset[int]())
    return f"[{''.join(chr(FIRST_SOUND + number) for number in sorted(numbers))}]"
