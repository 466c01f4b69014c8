"""What the reader of rules says in English is told to an officer in Chinese, with what to do."""

import re

import pytest

from app.lexicon.drafts import Change
from app.lexicon.lint import lint
from app.lexicon.rule_faults import document_problem
from tests.app.lexicon.rules import DAY, INSTITUTION, SHIPPED, shipped

NUMBER = "number.ungrounded"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a.yaml:7: extra.one is not hit by its own example '包过。'", "应当命中的例句“包过。”没有被这条规则命中"),
        ('a.yaml:7: extra.one hits its own near miss "您好。"', "不该命中的例句“您好。”被这条规则命中了"),
        ("a.yaml:7: extra.one cannot be judged on its own example 'x': boom", "判断不了"),
        ("n.yaml:3: rules.0.examples: number.x: there is no fact set bill", "事实组“bill”不存在"),
        ("a.yaml:3: rules.0.phrases.1: nothing is left of '。'", "什么也不剩"),
        ("lexicons/gates.yaml:1: handoff differs from prompts/scenarios.yaml on activation", "场景“activation”"),
        ("n.yaml:3: rules: lack number.x; to switch a rule off, give it an effective.until", "不能删掉"),
        ("b.yaml:3: extra.one is already defined at /x/a.yaml:9", "在 a.yaml:9 已经用过了"),
        ("gates.yaml:1: is missing", "文件不在了"),
        ("a.yaml:3: something new", "请把这条提示发给工程师"),
        ("nothing to be found", "请把这条提示发给工程师"),
    ],
)
def test_each_fault_says_what_to_do_and_keeps_the_english_for_engineers(line: str, told: str) -> None:
    problem = document_problem(line)
    assert told in problem.message
    assert problem.english == line
    assert re.match("[\u4e00-\u9fff]", problem.message) or problem.message.startswith(f"{problem.file} 第")


def test_an_edit_that_names_what_is_not_there_is_told_in_chinese() -> None:
    edited = shipped(NUMBER)
    edited = {
        **edited,
        "examples": {**edited["examples"], "hits": [{**edited["examples"]["hits"][0], "facts": ["nope"]}]},
    }
    problems = lint(SHIPPED, Change("t", edits=[edited]), since=DAY, institution=INSTITUTION)
    assert ["nope" in one.message and "事实组" in one.message for one in problems] == [True]
