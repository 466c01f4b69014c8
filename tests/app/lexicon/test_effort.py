"""A change that asks for more than anybody would wait for is refused before it is judged, and says by how much."""

import time
from typing import Any

import pytest

from app.lexicon import lint as linting
from app.lexicon.coverage import held
from app.lexicon.drafts import Change
from app.lexicon.effort import MostJudged, effort_problems
from app.lexicon.lint import lint
from app.lexicon.words import Written, word_problems
from guards.lexicon.rules import Family, PhraseRule
from tests.app.lexicon.rules import DAY, INSTITUTION, SMALL, rule


def written(**fields: Any) -> Written:
    """A rule of a change, all of whose phrases are new."""
    whole = PhraseRule.model_validate(rule(**fields))
    return Written("adds.0", Family(family="extra", rules=[whole]), whole, range(len(whole.phrases)))


def test_examples_patterns_and_what_is_tried_on_each_are_bounded() -> None:
    one = written(examples={"hits": ["百分百包过件"] * 3, "misses": ["您好"]}, patterns=["包过了吗"] * 2)
    assert list(effort_problems([one], MostJudged(4, 2, 8))) == []
    assert [each.code for each in effort_problems([one], MostJudged(3, 1, 7))] == [
        "too_many_examples",
        "too_many_patterns",
        "too_much_to_judge",
    ]


def test_what_is_too_much_is_told_and_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linting, "word_problems", None)
    monkeypatch.setattr(linting, "family_problems", None)
    examples = {"hits": ["我们百分百包过件。"] * 60_000, "misses": ["您好。"]}
    (problem,) = lint(SMALL, Change(adds=[rule(examples=examples)]), since=DAY, institution=INSTITUTION)
    assert (problem.code, problem.message[:13]) == ("too_many_examples", "这次要核对 60001 个")


def test_words_are_looked_for_in_one_reading_of_each_text() -> None:
    assert sorted(held({"包过", "过件", "没有"}, ["我们包过件包过", "x"])) == [
        ("包过", "我们包过件包过"),
        ("过件", "我们包过件包过"),
    ]
    assert list(held([], ["x"])) == []


def test_ten_thousand_phrases_with_an_example_and_an_exception_each_take_no_quadratic_time() -> None:
    phrases = [f"第{number:05}号包过" for number in range(10_000)]
    whole = PhraseRule.model_validate(
        {
            **rule(phrases=phrases, examples={"hits": [f"这是{each}" for each in phrases], "misses": ["m"]}),
            "except": [f"不{each}" for each in phrases],
        }
    )
    one = Written("adds.0", Family(family="extra", rules=[whole]), whole, range(len(phrases)))
    started = time.process_time()
    assert list(word_problems([one], [])) == []
    assert time.process_time() - started < 4
