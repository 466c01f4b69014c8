"""Words that are tried: judged in place, beside a draft, and written without leaving a trace."""

import pytest

from app.approved.agreement import AGREEMENTS
from app.approved.vocabulary import Vocabulary
from app.console.trying.fact_fields import fact_errors
from app.errors import FieldProblem
from app.parts import Parts
from app.records import Role
from tests.app.console.conftest import Opening
from tests.app.services import BODY

PROMISE = "您闭着眼睛都行。"
RULE = {
    "id": "promise.certain_to_be_paid_out",
    "title": "承诺一定放款",
    "action": "block",
    "phrases": ["闭着眼睛都行"],
    "reason": "对放款结果作保证性承诺",
    "suggest": "以审批结果为准",
    "source": {"law": "广告法", "article": "28", "force": "law", "verified": False},
    "examples": {"hits": [PROMISE], "misses": ["能不能放款，以审批结果为准。"]},
}


async def test_a_text_is_judged_in_place_with_reason_law_and_what_to_say_instead(opened: Opening) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    await browser.open("/try")
    page = await browser.send(
        "/try", {"text": "百分百通过，不还就告诉您家人。", "scenario": "collection_m1", "stage": "body"}
    )
    assert "拦下" in page.text
    assert '<mark class="stop">告诉您家人</mark>' in page.html
    assert "向第三人透露债务或者以此威胁" in page.text
    assert "可以说： 我们只跟您本人沟通" in page.text
    assert "依据：金融机构个人消费类贷款催收工作指引（试行）" in page.text
    assert 'href="/console/rules/' in page.html
    form = page.forms["/console/try"]
    assert (form["text"], form["scenario"], form["stage"]) == (
        ["百分百通过，不还就告诉您家人。"],
        ["collection_m1"],
        ["body"],
    )


