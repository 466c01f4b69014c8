"""Find the phrases, neighbouring words and patterns of many rules in one folded text."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import ahocorasick

from guards.lexicon.rules import Near
from guards.phrases.prefilter import anchors
from guards.text.disguises import Doubles, is_repeated
from guards.text.folding import Folded

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


@dataclass(slots=True)
class _Owners:
    """Everybody who waits for one string."""

    phrases: list[tuple[int, Doubles]] = field(default_factory=list)
    patterns: list[int] = field(default_factory=list)
    words: list[tuple[int, int]] = field(default_factory=list)


class _Entry(NamedTuple):
    length: int
    phrases: tuple[tuple[int, Doubles], ...]
    patterns: tuple[int, ...]
    words: tuple[tuple[int, int], ...]


class _Pair(NamedTuple):
    rule: int
    near: Near
    before: tuple[str, ...]
    between: tuple[str, ...]


class _Pattern(NamedTuple):
    rule: int
    expression: re.Pattern[str]


class Matcher:
    """All rules of one folding, in one automaton; rules are named by their place in `rules`.

    The automaton also looks for the strings without which a pattern cannot match, so that few patterns are ever run.
    Keys are UTF-8 read as latin-1: the automaton's child lists stay short, an order of magnitude faster on Chinese.
    """

    def __init__(self, rules: Iterable[Wanted], spellings_of: Spellings) -> None:
        self._patterns: list[_Pattern] = []
        self._always: list[int] = []
        self._pairs: list[_Pair] = []
        owners: dict[str, _Owners] = {}
        for rule, wanted in enumerate(rules):
            for phrase, doubles in wanted.phrases:
                owners.setdefault(phrase, _Owners()).phrases.append((rule, doubles))
            for expression in wanted.patterns:
                self._add_pattern(rule, expression, owners)
            for near in wanted.near:
                self._add_pair(rule, near, owners, spellings_of)
        self._longest = max(map(len, owners), default=0)
        self._automaton = ahocorasick.Automaton()
        for word, owner in owners.items():
            entry = _Entry(len(word), tuple(owner.phrases), tuple(owner.patterns), tuple(owner.words))
            self._automaton.add_word(_key(word), entry)
        self._automaton.make_automaton()

    def _add_pattern(self, rule: int, expression: re.Pattern[str], owners: dict[str, _Owners]) -> None:
        index = len(self._patterns)
        self._patterns.append(_Pattern(rule, expression))
        needed = anchors(expression.pattern)
        if needed is None:
            self._always.append(index)
        for anchor in needed or ():
            owners.setdefault(anchor, _Owners()).patterns.append(index)

    def _add_pair(self, rule: int, near: Near, owners: dict[str, _Owners], spellings_of: Spellings) -> None:
        index = len(self._pairs)
        before, between = (
            tuple(spelling for word in words for spelling in spellings_of(word))
            for words in (near.unless_before, near.unless_between)
        )
        self._pairs.append(_Pair(rule, near, before, between))
        for side, words in enumerate((near.words, near.with_)):
            for spelling in dict.fromkeys(spelling for word in words for spelling in spellings_of(word)):
                owners.setdefault(spelling, _Owners()).words.append((index, side))

    def is_begun(self, text: str, limit: int) -> bool:
        """Whether what stands at the end of `text`, from some place before `limit` on, begins a phrase or a word."""
        starts = range(max(0, len(text) - self._longest), min(limit, len(text)))
        return bool(len(self._automaton)) and any(self._automaton.match(_key(text[start:])) for start in starts)

    def hits(self, folded: Folded, runs: Sequence[int] | None, wanted: Callable[[int], bool]) -> Iterator[Hit]:
        """Everything found of the `wanted` rules. `runs`: how often each character was repeated, None for once."""
        text = folded.text
        candidates = set(self._always)
        words: dict[int, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
        if len(self._automaton):
            key = _key(text)
            read = end = 0
            for last, (length, phrases, patterns, pair_words) in self._automaton.iter(key):
                candidates.update(patterns)
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
        for index in sorted(candidates):
            rule, expression = self._patterns[index]
            if wanted(rule):
                for match in expression.finditer(text):
                    if match.end() > match.start():
                        yield Hit(rule, match.start(), match.end(), "pattern")
        for index, (firsts, seconds) in words.items():
            pair = self._pairs[index]
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
