"""Every phrase of every blocking rule in every disguise that its family allows, and sentences of real evaders."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from guards.lexicon.examples import example_case
from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Family, PhraseRule
from guards.phrases.guard import Phrases
from guards.script import Script, Segment
from guards.text.folding import Folding, fold
from guards.text.lookalikes import risky_look_alikes, split, stand_ins
from guards.text.words import pinyin
from guards.types import Action, Span, Stage

RISKY_LOOK_ALIKES = risky_look_alikes()
SPLIT = split()
STAND_INS = stand_ins()

Disguise = Callable[[str, random.Random], str | None]
"""Writes a folded phrase in another way; None where it cannot be written so."""

BEFORE, AFTER = "嗯，", "！嗯"
SOUND = 4
"""Phrases of at least this many characters are found by sound alone, in families that allow it."""


@cache
def _heard_as() -> dict[str, list[str]]:
    """The common characters by reading: those of GB 2312's first level."""
    found: dict[str, list[str]] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            character = bytes([high, low]).decode("gb2312", "ignore")
            for reading in pinyin().get(character, ()):
                # What is read as another character sounds like that one.
                if fold(character, Folding.TIGHT).text == character and character not in "壹贰叁肆伍陆柒捌玖拾佰仟":
                    found.setdefault(reading, []).append(character)
    return found


@cache
def _written_apart() -> dict[str, list[str]]:
    return _inverted(SPLIT)


@cache
def _looks_like() -> dict[str, list[str]]:
    return _inverted(RISKY_LOOK_ALIKES)


