"""Writes what a rule forbids as evaders do, inside the sentences that the rules give as their own examples."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from guards.lexicon.examples import filled
from guards.lexicon.rules import Family, PhraseRule
from guards.phrases.spelling import near_patterns, ways
from guards.phrases.syllables import near
from guards.text.bopomofo import in_letters
from guards.text.folding import Folding, fold
from guards.text.lookalikes import emoji, risky_look_alikes, similar, split
from guards.text.words import pinyin
from guards.types import Span

WORDS = {"institution": "示例消费金融有限公司", "hotline": "4000000000"}
FILLERS = ("啊", "呢", "那个", "嗯")
NEUTRAL = "囗"


@dataclass(frozen=True)
class Target:
    """Words in a sentence that a rule forbids; `places`: the characters without which they would be allowed."""

    family: Family
    rule: PhraseRule
    kind: str
    sentence: str
    span: Span
    places: tuple[int, ...]


@dataclass(frozen=True)
class Disguised:
    """A sentence with disguised words and where they stand."""

    text: str
    span: Span


def targets(family: Family) -> Iterator[Target]:
    """Every phrase, pattern and pair of a family, in the first of its examples that holds it as it is written."""
    for rule in family.rules:
        sentences = [filled(text, WORDS) for text in rule.examples.hits]
        expressions = [("phrase", "|".join(map(re.escape, ways(phrase, Folding.TIGHT)))) for phrase in rule.phrases]
        expressions += [("pattern", pattern) for pattern in rule.patterns]
        expressions += [("pair", "|".join(near_patterns(near_words))) for near_words in rule.near]
        for kind, expression in expressions:
            if (target := _target(family, rule, kind, re.compile(expression), sentences)) is not None:
                yield target


def _target(
    family: Family, rule: PhraseRule, kind: str, expression: re.Pattern[str], sentences: list[str]
) -> Target | None:
    for sentence in sentences:
        folded = fold(sentence, Folding.TIGHT)
        found = expression.search(folded.text)
        if found is None or found.end() == found.start():
            continue
        span = folded.span(*found.span())
        if sentence[span.start : span.end] != found[0]:
            continue
        places = [
            span.start + place
            for place, character in enumerate(found[0])
            if character in pinyin()
            and not _still(
                expression, fold(_put(sentence, span.start + place, NEUTRAL), Folding.TIGHT).text, *found.span()
            )
        ]
        if places:
            return Target(family, rule, kind, sentence, span, tuple(places))
    return None


def _still(expression: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return any(found.start() < end and found.end() > start for found in expression.finditer(text))


def _put(text: str, place: int, written: str) -> str:
    return text[:place] + written + text[place + 1 :]


@cache
def _common() -> dict[str, list[str]]:
    """The common characters by reading: those of GB 2312's first level."""
    found: dict[str, list[str]] = {}
    for high, low in product(range(0xB0, 0xD8), range(0xA1, 0xFF)):
        character = bytes([high, low]).decode("gb2312", "ignore")
        if character in pinyin() and fold(character, Folding.TIGHT).text == character:
            found.setdefault(pinyin()[character][0], []).append(character)
    return found


@cache
def _bopomofo() -> dict[str, str]:
    signs = "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙ"
    finals = "ㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦ"
    written = [f"{one}{glide}{final}" for one, glide, final in product(["", *signs], ["", *"ㄧㄨㄩ"], ["", *finals])]
    read = {each: [letters for letters, _, _ in in_letters(each, 0)] for each in written if each}
    return {letters[0]: each for each, letters in reversed(read.items()) if len(letters) == 1}


