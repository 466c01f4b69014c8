"""The judge of whole sets of rules, on the shipped rules and wording."""

from pathlib import Path

import pytest

from app.data import Data
from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.judging import WordingJudge
from app.settings import Settings
from guards.policy import Institution
from tests.app.lexicon.rules import DAY, SHIPPED, rule


@pytest.fixture(scope="module")
def judge(data: Data, tmp_path_factory: pytest.TempPathFactory) -> WordingJudge:
    """The judge as the composition root makes it."""
    settings = Settings(data_dir=Path(tmp_path_factory.mktemp("unused")))
    speaks = data.wording.institution
    institution = Institution(speaks.full_name, speaks.hotline, settings.annual_rate_cap)
    return WordingJudge(data.vocabulary, data.wording, institution, settings.meaning_file)


def test_a_rule_that_stops_approved_wording_is_named_with_word_and_wording(judge: WordingJudge, data: Data) -> None:
    text = next(iter(data.wording.fallbacks.values()))[0].text
    word = max(text.replace("{", "}").split("}")[::2], key=len).strip("，。！？、")[:6]
    added = rule(phrases=[word], examples={"hits": [f"{word}。"], "misses": ["审批结果以系统为准。"]})
    problems = judge(apply(SHIPPED, Change(adds=(added,)), since=DAY))
    assert problems
    assert {problem.code for problem in problems} == {"stops_wording"}
    first = problems[0]
    assert (first.rule, first.word) == ("extra.one", word)
    assert word in first.message
    assert any(f"“{body.text}”" in first.message for bodies in data.wording.fallbacks.values() for body in bodies)


def test_a_rule_that_misses_its_own_example_is_named(judge: WordingJudge) -> None:
    added = rule(examples={"hits": ["别的话。"], "misses": ["审批结果以系统为准。"]})
    [problem] = judge(apply(SHIPPED, Change(adds=(added,)), since=DAY))
    assert "extra.one" in problem.message


def test_the_shipped_rules_pass(judge: WordingJudge) -> None:
    assert judge(SHIPPED) == []
