"""Banned words: every hit, overlapping, in its scope and no further, in every disguise, by exact position."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.lexicon.examples import example_case
from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Family, PhraseRule
from guards.lexicon.scope import CHINA, applies
from guards.phrases.guard import Phrases
from guards.script import Guard, Script, Segment
from guards.text import reading
from guards.text.folding import Folding
from guards.text.numerals import in_chinese
from guards.text.words import pinyin
from guards.types import Action, Callee, Case, Channel, Fact, Finding, Quantity, Role, Scenario, Span, Stage

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


def guard(*rules: dict[str, Any], folding: Folding = Folding.TIGHT, **switches: Any) -> Phrases:
    """A guard with these rules only."""
    return Phrases([Family.model_validate({"family": "test", "folding": folding, "rules": list(rules), **switches})])


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
        rule("a.a", phrases=["保证放款"]), rule("b.b", phrases=["放款", "款项"]), rule("c.c", patterns=["证放款."])
    )
    assert sorted(found(phrases, "保证放款项")) == [
        ("a.a", "保证放款", 0),
        ("b.b", "放款", 2),
        ("b.b", "款项", 3),
        ("c.c", "证放款项", 1),
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
        ("红包过吗包过", [("test.rule", "包过", 4)]),
        ("不包过，包过", [("test.rule", "包过", 4)]),
        ("包过，不包过", [("test.rule", "包过", 0)]),
        ("红包，过期包过", [("test.rule", "包过", 5)]),
        ("包过期", [("test.rule", "包过", 0)]),
    ],
)
def test_a_hit_beside_or_across_an_exception_counts(text: str, hits: list[tuple[str, str, int]]) -> None:
    assert found(EXCEPTED, text) == hits


@pytest.mark.parametrize("pause", "，。？！；、：,?!;…\n")
def test_an_exception_ends_at_a_pause(pause: str) -> None:
    phrases = guard(rule(phrases=["必过"], exceptions=["不必过", "必过好日子"]))
    assert found(phrases, f"难不{pause}必过") == [("test.rule", "必过", 3)]
    assert found(phrases, f"必过{pause}好日子") == [("test.rule", "必过", 0)]
    assert found(phrases, "不必过") == found(phrases, "必过好日子") == []


def test_an_exception_may_hold_a_pause_of_its_own() -> None:
    phrases = guard(rule(phrases=["以贷养贷"], exceptions=["以贷养贷，不划算"]))
    assert found(phrases, "以贷养贷，不划算") == found(phrases, "以贷养贷不划算") == []


def test_a_phrase_of_three_characters_is_not_explained_away() -> None:
    phrases = guard(rule(phrases=["校园贷"]))
    assert found(phrases, "我们有校园贷款。") == [("test.rule", "校园贷", 3)]


def test_an_exception_must_cover_the_whole_hit() -> None:
    phrases = guard(rule(phrases=["包过包批"], exceptions=["来包过"]))
    assert found(phrases, "来包过包批") == [("test.rule", "包过包批", 1)]


def test_an_exception_of_one_rule_does_not_excuse_another() -> None:
    phrases = guard(rule("a.a", phrases=["包过"], exceptions=["来包过"]), rule("b.b", phrases=["包过"]))
    assert [name for name, _, _ in found(phrases, "来包过")] == ["b.b"]


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


def test_families_of_all_foldings_stand_side_by_side() -> None:
    both = Phrases(
        Family.model_validate(
            {"family": folding.value, "folding": folding, "rules": [rule(f"{folding}.x", phrases=["包过"])]}
        )
        for folding in Folding
    )
    assert {name for name, _, _ in found(both, "包过")} == {"raw.x", "plain.x", "tight.x"}
    assert {name for name, _, _ in found(both, "包\u200b过")} == {"plain.x", "tight.x"}
    assert {name for name, _, _ in found(both, "包 过")} == {"tight.x"}


def words(findings: Iterable[tuple[str, str, int]]) -> list[str]:
    """The exact words of the findings."""
    return [said for _, said, _ in findings]


# Two words near each other, and what reaches from one sentence into the next.

NEAR: dict[str, Any] = {"words": ["退", "还您"], "with": ["利息", "2成"], "within": 4}


@pytest.mark.parametrize(
    ("changes", "text", "hits"),
    [
        ({}, "我们退您一大部分利息", []),
        ({}, "我们退您一点利息", ["退您一点利息"]),
        ({}, "我们退，您-一🙂点利息", ["退，您-一🙂点利息"]),
        ({}, "我們退您利 息", ["退您利 息"]),
        ({}, "可以还您两成", ["还您两成"]),
        ({}, "可以还您贰成", ["还您贰成"]),
        ({}, "利息都退", []),
        ({"ordered": False}, "利息都退", ["利息都退"]),
        ({"within": 0}, "退点利息，退利息", ["退利息"]),
        ({}, "我们退。利息照算", []),
        ({}, "我们退！利息", []),
        ({}, "我们退；利息", []),
        ({}, "我们退.利息", ["退.利息"]),
        ({}, "我们退\n利息", ["退\n利息"]),
        ({"unless_before": ["不"]}, "我们不退利息", []),
        ({"unless_before": ["不"]}, "我们不 退利息", []),
        ({"unless_before": ["不"]}, "不是的，退利息", ["退利息"]),
        ({"unless_between": ["一百"]}, "退100元利息", ["退100元利息"]),
        ({"unless_between": ["一百元"]}, "退一百元利息", []),
        ({"unless_between": ["一百元"]}, "退壹佰元利息", ["退壹佰元利息"]),
    ],
)
def test_two_words_near_each_other_in_one_sentence(changes: dict[str, Any], text: str, hits: list[str]) -> None:
    assert words(found(guard(rule(near=[NEAR | changes])), text)) == hits


def test_two_words_near_each_other_are_excepted_and_negated_or_quoted_like_phrases() -> None:
    phrases = guard(rule(near=[NEAR], exceptions=["退一点利息单"]))
    assert found(phrases, "退一点利息单") == []
    assert found(phrases, "我们不承诺退利息。") == []
    assert words(found(phrases, "退利息单")) == ["退利息"]


@pytest.mark.parametrize("mark", list("。！？；"))
def test_only_a_long_phrase_reaches_into_the_next_sentence(mark: str) -> None:
    phrases = guard(rule("a.a", phrases=["包过", "必下款", "百分百获批"]), rule("b.b", patterns=["秒.{1,3}批"]))
    assert found(phrases, f"我们包{mark}过来，必下{mark}款，秒{mark}批") == []
    assert words(found(phrases, f"百分百{mark}获批")) == [f"百分百{mark}获批"]
    assert words(found(phrases, f"好{mark}包过{mark}必下款{mark}秒内批{mark}")) == ["包过", "必下款", "秒内批"]


@pytest.mark.parametrize("decoration", ["，", "、", "\n", " ", ".", "!", "…", "—", "🙂"])
def test_decoration_ends_no_sentence(decoration: str) -> None:
    assert words(found(guard(rule(phrases=["包过"])), f"我们包{decoration}过。")) == [f"包{decoration}过"]


# Exemptions: what must be stated, and when; today.

FREE = rule(phrases=["免息"], unless_fact={"free_interest_days": "present"}, stating=["free_interest_days"])
DAYS = Fact("free_interest_days", Quantity.DAYS, Decimal(30))


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("前30天免息。", False),
        ("前三十天，免息。", False),
        ("免息，一共30天", False),
        ("给您免息。前30天不收。", False),
        ("给您免息！前 三十 天不收！其他照算。", False),
        ("给您免息。好的。前30天不收。", True),
        ("前30天不收。给您免息。", True),
        ("给您免息。", True),
        ("前31天免息。", True),
        ("前30个月免息。", True),
        ("给您30元，免息。", True),
        ("前30天免息。好的。之后也免息。", True),
    ],
)
def test_an_exemption_may_ask_that_the_facts_be_stated(text: str, hit: bool) -> None:
    assert bool(found(guard(FREE), text, replace(CASE, facts=(DAYS,)))) is hit


def test_what_must_be_stated_must_be_known_and_words_need_no_number() -> None:
    two = guard({**FREE, "stating": ["free_interest_days", "quota"]})
    text = "前30天免息，额度5000元。"
    quota = Fact("quota", Quantity.MONEY, Decimal(5000))
    assert found(two, text, replace(CASE, facts=(DAYS,))) != []
    assert found(two, text, replace(CASE, facts=(DAYS, quota))) == []
    assert found(two, text, replace(CASE, facts=(quota,))) != []
    assert found(two, text, replace(CASE, facts=(DAYS, replace(quota, value=Decimal(5001))))) != []
    assert found(two, text, replace(CASE, facts=(DAYS, Fact("quota", Quantity.TEXT, "不限")))) == []


@pytest.mark.parametrize(("day", "hit"), [(TODAY, False), (date(2026, 11, 21), True), (date(2026, 11, 23), True)])
def test_words_may_be_true_today_only(day: date, hit: bool) -> None:
    phrases = guard(rule(phrases=["最后一天"], unless_fact={"campaign_end": "today"}))
    case = replace(CASE, facts=(Fact("campaign_end", Quantity.DATE, day),))
    assert bool(found(phrases, "今天最后一天", case)) is hit


# Words that somebody stands by: plain ones may be negated or quoted, disguised ones never are.

NEGATED = ["我们不承诺{}。", "凡是说{}的都是骗子。"]


@pytest.mark.parametrize("context", NEGATED)
@pytest.mark.parametrize(
    ("written", "hit"),
    [
        ("百分百获批", False),
        ("百分百獲批", False),
        ("100%获批", False),
        ("１００％获批", False),
        ("百分之百获批", False),
        ("百 分 百获批", True),
        ("百分百🙂获批", True),
        ("百分百\u200b获批", True),
        ("百芬百获批", True),
        ("百分百huo批", True),
        ("bfbhp", True),
        ("百百分百获批", True),
        ("百分百犭艹犬批", False),
        ("百分百获扌比", True),
        ("l00%获批", True),
    ],
)
def test_a_disguised_word_is_never_excused_by_its_context(context: str, written: str, hit: bool) -> None:
    phrases = guard(rule(phrases=["百分百获批"]), homophones=True, look_alikes=True, initials=True)
    assert words(found(phrases, context.format(written))) == [written] * hit


@pytest.mark.parametrize("context", NEGATED)
def test_of_some_words_even_the_mention_is_a_violation(context: str) -> None:
    text = context.format("包过")
    assert found(guard(rule(phrases=["包过"])), text) == []
    assert words(found(guard(rule(phrases=["包过"], even_if_negated=True)), text)) == ["包过"]


# Characters that only meet where two words touch.

SHORT = guard(rule(phrases=["上门", "法院", "保本", "套现", "百分百获批"], patterns=["保.息"]), homophones=True)


@pytest.mark.parametrize(
    "text", ["您可以马上门店自提", "无法院内办理", "环保本子", "带上手套现在有货", "买手套现在包邮"]
)
def test_characters_of_two_words_that_touch_are_no_hit(text: str) -> None:
    assert found(SHORT, text) == []


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("马上就上门", "上门"),
        ("明天上门找您", "上门"),
        ("去法院起诉您", "法院"),
        ("保本保息", "保本"),
        ("帮您套现", "套现"),
        ("马上就 上-门", "上-门"),
        ("百分百获批发", "百分百获批"),
    ],
)
def test_banned_words_beside_such_characters_are(text: str, hit: str) -> None:
    assert hit in words(found(SHORT, text))


def test_what_is_disguised_is_no_accident_of_two_words() -> None:
    assert words(found(SHORT, "您可以马上 门店自提")) == ["上 门"]


# Disguises beyond tight folding.


@pytest.mark.parametrize(
    ("switch", "text"),
    [("homophones", "百芬百货批"), ("look_alikes", "百分百货款"), ("look_alikes", "佰分百货款"), ("initials", "bfbdk")],
)
def test_a_family_is_searched_for_the_disguises_it_names(switch: str, text: str) -> None:
    named = rule(phrases=["百分百获批", "百分百贷款"])
    only: dict[str, Any] = {name: name == switch for name in ("homophones", "look_alikes", "initials")}
    others: dict[str, Any] = {name: not chosen for name, chosen in only.items()}
    assert found(guard(named), f"您{text}的") == []
    assert found(guard(named, **others), f"您{text}的") == []
    assert words(found(guard(named, **only), f"您{text}的")) == [text]


def test_phrases_that_look_alike_are_both_found() -> None:
    phrases = guard(rule("a.a", phrases=["百分百货款"]), rule("b.b", phrases=["百分百贷款"]), look_alikes=True)
    assert [name for name, _, _ in found(phrases, "百分百货款")] == ["a.a", "b.b"]
    assert {name for name, _, _ in found(phrases, "百分百贷款")} >= {"b.b"}


@pytest.mark.parametrize("text", ["bao分百获批", "百fen百huo批", "BAIFENBAI获批", "bai fen bai huo pi"])
def test_pinyin_is_read_in_every_tight_family(text: str) -> None:
    named = rule(phrases=["百分百获批"])
    read = text != "bao分百获批"
    assert words(found(guard(named), f"您{text}的")) == [text] * read
    assert found(guard(named, folding=Folding.PLAIN), f"您{text}的") == []
    assert found(guard(named, folding=Folding.RAW), f"您{text}的") == []


def test_a_rule_of_another_scenario_is_not_heard_either() -> None:
    named = rule(phrases=["百分百获批"], scenarios=["collection"], near=[NEAR], patterns=["秒.批"])
    phrases = guard(named, homophones=True, look_alikes=True, initials=True)
    text = "百芬百获批，退利息，秒内批，bfbhp"
    assert found(phrases, text) == []
    assert len(found(phrases, text, replace(CASE, scenario=Scenario.COLLECTION_M1))) == 4


def test_a_word_does_not_begin_or_end_inside_a_undisguised_numeral() -> None:
    phrases = guard(rule(phrases=["零利息", "七点二零元", "二十年"]), homophones=True, look_alikes=True)
    assert found(phrases, "满7.20利息另算") == []
    assert found(phrases, "满7.20里息另算") == []
    assert words(found(phrases, "满7.20元，0利息，20年")) == ["7.20元", "0利息", "20年"]


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("加我➕微❤", "➕微❤"),
        ("请+vx", "+vx"),
        ("请加微🙂信", "加微🙂信"),
        ("➕微❤说微信", "➕微❤"),
    ],
)
def test_symbols_that_stand_for_words_are_read(text: str, hit: str) -> None:
    assert hit in words(found(guard(rule(phrases=["加微信"])), text))


@pytest.mark.parametrize(
    ("folding", "text", "end", "goes_on"),
    [
        (Folding.TIGHT, "我们百分百。", 6, True),
        (Folding.TIGHT, "我们 百 分 百。", 9, True),
        (Folding.TIGHT, "我们100%。", 7, True),
        (Folding.TIGHT, "我们百百分百。", 7, True),
        (Folding.TIGHT, "百分百。获批", 4, True),
        (Folding.TIGHT, "好的。百", 3, False),
        (Folding.TIGHT, "好的。", 3, False),
        (Folding.TIGHT, "", 0, False),
        (Folding.PLAIN, "我们百分百", 5, True),
        (Folding.PLAIN, "我们百分百。", 6, False),
        (Folding.RAW, "我们百分", 4, True),
        (Folding.RAW, "我们百 分", 5, False),
    ],
)
def test_it_is_known_whether_a_phrase_may_go_on(folding: Folding, text: str, end: int, goes_on: bool) -> None:
    assert guard(rule(phrases=["百分百获批了"]), folding=folding).may_continue(text, end) is goes_on


def test_a_phrase_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(ValueError, match=r"test\.rule: nothing is left of the phrase"):
        guard(rule(phrases=["，。"]))


# What the shipped rules find in disguise.


@pytest.fixture(scope="module")
def shipped(lexicon: Lexicon) -> Phrases:
    """The guard with all rules."""
    return Phrases(lexicon.families)


@pytest.fixture(scope="module")
def everywhere(lexicon: Lexicon) -> Phrases:
    """The guard with all rules, none of which names a scenario."""
    return Phrases(
        family.model_copy(update={"rules": [rule.model_copy(update={"scenarios": []}) for rule in family.rules]})
        for family in lexicon.families
    )


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
SAID = {in_chinese(str(number)): str(number) for number in (*range(10_000), *range(10_000, 1_000_001, 10_000))}
FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")


def repeated(phrase: str) -> str:
    """Every Chinese character twice."""
    return "".join(character if character.isascii() else character * 2 for character in phrase)


def in_letters(phrase: str, odd: int) -> str:
    """Every other character in pinyin."""
    return "".join(
        pinyin().get(character, (character,))[0] if place % 2 == odd else character
        for place, character in enumerate(phrase)
    )


TIGHT_ONLY: Mapping[str, Disguise] = {
    "Chinese numerals": lambda phrase: re.sub("[0-9]+", lambda run: in_chinese(run[0]), phrase),
    "Arabic numerals": lambda phrase: re.sub(
        "[零一二三四五六七八九十百千万]+", lambda run: SAID.get(run[0], run[0]), phrase
    ),
    "formal numerals": lambda phrase: phrase.translate(FORMAL),
    "repeated": repeated,
    "pinyin first": lambda phrase: in_letters(phrase, 0),
    "pinyin second": lambda phrase: in_letters(phrase, 1),
    "pinyin": lambda phrase: "".join(pinyin().get(character, (character,))[0] for character in phrase),
    "spaces": " ".join,
    "wide spaces and line breaks": "\u3000\n".join,
    "emoji": "🙂".join,
    "keycaps and flags": "🇨🇳❤️".join,
    "hyphens": "-".join,
    "Chinese punctuation": "，…·".join,
    "everything": lambda phrase: " 🙂\u200b、".join(TO_TRADITIONAL.convert(phrase).translate(WIDE)),
}


def blocking(lexicon: Lexicon) -> list[tuple[Family, PhraseRule]]:
    """Every rule that stops a script in which its words stand as they are."""
    families = [family for family in lexicon.families if not family.only_in_disguise]
    return [(family, rule) for family in families for rule in family.rules if rule.severity is Action.BLOCK]


@pytest.mark.parametrize("name", [*BOTH_FOLDINGS, *TIGHT_ONLY])
def test_every_phrase_of_every_blocking_rule_is_found_in_disguise(
    lexicon: Lexicon, shipped: Phrases, name: str
) -> None:
    disguise = {**BOTH_FOLDINGS, **TIGHT_ONLY}[name]
    before, after = "嗯，", "！嗯"
    tried, missed = 0, []
    for family, rule in blocking(lexicon):
        if (name in TIGHT_ONLY and family.folding is not Folding.TIGHT) or family.folding is Folding.RAW:
            continue
        case = example_case(rule)
        for phrase in rule.phrases:
            disguised = disguise(phrase)
            tried += disguised != phrase
            exact = Span(len(before), len(before) + len(disguised))
            findings = shipped(script(before + disguised + after), replace(case, stage=case.stage or Stage.BODY))
            if (rule.id, exact) not in {(finding.rule, finding.span) for finding in findings}:
                missed.append(f"{lexicon.places[rule.id]}: {phrase} as {disguised}")
    assert missed == []
    assert tried > 0 or name == "as written"


def test_the_disguises_change_what_they_should() -> None:
    assert BOTH_FOLDINGS["full-width"]("100%通过app") == "１００％通过ａｐｐ"
    assert BOTH_FOLDINGS["traditional"]("无视征信") == "無視徵信"
    assert TIGHT_ONLY["emoji"]("包过") == "包🙂过"
    assert TIGHT_ONLY["Chinese numerals"]("100%通过") == "一百%通过"
    assert TIGHT_ONLY["Arabic numerals"]("一定能过，十个") == "1定能过，10个"
    assert TIGHT_ONLY["formal numerals"]("一百") == "壹佰"
    assert TIGHT_ONLY["repeated"]("包过app") == "包包过过app"
    assert [TIGHT_ONLY[f"pinyin{which}"]("包过app") for which in (" first", " second", "")] == [
        "bao过app",
        "包guoapp",
        "baoguoapp",
    ]


# Patterns of rules that do not concern the scenario are not run; nothing else may follow from that.


def texts(lexicon: Lexicon) -> list[str]:
    """Every example of every rule."""
    return [text for rule in lexicon.phrase_rules() for text in (*rule.examples.hits, *rule.examples.misses)]


@pytest.fixture(scope="module")
def pieces(lexicon: Lexicon) -> list[Script]:
    """Every example of every rule, twelve in a script; each is read once for all scenarios."""
    examined = texts(lexicon)
    return [script("。".join(examined[start : start + 12])) for start in range(0, len(examined), 12)]


@pytest.mark.parametrize("scenario", [None, *Scenario])
def test_choosing_patterns_by_scenario_changes_no_finding(
    lexicon: Lexicon, shipped: Phrases, everywhere: Phrases, pieces: list[Script], scenario: Scenario | None
) -> None:
    case = Case(scenario=scenario, channel=Channel.AI_VOICE, callee=Callee(Role.UNKNOWN, False), today=TODAY)
    rules = {rule.id: rule for rule in lexicon.phrase_rules()}
    hits = 0
    for piece in pieces:
        wanted = [f for f in everywhere(piece, case) if applies(rules[f.rule], case)]
        assert shipped(piece, case) == wanted
        hits += len(wanted)
    assert hits > len(rules)


@settings(deadline=None)
@given(st.text(), st.sampled_from([None, *Scenario]), st.sampled_from([None, *Stage]))
def test_any_text_is_judged_without_an_error(text: str, scenario: Scenario | None, stage: Stage | None) -> None:
    phrases = guard(rule(phrases=["包过"], patterns=["[a-z0-9]{1,3}", "过?"], exceptions=["a1"]), folding=Folding.PLAIN)
    for finding in phrases(script(text), Case(scenario=scenario, stage=stage, today=TODAY)):
        assert finding.span
        assert finding.span.end <= len(text)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([*"百分包过获批不0%.，。🙂退利息", "100%", "bai", "彳正信", "vx", "➕微❤", "&#49;"]),
            st.text(),
        )
    ).map("".join)
)
def test_any_text_is_judged_by_the_shipped_rules(shipped: Phrases, text: str) -> None:
    for finding in shipped(script(text), Case(scenario=Scenario.ACQUISITION, today=TODAY)):
        assert finding.span
        assert finding.span.end <= len(text)


LATIN = (
    "women danger change online banner panda manager finance pension bonus guide sugar logo demo android iphone huawei",
    "jingdong taobao pinduoduo meituan douyin baidu wifi html https email login pin cvv otp kyc apr irr lpr vip app",
    "atm etc nfc sim gps usb pdf ceo cfo hr it ai sms id ok hello bank loan credit card cash rate limit data cloud",
)


@pytest.mark.parametrize("scenario", [Scenario.ACQUISITION, Scenario.BILL_REMINDER, Scenario.COLLECTION_M3_PLUS])
def test_no_rule_is_heard_in_latin_words_of_honest_texts(shipped: Phrases, scenario: Scenario) -> None:
    texts = [f"请看{word}的说明。" for line in LATIN for word in line.split()]
    heard = [words(found(shipped, text, replace(CASE, scenario=scenario))) for text in texts]
    assert [said for said in heard if any(any(map(str.isascii, each)) for each in said)] == []


def test_without_a_day_the_rules_of_today_in_china_hold() -> None:
    from datetime import datetime

    today = datetime.now(CHINA).date()
    phrases = guard(
        rule("now.x", phrases=["包过"], effective={"from": str(today)}),
        rule("later.x", phrases=["包过"], effective={"from": "9999-12-31"}),
    )
    assert [name for name, _, _ in found(phrases, "包过", replace(CASE, today=None))] == ["now.x"]


def test_a_name_in_the_facts_is_no_disguise_of_a_rule() -> None:
    guarded = guard(rule(phrases=["必下款"]), homophones=True)
    named = replace(CASE, facts=(Fact("product", Quantity.TEXT, "碧夏款"),))
    assert found(guarded, "碧夏款利息是多少") == [("test.rule", "碧夏款", 0)]
    assert found(guarded, "碧夏款利息是多少", named) == []
    assert found(guarded, "必下款利息是多少", replace(CASE, facts=(Fact("product", Quantity.TEXT, "必下款"),))) != []


def test_what_sounds_like_a_phrase_and_ends_within_a_number_is_none() -> None:
    guarded = guard(rule(phrases=["现在就医"]), homophones=True)
    assert found(guarded, "您xianzai就一好吧") == [("test.rule", "xianzai就一", 1)]
    assert found(guarded, "您xianzai就一千元") == []


def test_numerals_matter_to_what_is_tightly_folded_and_to_nothing_else() -> None:
    text = reading.of(script("前7天不用付"))
    tight, raw = (
        guard(rule(phrases=["前七天"]), folding=folding).searches[0] for folding in (Folding.TIGHT, Folding.RAW)
    )
    assert tight.is_read_by(text, frozenset({"七"}))
    assert not raw.is_read_by(text, frozenset({"七"}))