def _inverted(table: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for written, meant in table.items():
        for each in meant:
            found.setdefault(each, []).append(written)
    return found


@cache
def _split() -> dict[str, list[str]]:
    return _inverted(split())


@cache
def _alike() -> dict[str, list[str]]:
    found = _inverted(similar())
    for meant, written in _inverted(risky_look_alikes()).items():
        found[meant] = [*found.get(meant, []), *written]
    return found


@cache
def _emoji() -> dict[str, list[str]]:
    return _inverted(emoji())


def _homophones(character: str) -> list[str]:
    return [other for other in _common().get(pinyin()[character][0], []) if other != character]


def _near_sounds(character: str) -> list[str]:
    own = pinyin()[character]
    readings = [reading for reading in _common() if reading not in own and near(reading) == near(own[0])]
    return [other for reading in readings for other in _common()[reading]]


Options = Callable[[str], list[str]]


def _one(options: Options) -> Callable[[Target, random.Random], Disguised | None]:
    def write(target: Target, draw: random.Random) -> Disguised | None:
        places = [place for place in target.places if options(target.sentence[place])]
        if not places:
            return None
        place = draw.choice(places)
        return _written(target, {place: draw.choice(options(target.sentence[place]))})

    return write


def _all(
    options: Options, *, joint: str = "", every: bool = True
) -> Callable[[Target, random.Random], Disguised | None]:
    def write(target: Target, draw: random.Random) -> Disguised | None:
        places = [
            place
            for place in range(target.span.start, target.span.end)
            if target.sentence[place] in pinyin() and options(target.sentence[place])
        ]
        if not places or (every and len(places) < target.span.end - target.span.start):
            return None
        changed = {place: draw.choice(options(target.sentence[place])) for place in places}
        for place in places:
            if place > target.span.start:
                changed[place] = joint + changed[place]
        return _written(target, changed)

    return write


def _initials(target: Target, draw: random.Random) -> Disguised | None:
    words = target.sentence[target.span.start : target.span.end]
    is_allowed = target.family.initials and target.kind == "phrase" and 4 <= len(words) <= 12
    return _all(lambda c: [pinyin()[c][0][0]])(target, draw) if is_allowed else None


def _between(marks: tuple[str, ...]) -> Callable[[Target, random.Random], Disguised | None]:
    def write(target: Target, draw: random.Random) -> Disguised | None:
        places = [place for place in target.places if place - 1 in target.places]
        if not places:
            return None
        place = draw.choice(places)
        return _written(target, {place: draw.choice(marks) + target.sentence[place]})

    return write


def _swap(target: Target, draw: random.Random) -> Disguised | None:
    text = target.sentence
    places = [place for place in target.places if place - 1 in target.places and text[place] != text[place - 1]]
    if not places:
        return None
    place = draw.choice(places)
    return _written(target, {place - 1: text[place], place: text[place - 1]})


def _turned(target: Target, draw: random.Random) -> Disguised | None:
    words = target.sentence[target.span.start : target.span.end]
    changed = dict.fromkeys(range(target.span.start, target.span.end), "")
    return _written(target, {**changed, target.span.start: f"\u202e{words[::-1]}\u202c"})


def _mixed(target: Target, draw: random.Random) -> Disguised | None:
    if len(target.places) < 2:
        return None
    first, second = draw.sample(target.places, 2)
    options = _homophones(target.sentence[first])
    if not options or target.span.end - target.span.start < 3:
        return None
    return _written(target, {first: draw.choice(options), second: pinyin()[target.sentence[second]][0]})


def _written(target: Target, changed: Mapping[int, str]) -> Disguised:
    text = target.sentence
    words = "".join(changed.get(place, text[place]) for place in range(target.span.start, target.span.end))
    start = target.span.start
    return Disguised(text[:start] + words + text[target.span.end :], Span(start, start + len(words)))


OPERATORS: Mapping[str, Callable[[Target, random.Random], Disguised | None]] = {
    "pinyin, joined": _all(lambda c: [pinyin()[c][0]]),
    "pinyin, spaced": _all(lambda c: [pinyin()[c][0]], joint=" "),
    "pinyin, one syllable": _one(lambda c: [pinyin()[c][0]]),
    "one homophone": _one(_homophones),
    "near sound": _one(_near_sounds),
    "initials": _initials,
    "one split": _one(lambda c: _split().get(c, [])),
    "all split": _all(lambda c: _split().get(c, []), every=False),
    "look-alike": _one(lambda c: _alike().get(c, [])),
    "two exchanged": _swap,
    "filler between": _between(FILLERS),
    "letter between": _between(("a", "x", "k")),
    "digit between": _between(("1", "8", "0")),
    "bopomofo": _one(lambda c: [_bopomofo()[pinyin()[c][0]]] if pinyin()[c][0] in _bopomofo() else []),
    "emoji": _one(lambda c: _emoji().get(c, [])),
    "turned round": _turned,
    "two mixed": _mixed,
}
