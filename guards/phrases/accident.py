"""Whether what sounds or looks like a short phrase is one in disguise: how well the text reads as it stands decides."""

import re
from collections.abc import Sequence
from itertools import pairwise

from guards.phrases.heard import Heard
from guards.phrases.kinship import Cell, Kin
from guards.phrases.sense import PARTICLES, is_in_word, speaks_of_credit
from guards.text.words import frequencies, is_read_apart, reads_better

_LONG = 4
_OF_CREDIT = {Kin.LETTERS: 0.0, Kin.INITIAL: -2.0, Kin.LOOK: -0.5, Kin.SOUND: -1.5, Kin.NEAR: -3.65, Kin.NONE: 0.0}
"""How much better a text must read as it stands, where credit is spoken of; by how the phrase was disguised.

NONE: only the order is another one."""
_ELSEWHERE = {Kin.LETTERS: -2.0, Kin.INITIAL: -9.0, Kin.LOOK: -6.5, Kin.SOUND: -8.4, Kin.NEAR: -7.9, Kin.NONE: -4.5}
"""The same, where nobody speaks of it."""
_NOTHING_KEPT, _BESIDE_A_WORD = -5.4, -4.5
"""Where all characters are other ones, and where the others are a word by themselves (问利息 is no 免利息)."""
_CALLED = re.compile("[您你](?!们)[^，。！？,!?]{0,4}$")
"""Right after whoever is called a homophone is as telling as where credit is spoken of: 您这是黑护."""
_SAFELY = 2.0
"""By how much one word must be likelier than its parts, where nobody speaks of credit."""


def is_accident(
    heard: Heard, meant: str, cells: Sequence[Cell], kins: Sequence[Kin], runs: Sequence[int] | None = None
) -> bool:
    """Whether a phrase that was heard with those likenesses was hardly meant."""
    text, length = heard.text, len(meant)
    changed = [cell.start for cell, kin in zip(cells, kins, strict=True) if kin > Kin.INITIAL]
    if any(runs is not None and runs[place] > 1 and text[place] * 2 in frequencies() for place in changed):
        return True
    if length >= _LONG:
        return Kin.NEAR in kins and any(
            kin is Kin.NEAR and is_in_word(text, cell.start) for cell, kin in zip(cells, kins, strict=True)
        )
    if any(text[place] in PARTICLES for place in changed) or _begins_or_ends_words(text, cells, changed):
        return True
    kept = [text[cell.start] for cell, kin in zip(cells, kins, strict=True) if kin <= Kin.LETTERS]
    start, end = cells[0].start, cells[-1].end
    if all(character in PARTICLES for character in kept) and (kept or not speaks_of_credit(text, start, end)):
        return True
    if max(kins) >= Kin.SOUND and len(changed) == length:
        return makes_sense(heard, meant, start, end, max(kins), _NOTHING_KEPT)
    if len(changed) == 1 and length > 2 and "".join(kept) in frequencies():
        return makes_sense(heard, meant, start, end, max(kins), _BESIDE_A_WORD)
    return makes_sense(heard, meant, start, end, max(kins))


def _begins_or_ends_words(text: str, cells: Sequence[Cell], changed: Sequence[int]) -> bool:
    """Whether a character at an edge is one of a listed word that reaches out: 替您惦|记 is no 替您垫."""
    first, last = cells[0].start, cells[-1].start
    listed = frequencies()
    return (first in changed and first > 0 and text[first - 1 : first + 1] in listed) or (
        last in changed and text[last : last + 2] in listed and len(text) > last + 1
    )


def makes_sense(heard: Heard, meant: str, start: int, end: int, kin: Kin, most: float = 0.0) -> bool:
    """Whether a range reads well enough as it is written, so that nothing else is meant by it.

    `most`: it must not read better than so, whatever is spoken of.
    """
    text = heard.text
    before, after = heard.breath(start, end)
    is_told = speaks_of_credit(text, start, end) or (
        Kin.LOOK <= kin <= Kin.SOUND
        and _CALLED.search(text, 0, start) is not None
        and not any(is_in_word(text, place) for place in range(start, end))
    )
    least = (_OF_CREDIT if is_told else _ELSEWHERE)[kin]
    return reads_better(before, text[start:end], after, meant) > min(least, most)


def is_strung(heard: Heard, meant: str, cells: Sequence[Cell]) -> bool:
    """Whether a short phrase that something parts is only the end of one word and the beginning of another."""
    text, start, end = heard.text, cells[0].start, cells[-1].end
    at = next(place for place, (one, other) in enumerate(pairwise(cells), 1) if one.end != other.start)
    before, after = heard.breath(start, end)
    one, other = (text[part[0].start : part[-1].end] for part in (cells[:at], cells[at:]))
    margin = 0.0 if speaks_of_credit(text, start, end) else _SAFELY
    return is_read_apart(before, (one, other), after, meant, margin)