def _inverted(table: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for written, meant in table.items():
        found.setdefault(meant, []).append(written)
    return found


def _swapped(phrase: str, draw: random.Random, options: Callable[[str], list[str]], share: float) -> str | None:
    """Some characters, at least one, replaced by one of their options."""
    places = [place for place, character in enumerate(phrase) if options(character)]
    if not places:
        return None
    chosen = [place for place in places if draw.random() < share] or [draw.choice(places)]
    written = list(phrase)
    for place in chosen:
        written[place] = draw.choice(options(phrase[place]))
    return "".join(written)


def _homophones(character: str) -> list[str]:
    known = pinyin().get(character, ())
    return sorted({other for reading in known for other in _heard_as().get(reading, ())} - {character})


def _pinyin(character: str) -> list[str]:
    return list(pinyin().get(character, ()))


def _without_doubles(disguise: Disguise) -> Disguise:
    """Leaves phrases such as 买买买 alone, of which one part cannot be drawn together and the other can."""
    return lambda phrase, draw: None if any(map(str.__eq__, phrase, phrase[1:])) else disguise(phrase, draw)


def _all_pinyin(phrase: str, draw: random.Random) -> str | None:
    return "".join(_pinyin(c)[0] for c in phrase) if all(map(_pinyin, phrase)) else None


def _initials(phrase: str, draw: random.Random) -> str | None:
    if not 4 <= len(phrase) <= 12 or not all(map(_pinyin, phrase)):
        return None
    return "".join(_pinyin(character)[0][0] for character in phrase)


DISGUISES: dict[str, Disguise] = {
    "repeated": lambda phrase, draw: "".join(c * draw.choice((2, 3)) if c > "\x7f" else c for c in phrase),
    "written apart": lambda phrase, draw: _swapped(phrase, draw, lambda c: _written_apart().get(c, []), 1.0),
    "one syllable in pinyin": _without_doubles(lambda phrase, draw: _swapped(phrase, draw, _pinyin, 0.0)),
    "some syllables in pinyin": _without_doubles(lambda phrase, draw: _swapped(phrase, draw, _pinyin, 0.5)),
    "pinyin": _all_pinyin,
    "pinyin with inserted marks": lambda phrase, draw: (
        None if (spelt := _all_pinyin(phrase, draw)) is None else "·".join(spelt)
    ),
    "in capitals with accents": lambda phrase, draw: (
        None if (spelt := _all_pinyin(phrase, draw)) is None else "\u0301".join(spelt.upper())
    ),
}
BY_FAMILY: dict[str, tuple[Callable[[Family], bool], Disguise]] = {
    "homophones": (
        lambda family: family.homophones,
        _without_doubles(
            lambda phrase, draw: _swapped(phrase, draw, _homophones, 0.4) if len(phrase) >= SOUND else None
        ),
    ),
    "homophones throughout": (
        lambda family: family.homophones,
        lambda phrase, draw: _swapped(phrase, draw, _homophones, 1.0) if len(phrase) >= SOUND else None,
    ),
    "look-alikes": (
        lambda family: family.look_alikes,
        lambda phrase, draw: _swapped(phrase, draw, lambda c: _looks_like().get(c, []), 1.0),
    ),
    "initials": (lambda family: family.initials, _initials),
}


def _blocking(lexicon: Lexicon) -> Iterator[tuple[Family, PhraseRule]]:
    for family in lexicon.families:
        for rule in family.rules:
            if family.folding is Folding.TIGHT and rule.severity is Action.BLOCK:
                yield family, rule


@pytest.fixture(scope="module")
def phrases(lexicon: Lexicon) -> Phrases:
    """All shipped rules."""
    return Phrases(lexicon.families)


@pytest.mark.parametrize("name", [*DISGUISES, *BY_FAMILY])
def test_every_phrase_of_every_blocking_rule_is_found(lexicon: Lexicon, phrases: Phrases, name: str) -> None:
    is_allowed, disguise = BY_FAMILY.get(name) or (lambda family: True, DISGUISES[name])
    draw = random.Random(name)
    tried, missed = 0, []
    for family, rule in _blocking(lexicon):
        if not is_allowed(family):
            continue
        case = example_case(rule)
        for phrase in rule.phrases:
            folded = fold(phrase, Folding.TIGHT).text
            written = disguise(folded, draw)
            if written is None or written == folded:
                continue
            tried += 1
            text = BEFORE + written + AFTER
            script = Script((Segment(case.stage or Stage.BODY, text, text),))
            found = phrases(script, replace(case, stage=case.stage or Stage.BODY))
            wanted = Span(len(BEFORE), len(BEFORE) + len(written))
            if not any(finding.rule == rule.id and finding.span == wanted for finding in found):
                missed.append(f"{lexicon.places[rule.id]}: {phrase} as {written}: {[f.span for f in found]}")
    assert not missed, "\n".join(missed)
    assert tried > 100


def test_what_evaders_write_is_found(lexicon: Lexicon, phrases: Phrases) -> None:
    lines = Path(__file__).with_name("evasions.tsv").read_text("utf-8").splitlines()
    families = {family.family: family for family in lexicon.families}
    missed = []
    for family, _, text in (line.split("\t") for line in lines):
        cases = [example_case(rule) for rule in families[family].rules]
        script = [Script((Segment(case.stage or Stage.BODY, text, text),)) for case in cases]
        ids = {rule.id for rule in families[family].rules}
        findings = [finding for each, case in zip(script, cases, strict=True) for finding in phrases(each, case)]
        if not any(finding.rule in ids for finding in findings):
            missed.append(text)
    assert len(lines) >= 500
    assert len(missed) <= 0.05 * len(lines), "\n".join(missed)


def test_every_stand_in_is_read_as_the_word_that_it_stands_for() -> None:
    family = Family.model_validate(
        {
            "family": "words",
            "rules": [
                {
                    "id": f"words.w{place}",
                    "title": word,
                    "action": "block",
                    "phrases": [word],
                    "reason": "测试",
                    "source": {"law": "测试", "force": "policy"},
                    "effective": {"from": "2026-01-01"},
                    "examples": {"hits": [word], "misses": ["好"]},
                }
                for place, word in enumerate(dict.fromkeys(STAND_INS.values()))
            ],
        }
    )
    guard = Phrases([family])
    titles = {rule.id: rule.title for rule in family.rules}
    missed = []
    for written, meant in STAND_INS.items():
        text = f"您{written}吧" if not written[-1].isascii() else f"您{written}，"
        found = guard(Script((Segment(Stage.BODY, text, text),)), example_case(family.rules[0]))
        if meant not in {titles[finding.rule] for finding in found}:
            missed.append(f"{written} for {meant}")
    assert missed == []
