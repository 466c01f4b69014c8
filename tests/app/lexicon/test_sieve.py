"""A sieve never leaves out a text that a rule hits, however texts stand beside each other."""

import random
import re

import pytest

from app.lexicon.altered import Side, altered_rules
from app.lexicon.effects import Judge
from app.lexicon.files import Kind, RuleFiles
from app.lexicon.sieve import sieve_of, within_one_text
from guards.script import Script, Segment
from guards.types import Case, Stage
from tests.app.lexicon.recordings import hits_of_shipped_rules, records_at_random
from tests.app.lexicon.rules import DAY, INSTITUTION, SHIPPED

ALL = altered_rules(None, SHIPPED.lexicon(), INSTITUTION, DAY)
ANCHORED = {"speech_safety.unfilled_slot", "speech_safety.markup", "speech_safety.engine_characters"}
"""Rules with a pattern that asks where a text begins."""
PATTERNS = [
    (stored.id, pattern)
    for stored in SHIPPED.rules.values()
    if stored.kind is Kind.PHRASE and stored.id not in ANCHORED
    for pattern in stored.data.get("patterns") or ()
]


def _others() -> Side:
    families = []
    for family in ALL.after.families:
        if rules := [rule for rule in family.rules if rule.id not in ANCHORED]:
            families.append(family.model_copy(update={"rules": rules}))
    return Side(tuple(families), (), (), None, ALL.after.titles)


PHRASES = _others()


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_any_shipped_rule_hits_is_left_out(seed: int) -> None:
    sieve, judge = sieve_of(PHRASES), Judge(PHRASES, ALL.rules, INSTITUTION)
    assert sieve is not None
    chance = random.Random(seed)
    texts = hits_of_shipped_rules()
    scripts = [record.script for record in records_at_random(chance, texts, 500)]
    may = sieve.may_hit(scripts)
    missed = [
        script.text
        for script, is_taken in zip(scripts, may, strict=True)
        if not is_taken and judge.objections(script, Case())
    ]
    assert missed == []
    assert not all(may)


def test_a_script_of_several_stages_in_two_forms_is_taken_for_either() -> None:
    side = _side("包通过", "三百元整")
    sieve = sieve_of(side)
    assert sieve is not None
    scripts = [
        Script((Segment(Stage.OPEN, "您好，", "您好，"), Segment(Stage.BODY, "还300元整。", "还三百元整。"))),
        Script((Segment(Stage.OPEN, "您好，包", "您好，包"), Segment(Stage.BODY, "通过。", "通过。"))),
        Script((Segment(Stage.BODY, "包", "包"),)),
        Script((Segment(Stage.BODY, "通过", "通过"),)),
        Script((Segment(Stage.BODY, "", ""),)),
    ]
    assert sieve.may_hit(scripts) == [True, True, False, False, False]


def test_markup_that_is_left_open_takes_nothing_from_other_texts() -> None:
    sieve = sieve_of(_side("包通过"))
    assert sieve is not None
    texts = ["<a 没有关上", "我们包通过。", "> 结束"]
    assert sieve.may_hit([Script((Segment(Stage.BODY, text, text),)) for text in texts]) == [True, True, False]


def test_no_texts_are_no_trouble() -> None:
    sieve = sieve_of(_side("包通过"))
    assert sieve is not None
    assert sieve.may_hit([]) == []


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("利率(?:是|为)?最低(?!还|应还)", "利率(?:是|为)?最低(?!还|应还)"),
        ("保证.{0,4}(?!.过)", "保证[^\\n龘]{0,4}(?![^\\n龘]过)"),
        (r"包\.[^过.]", r"包\.[^龘过.]"),
        ("包[^]过]", r"包[^\]龘过]"),
        ("包[.^]过", "包[.^]过"),
        ("^包过", None),
        ("包过$", r"包过(?=\n?(?:。?龘|\Z))"),
        ("包[过$]", "包[过$]"),
        (r"包过\$", r"包过\$"),
        (r"包过\Z", None),
        (r"包过\D", None),
        ("包[一-龥]过", None),
        ("(?s)包.过", None),
        ("(?i:a)包过", None),
        ("龘", None),
    ],
)
def test_no_pattern_reads_from_one_text_into_the_next(pattern: str, fitting: str | None) -> None:
    assert within_one_text(pattern) == fitting


def test_a_shipped_pattern_matches_the_same_in_texts_together_as_in_each_alone() -> None:
    texts = hits_of_shipped_rules()
    whole = "。龘。".join(texts)
    for name, pattern in PATTERNS:
        fitting = within_one_text(pattern)
        assert fitting is not None, name
        alone = [match[0] for text in texts for match in re.finditer(pattern, text)]
        assert [match[0] for match in re.finditer(fitting, whole)] == alone, name


def test_a_rule_that_asks_where_a_text_begins_has_no_sieve() -> None:
    assert sieve_of(Side(ALL.after.families, (), (), None, {})) is None


def test_rules_on_numbers_and_disclosures_have_no_sieve() -> None:
    assert sieve_of(ALL.after) is None


def _side(*phrases: str) -> Side:
    content = SHIPPED.contents["threat.yaml"].decode()
    family = RuleFiles({**SHIPPED.contents, "threat.yaml": content}).lexicon().families[0]
    rule = family.rules[0].model_copy(update={"phrases": list(phrases), "patterns": [], "near": [], "exceptions": []})
    return Side((family.model_copy(update={"rules": [rule]}),), (), (), None, {})
