"""What is said of a word before it is written into a rule."""

from app.lexicon.hints import Hints
from tests.app.lexicon.rules import DAY, SHIPPED

LEXICON = SHIPPED.lexicon()
PLACE = next(rule for rule in LEXICON.phrase_rules() if rule.id == "promise.guaranteed_approval")


def test_a_word_that_is_found_already_need_not_be_written() -> None:
    hints = Hints()
    (hint,) = hints.of(LEXICON, "百分百获批哦", DAY, PLACE)
    assert not hint.is_warning
    assert "这条规则里" in hint.told
    assert "百分百获批" in hint.told


def test_the_same_word_again_is_there_already() -> None:
    (hint,) = Hints().of(LEXICON, "百分百获批", DAY, PLACE)
    assert "已经有“百分百获批”" in hint.told


def test_a_rule_of_one_scenario_covers_no_word_that_is_to_hold_everywhere() -> None:
    assert Hints().of(LEXICON, "百分百获批哦", DAY) == []


def test_a_part_of_everyday_words_is_warned_of() -> None:
    (hint,) = Hints().of(LEXICON, "通过", DAY)
    assert hint.is_warning
    assert "误伤" in hint.told


def test_nothing_is_left_of_marks() -> None:
    (hint,) = Hints().of(LEXICON, "！！", DAY)
    assert hint.is_warning
    assert "什么也不剩" in hint.told


def test_a_word_that_says_nothing_in_particular_has_no_hint() -> None:
    assert Hints().of(LEXICON, "闭眼包过件", DAY, PLACE) == []
