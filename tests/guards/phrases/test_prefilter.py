"""Anchors of patterns: no text without one of them matches, and the longest to be had are chosen."""

import re
from collections.abc import Collection

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guards.lexicon.reader import Lexicon
from guards.phrases.prefilter import needed

EXPECTED: dict[str, Collection[str] | None] = {
    # What stands side by side is one string.
    "保证": ["保证"],
    "^保证$": ["保证"],
    r"\A保证\Z": ["保证"],
    r"百\.分": ["百.分"],
    # Alternatives, also where the parser draws out what they share.
    "包过|包批": ["包过", "包批"],
    "包过|必过": ["包过", "必过"],
    "百分百(?:获批|放款)": ["百分百获批", "百分百放款"],
    "(?:会|能)(?:过|批)": ["会过", "会批", "能过", "能批"],
    "(?:能|会)?过": ["过"],
    "(?:能|)过": ["过"],
    "包过|": None,
    "包过|.": None,
    "(?:甲乙|[^丙])丁": ["丁"],
    "(?:甲|乙[^丙])丁戊": ["丁戊"],
    "(?:甲[^丙]|乙)": ["甲", "乙"],
    # The more telling part: a longer string first, then fewer of them.
    "(?:甲|乙).{0,3}丙丁": ["丙丁"],
    "甲乙.{0,3}(?:丙丁|戊己|庚辛)": ["甲乙"],
    "(?:甲|乙|丙).丁": ["丁"],
    # Classes, as far as they can be listed.
    "[甲乙]丙": ["甲丙", "乙丙"],
    "[0-9]期": [f"{digit}期" for digit in range(10)],
    "[一-龥]期": ["期"],
    "[^甲]期": ["期"],
    r"\d期": ["期"],
    r"[\d甲]期": ["期"],
    "[一-龥]": None,
    "[^甲]": None,
    ".": None,
    # Too many to be listed.
    "[0-9a-z]{1}": [*map(str, range(10)), *map(chr, range(97, 123))],
    "[0-9a-zA-Z=+-]": None,
    "[0-9]甲|[a-j]乙|[k-t]丙|[A-J]丁|[K-T]戊|[0-9]己|[a-j]庚": None,
    "[甲乙丙丁戊][一二三四五]": ["甲", "乙", "丙", "丁", "戊"],
    # Repetition: what stands once or more stands there, but nothing is joined across it.
    "甲?": None,
    "甲{0,2}乙": ["乙"],
    "甲{1,2}乙丙": ["乙丙"],
    "丁(?:甲乙丙){2,3}戊": ["甲乙丙"],
    "(?:甲乙){1}丙": ["甲乙丙"],
    "(?:甲乙){2}?丙": ["甲乙"],
    "(?:甲乙){1,2}+丙": ["甲乙"],
    "(?>甲乙|丙)丁": ["甲乙丁", "丙丁"],
    # Looking around consumes nothing; what must not stand there tells nothing.
    "(?=甲乙)丙": ["甲乙"],
    "(?<=甲乙)丙": ["甲乙"],
    "甲(?=乙)丙": ["甲"],
    "甲(?!乙)丙": ["甲丙"],
    "甲(?<!乙)丙": ["甲丙"],
    "(?!甲)": None,
    "(?:(?=甲乙)丙|丁戊)己": ["甲乙", "丁戊"],
    # Groups, references and conditions.
    "((甲)(乙))丙": ["甲乙丙"],
    "(?P<one>甲乙)丙(?P=one)": ["甲乙丙"],
    r"(甲)乙\1丙丁戊": ["丙丁戊"],
    "(甲)?(?(1)乙|丙)": None,
    # Case.
    "(?i)app": None,
    "(?i:a)pp": ["pp"],
    "(?-i:a)pp": ["app"],
    "(?s:甲)乙": ["甲乙"],
    "(?x) 甲 乙 # 丙": ["甲乙"],
    "": None,
    "()": None,
}


@pytest.mark.parametrize("pattern", EXPECTED)
def test_the_most_telling_anchors_are_chosen(pattern: str) -> None:
    expected = EXPECTED[pattern]
    assert needed(pattern)[:1] == ([] if expected is None else [frozenset(expected)])


def test_every_further_word_that_must_stand_there_is_named_too() -> None:
    assert needed("(?:利息|费用)[^不]{0,9}(?:奶茶|一杯咖啡)(?:钱|价)?") == [
        frozenset({"利息", "费用"}), frozenset({"奶茶", "一杯咖啡"}),
    ]  # fmt: skip


@pytest.mark.parametrize("broken", ["(", "[甲", "甲{3,2}", "(?P<n>a)(?P<n>b)"])
def test_what_is_no_pattern_is_refused(broken: str) -> None:
    with pytest.raises(re.error):
        needed(broken)


TRICKY = [
    "abc|abd|ab", "a(?:b|c)?d", "(?:ab|a)(?:bc|c)", "(?:a|ab|abc){1,3}d", "(?=ab)a[bc]{1,2}", "(?<=ab)c?d",
    "a(?!b)[bc]d", "(?<!a)b(?:c|[^d])e", "[ab]{2}[cd]{0,2}", "(?i)ab", "(?i:ab)c", "a(?i:b)c", "(?:(?i:a)|b)c",
    "(?i:a(?-i:b))c", "((a)|(b))((c)|(d))?", r"(a|b)\1c", "(a)?(?(1)b|c)d", "(?>ab|a)b", "a{2}b{1,2}?c{0,1}+",
    "(?:|a)(?:b|)", "^a|b$", "(?:[^a]|a)b", "x(?:(?=ab)a)b", "(?:a|(?=b)[bc]|d[^e])f", "[a-c][x-z](?:1|2|3)(?:4|5|6)",
    "百分百(?:能|会)?[^不没]{0,3}(?:过|批)", "(?:保证|一定)(?:(?:给您?)?(?:放|批)|下)款", r"[\u4e00-\u9fff]a|b[\d]",
    "[零一二三四五六七八九十]{1,3}折(?!线)", r"\.a|\d%",
]  # fmt: skip
DRAWN = settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def is_sound(pattern: str, text: str) -> bool:
    """Whether the pattern does not match, or of each of its sets of anchors one stands in the text."""
    if re.search(pattern, text) is None:
        return True
    return all(any(anchor in text for anchor in anchors) for anchors in needed(pattern))


@pytest.mark.parametrize("pattern", TRICKY)
def test_no_text_matches_without_an_anchor(pattern: str) -> None:
    @DRAWN
    @given(st.from_regex(pattern, fullmatch=False))
    def check(text: str) -> None:
        assert is_sound(pattern, text)

    check()


@settings(DRAWN, max_examples=400)
@given(st.data())
def test_no_text_matches_a_shipped_pattern_without_an_anchor(lexicon: Lexicon, data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(shipped(lexicon)))
    # Hypothesis writes out what a look-ahead wants and goes on behind it: the hint in front of a pattern is skipped.
    text = data.draw(st.from_regex(re.sub(r"^\(\?=\[[^]]*\]\)", "", pattern), fullmatch=False))
    assert is_sound(pattern, text)


def shipped(lexicon: Lexicon) -> list[str]:
    """Every pattern of every rule."""
    patterns = {pattern for rule in lexicon.phrase_rules() for pattern in rule.patterns}
    return sorted(patterns.union(*(rule.patterns for rule in lexicon.disclosures)))


def test_few_shipped_patterns_must_always_be_run(lexicon: Lexicon) -> None:
    patterns = shipped(lexicon)
    assert len(patterns) > 200
    assert sum(not needed(pattern) for pattern in patterns) <= len(patterns) // 50
