"""What stands where a figure stands is read, or told; talk without a size is neither."""

from dataclasses import replace

import pytest

from guards.script import Script, Segment
from guards.types import Action, Case, Finding, Scenario, Stage
from tests.guards.grounding.test_roles import FACTS, TODAY
from tests.guards.number_rules import grounding

GUARD = grounding()
DEBT = Case(scenario=Scenario.COLLECTION_M1, facts=FACTS[Scenario.COLLECTION_M1], today=TODAY)
LOAN = Case(scenario=Scenario.ACQUISITION, facts=FACTS[Scenario.ACQUISITION], today=TODAY)


def unread(text: str, case: Case) -> list[Finding]:
    """The findings on quantities that are not read."""
    return [each for each in GUARD(Script((Segment(Stage.BODY, text, text),)), case) if each.rule == "number.unread"]


@pytest.mark.parametrize(
    ("text", "words", "case"),
    [
        ("您已经逾期好几天了。", "好几天", DEBT),
        ("这笔逾期了几天，您处理一下。", "几天", DEBT),
        ("最低还款翻一倍。", "翻一倍", DEBT),
        ("国庆前还上就行。", "国庆", DEBT),
        ("请您月底前还清。", "月底", DEBT),
        ("您春节前把钱还上。", "春节", DEBT),
        ("可以延期好几期。", "好几期", DEBT),
        ("额度还能翻番。", "翻番", LOAN),
        ("审批只要几分钟。", "几分钟", LOAN),
        ("优惠好几百块钱。", "好几百块钱", LOAN),
        ("免息数日。", "数日", LOAN),
    ],
)
def test_a_quantity_that_is_named_and_not_read_asks_for_other_words(text: str, words: str, case: Case) -> None:
    findings = GUARD(Script((Segment(Stage.BODY, text, text),)), case)
    assert any(
        finding.span is not None
        and text[finding.span.start : finding.span.end].endswith(words[-2:])
        and finding.action >= Action.REVISE
        for finding in findings
    )


@pytest.mark.parametrize("case", [DEBT, LOAN], ids=["debt", "loan"])
@pytest.mark.parametrize(
    "text",
    [
        "好几天没联系上您，您这几天忙吧。",
        "您看月底前还方便吗？",
        "过几天再看也行，分几期您自己定。",
        "能延几期要看审核。",
        "一五一十跟您说，三天两头打扰您，不好意思。",
        "第一，您先听一下；第二，有些话我多说几句。",
        "早上八点半给您打过，晚上再说也一样。",
        "耽误您几分钟，跟您说一下账单的事。",
        "国庆节快乐，您先忙。",
        "年底事情多，您照顾好身体。",
        "离还款日还有几天，您别着急。",
        "您问逾期几天？我查一下。",
        "额度够用就好，不用多借一点。",
        "数额您自己核对，若干细节看合同。",
    ],
)
def test_talk_without_a_size_is_no_finding(text: str, case: Case) -> None:
    assert unread(text, case) == []


def test_without_facts_it_is_only_noted() -> None:
    (finding,) = unread("您已经逾期好几天了。", replace(DEBT, facts=None))
    assert finding.action is Action.OBSERVE
    (finding,) = unread("您已经逾期好几天了。", DEBT)
    assert (finding.action, finding.reason[:8]) == (Action.REVISE, "这里该说准天数，")
