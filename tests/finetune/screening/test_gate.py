"""What points at one person is never taught; honest bodies are left alone, all that this project has of them."""

import csv
import json
from collections.abc import Iterator

import pytest

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from app.approved.wording import read_wording
from app.settings import ROOT
from finetune.lines.reader import Line
from finetune.screening.gate import Gate
from finetune.screening.judge import Judge, shipped_policy
from finetune.screening.persons import personal_spans
from guards.types import Generation, Scenario

_BRIEF = Brief(Scenario.ACQUISITION, Generation.GEN_Z, "rate_first", slots=("年化利率",))
_REST = "先跟您说成本，{年化利率}。用不用都行。"
_PERSONAL = {
    "王小明先生，": "王小明",
    "张伟，您好，": "张伟",
    "王小明，您上次问的利率，": "王小明",
    "張偉，您好，": "張偉",
    "小王您好，": "小王",
    "欧阳建国先生您好，": "欧阳建国",
    "司马相如，您好，": "司马相如",
    "王总您好，": "王",
    "跟刘师傅说一声，": "刘",
    "张老师，": "张",
    "李阿姨，": "李",
    "王小明女士，": "王小明",
    "高先生，": "高",
    "您爱人李芳说，": "李芳",
    "您妈妈王秀英接过电话，": "王秀英",
    "您老公张强知道，": "张强",
    "您儿子叫刘洋，": "刘洋",
    "您弟弟王建国来过，": "王建国",
    "您朋友李强提过，": "李强",
    "我是客服刘洋，": "刘洋",
    "我叫王丽，": "王丽",
    "我是小王，": "小王",
    "您家在北京市朝阳区建国路那边，": "北京市朝阳区",
    "您住在朝阳区，": "朝阳区",
    "您家住建国路，": "建国路",
    "您老家在河南，": "河南",
    "您是上海人，": "上海",
    "杭州市西湖区的客户，": "杭州市西湖区",
    "建国路附近，": "建国路",
    "您在阿里巴巴上班，": "阿里巴巴",
    "您在腾讯公司工作，": "腾讯公司",
    "您在第一中学当老师，": "第一中学",
    "您就职于华为，": "华为",
    "您单位是中国移动，": "中国移动",
    "您是富士康的员工，": "富士康",
}
_HONEST = (
    "这位先生，您先看。",
    "您先生知道吗？",
    "和太太商量商量。",
    "任何女士先生都一样。",
    "方便，您就来。",
    "高兴，您好！",
    "汇总，您看。",
    "您爱人方便的时候再说。",
    "您朋友常说要先看成本。",
    "懂的人工同事查清楚再回您。",
    "家里老师傅也看得懂。",
    "孩子高考要紧。",
    "我是程序，不会累。",
    "我是客服。",
    "您在外地上班，手机上也能办。",
    "您在单位工作忙。",
    "在学校里工作。",
    "五个工作日之内退回，在工作日办。",
    "在线上工作人员也能办。",
    "您家在农村也能申请。",
    "您住在县城。",
    "您住的小区附近。",
    "这条路那边。",
    "北京市的客户都能用，北京地区也能。",
)
_CALLED_BY_NAME = {
    "周同学您好，这是营销来电。",
    "请问是张先生本人吗？",
    "请问是李女士本人吗？",
}
"""Honest sentences of other stages than the body: they say who is called."""


@pytest.fixture(scope="module")
def gate(vocabulary: Vocabulary) -> Gate:
    """A gate with the shipped rules."""
    return Gate(Judge(shipped_policy(ROOT, vocabulary), vocabulary))


@pytest.mark.parametrize(("words", "what"), _PERSONAL.items())
def test_a_name_a_home_and_an_employer_are_found(words: str, what: str, gate: Gate) -> None:
    body = words + _REST
    assert any(what in body[start:end] for start, end in personal_spans(body))
    (*_, reported) = gate.problems(body, _BRIEF)
    assert reported.startswith("names a person")
    assert what not in "".join(gate.problems(body, _BRIEF))
    assert gate.is_personal(f"{body}保证获批。")
    assert what not in gate.masked(body)


def test_a_body_without_them_is_no_problem(gate: Gate) -> None:
    assert gate.problems(_REST, _BRIEF) == []
    assert not gate.is_personal(_REST)
    assert gate.masked("{产品名}总，{机构}先生。") == "{产品名}总，{机构}先生。"


def test_what_cannot_be_filled_breaks_no_rule(gate: Gate) -> None:
    unfillable = "成本是{年化利率}。尾号是{卡尾号}。您看方便吗？"
    assert gate.blocking_findings(unfillable, _BRIEF) == ["skeleton.unusable: nothing fills 卡尾号"]
    assert gate.violations(unfillable, _BRIEF) == []
    assert gate.violations("成本是{年化利率}，保证获批。", _BRIEF)


@pytest.mark.parametrize("text", _HONEST)
def test_words_that_only_look_like_them_are_none(text: str) -> None:
    assert personal_spans(text) == []


def _shipped(corpus: list[Line], vocabulary: Vocabulary) -> Iterator[str]:
    yield from (line.text for line in corpus)
    wording = read_wording(ROOT / "prompts", vocabulary)
    yield from (body.text for bodies in wording.fallbacks.values() for body in bodies)
    examples = ROOT / "finetune" / "examples"
    with (examples / "house_style.csv").open(encoding="utf-8-sig", newline="") as house:
        yield from (row["正文"] for row in csv.DictReader(house))
    for line in (examples / "compliance_pairs.jsonl").read_text("utf-8").splitlines():
        pair = json.loads(line)
        yield from (pair["body"], pair["violation"])
    for line in (ROOT / "tests" / "guards" / "benign.txt").read_text("utf-8").splitlines():
        yield line.split("\t")[-1]


def test_no_honest_sentence_of_this_project_is_refused(corpus: list[Line], vocabulary: Vocabulary) -> None:
    assert {text for text in _shipped(corpus, vocabulary) if personal_spans(text)} == _CALLED_BY_NAME
