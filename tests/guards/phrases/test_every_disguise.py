"""Every phrase, pattern and pair of the shipped rules in every disguise, inside a sentence that somebody would say."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from guards.lexicon.examples import example_case
from guards.lexicon.reader import Lexicon
from guards.phrases.guard import Phrases
from guards.script import Script, Segment
from guards.text.folding import Folding
from guards.types import Stage
from tests.guards.phrases.disguising import OPERATORS, Disguised, Target, targets

SHORT = 4


def is_found(phrases: Phrases, target: Target, written: Disguised) -> bool:
    """Whether the rule finds something in the words or right around them."""
    case = example_case(target.rule)
    script = Script((Segment(case.stage or Stage.BODY, written.text, written.text),))
    return any(
        finding.rule == target.rule.id
        and finding.span is not None
        and finding.span.start < written.span.end
        and finding.span.end > written.span.start
        for finding in phrases(script, case)
    )


def drawn(lexicon: Lexicon, share: float) -> Iterator[Target]:
    """Some of the targets of all tight families, the same at every run."""
    draw = random.Random(14)
    for family in lexicon.families:
        if family.folding is Folding.TIGHT:
            yield from (target for target in targets(family) if draw.random() < share)


def measured(lexicon: Lexicon, share: float) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]], list[str]]:
    """By operator and kind (short phrases apart) how often it was tried and found, and what was missed."""
    phrases = Phrases(lexicon.families)
    tried: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    missed: list[str] = []
    for target in drawn(lexicon, share):
        is_short = target.kind == "phrase" and target.span.end - target.span.start < SHORT
        kind = f"{target.span.end - target.span.start} characters" if is_short else target.kind
        for name, operator in OPERATORS.items():
            written = operator(target, random.Random(f"{name}{target.sentence}"))
            if written is None:
                continue
            tried[name, kind] += 1
            if is_found(phrases, target, written):
                found[name, kind] += 1
            else:
                words = target.sentence[target.span.start : target.span.end]
                missed.append(f"{name}\t{kind}\t{words}\t{written.text}\t{target.rule.id}")
    return tried, found, missed


MOST_MISSED = {"phrase": 0.02, "pattern": 0.10, "pair": 0.15, "3 characters": 0.10, "2 characters": 0.12}
"""Of each kind how many of all disguises may pass."""


def missed_shares(tried: Counter[tuple[str, str]], found: Counter[tuple[str, str]]) -> dict[str, float]:
    """Of each kind the share of all disguises that passed."""
    kinds = {kind for _, kind in tried}
    every = {kind: sum(tried[name, kind] for name in OPERATORS) for kind in kinds}
    return {kind: 1 - sum(found[name, kind] for name in OPERATORS) / every[kind] for kind in kinds}


def printed(tried: Counter[tuple[str, str]], found: Counter[tuple[str, str]]) -> str:
    """A line for each operator: per cent found of how many, by kind."""
    cells = {
        name: " · ".join(
            f"{kind} {100 * found[name, kind] / tried[name, kind]:.1f} of {tried[name, kind]}"
            for kind in MOST_MISSED
            if tried[name, kind]
        )
        for name in OPERATORS
    }
    return "\n".join(f"{name}: {each}" for name, each in cells.items())


def test_a_sample_of_all_words_is_found_in_every_disguise(lexicon: Lexicon) -> None:
    tried, found, missed = measured(lexicon, 0.04)
    shares = missed_shares(tried, found)
    assert shares["phrase"] <= MOST_MISSED["phrase"], "\n".join(missed)
    assert sum(found.values()) >= 0.95 * sum(tried.values()) > 1000, "\n".join(missed)


@pytest.mark.long
def test_all_words_are_found_in_every_disguise(lexicon: Lexicon) -> None:
    tried, found, missed = measured(lexicon, 1.0)
    print(printed(tried, found))  # noqa: T201
    shares = missed_shares(tried, found)
    assert all(share <= MOST_MISSED[kind] for kind, share in shares.items()), "\n".join([str(shares), *missed])


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("threat", "明天我们shang门找您"),
        ("promise", "我保zheng您能通过"),
        ("promise", "我们肯腚能下款"),
        ("promise", "baooguo"),
        ("promise", "Ⅰ00%下款"),
        ("promise", "我们包1过的"),
        ("insult", "您是老a赖"),
        ("promise", "我们这边保过的"),
        ("credit_blind", "您这是黑护"),
        ("insult", "您别做老懒"),
        ("threat", "不还要坐劳"),
        ("promise", "我们包🈴过"),
        ("promise", "我们📦过"),
        ("promise", "我们ㄅㄠ过的"),
        ("promise", "我们\u202e过包\u202c的"),
    ],
)
def test_what_passed_once_is_found(lexicon: Lexicon, family: str, text: str) -> None:
    chosen = [each for each in lexicon.families if each.family == family]
    phrases = Phrases(chosen)
    cases = [example_case(rule) for rule in chosen[0].rules]
    scripts = [Script((Segment(case.stage or Stage.BODY, text, text),)) for case in cases]
    assert any(phrases(script, case) for script, case in zip(scripts, cases, strict=True))
