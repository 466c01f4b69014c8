"""What is known of Chinese words: how characters are read aloud, without tones, and how common words are."""

import hashlib
import math
import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path

FIRST, LAST = "\u4e00", "\u9fff"
"""The block of the characters that are read."""
READINGS = Path(__file__).parent / "readings.tsv"
"""How characters are read aloud: see `scripts.readings`, which makes it."""
_READING = re.compile("\n([^#\n])\t([a-z ]*)\t([a-zü ]*)")
_EVERYDAY_WORD = re.compile("\n([^ ]{1,4}) ([5-9]|[0-9]{2,}) ")
"""The beginning of a line of jieba's dictionary: a word of that length that was counted so often. Rarer ones are names
and accidents. To split every line would take twice as long."""

_NO_PERSON = r" (?:[5-9]|[0-9]{2,}) (?!nr)"
"""The rest of such a line whose word is not listed as the name of a person."""


@cache
def pinyin() -> dict[str, tuple[str, ...]]:
    """For each Chinese character its readings in use, the usual one first.

    A reading counts if it is the usual one or a word of pypinyin's dictionary has it; archaic ones are left out. What
    is spelt with v (lv, nv) may also be spelt with u, as it is where the dots of ü are lost.
    """
    return _readings()[0]


def listed_readings(character: str) -> tuple[str, ...]:
    """Every reading of a character without tones, archaic ones too, ü as ü; none where there is no such character."""
    return _readings()[1].get(character, ())


@cache
def _readings() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    typed: dict[str, tuple[str, ...]] = {}
    listed: dict[str, tuple[str, ...]] = {}
    split: dict[str, tuple[str, ...]] = {}
    for character, in_use, every in _READING.findall(READINGS.read_text("utf-8")):
        if in_use:
            typed[character] = split.get(in_use) or split.setdefault(in_use, tuple(in_use.split()))
        listed[character] = split.get(every) or split.setdefault(every, tuple(every.split()))
    return typed, listed


@lru_cache(1)
def frequencies() -> dict[str, int]:
    """How often words of one to four characters were counted, out of jieba's dictionary, the only part of it in use.

    Raises:
        FileNotFoundError: if jieba is installed without its dictionary.
    """
    return {word: int(count) for word, count in _EVERYDAY_WORD.findall(_dictionary())}


def words_that_begin_with(first: str) -> frozenset[str]:
    """Everyday words of two or three characters that begin with one of these and are listed as no person's name.

    Raises:
        FileNotFoundError: if jieba is installed without its dictionary.
    """
    return frozenset(re.findall(rf"\n([{first}][{FIRST}-{LAST}]{{1,2}}){_NO_PERSON}", _dictionary()))


def _dictionary() -> str:
    lines = Path(str(distribution("jieba").locate_file("jieba/dict.txt"))).read_text("utf-8")
    return f"\n{lines}"


_REACH = 4
_LONGEST = 4
_COUNT = 30
"""How often a banned word is taken to be met in honest text: it is rarely listed in a dictionary."""
_MARGIN, _SLIGHT_MARGIN = 3.5, 0.5
"""How much likelier (natural logarithm) the other words must be, so that in doubt the banned word is heard."""


@cache
def _total() -> float:
    """The logarithm of how many words were counted."""
    return math.log(sum(frequencies().values()))


def load_dictionaries() -> None:
    """Read all that the functions of this module look up, so that no request waits for it, or finds it missing.

    Raises:
        FileNotFoundError: if jieba is installed without its dictionary.
    """
    pinyin()
    _total()


def is_part_of_other_words(text: str, start: int, end: int) -> bool:
    """Whether the range is likelier to be read as parts of words that reach across its start or its end."""
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    window, start, end = text[low:high], start - low, end - low
    freely = _likelihood(window, _freely)
    kept = _likelihood(
        window, lambda begin, stop: begin < start < stop < end or start < begin < end < stop, (start, end)
    )
    return freely - kept > _MARGIN


def begins_in_another_word(text: str, start: int, end: int) -> bool:
    """Whether a word that reaches across the start of the range is at all likelier than none: 寒|假流水|账."""
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    window, start, end = text[low:high], start - low, end - low
    kept = _likelihood(window, lambda begin, stop: begin < start < stop < end, (start, end))
    return _likelihood(window, _freely) - kept > _SLIGHT_MARGIN


def reads_better(before: str, written: str, after: str, meant: str) -> float:
    """By how much (natural logarithm) likelier the text is as it is written than with another word in its place.

    `meant` counts as a word, be it listed or not.
    """
    before, after = before[-_REACH:], after[:_REACH]
    own = math.log(max(frequencies().get(meant, 0), _COUNT)) - _total()
    kept = _likelihood(before, _freely) + own + _likelihood(after, _freely)
    return _likelihood(before + written + after, _freely) - kept


def is_read_apart(before: str, parts: tuple[str, str], after: str, meant: str, margin: float = 0.0) -> bool:
    """Whether two parts are likelier to belong to what is said before and after them than to one word.

    `meant` is that word; the less `margin`, the more it is believed. Parts that stand alone belong to nothing.
    """
    before, after = before[-_REACH:], after[:_REACH]
    own = math.log(max(frequencies().get(meant, 0), _COUNT)) - _total()
    kept = _likelihood(before, _freely) + own + _likelihood(after, _freely)
    first, last = _likelihood(before + parts[0], _freely), _likelihood(parts[1] + after, _freely)
    alone = _likelihood(before, _freely) + _likelihood(parts[0], _freely)
    reaches_out = first > alone or last > _likelihood(parts[1], _freely) + _likelihood(after, _freely)
    return reaches_out and first + last > kept - margin


def _freely(begin: int, stop: int) -> bool:
    return False


_NUMERALS, _MULTIPLES = frozenset("零一二两三四五六七八九十百千万"), frozenset("十百千万亿")


def is_part_of_a_number(text: str, start: int, end: int) -> bool:
    """Whether the range is the beginning of a longer number in Chinese: 二百五 in 二百五十克."""
    return end < len(text) and text[end] in _MULTIPLES and _NUMERALS.issuperset(text[start:end])


def is_within_a_number(text: str, at: int) -> bool:
    """Whether a cut there would go through a number in Chinese: 一万一|千."""
    return 0 < at < len(text) and text[at - 1] in _NUMERALS and text[at] in _MULTIPLES


def _likelihood(text: str, is_forbidden: Callable[[int, int], bool], banned: tuple[int, int] | None = None) -> float:
    """The logarithm of how likely the best reading of the text is, in which `banned` counts as a word."""
    counted, total = frequencies(), _total()
    unknown, own = -total, math.log(_COUNT) - total
    best = [0.0]
    for stop in range(1, len(text) + 1):
        options = [-math.inf]
        for begin in range(max(0, stop - _LONGEST), stop):
            if not is_forbidden(begin, stop):
                if count := counted.get(text[begin:stop]):
                    weight = math.log(count) - total
                else:
                    weight = unknown if stop - begin == 1 else -math.inf
                options.append(best[begin] + (max(weight, own) if (begin, stop) == banned else weight))
        best.append(max(options))
    return best[-1]


@cache
def digest() -> str:
    """SHA-256 of the readings: with others, other spellings would be found."""
    return hashlib.sha256(READINGS.read_bytes()).hexdigest()
