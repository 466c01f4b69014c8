"""What is known of Chinese words: how characters are read aloud, without tones, and how common words are."""

import json
import math
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import distribution
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

_MARKS = dict.fromkeys(map(ord, "\u0300\u0301\u0304\u030c\u0302"))
_FIRST, _LAST = "\u4e00", "\u9fff"
_EVERYDAY_WORD = re.compile("\n([^ ]{1,4}) ([5-9]|[0-9]{2,}) ")
"""The beginning of a line of jieba's dictionary: a word of that length that was counted so often. Rarer ones are names
and accidents. To split every line would take twice as long."""


@lru_cache(4096)
def _toneless(syllable: str) -> str:
    """The letters of a syllable: lǜ → lv, ń → n."""
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", syllable).translate(_MARKS))
    return bare.replace("ü", "v").replace("ê", "e")


@lru_cache(16_384)
def _toneless_readings(listed: str) -> tuple[str, ...]:
    """The readings of a list that are separated by commas, each once, without those that have no vowel."""
    return tuple(dict.fromkeys(reading for each in listed.split(",") if (reading := _toneless(each)).isalpha()))


@lru_cache(16_384)
def _also_with_u(readings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*readings, *(each.replace("v", "u") for each in readings))))


@lru_cache(1)
def listed_readings() -> dict[str, str]:
    """For each character of pypinyin's dictionary every reading, with tone marks, separated by commas.

    Raises:
        FileNotFoundError: if pypinyin is installed without its dictionaries.
    """
    return {chr(int(code)): listed for code, listed in _pypinyin("pinyin_dict.json").items()}


def _pypinyin(name: str) -> dict[str, Any]:
    """A dictionary of pypinyin, the only part of it in use: importing the package would keep all of them in memory."""
    file = Path(str(distribution("pypinyin").locate_file(f"pypinyin/{name}")))
    dictionary: dict[str, Any] = json.loads(file.read_bytes())
    return dictionary


@lru_cache(1)
def pinyin() -> dict[str, tuple[str, ...]]:
    """For each Chinese character its readings, the usual one first.

    A reading counts if it is the usual one or a word of pypinyin's dictionary has it; archaic ones are left out. What
    is spelt with v (lv, nv) may also be spelt with u, as it is where the dots of ü are lost.
    """
    words = {word: read for word, read in _pypinyin("phrases_dict.json").items() if len(word) == len(read)}
    used: dict[str, set[str]] = {}
    syllables = map(itemgetter(0), chain.from_iterable(words.values()))
    for character, syllable in set(zip(chain.from_iterable(words), syllables, strict=True)):
        used.setdefault(character, set()).add(_toneless(syllable))
    table: dict[str, tuple[str, ...]] = {}
    for character, listed in listed_readings().items():
        if _FIRST <= character <= _LAST:
            usual, *others = _toneless_readings(listed)
            in_use = used.get(character, ())
            table[character] = _also_with_u((usual, *(each for each in others if each in in_use)))
    return table


@lru_cache(1)
def frequencies() -> dict[str, int]:
    """How often words of one to four characters were counted, out of jieba's dictionary, the only part of it in use.

    Raises:
        FileNotFoundError: if jieba is installed without its dictionary.
    """
    lines = Path(str(distribution("jieba").locate_file("jieba/dict.txt"))).read_text("utf-8")
    return {word: int(count) for word, count in _EVERYDAY_WORD.findall(f"\n{lines}")}


_REACH = 4
_LONGEST = 4
_COUNT = 30
"""How often a banned word is taken to be met in honest text: it is rarely listed in a dictionary."""
_MARGIN = 3.5
"""How much likelier (natural logarithm) the other words must be, so that in doubt the banned word is heard."""


@cache
def _total() -> float:
    """The logarithm of how many words were counted."""
    return math.log(sum(frequencies().values()))


def load_dictionaries() -> None:
    """Read all that the functions of this module look up, so that no request waits for it, or finds it missing.

    Raises:
        FileNotFoundError: if pypinyin or jieba is installed without its dictionaries.
    """
    pinyin()
    _total()


def is_part_of_other_words(text: str, start: int, end: int) -> bool:
    """Whether the range is likelier to be read as parts of words that reach across its start or its end."""
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    window, start, end = text[low:high], start - low, end - low
    freely = _likelihood(window, lambda begin, stop: False)
    kept = _likelihood(
        window, lambda begin, stop: begin < start < stop < end or start < begin < end < stop, (start, end)
    )
    return freely - kept > _MARGIN


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
