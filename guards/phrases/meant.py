"""Whether what was found of a rule was meant: not where the text means something else, denies it or only quotes it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guards.phrases.compiled import Unit
from guards.phrases.exceptions import is_excepted
from guards.phrases.spelling import PAUSE
from guards.text.bystanders import is_beside
from guards.text.disguises import with_chinese_numerals
from guards.text.folding import Folded, Folding, folded_text
from guards.text.sentences import SENTENCE_END
from guards.text.speech_acts import is_claimed
from guards.text.words import (
    begins_in_another_word,
    is_part_of_a_number,
    is_part_of_other_words,
    is_read_apart,
    is_within_a_number,
)
from guards.types import Span

_CROSSING = 4
"""Shorter phrases, patterns and neighbours do not reach from one sentence into the next; the long are no accident."""
_UNCUT, _LONG = 3, 5
"""From `_UNCUT` characters on, a word that reaches across the end of a phrase does not explain it away (校园贷|款), and
from `_LONG` on neither does one that reaches across its start."""
_FILLER = re.compile("[，,、… ]*(?:[啊呀呢嗯呃额噢哎唉呐嘞哦喔诶欸唔]|那个|这个|就是)[，,、… ]*")
_SPACE_OF_NUMBER = re.compile("(?<=[0-9a-z%]) (?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]) (?=[0-9a-z])")
_BETWEEN = re.compile(r"(.)[，,、：:“”]+(?:\1$)?")
"""A pause; a character that stands twice around one at the end (给您提额，额度……) is said once in what was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where something of a rule was found; `folded` is the spelling that was searched."""

    span: Span
    start: int
    end: int
    folded: Folded
    kind: str

    @property
    def read(self) -> str:
        """What was found, as it was read."""
        return self.folded.text[self.start : self.end]

    @property
    def crosses(self) -> bool:
        """Whether it may reach from one sentence into the next."""
        return self.kind in ("phrase", "look") and self.end - self.start >= _CROSSING


def is_meant(found: Found, unit: Unit, exceptions: Sequence[tuple[str, bool]], text: str) -> bool:
    """Whether a hit stands in one sentence, in no exception, and is said of the speaker himself."""
    span = found.span
    if not found.crosses and SENTENCE_END.search(text, span.start + 1, span.end - 1):
        return False
    if PAUSE.search(text, span.start + 1, span.end - 1) and not _is_said_in_one_breath(found, text):
        return False
    if found.kind == "letters" and any(map(str.isupper, text[span.start : span.end])):
        return False
    if is_excepted(found.folded, Span(found.start, found.end), exceptions, text):
        return False
    if found.kind in ("sound", "likely") and is_within_a_number(text, span.end):
        return False
    # Whoever disguises a word means it: excuses are looked for of plain words, and of what may be no disguise.
    if found.kind == "likely":
        return _is_unexcused(text, span, unit)
    if found.kind not in ("sound", "letters") and _is_plain(text[span.start : span.end], found):
        if unit.only_in_disguise:
            return False
        if is_part_of_a_number(text, span.start, span.end):
            return False
        length = span.end - span.start
        if length < _UNCUT and is_part_of_other_words(text, span.start, span.end):
            return False
        if _UNCUT <= length < _LONG and begins_in_another_word(text, span.start, span.end):
            return False
        return _is_unexcused(text, span, unit)
    if found.kind == "phrase" and "、" in text[span.start : span.end]:
        return _is_unexcused(text, span, unit)  # 不查征信、黑户 may be two words of a list
    return True


def _is_unexcused(text: str, span: Span, unit: Unit) -> bool:
    excuses = unit.rule.excuses
    return is_claimed(text, span, excuses) and not is_beside(text, span, excuses)


def _is_said_in_one_breath(found: Found, text: str) -> bool:
    """Whether what pauses inside is one thing: parted by fillers, or of no other sense."""
    span = found.span
    written = text[span.start : span.end]
    if found.kind in ("likely", "letters"):
        return PAUSE.search(_FILLER.sub("", written)) is None
    if found.kind == "near" or found.end - found.start > _UNCUT:
        return True
    low, high = max(0, span.start - _CROSSING), span.end + _CROSSING
    apart = [PAUSE.split(piece)[side] for piece, side in ((text[low : span.start], -1), (text[span.end : high], 0))]
    first, *_, last = PAUSE.split(written)
    return not is_read_apart(apart[0], (first, last), apart[1], found.read)


def _is_plain(written: str, found: Found) -> bool:
    """Whether the words were written as anybody would, whatever the script, the numerals and the spaces around them.

    Between the words of a pattern or a pair anybody pauses.
    """
    plain, read = folded_text(written, Folding.PLAIN), found.read
    if len(plain) != len(written):
        return False
    plain = _SPACE_OF_NUMBER.sub("", plain)
    if found.kind in ("pattern", "near"):
        plain = _BETWEEN.sub(r"\1", plain)
    return plain == read or with_chinese_numerals(plain) == with_chinese_numerals(read)
