"""Banned words: every hit, overlapping, in its scope and no further, in every disguise, by exact position."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.lexicon import Lexicon
from guards.phrases import Phrases
from guards.places import CHINA, applies
from guards.policy import example_case
from guards.rules import Family, PhraseRule
from guards.text import Folding
from guards.types import (
    Action,
    Callee,
    Case,
    Channel,
    Fact,
    Finding,
    Guard,
    Quantity,
    Role,
    Scenario,
    Script,
    Segment,
    Span,
    Stage,
)

TODAY = date(2026, 11, 22)
CASE = Case(scenario=Scenario.ACQUISITION, channel=Channel.AI_VOICE, today=TODAY)


def rule(name: str = "test.rule", **keys: Any) -> dict[str, Any]:
    """A rule as it stands in a file; `exceptions` is the key `except`, which Python keeps for itself."""
    if "exceptions" in keys:
        keys["except"] = keys.pop("exceptions")
    return {
        "id": name,
        "title": "试",
        "action": "block",
        "reason": f"因为{name}",
        "source": {"law": "广告法", "force": "law"},
        "effective": {"from": "2026-01-01"},
        "examples": {"hits": ["是"], "misses": ["否"]},
        **keys,
    }


def guard(*rules: dict[str, Any], folding: Folding = Folding.TIGHT) -> Phrases:
    """A guard with these rules only."""
    return Phrases([Family.model_validate({"family": "test", "folding": folding, "rules": list(rules)})])


def script(*texts: str, stages: Iterable[Stage] = Stage) -> Script:
    """Segments in the order of the stages."""
    return Script(tuple(Segment(stage, text, text) for stage, text in zip(stages, texts, strict=False)))


def found(phrases: Phrases, text: str, case: Case = CASE) -> list[tuple[str, str, int]]:
    """Rule, exact words and position of every finding."""
    findings = phrases(script(text), case)
    return [(f.rule, text[f.span.start : f.span.end], f.span.start) for f in findings if f.span]


def test_it_is_a_guard_and_says_rule_action_and_reason() -> None:
    phrases: Guard = guard(rule(phrases=["包过"], action="revise"))
    assert phrases(script("我们包过。"), CASE) == [
        Finding("test.rule", "phrases", Action.REVISE, "因为test.rule", Span(2, 4))
    ]


def test_all_hits_of_all_rules_in_order_of_position() -> None:
    phrases = guard(rule("a.a", phrases=["包过"]), rule("b.b", phrases=["放款"], patterns=["秒.?批"]))
    assert found(phrases, "秒批，包过，放款，包过") == [
        ("b.b", "秒批", 0),
        ("a.a", "包过", 3),
        ("b.b", "放款", 6),
        ("a.a", "包过", 9),
    ]


def test_overlapping_hits_of_different_rules_are_all_found() -> None:
    phrases = guard(
        rule("a.a", phrases=["保证放款"]), rule("b.b", phrases=["放款", "款项"]), rule("c.c", patterns=["证放"])
    )
    assert sorted(found(phrases, "保证放款项")) == [
        ("a.a", "保证放款", 0),
        ("b.b", "放款", 2),
        ("b.b", "款项", 3),
        ("c.c", "证放", 1),
    ]


def test_two_rules_may_share_a_phrase() -> None:
    phrases = guard(rule("a.a", phrases=["包过"]), rule("b.b", phrases=["包過"]))
    assert [name for name, _, _ in found(phrases, "包过")] == ["a.a", "b.b"]


def test_a_hit_inside_a_longer_hit_of_the_same_rule_is_not_told_twice() -> None:
    phrases = guard(rule(phrases=["放款", "保证放款"], patterns=["证放款"]))
    assert found(phrases, "保证放款，放款") == [("test.rule", "保证放款", 0), ("test.rule", "放款", 5)]


def test_hits_of_the_same_rule_that_only_overlap_are_both_told() -> None:
    phrases = guard(rule(phrases=["保证放", "放款"]))
    assert found(phrases, "保证放款") == [("test.rule", "保证放", 0), ("test.rule", "放款", 2)]


def test_an_empty_match_is_no_hit() -> None:
    assert found(guard(rule(patterns=["(?:过)?"])), "包过包") == [("test.rule", "过", 1)]


@pytest.mark.parametrize("text", ["", "，。！", "\u200b"])
def test_a_text_without_words_hits_nothing(text: str) -> None:
    assert found(guard(rule(phrases=["包过"], patterns=["包"])), text) == []


EXCEPTED = guard(rule(phrases=["包过"], patterns=["必[过批]"], exceptions=["红包过期", "不包过", "不必过"]))


@pytest.mark.parametrize("text", ["红包过期", "我们不包过。", "不 必-过", "红 包🙂过 期", "紅包過期", "不包过不包过"])
def test_a_hit_inside_an_exception_is_none(text: str) -> None:
    assert found(EXCEPTED, text) == []


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("红包过", [("test.rule", "包过", 1)]),
        ("不包过，包过", [("test.rule", "包过", 4)]),
        ("包过，不包过", [("test.rule", "包过", 0)]),
        ("红包，过期包过", [("test.rule", "包过", 5)]),
        ("包过期", [("test.rule", "包过", 0)]),
    ],
)
def test_a_hit_beside_or_across_an_exception_counts(text: str, hits: list[tuple[str, str, int]]) -> None:
    assert found(EXCEPTED, text) == hits


def test_an_exception_must_cover_the_whole_hit() -> None:
    phrases = guard(rule(phrases=["包过包批"], exceptions=["不包过"]))
    assert found(phrases, "不包过包批") == [("test.rule", "包过包批", 1)]


def test_an_exception_of_one_rule_does_not_excuse_another() -> None:
    phrases = guard(rule("a.a", phrases=["包过"], exceptions=["不包过"]), rule("b.b", phrases=["包过"]))
    assert [name for name, _, _ in found(phrases, "不包过")] == ["b.b"]


def fact(name: str, value: Decimal | str) -> Case:
    """The case with one fact."""
    return replace(CASE, facts=(Fact(name, Quantity.MONEY if isinstance(value, Decimal) else Quantity.TEXT, value),))


@pytest.mark.parametrize(
    ("condition", "case", "hit"),
    [
        ({"quota": "present"}, CASE, True),
        ({"quota": "present"}, replace(CASE, facts=()), True),
        ({"quota": "present"}, fact("fees", Decimal(0)), True),
        ({"quota": "present"}, fact("quota", Decimal(3)), False),
        ({"fees": {"max": 0}}, fact("fees", Decimal(0)), False),
        ({"fees": {"max": 0}}, fact("fees", Decimal("0.01")), True),
        ({"offers": ["deferral"]}, CASE, True),
        ({"offers": ["deferral"]}, replace(CASE, offers=frozenset({"waiver"})), True),
        ({"offers": ["deferral"]}, replace(CASE, offers=frozenset({"deferral"})), False),
        ({"offers": ["deferral"]}, replace(CASE, scenario=None), False),
        ({"quota": "present", "fees": {"max": 0}}, fact("fees", Decimal(0)), True),
    ],
)
def test_a_fact_lifts_a_rule(condition: dict[str, Any], case: Case, hit: bool) -> None:
    assert bool(found(guard(rule(phrases=["包过"], unless_fact=condition)), "包过", case)) is hit


SCOPES: list[tuple[dict[str, Any], Case, bool]] = [
    ({"scenarios": ["acquisition"]}, CASE, True),
    ({"scenarios": ["marketing"]}, CASE, True),
    ({"scenarios": ["activation", "collection"]}, CASE, False),
    ({"scenarios": ["collection"]}, replace(CASE, scenario=Scenario.COLLECTION_M3_PLUS), True),
    ({"scenarios": ["collection"]}, replace(CASE, scenario=Scenario.BILL_REMINDER), False),
    ({"scenarios": ["collection"]}, replace(CASE, scenario=None), True),
    ({"channels": ["ai_voice", "sms"]}, CASE, True),
    ({"channels": ["sms"]}, CASE, False),
    ({"channels": ["sms"]}, replace(CASE, channel=None), True),
    ({"callees": ["unverified"]}, replace(CASE, callee=Callee(Role.DEBTOR, identity_verified=False)), True),
    ({"callees": ["unverified"]}, replace(CASE, callee=Callee(Role.CONTACT)), True),
    ({"callees": ["unverified"]}, replace(CASE, callee=Callee(Role.DEBTOR)), False),
    ({"callees": ["contact"]}, replace(CASE, callee=Callee(Role.CONTACT)), True),
    ({"callees": ["contact"]}, replace(CASE, callee=Callee(Role.DEBTOR)), False),
    ({"effective": {"from": "2026-11-22", "until": "2026-11-22"}}, CASE, True),
    ({"effective": {"from": "9999-11-23"}}, CASE, False),
    ({"effective": {"from": "2020-01-01", "until": "2020-11-21"}}, CASE, False),
]


@pytest.mark.parametrize("words", [{"phrases": ["包过"]}, {"patterns": ["包."]}], ids=["phrase", "pattern"])
@pytest.mark.parametrize(("scope", "case", "hit"), SCOPES)
def test_a_rule_holds_in_its_scope(words: dict[str, Any], scope: dict[str, Any], case: Case, hit: bool) -> None:
    assert bool(found(guard(rule(**words, **scope)), "包过", case)) is hit


def test_a_rule_of_a_stage_holds_in_segments_of_that_stage() -> None:
    phrases = guard(rule(phrases=["包过"], stages=["body"]))
    three = script("包过，", "", "包过，", "包过，")
    assert [f.span for f in phrases(three, CASE)] == [Span(3, 5)]
    assert phrases(script("包过"), replace(CASE, stage=Stage.BODY)) != []
    assert phrases(script("", "", "包过"), replace(CASE, stage=Stage.CLOSE)) == []


def test_a_phrase_across_segments_is_found() -> None:
    findings = guard(rule(phrases=["保证放款"]))(script("我们保", "证放", "款。"), CASE)
    assert [f.span for f in findings] == [Span(2, 6)]


def test_plain_folding_keeps_punctuation_and_spaces() -> None:
    plain = guard(rule(phrases=["A=B"], patterns=["[@#]"]), folding=Folding.PLAIN)
    assert found(plain, "a＝Ｂ #") == [("test.rule", "a＝Ｂ", 0), ("test.rule", "#", 4)]
    assert found(plain, "a = b") == []


def test_families_of_both_foldings_stand_side_by_side() -> None:
    both = Phrases(
        Family.model_validate(
            {"family": folding.value, "folding": folding, "rules": [rule(f"{folding}.x", phrases=["包过"])]}
        )
        for folding in Folding
    )
    assert {name for name, _, _ in found(both, "包过")} == {"plain.x", "tight.x"}
    assert {name for name, _, _ in found(both, "包 过")} == {"tight.x"}


# What the shipped rules find in disguise.

TO_TRADITIONAL, TO_TAIWANESE = opencc.OpenCC("s2t"), opencc.OpenCC("s2tw")
WIDE = {point: point + 0xFEE0 for point in range(0x21, 0x7F)}
Disguise = Callable[[str], str]
BOTH_FOLDINGS: Mapping[str, Disguise] = {
    "as written": str,
    "full-width": lambda phrase: phrase.translate(WIDE),
    "traditional": TO_TRADITIONAL.convert,
    "as written in Taiwan": TO_TAIWANESE.convert,
    "upper case": str.upper,
    "zero-width": "\u200b".join,
    "variation selectors": "\ufe0f".join,
    "combining": "\u0336".join,
    "markup": "<b>".join,
    "entities": lambda phrase: "".join(f"&#{ord(character)};" for character in phrase),
}
TIGHT_ONLY: Mapping[str, Disguise] = {
    "spaces": " ".join,
    "wide spaces and line breaks": "\u3000\n".join,
    "emoji": "🙂".join,
    "keycaps and flags": "🇨🇳❤️".join,
    "hyphens": "-".join,
    "Chinese punctuation": "，…·".join,
    "everything": lambda phrase: " 🙂\u200b、".join(TO_TRADITIONAL.convert(phrase).translate(WIDE)),
}


def blocking(lexicon: Lexicon) -> list[tuple[Family, PhraseRule]]:
    """Every rule that stops a script."""
    return [(family, rule) for family in lexicon.families for rule in family.rules if rule.severity is Action.BLOCK]


@pytest.mark.parametrize("name", [*BOTH_FOLDINGS, *TIGHT_ONLY])
def test_every_phrase_of_every_blocking_rule_is_found_in_disguise(lexicon: Lexicon, name: str) -> None:
    phrases = Phrases(lexicon.families)
    disguise = {**BOTH_FOLDINGS, **TIGHT_ONLY}[name]
    before, after = "嗯，", "！嗯"
    tried, missed = 0, []
    for family, rule in blocking(lexicon):
        if name in TIGHT_ONLY and family.folding is not Folding.TIGHT:
            continue
        case = example_case(rule)
        for phrase in rule.phrases:
            disguised = disguise(phrase)
            tried += disguised != phrase
            exact = Span(len(before), len(before) + len(disguised))
            findings = phrases(script(before + disguised + after), replace(case, stage=case.stage or Stage.BODY))
            if (rule.id, exact) not in {(finding.rule, finding.span) for finding in findings}:
                missed.append(f"{lexicon.places[rule.id]}: {phrase} as {disguised}")
    assert missed == []
    assert tried > 0 or name == "as written"


def test_the_disguises_change_what_they_should() -> None:
    assert BOTH_FOLDINGS["full-width"]("100%通过app") == "１００％通过ａｐｐ"
    assert BOTH_FOLDINGS["traditional"]("无视征信") == "無視徵信"
    assert TIGHT_ONLY["emoji"]("包过") == "包🙂过"


# Patterns of rules that do not concern the scenario are not run; nothing else may follow from that.


def texts(lexicon: Lexicon) -> list[str]:
    """Every example of every rule."""
    return [text for rule in lexicon.phrase_rules() for text in (*rule.examples.hits, *rule.examples.misses)]


@pytest.mark.parametrize("scenario", [None, *Scenario])
def test_choosing_patterns_by_scenario_changes_no_finding(lexicon: Lexicon, scenario: Scenario | None) -> None:
    chosen = Phrases(lexicon.families)
    everywhere = Phrases(
        family.model_copy(update={"rules": [rule.model_copy(update={"scenarios": []}) for rule in family.rules]})
        for family in lexicon.families
    )
    case = Case(scenario=scenario, channel=Channel.AI_VOICE, callee=Callee(Role.UNKNOWN, False), today=TODAY)
    rules = {rule.id: rule for rule in lexicon.phrase_rules()}
    examined = texts(lexicon)
    pieces = ["。".join(examined[start : start + 12]) for start in range(0, len(examined), 12)]
    hits = 0
    for text in pieces:
        wanted = [f for f in everywhere(script(text), case) if applies(rules[f.rule], case)]
        assert chosen(script(text), case) == wanted
        hits += len(wanted)
    assert hits > len(rules)


@given(st.text(), st.sampled_from([None, *Scenario]), st.sampled_from([None, *Stage]))
def test_any_text_is_judged_without_an_error(text: str, scenario: Scenario | None, stage: Stage | None) -> None:
    phrases = guard(rule(phrases=["包过"], patterns=["[a-z0-9]{1,3}", "过?"], exceptions=["a1"]), folding=Folding.PLAIN)
    for finding in phrases(script(text), Case(scenario=scenario, stage=stage, today=TODAY)):
        assert finding.span
        assert finding.span.end <= len(text)


def test_without_a_day_the_rules_of_today_in_china_hold() -> None:
    from datetime import datetime

    today = datetime.now(CHINA).date()
    phrases = guard(
        rule("now.x", phrases=["包过"], effective={"from": str(today)}),
        rule("later.x", phrases=["包过"], effective={"from": "9999-12-31"}),
    )
    assert [name for name, _, _ in found(phrases, "包过", replace(CASE, today=None))] == ["now.x"]
