"""Rules are published only if they compile, prove themselves on their own examples and stop no approved wording."""

from collections.abc import Callable

import pytest

from app.data import Data
from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.judging import PolicyJudge
from app.lexicon.matter import Proposal
from app.lexicon.problems import Problem
from app.policy import ActivePolicy
from app.writing.lines.library import ApprovedLine
from guards.types import Scenario
from tests.app.lexicon.rules import DAY, SHIPPED, rule

Judge = Callable[[RuleFiles], list[Problem]]


@pytest.fixture(scope="module")
def whole(data: Data) -> PolicyJudge:
    """Of what comes after the shipped rules and wording."""
    lines = {"mini": [ApprovedLine(Scenario.ACQUISITION, "全程线上办。")]}
    return PolicyJudge(ActivePolicy(data.policy, data.wording), data.deployment, lines)


@pytest.fixture(scope="module")
def judge(whole: PolicyJudge, data: Data) -> Judge:
    """The same of other rules and the shipped wording."""
    return lambda files: whole(Proposal(files, data.wording.contents))


def test_sound_rules_may_be_published(judge: Judge) -> None:
    assert judge(SHIPPED) == []
    assert judge(apply(SHIPPED, Change("t", adds=[rule()]), since=DAY)) == []


def test_a_rule_that_breaks_its_own_examples_may_not(judge: Judge) -> None:
    examples = {"hits": ["没有那个词。"], "misses": ["我们百分百包过件。"]}
    problems = judge(apply(SHIPPED, Change("t", adds=[rule(examples=examples)]), since=DAY))
    assert [(each.code, each.rule, each.word) for each in problems] == [
        ("hit_not_found", "extra.one", "没有那个词。"),
        ("miss_is_hit", "extra.one", "我们百分百包过件。"),
    ]
    assert all(each.file == "extra.yaml" and each.line and "extra.one" in each.message for each in problems)


def test_rules_that_stop_approved_wording_may_not(judge: Judge) -> None:
    examples = {"hits": ["请理性借贷。"], "misses": ["您好。"]}
    after = apply(SHIPPED, Change("t", adds=[rule(phrases=["理性借贷"], examples=examples)]), since=DAY)
    assert {(each.code, each.word) for each in judge(after)} == {("stops_wording", "理性借贷")}


def test_rules_that_stop_only_lines_of_a_model_may_be_published(judge: Judge) -> None:
    examples = {"hits": ["全程线上办"], "misses": ["您好。"]}
    assert judge(apply(SHIPPED, Change("t", adds=[rule(phrases=["全程线上办"], examples=examples)]), since=DAY)) == []


def test_files_that_cannot_be_read_are_told_with_file_and_line(judge: Judge) -> None:
    broken = SHIPPED.replaced(
        {"threat.yaml": SHIPPED.contents["threat.yaml"].replace(b"action: block", b"action: stop", 1)}
    )
    (problem, *_) = judge(broken)
    assert (problem.code, problem.file) == ("unreadable_file", "threat.yaml")
    assert problem.line is not None
    assert "threat.yaml" in problem.message
    assert {each.file for each in judge(SHIPPED.replaced({"gates.yaml": None}))} == {"gates.yaml"}
