"""Findings in their text: cut where they begin and end, numbered as they are told, personal data masked."""

from app.console.trying.verdicts import differences, remarks, stretches
from guards.policy import Policy
from guards.types import Action, Finding, Span

TEXT = "甲乙丙丁戊己"


def finding(rule: str, action: Action, span: Span | None = None, replacement: str | None = None) -> Finding:
    """A finding of a guard."""
    return Finding(rule, "guard", action, f"{rule} 的原因", span, replacement)


def test_a_text_is_cut_where_findings_begin_and_end() -> None:
    found = [finding("a.b", Action.REVISE, Span(0, 4)), finding("c.d", Action.BLOCK, Span(2, 6))]
    cut = stretches(TEXT, found)
    assert [(one.text, one.action, list(one.numbers), list(one.ends)) for one in cut] == [
        ("甲乙", "revise", [2], []),
        ("丙丁", "block", [1, 2], [2]),
        ("戊己", "block", [1], [1]),
    ]


def test_what_is_masked_stands_there_once_whatever_else_is_found_in_it() -> None:
    found = [finding("p.mobile", Action.MASK, Span(1, 5), "[手机号]"), finding("c.d", Action.BLOCK, Span(2, 3))]
    assert "".join(one.text for one in stretches(TEXT, found)) == "甲[手机号]己"


def test_a_text_without_findings_is_one_stretch_and_an_empty_one_none() -> None:
    assert [one.text for one in stretches(TEXT, [])] == [TEXT]
    assert stretches("", []) == []


def test_findings_that_say_the_same_are_one_and_what_stands_in_the_text_comes_first(policy: Policy) -> None:
    found = [
        finding("disclosure.none", Action.BLOCK),
        finding("a.b", Action.REVISE, Span(0, 1)),
        finding("a.b", Action.REVISE, Span(3, 4)),
    ]
    told = remarks(found, policy, TEXT)
    assert [(one.number, one.rule, one.count, list(one.words)) for one in told] == [
        (1, "a.b", 2, ["甲", "丁"]),
        (0, "disclosure.none", 1, []),
    ]


def test_two_verdicts_differ_in_rules_and_in_what_these_do(policy: Policy) -> None:
    now = remarks([finding("a.b", Action.OBSERVE), finding("c.d", Action.BLOCK)], policy)
    then = remarks([finding("a.b", Action.BLOCK), finding("c.d", Action.BLOCK)], policy)
    stopped, passed = differences(now, then)
    assert [(one.rule, one.action) for one in stopped] == [("a.b", "block")]
    assert [(one.rule, one.action) for one in passed] == [("a.b", "observe")]


def test_what_the_program_says_of_itself_is_told_in_chinese(policy: Policy) -> None:
    [told] = remarks([Finding("skeleton.unusable", "skeleton", Action.REVISE, "nothing fills 期数、名额")], policy)
    assert (told.title, told.reason) == ("写法不合要求", "没有给出“期数、名额”要用的事实")
