"""How a sound of a text may stand for a character of a rule, as far as the family of that rule allows it."""

from collections.abc import Iterator
from enum import IntEnum
from functools import cache, lru_cache
from typing import NamedTuple

from guards.phrases.syllables import near, readings
from guards.text.lookalikes import risky_look_alikes, similar


class Cell(NamedTuple):
    """One sound: its number, where in the text it stands, and its letters if it is spelt in those."""

    number: int
    start: int
    end: int
    letters: str = ""


class Disguises(NamedTuple):
    """Which disguises a family allows beyond tight folding."""

    homophones: bool = False
    look_alikes: bool = False
    initials: bool = False
    near_sounds: bool = False


class Kin(IntEnum):
    """What a sound of a text and a character of a rule have in common, the most first."""

    SAME = 0
    LETTERS = 1
    INITIAL = 2
    LOOK = 3
    SOUND = 4
    NEAR = 5
    NONE = 6


def kinship(wanted: str, cell: Cell, text: str, allowed: Disguises) -> Kin:
    """How the sound stands for the wanted character."""
    if cell.letters:
        if cell.letters in readings().get(wanted, ()):
            return Kin.LETTERS
        return Kin.LETTERS if allowed.near_sounds and near(cell.letters) in _near_readings(wanted) else Kin.NONE
    said = text[cell.start]
    return Kin.SAME if said == wanted else likeness(wanted, said, allowed)


@lru_cache(1 << 16)
def likeness(wanted: str, said: str, allowed: Disguises) -> Kin:
    """How one character stands for another."""
    if said.isascii():
        if said in readings().get(wanted, ()):
            return Kin.LETTERS
        return Kin.INITIAL if allowed.initials and said in initials_of(wanted) else Kin.NONE
    return next(filter(_allowed(allowed).__contains__, _kinships(wanted, said)), Kin.NONE)


@cache
def _allowed(allowed: Disguises) -> frozenset[Kin]:
    switches = ((Kin.LOOK, allowed.look_alikes), (Kin.SOUND, allowed.homophones), (Kin.NEAR, allowed.near_sounds))
    return frozenset(kin for kin, is_on in switches if is_on)


def _kinships(wanted: str, said: str) -> Iterator[Kin]:
    if risky_look_alikes().get(said) == wanted or wanted in similar().get(said, ""):
        yield Kin.LOOK
    others = readings().get(said, ())
    if not set(readings().get(wanted, ())).isdisjoint(others):
        yield Kin.SOUND
    if not _near_readings(wanted).isdisjoint(map(near, others)):
        yield Kin.NEAR


@cache
def initials_of(character: str) -> frozenset[str]:
    """The letters with which its readings begin."""
    return frozenset(reading[0] for reading in readings().get(character, ()))


@cache
def _near_readings(character: str) -> frozenset[str]:
    return frozenset(map(near, readings().get(character, ())))