async def test_what_may_be_said_and_what_was_not_looked_at_is_told(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/try")
    page = await browser.send("/try", {"text": "您好。"})
    assert "没有发现问题" in page.text
    assert "没有填事实" in page.text
    assert "没有选场景" in page.text


async def test_personal_data_are_masked_where_they_stand(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/try")
    page = await browser.send("/try", {"text": "您的手机号是13812345678吗？"})
    assert "遮盖个人信息以后" in page.text
    assert page.html.count("13812345678") == 1  # in the form, as it was typed


async def test_nothing_of_a_text_is_recorded(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规")
    await browser.open("/try")
    await browser.send("/try", {"text": PROMISE})
    assert await parts.log.recent(10) == []


async def test_facts_are_asked_for_by_scenario_and_numbers_held_against_them(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/try")
    page = await browser.send("/try", {"text": "年利率3.6%。", "scenario": "acquisition", "does": "facts"})
    assert "结论" not in page.text
    assert page.forms["/console/try"]["text"] == ["年利率3.6%。"]
    page = await browser.send("/try", {"fact-annual_rate": "7.2", "stage": "body"})
    assert "没有填事实" not in page.text
    assert "拦下" in page.text
    assert page.forms["/console/try"]["fact-annual_rate"] == ["7.2"]


async def test_all_that_is_wrong_is_told_at_once_beside_its_field(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/try")
    page = await browser.send("/try", {"text": "", "scenario": "acquisition", "does": "facts"})
    wrong = {"fact-annual_rate": "三点六", "fact-terms": "十二", "fact-campaign_end": "明天"}
    page = await browser.send("/try", wrong, status=422)
    for told in ("请贴上要审的话", "年化利率：请填数字", "期数：请填整数", "活动截止：请填日期"):
        assert told in page.text
    assert 'id="fact-annual_rate-wrong"' in page.html
    assert "请先改好下面 4 处" in page.text
    assert "expected" not in page.text
    await browser.send("/try", {"text": "长" * 10_001, "fact-annual_rate": "", "fact-terms": ""}, status=422)


async def test_a_draft_is_judged_beside_the_rules_in_force(opened: Opening, parts: Parts) -> None:
    drafted = await parts.lifecycle.draft({"title": "新增一条", "adds": [RULE]}, "李合规")
    browser = await opened("张合规", Role.EDITOR)
    await browser.open("/try")
    page = await browser.send("/try", {"text": PROMISE, "draft": drafted.record.id})
    assert "现行规则 放行" in page.text
    assert "草稿：新增一条" in page.text
    assert "草稿会拦下：承诺一定放款（闭着眼睛都行）" in page.text
    assert "广告法 第28条（法律，还没有核对原文）" in page.text
    page = await browser.send("/try", {"text": "您好。"})
    assert "结论一样" in page.text
    await parts.lifecycle.edit(drafted.record.id, {"adds": [{**RULE, "action": "observe"}]}, "李合规")
    page = await browser.send("/try", {"text": PROMISE})
    assert "草稿会记录：承诺一定放款" in page.text
    page = await browser.send("/try", {"text": PROMISE, "draft": "01KAHG3V5Z3Q4YB6N2T8W9X0CD"}, status=422)
    assert "没有这个变更" in page.text


async def test_only_who_drafts_or_decides_compares(opened: Opening, parts: Parts) -> None:
    drafted = await parts.lifecycle.draft({"title": "新增一条", "adds": [RULE]}, "李合规")
    browser = await opened("王审计", Role.AUDITOR)
    page = await browser.open("/try")
    assert "新增一条" not in page.text
    page = await browser.send("/try", {"text": PROMISE, "draft": drafted.record.id})
    assert "新增一条" not in page.text
    await browser.open("/try/script", status=403)


async def test_an_order_is_written_as_the_service_would_and_kept_nowhere(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规")
    await browser.open("/try/script")
    page = await browser.send("/try/script", {"tags": ["compared_products"]})
    assert "可以说 模型" in page.text
    assert BODY.partition("，")[0] in page.text
    assert "百分之三点六" in page.text
    assert "年化先讲" in page.text
    assert "开场" in page.text
    form = page.forms["/console/try/script"]
    assert (form["tags"], form["generation"]) == (["compared_products"], ["young"])
    assert await parts.log.recent(10) == []


async def test_another_scenario_brings_its_own_tags_and_facts(opened: Opening) -> None:
    browser = await opened("张合规")
    page = await browser.open("/try/script")
    assert "fact-annual_rate" in page.forms["/console/try/script"]
    page = await browser.send("/try/script", {"scenario": "collection_m2", "does": "facts"})
    assert "没钱还" in page.text
    form = page.forms["/console/try/script"]
    assert form["fact-overdue_days"] == ["31"]
    assert "fact-annual_rate" not in form
    page = await browser.send("/try/script", {"callee": "contact"})
    assert "没有可以说的话" in page.text or "开场" in page.text


async def test_a_call_that_may_not_be_made_says_why(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/try/script")
    assert browser.page is not None
    [usual] = browser.page.forms["/console/try/script"]["call_time"]
    page = await browser.send("/try/script", {"call_time": usual.replace("10:00", "23:00")})
    assert "不打" in page.text
    assert "为什么" in page.text
    assert "依据：" in page.text


async def test_what_is_wrong_with_an_order_is_told_at_once(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/try/script")
    wrong = {"age": "两百", "call_time": "昨天", "fact-annual_rate": "", "fact-credit_limit": "900000"}
    page = await browser.send("/try/script", wrong, status=422)
    for told in ("年龄请填", "请填通话的日期和时间", "年化利率：这一项必填", "额度上限：不能超过 200000 元"):
        assert told in page.text
    page = await browser.send("/try/script", {"generation": "", "age": ""}, status=422)
    assert "请选年龄段，或者填年龄" in page.text
    await browser.send("/try/script", {"age": "9" * 5_000}, status=422)


async def test_tags_that_did_nothing_are_named_with_why(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/try/script")
    page = await browser.send("/try/script", {"tags": ["night_worker", "asked_to_repeat"], "channel": "sms"})
    assert "没有起作用的标签" in page.text
    assert "说过听不清（这个渠道用不上）" in page.text
    assert "夜班作息（短信不接标签）" in page.text


@pytest.mark.parametrize("would", ["2026-11-29", "12 or 13", "2026-11-29 to 2027-01-28", "which are missing"])
def test_every_disagreement_of_facts_is_told_in_chinese(would: str, vocabulary: Vocabulary) -> None:
    assert {agreement.id for agreement in vocabulary.agreements} == AGREEMENTS
    for agreement in vocabulary.agreements:
        problem = FieldProblem(f"facts.{agreement.fact}", agreement.message.replace("{would}", would))
        [told] = (one.told for one in fact_errors([problem], vocabulary))
        label, _, rest = told.partition("：")
        assert label == vocabulary.facts[agreement.fact].label
        assert rest.isascii() is False
