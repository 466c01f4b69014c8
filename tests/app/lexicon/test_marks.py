"""A false hit becomes a draft that is proven to help and to harm nothing."""

import pytest

from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.lint import lint
from app.lexicon.marks import exception_from_mark, suggest_exception
from app.lexicon.problems import ChangeRefused, errors
from guards.types import Span
from tests.app.lexicon.rules import DAY, INSTITUTION, SHIPPED, rule

FILES = apply(
    SHIPPED,
    Change(
        "t",
        adds=[rule(phrases=["包通过"], examples={"hits": ["我们包通过。", "保证包通过的。"], "misses": ["审批。"]})],
    ),
    since=DAY,
)


def draft(text: str, word: str = "包通过", files: RuleFiles = FILES, name: str = "extra.one") -> Change:
    """The draft that a mark on the word becomes."""
    start = text.index(word)
    return exception_from_mark(files, name, text, Span(start, start + len(word)))


def test_a_false_hit_becomes_a_near_miss_and_the_shortest_exception() -> None:
    change = draft("您好。我来说明：福袋包通过短信发您。再见。")
    (edited,) = change.edits
    assert edited["examples"]["misses"] == ["审批。", "我来说明：福袋包通过短信发您。"]
    assert edited["except"] == ["袋包通过"]


def test_the_draft_can_be_submitted_as_it_is() -> None:
    assert errors(lint(FILES, draft("福袋包通过短信发您。"), since=DAY, institution=INSTITUTION)) == []


def test_an_exception_that_would_excuse_a_hit_is_passed_over() -> None:
    text = "这位专员保证包通过的福袋吗？"
    (edited,) = draft(text).edits
    (exception,) = edited["except"]
    assert exception not in "保证包通过的"
    assert exception in text


def test_where_every_exception_would_excuse_a_hit_there_is_no_draft() -> None:
    with pytest.raises(ChangeRefused) as refused:
        draft("我们包通过。")
    assert [problem.code for problem in refused.value.problems] == ["no_exception"]


def test_what_is_hit_no_more_needs_no_exception() -> None:
    with pytest.raises(ChangeRefused) as refused:
        exception_from_mark(FILES, "extra.one", "审批以系统为准。", None)
    assert [problem.code for problem in refused.value.problems] == ["not_hit"]


@pytest.mark.parametrize(("name", "code"), [("extra.oen", "unknown_id"), ("number.ungrounded", "no_exceptions")])
def test_only_phrase_rules_have_exceptions(name: str, code: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        exception_from_mark(FILES, name, "福袋包通过", None)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_of_several_hits_the_marked_one_is_excepted() -> None:
    text = "锦囊包通过安检。福袋包通过短信发您。"
    assert draft(text).edits[0]["except"] == ["锦囊包通过"]
    marked = exception_from_mark(FILES, "extra.one", text, Span(10, 13))
    assert marked.edits[0]["except"] == ["袋包通过"]


def test_an_exception_comes_to_those_that_the_rule_has() -> None:
    files = apply(FILES, draft("锦囊包通过安检。"), since=DAY)
    (edited,) = draft("福袋包通过短信发您。", files=files).edits
    assert edited["except"] == ["锦囊包通过", "袋包通过"]
    assert edited["examples"]["misses"] == ["审批。", "锦囊包通过安检。", "福袋包通过短信发您。"]


def test_a_rule_of_very_many_phrases_gets_its_exception_too() -> None:
    many = [
        f"绝无此词{left}{right}"
        for left in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"
        for right in "金木水火土日月山石田禾竹米"
    ]
    files = apply(
        SHIPPED,
        Change("t", adds=[rule(phrases=["包通过", *many], examples=FILES.rules["extra.one"].data["examples"])]),
        since=DAY,
    )
    assert draft("福袋包通过短信发您。", files=files).edits[0]["except"] == ["袋包通过"]


def test_a_stretch_that_cuts_no_word_is_suggested_before_a_shorter_one() -> None:
    text = "这边办理包通过的手续。"
    start = text.index("包通过")
    found = suggest_exception(FILES, "extra.one", text, Span(start, start + 3))
    assert not found.exception.startswith("理")
    assert found.clause == "这边办理包通过的手续"


def test_an_exception_that_somebody_wants_is_proven_too() -> None:
    text, span = "福袋包通过短信发您，请查收。", Span(2, 5)
    wanted = exception_from_mark(FILES, "extra.one", text, span, "福袋包通过短信")
    assert wanted.edits[0]["except"] == ["福袋包通过短信"]
    for wrong in ("短信发您", "包通过"):
        with pytest.raises(ChangeRefused) as refused:
            exception_from_mark(FILES, "extra.one", text, span, wrong)
        assert [problem.code for problem in refused.value.problems] == ["no_exception"]
