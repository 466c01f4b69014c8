"""Is a phrase a part of everyday words, or one itself, so that it would stop what nobody meant?

The measure is jieba's dictionary, in which each word stands with how often it was met in some sixty million words.
A phrase is *within* everyday words if words that hold it were met more often than it was by itself, and at least 100
times: 过 in 通过 and 经过, 尼玛 in 吉尼玛; not 利息 in 利息率. It *is* one if it was met 5,000 times or more: 保证.
Words that the rule excepts do not count. Of the 2,949 shipped phrases this finds two. Words that only touch
(红包|过期) are none of its business: for phrases of two characters the guard itself tells them apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import ahocorasick

from guards.text.words import frequencies

WITHIN, ITSELF = 100, 5_000
_LONGEST = 4
"""Characters of a word of which frequencies are known."""
_SHOWN = 3


class Everyday(NamedTuple):
    """What a phrase is within, the most frequent first; nothing if it is an everyday word itself."""

    words: tuple[str, ...]


def everyday(phrases: Iterable[str], exceptions: Mapping[str, Sequence[str]]) -> dict[str, Everyday]:
    """Those of the folded phrases that everyday words hold or are; `exceptions` are the folded ones of each phrase."""
    known = frequencies()
    short = {phrase for phrase in phrases if 0 < len(phrase) <= _LONGEST and phrase[0] >= "\u4e00"}
    found = {phrase: Everyday(()) for phrase in short if known.get(phrase, 0) >= ITSELF}
    for phrase, words in _holders(short).items():
        counted = {word: known[word] for word in words if not _is_excepted(word, exceptions.get(phrase, ()))}
        met = sum(counted.values())
        if met >= WITHIN and met >= known.get(phrase, 0):
            often = sorted(counted, key=lambda word: -counted[word])
            found[phrase] = Everyday(tuple(often[:_SHOWN]))
    return found


def _is_excepted(word: str, exceptions: Sequence[str]) -> bool:
    return any(exception in word for exception in exceptions)


def _holders(phrases: set[str]) -> dict[str, list[str]]:
    """The longer words of the dictionary that hold each phrase."""
    automaton = ahocorasick.Automaton()
    for phrase in phrases:
        automaton.add_word(_key(phrase), phrase)
    if not len(automaton):
        return {}
    automaton.make_automaton()
    return dict(_found(automaton))


def _found(automaton: "ahocorasick.Automaton") -> Iterator[tuple[str, list[str]]]:
    holders: dict[str, dict[str, None]] = {}
    for word in frequencies():
        if len(word) > 1:
            for _, phrase in automaton.iter(_key(word)):
                if phrase != word:
                    holders.setdefault(phrase, {})[word] = None
    for phrase, words in holders.items():
        yield phrase, list(words)


def _key(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")
