"""A pattern by sound: which words it names, what of it can be said in sounds, and when a match by ear is meant."""

from collections.abc import Iterable

import pytest

from guards.lexicon.rules import Family
from guards.phrases.guard import Phrases
from guards.phrases.heard import Heard
from guards.phrases.kinship import Disguises
from guards.phrases.named import members_of, words_of
from guards.phrases.overheard import HeardPattern, UntranslatableError, translated
from guards.phrases.prefilter import parsed
from guards.text.folding import Folding
from tests.guards.phrases.test_guard import found, rule


def by_ear(*patterns: str) -> Phrases:
    """A guard with one rule of these patterns, in a family that looks for sounds."""
    given = rule(patterns=list(patterns))
    return Phrases(
        [Family.model_validate({"family": "test", "folding": Folding.TIGHT, "homophones": True, "rules": [given]})]
    )


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("包过", {"包过"}),
        ("(?:包|必)过", {"包过", "必过"}),
        ("(包|必)过", {"包过", "必过"}),
        ("包(?:过)?", {"包", "包过"}),
        ("(?>包过)", {"包过"}),
        ("(?:包过)++", {"包过"}),
        ("(?=包过)审核", {"包过", "审核"}),
        ("(?!包过)审核", {"审核"}),
        ("(?:甲乙丙丁戊己庚辛|包过(?:.*))审核", {"甲乙丙丁戊己庚辛", "包过", "审核"}),
        ("(包过.*)审核", {"包过", "审核"}),
        ("[^包]过", {"过"}),
        ("[一-丨]", {chr(point) for point in range(ord("一"), ord("丨") + 1)}),
    ],
)
def test_the_words_that_a_pattern_names_are_those_that_stand_in_a_row(pattern: str, words: Iterable[str]) -> None:
    assert words_of(parsed(pattern)) == words


def test_a_class_lists_its_characters_and_those_of_its_ranges() -> None:
    ((_, members),) = parsed("[包必㐀-㐂]")
    assert list(members_of(members)) == ["包", "必", "㐀", "㐁", "㐂"]


@pytest.mark.parametrize(
    "pattern",
    [
        "(百分百)获批",
        "(?>百分百)获批",
        "百分百{1,2}?获批",
        "百分百(?=获)获批",
        "百分(?<=分)百获批",
        "百分百获(?!过)批",
        "百[分芬][^不]获批",
        "百.百获批",
        "百(?:分|芬)百获批",
    ],
)
def test_a_pattern_is_heard_whatever_it_is_built_of(pattern: str) -> None:
    guard = by_ear(pattern)
    assert found(guard, "这里百分百获批的") == [("test.rule", "百分百获批", 2)]
    assert found(guard, "这里百fen百获pi的") == [("test.rule", "百fen百获pi", 2)]
    assert found(guard, "这里百分百提醒您") == []


def test_a_pattern_that_refers_to_a_group_of_its_own_is_found_as_written_and_not_by_ear() -> None:
    pattern = r"(保|包)过\1批"
    with pytest.raises(UntranslatableError):
        translated(parsed(pattern))
    guard = by_ear(pattern)
    assert found(guard, "我们这里保过保批") == [("test.rule", "保过保批", 4)]
    assert found(guard, "我们这里宝过宝批") == []


def test_a_pattern_that_may_match_nothing_is_heard_only_where_it_matches_something() -> None:
    pattern = HeardPattern(0, "(?:百分百获批)?", Disguises(homophones=True))
    heard = Heard("好百分百获批好")
    assert [place[:2] for place in pattern.found_in(heard, 0, 2)] == []
    spelt = Heard("好百fen百获批")
    assert {place[2] for place in pattern.found_in(spelt, 0, len(spelt.row))} <= {True}


def test_a_key_that_a_text_does_not_have_is_an_error() -> None:
    with pytest.raises(IndexError):
        Heard("包过").place(10_000)
