"""Phrases, neighbouring words and patterns of many rules: everything is found, at its place, in one reading."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Near
from guards.phrases.matcher import Hit, Matcher, Wanted
from guards.text.folding import Folding, fold


def wanted(phrases: Iterable[Any] = (), patterns: Iterable[str] = (), near: Iterable[Near] = ()) -> Wanted:
    """What of one rule is looked for; a phrase is a string, or a string with the doubles in it."""
    return Wanted(
        [(phrase, ()) if isinstance(phrase, str) else phrase for phrase in phrases],
        [re.compile(pattern) for pattern in patterns],
        list(near),
    )


def near(words: str, others: str, within: int = 4, **keys: Any) -> Near:
    """Two lists of words, separated by spaces."""
    return Near.model_validate({"words": words.split(), "with": others.split(), "within": within, **keys})


def hits(rules: Sequence[Wanted], text: str, runs: Sequence[int] | None = None) -> list[Hit]:
    """Every hit in a text that is taken as it is, by place."""
    matcher = Matcher(rules, lambda word: (word,))
    return sorted(matcher.hits(fold(text, Folding.RAW), runs, lambda rule: True), key=lambda hit: (hit.start, hit))


def said(rules: Sequence[Wanted], text: str) -> list[str]:
    """The words of every hit."""
    return [text[hit.start : hit.end] for hit in hits(rules, text)]


def test_every_rule_finds_all_of_its_own() -> None:
    rules = [wanted(["包过", "过包"], ["包.包"]), wanted(["包过"]), wanted([], ["[过批]款"]), wanted()]
    assert hits(rules, "包过包款，批款") == [
        Hit(0, 0, 2, "phrase"),
        Hit(0, 0, 3, "pattern"),
        Hit(1, 0, 2, "phrase"),
        Hit(0, 1, 3, "phrase"),
        Hit(2, 5, 7, "pattern"),
    ]


@pytest.mark.parametrize(
    "text",
    ["𠮷包过🙂包过", "é\u0301包过ß包过", "\ud83d包过\ude42包过", "包过包过", "a包过\u0000包过", "\u07ff包过\uffff包过"],
)
def test_places_are_counted_in_code_points(text: str) -> None:
    places = [match.span() for match in re.finditer("包过", text)]
    assert len(places) == 2
    assert [(hit.start, hit.end) for hit in hits([wanted(["包过"])], text)] == places


def test_phrases_of_every_width_are_told_apart() -> None:
    rules = [wanted(["é", "\u00a9", "🙂", "𠮷", "a", "\ud800"])]
    assert said(rules, "aé©🙂𠮷\ud800\udc00è\u4e00") == ["a", "é", "©", "🙂", "𠮷", "\ud800"]


@pytest.mark.parametrize(("runs", "found"), [(None, 0), ([1, 1], 0), ([1, 2], 0), ([2, 1], 1), ([3, 1], 1)], ids=str)
def test_a_genuine_double_must_have_been_said_twice(runs: list[int] | None, found: int) -> None:
    assert len(hits([wanted([("天催", ((0, 2),))])], "天催", runs)) == found


def test_rules_that_are_not_wanted_are_not_looked_for() -> None:
    rules = [wanted(["包过"], ["包."], [near("包", "过")])] * 2
    matcher = Matcher(rules, lambda word: (word,))
    for chosen in (0, 1):
        found = set(matcher.hits(fold("包过", Folding.RAW), None, [chosen == 0, chosen == 1].__getitem__))
        assert found == {Hit(chosen, 0, 2, kind) for kind in ("phrase", "pattern", "near")}


@pytest.mark.parametrize("rules", [[], [wanted()], [wanted([], ["(?:过)?"])]], ids=["none", "empty", "optional"])
def test_without_words_there_is_nothing_to_find_or_to_begin(rules: list[Wanted]) -> None:
    matcher = Matcher(rules, lambda word: (word,))
    assert list(matcher.hits(fold("包", Folding.RAW), None, lambda rule: True)) == []
    assert not matcher.is_begun("包过", 9, lambda rule: True)


def test_a_pattern_that_needs_no_string_is_always_run() -> None:
    assert hits([wanted([], ["[^包]"])], "包🙂") == [Hit(0, 1, 2, "pattern")]


NEARS = [
    # The two words, the second within so many characters of the first, once for each of the first.
    (near("退", "息", 2), "退息", ["退息"]),
    (near("退", "息", 2), "退一二息", ["退一二息"]),
    (near("退", "息", 2), "退一二三息", []),
    (near("退", "息", 0), "退息退一息", ["退息"]),
    (near("退 还", "息 费", 2), "还一费", ["还一费"]),
    (near("退", "息", 2), "退退息", ["退退息", "退息"]),
    (near("退", "息", 2), "退息息", ["退息"]),
    (near("退", "息", 3), "退费，退息", ["退费，退息", "退息"]),
    (near("退", "息", 2), "退", []),
    (near("退", "息", 2), "息", []),
    (near("退", "息", 2), "息一退", []),
    (near("退款", "款息", 2), "退款息", []),
    (near("款款", "款息", 2), "款款款息", ["款款款息"]),
    # In any order.
    (near("退", "息", 2, ordered=False), "息一退", ["息一退"]),
    (near("退", "息", 2, ordered=False), "退一息一退", ["退一息", "息一退"]),
    (near("退", "息", 2, ordered=False), "息一二三退", []),
    # Not behind a word that takes it back, whichever of the two is first.
    (near("退", "息", 2, unless_before=["不", "不能"]), "不退息", []),
    (near("退", "息", 2, unless_before=["不", "不能"]), "不能退息", []),
    (near("退", "息", 2, unless_before=["不"]), "不，退息", ["退息"]),
    (near("退", "息", 2, unless_before=["不"]), "退不息", ["退不息"]),
    (near("退", "息", 2, unless_before=["不"]), "不退，退息", ["退息"]),
    (near("退", "息", 2, unless_before=["不"], ordered=False), "不息退", []),
    # Not across a word that parts them.
    (near("退", "息", 3, unless_between=["但", "不是"]), "退但息", []),
    (near("退", "息", 3, unless_between=["但", "不是"]), "退了不是息", []),
    (near("退", "息", 3, unless_between=["但", "不是"]), "退了不息", ["退了不息"]),
    (near("退", "息", 3, unless_between=["但"]), "但退息但", ["退息"]),
    (near("退", "息", 3, unless_between=["但"]), "退但退息", ["退息"]),
]


@pytest.mark.parametrize(
    ("pair", "text", "found"), NEARS, ids=[f"{text}-{place}" for place, (_, text, _) in enumerate(NEARS)]
)
def test_two_words_are_found_near_each_other(pair: Near, text: str, found: list[str]) -> None:
    assert said([wanted(near=[pair])], text) == found


def test_words_near_each_other_are_looked_for_in_every_spelling() -> None:
    pair = near("退", "2天", 1, unless_before=["不"], unless_between=["但"])
    spellings = {"退": ("退", "还"), "2天": ("二天",), "不": ("否", "勿"), "但": ("却",)}
    matcher = Matcher([wanted(near=[pair])], spellings.__getitem__)

    def found(text: str) -> list[str]:
        every = matcher.hits(fold(text, Folding.RAW), None, lambda rule: True)
        return [text[hit.start : hit.end] for hit in every]

    assert found("退二天，还二天") == ["退二天", "还二天"]
    assert found("退2天") == []
    assert found("勿退二天") == []
    assert found("不退二天") == ["退二天"]
    assert found("退却二天") == []
    assert found("退但二天") == ["退但二天"]


def test_a_text_of_nothing_but_hits_is_read_once() -> None:
    text = "退息" * 2000
    assert len(hits([wanted(["退息", "息退"], near=[near("退", "息", 0)])], text)) == 2000 + 1999 + 2000


@pytest.mark.parametrize(
    ("text", "limit", "begun"),
    [
        ("我们保", 3, True),
        ("我们保证", 3, True),
        ("我们保证", 2, False),
        ("保证放款", 1, True),  # whole, and perhaps the beginning of something longer
        ("我们", 2, False),
        ("保证放款。", 5, False),
        ("保证还", 3, True),  # 还 begins a word near another
        ("款", 9, False),
        ("", 0, False),
    ],
)
def test_what_is_begun_before_a_place_may_go_on(text: str, limit: int, begun: bool) -> None:
    matcher = Matcher([wanted(["保证放款"], near=[near("还清", "停催")])], lambda word: (word,))
    assert matcher.is_begun(text, limit, lambda rule: True) is begun
    assert not matcher.is_begun(text, limit, lambda rule: False)


# Patterns are chosen by their anchors; no finding may be lost by it.


@pytest.mark.parametrize("folding", Folding)
def test_choosing_patterns_by_anchors_changes_no_finding(lexicon: Lexicon, folding: Folding) -> None:
    families = [family for family in lexicon.families if family.folding is folding]
    patterns = [pattern for family in families for rule in family.rules for pattern in rule.patterns]
    matcher = Matcher([wanted([], [pattern]) for pattern in patterns], lambda word: (word,))
    compiled = [re.compile(pattern) for pattern in patterns]
    found = 0
    for rule in lexicon.phrase_rules():
        for text in (*rule.examples.hits, *rule.examples.misses):
            folded = fold(text, folding)
            expected = {
                (index, *match.span())
                for index, pattern in enumerate(compiled)
                for match in pattern.finditer(folded.text)
                if match[0]
            }
            assert {hit[:3] for hit in matcher.hits(folded, None, lambda rule: True)} == expected
            found += len(expected)
    assert found >= len(patterns)


@settings(deadline=None)
@given(st.text(), st.lists(st.text(min_size=1, max_size=3), max_size=5))
def test_any_text_and_any_phrases_are_matched_like_a_plain_search(text: str, phrases: list[str]) -> None:
    sought = [*phrases, text[1:3] or "包", text[-1:] or "过"]
    expected = {
        (index, place, place + len(phrase))
        for index, phrase in enumerate(sought)
        for place in range(len(text))
        if text.startswith(phrase, place)
    }
    assert {hit[:3] for hit in hits([wanted([phrase]) for phrase in sought], text)} == expected


@settings(deadline=None)
@given(st.text(alphabet="退还息费不但。", max_size=30), st.booleans())
def test_near_words_are_those_that_a_pattern_finds(text: str, ordered: bool) -> None:
    pair = near("退 还", "息 费", 3, ordered=ordered, unless_before=["不"], unless_between=["但"])
    orders = ["[退还]", "[息费]"], ["[息费]", "[退还]"]
    expected = {
        (start + found.start(), start + found.end())
        for first, second in orders[: 2 - ordered]
        for start in range(len(text))
        if (found := re.match(rf"{first}(?:(?!{second}|但).){{0,3}}{second}", text[start:]))
        and (start == 0 or text[start - 1] != "不")
    }
    assert {(hit.start, hit.end) for hit in hits([wanted(near=[pair])], text)} == expected
