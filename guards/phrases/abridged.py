"""Phrases some or all of whose characters are only their first letters: 嘿h, 内部q道, jwx."""

from collections.abc import Sequence

from guards.phrases.accident import is_accident
from guards.phrases.heard import Heard
from guards.phrases.kinship import Cell, Kin, initials_of
from guards.phrases.sense import PARTICLES, speaks_of_credit
from guards.phrases.syllables import heard_as
from guards.text.lookalikes import abbreviations

LONGEST = 6
"""Longer phrases are not looked for by single letters among their characters."""
_SHORT, _FEWEST = 4, 2
_UNTELLING = PARTICLES - set("还上下")
"""Characters that tell nothing beside a letter; the others are ones of which the trade makes words."""


def heard_or_begun(character: str) -> frozenset[int]:
    """How texts may spell a character of a rule, its first letter among the ways."""
    return heard_as(character) | frozenset(map(ord, initials_of(character)))


def is_abridged(heard: Heard, phrase: str, cells: Sequence[Cell], kins: Sequence[Kin]) -> bool:
    """Whether the phrase may be meant where letters stand for some of its characters."""
    text, start, end = heard.text, cells[0].start, cells[-1].end
    kept = [cell for cell, kin in zip(cells, kins, strict=True) if kin is not Kin.INITIAL]
    letters = "".join(text[cell.start] for cell in cells if text[cell.start].isascii())
    if not kept or len(letters) == len(cells) or _beside_digits(text, start, end) or letters in abbreviations():
        return False
    if max(kins) > Kin.INITIAL and is_accident(heard, phrase, cells, kins):
        return False
    return len(phrase) >= _SHORT or any(text[cell.start] not in _UNTELLING for cell in kept)


def stand_for_words(heard: Heard, run: str, start: int, end: int) -> bool:
    """Whether a few letters may be the initials of a short phrase: not where they abbreviate something else."""
    if len(run) >= _SHORT:
        return True
    if run in abbreviations() or _beside_digits(heard.text, start, end):
        return False
    return len(run) > _FEWEST or speaks_of_credit(heard.text, start, end)


def _beside_digits(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start].isdigit() or text[end : end + 1].isdigit()
