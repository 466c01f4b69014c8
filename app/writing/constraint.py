"""What a server lets an instruct model decode: a pattern that no digit, letter or slot beyond the brief can match."""

import re

from app.writing.brief import Brief
from app.writing.compact import slot_token
from app.writing.skeleton import MAX_CHARACTERS

_CHARACTER = "[\u4e00-\u9fff，。！？、：；]"
_END = "[。！？]"
_WORD = "APP"
_BLOCK = 24
"""Characters of a piece of plain text: short enough to be compiled and masked fast, long enough to waste little."""


def skeleton_pattern(brief: Brief) -> str:
    """A regular expression that fits a whole skeleton, made of nothing but classes, groups, choices and counts.

    Counts are of pieces: a whole block of plain text, or less than a block up to and with one slot or one "APP". So
    each text can be read in one way only, and all pieces together stay within `MAX_CHARACTERS`. The word "APP" stands
    beside no other letter.
    """
    slots = [slot_token(name) for name in sorted(brief.allowed_slots)]
    part = f"{{0,{_BLOCK - 1}}}"
    choices = [f"{_CHARACTER}{{{_BLOCK}}}", f"{_CHARACTER}{{1,{_BLOCK - 1}}}{_WORD}"]
    if slots:
        choices.append(f"{_CHARACTER}{part}(?:{'|'.join(map(re.escape, slots))})(?:{_WORD})?")
    longest = _BLOCK - 1 + max(map(len, slots), default=0) + len(_WORD)
    most = (MAX_CHARACTERS - len(_WORD) - _BLOCK) // longest
    return f"(?:{_WORD})?(?:{'|'.join(choices)}){{0,{most}}}{_CHARACTER}{part}{_END}"
