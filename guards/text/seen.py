"""A text as it is seen, where that is not the order or the script in which it is stored.

Emoji stand for characters (📦过), bopomofo for syllables (ㄅㄠ过), an override of direction turns what follows round.
"""

import re
from functools import cache, partial

from guards.text.bopomofo import in_letters
from guards.text.disguises import composed, edited
from guards.text.folding import Folded, Folding, fold
from guards.text.lookalikes import emoji

_TURNED = re.compile("[\u202d\u202e]([^\u202a-\u202e\u2066-\u2069\n]+)")
_BOPOMOFO = re.compile("[\u3105-\u3129][\u3105-\u3129\u02c7\u02ca\u02cb\u02d9]*")
_TONES = re.compile("[\u02c7\u02ca\u02cb\u02d9]")
_SQUARED = re.compile("[\U0001f200-\U0001f265]")
"""Characters in a square are read as those they hold; between others they are only decoration."""
_OVERRIDE = "\u202e"


@cache
def _telling() -> frozenset[str]:
    bopomofo, squared = (map(chr, range(first, last + 1)) for first, last in ((0x3105, 0x3129), (0x1F200, 0x1F265)))
    return frozenset((_OVERRIDE, *bopomofo, *squared, *emoji()))


@cache
def _emoji() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(emoji()))}]\ufe0f?")


def as_seen(raw: str, turn: int = 0) -> Folded | None:
    """The text as it is seen, tightly folded; None where it is seen as it is stored.

    At every `turn` pictures are read as the next of the characters that may be meant; None where all have been.
    """
    if _telling().isdisjoint(raw):
        return None
    seen = fold(raw, Folding.RAW)
    pictures = [(found, emoji()[found[0][0]]) for found in _emoji().finditer(raw)]
    if turn >= max(1, *(len(meant) for _, meant in pictures), 1):
        return None
    edits = [(*found.span(), meant[min(turn, len(meant) - 1)]) for found, meant in pictures]
    edits += [(*found.span(), "") for found in _SQUARED.finditer(raw)]
    edits += [(*found.span(), spelt) for found in _BOPOMOFO.finditer(raw) if (spelt := _in_letters(found[0]))]
    seen = edited(seen, sorted(edits))
    turned = [
        (*found.span(), found[1][::-1]) for found in _TURNED.finditer(seen.text) if found[0].startswith(_OVERRIDE)
    ]
    seen = edited(seen, turned)
    tight = fold(seen.text, Folding.TIGHT)
    return Folded(tight.text, partial(composed, tight, seen))


def _in_letters(bopomofo: str) -> str:
    return "".join(letters for letters, _, _ in in_letters(_TONES.sub("", bopomofo), 0))
