"""Find the phrases, neighbouring words and patterns of many rules in one folded text."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import ahocorasick

from guards.lexicon.rules import Near
from guards.phrases.prefilter import needed
from guards.text.disguises import Doubles, is_repeated
from guards.text.folding import Folded

_MOST_SETS = 4
"""Of so many sets of strings the text must hold one each before a pattern is run."""

Spellings = Callable[[str], Sequence[str]]
"""All the ways in which a word of a rule is spelt in the texts in which it will be looked for."""


class Hit(NamedTuple):
    """The place of a rule (see `Matcher`) and a range of the folded text; `kind` says what of the rule was found."""

    rule: int
    start: int
    end: int
    kind: str


class Wanted(NamedTuple):
    """What of one rule is looked for. Phrases come as they are spelt, with the doubles that are genuine."""

    phrases: Sequence[tuple[str, Doubles]]
    patterns: Sequence[re.Pattern[str]]
    near: Sequence[Near]


class _Entry(NamedTuple):
    """Everybody who waits for one string; with each pattern the bits of the sets that the string is one of."""

    length: int
    phrases: tuple[tuple[int, Doubles], ...]
    patterns: tuple[tuple[int, int], ...]
    words: tuple[tuple[int, int], ...]


class _Pair(NamedTuple):
    rule: int
    near: Near
    before: tuple[str, ...]
    between: tuple[str, ...]


class _Pattern(NamedTuple):
    """`needed`: a bit for each set of strings of which one must stand in the text."""

    rule: int
    expression: re.Pattern[str]
    needed: int


class Matcher:
    """All rules of one folding, in one automaton; rules are named by their place in `rules`.

    The automaton also looks for the strings without which a pattern cannot match, so that few patterns are ever run.
    Keys are UTF-8 read as latin-1: the automaton's child lists stay short, an order of magnitude faster on Chinese.
    """

    def __init__(self, rules: Iterable[Wanted], spellings_of: Spellings) -> None:
        self._patterns: list[_Pattern] = []
        self._always: list[int] = []
        self._pairs: list[_Pair] = []
        phrases: dict[str, tuple[tuple[int, Doubles], ...]] = {}
        anchored: dict[str, dict[int, int]] = {}
        words: dict[str, list[tuple[int, int]]] = {}
        for rule, wanted in enumerate(rules):
            alone: tuple[tuple[int, Doubles], ...] = ((rule, ()),)
            for phrase, doubles in wanted.phrases:
                owned = ((rule, doubles),) if doubles else alone
                phrases[phrase] = phrases[phrase] + owned if phrase in phrases else owned
            for expression in wanted.patterns:
                self._add_pattern(rule, expression, anchored)
            for near in wanted.near:
                self._add_pair(rule, near, words, spellings_of)
        self._automaton = ahocorasick.Automaton()
        shared: dict[tuple[int, tuple[tuple[int, Doubles], ...]], _Entry] = {}
        several = anchored.keys() | words.keys()
        for word, owned in phrases.items():
            if word not in several:  # most phrases of a rule differ in nothing but their length: they share an entry
                key = len(word), owned
                entry = shared.get(key) or shared.setdefault(key, _Entry(*key, (), ()))
                self._automaton.add_word(_key(word), entry)
        for word in several:
            waiting = tuple(anchored.get(word, {}).items())
            entry = _Entry(len(word), phrases.get(word, ()), waiting, tuple(words.get(word, ())))
            self._automaton.add_word(_key(word), entry)
        self._automaton.make_automaton()
        self._longest = max(map(len, chain(phrases, several)), default=0)

    def _add_pattern(self, rule: int, expression: re.Pattern[str], anchored: dict[str, dict[int, int]]) -> None:
        index = len(self._patterns)
        sets = needed(expression.pattern)[:_MOST_SETS]
        self._patterns.append(_Pattern(rule, expression, (1 << len(sets)) - 1))
        if not sets:
            self._always.append(index)
        for place, anchors in enumerate(sets):
            for anchor in anchors:
                waiting = anchored.setdefault(anchor, {})
                waiting[index] = waiting.get(index, 0) | 1 << place

    def _add_pair(
        self, rule: int, near: Near, owners: dict[str, list[tuple[int, int]]], spellings_of: Spellings
    ) -> None:
        index = len(self._pairs)
        before, between = (
            tuple(spelling for word in words for spelling in spellings_of(word))
            for words in (near.unless_before, near.unless_between)
        )
        self._pairs.append(_Pair(rule, near, before, between))
        for side, words in enumerate((near.words, near.with_)):
            for spelling in dict.fromkeys(spelling for word in words for spelling in spellings_of(word)):
                owners.setdefault(spelling, []).append((index, side))

    def is_begun(self, text: str, limit: int, wanted: Callable[[int], bool]) -> bool:
        """Whether what stands at the end of `text`, from some place before `limit` on, begins a phrase or a word.

        One of the `wanted` rules, that is.
        """
        if not len(self._automaton):
            return False
        begun = (_key(text[start:]) for start in range(max(0, len(text) - self._longest), min(limit, len(text))))
        return any(
            self._automaton.match(key) and any(self._is_for(entry, wanted) for entry in self._automaton.values(key))
            for key in begun
        )

    def _is_for(self, entry: _Entry, wanted: Callable[[int], bool]) -> bool:
        return (
            any(wanted(rule) for rule, _ in entry.phrases)
            or any(wanted(self._pairs[pair].rule) for pair, _ in entry.words)
            or any(wanted(self._patterns[pattern].rule) for pattern, _ in entry.patterns)
        )

    def hits(self, folded: Folded, runs: Sequence[int] | None, wanted: Callable[[int], bool]) -> Iterator[Hit]:
        """Everything found of the `wanted` rules. `runs`: how often each character was repeated, None for once."""
        text = folded.text
        met: dict[int, int] = dict.fromkeys(self._always, 0)
        words: dict[int, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
        if len(self._automaton):
            key = _key(text)
            read = end = 0
            for last, (length, phrases, patterns, pair_words) in self._automaton.iter(key):
                for index, bits in patterns:
                    met[index] = met.get(index, 0) | bits
                if not (phrases or pair_words):
                    continue
                # From hit to hit, so that a text of nothing but hits takes linear time.
                end += len(key[read : last + 1].encode("latin-1").decode("utf-8", "surrogatepass"))
                read = last + 1
                for rule, doubles in phrases:
                    if wanted(rule) and (not doubles or _is_repeated(runs, end - length, doubles)):
                        yield Hit(rule, end - length, end, "phrase")
                for pair, side in pair_words:
                    words.setdefault(pair, ([], []))[side].append((end - length, end))
        for index in sorted(met):
            rule, expression, needed_bits = self._patterns[index]
            if met[index] == needed_bits and wanted(rule):
                for match in expression.finditer(text):
                    if match.end() > match.start():
                        yield Hit(rule, match.start(), match.end(), "pattern")
        for place, (firsts, seconds) in words.items():
            pair = self._pairs[place]
            if firsts and seconds and wanted(pair.rule):
                yield from _meetings(text, pair, firsts, seconds)


def _key(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _is_repeated(runs: Sequence[int] | None, start: int, doubles: Doubles) -> bool:
    return is_repeated(runs, [(start + place, times) for place, times in doubles])


def _meetings(text: str, pair: _Pair, firsts: list[tuple[int, int]], seconds: list[tuple[int, int]]) -> Iterator[Hit]:
    """For each of the first words the nearest of the second ones that follows it, and in any order also vice versa."""
    yield from _followed(text, pair, firsts, seconds)
    if not pair.near.ordered:
        yield from _followed(text, pair, seconds, firsts)


def _followed(text: str, pair: _Pair, firsts: list[tuple[int, int]], seconds: list[tuple[int, int]]) -> Iterator[Hit]:
    later = sorted(seconds)
    for start, end in firsts:
        index = bisect_left(later, (end, end))
        if index == len(later) or later[index][0] - end > pair.near.within:
            continue
        follower = later[index]
        if pair.before and text.endswith(pair.before, 0, start):
            continue
        if any(word in text[end : follower[0]] for word in pair.between):
            continue
        yield Hit(pair.rule, start, follower[1], "near")
