"""What is known of Chinese words: how characters are read aloud, without tones, and how common words are."""

import unicodedata
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path

from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

_MARKS = dict.fromkeys(map(ord, "\u0300\u0301\u0304\u030c\u0302"))
_FIRST, _LAST = "\u4e00", "\u9fff"
_LONGEST = 4
_EVERYDAY = 5
"""How often a word must have been counted: rarer ones are names and accidents."""


@lru_cache(4096)
def _toneless(syllable: str) -> str:
    """The letters of a syllable: lǜ → lv, ń → n."""
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", syllable).translate(_MARKS))
    return bare.replace("ü", "v").replace("ê", "e")


@lru_cache(1)
def readings() -> dict[str, tuple[str, ...]]:
    """For each Chinese character its readings, the usual one first.

    A reading counts if it is the usual one or a word of pypinyin's dictionary has it; archaic ones are left out. What
    is spelt with v (lv, nv) may also be spelt with u, as it is where the dots of ü are lost.
    """
    used: dict[str, set[str]] = {}
    for word, syllables in phrases_dict.items():
        for character, syllable in zip(word, syllables, strict=False):
            used.setdefault(character, set()).add(_toneless(syllable[0]))
    table: dict[str, tuple[str, ...]] = {}
    for code, listed in pinyin_dict.items():
        character = chr(code)
        if _FIRST <= character <= _LAST:
            every = [reading for each in listed.split(",") if (reading := _toneless(each)).isalpha()]
            in_use = used.get(character, set())
            usual = dict.fromkeys([every[0], *(each for each in every if each in in_use)])
            table[character] = tuple(usual | dict.fromkeys(each.replace("v", "u") for each in usual))
    return table


@lru_cache(1)
def frequencies() -> dict[str, int]:
    """How often words of one to four characters were counted, out of jieba's dictionary, the only part of it in use.

    Raises:
        FileNotFoundError: if jieba is installed without its dictionary.
    """
    lines = Path(str(distribution("jieba").locate_file("jieba/dict.txt"))).read_text("utf-8").splitlines()
    entries = (line.split(" ", 2) for line in lines)
    return {word: int(count) for word, count, _ in entries if len(word) <= _LONGEST and int(count) >= _EVERYDAY}
