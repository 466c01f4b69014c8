"""The list of rules, one rule's page, and how a phrase is tried, seen as officers see them."""

import html
from datetime import UTC, datetime

import pytest

from app.parts import Parts
from app.records import Role
from guards.types import Action
from tests.app.console.browsers import Browser
from tests.app.console.conftest import Opening
from tests.app.stores import MakeDecision

RULE = "promise.guaranteed_approval"


async def published(parts: Parts, **change: object) -> str:
    """A change that one officer makes and another approves."""
    drafted = await parts.lifecycle.draft(change, "张合规")
    await parts.lifecycle.submit(drafted.record.id, "张合规")
    await parts.lifecycle.approve(drafted.record.id, "李合规")
    return drafted.record.id


async def edited(parts: Parts, name: str = RULE, **fields: object) -> dict[str, object]:
    """A rule in force with other fields."""
    return {**(await parts.lifecycle.rules()).rules[name].data, **fields}


async def test_all_rules_are_listed_in_pages_that_keep_what_was_asked_for(opened: Opening) -> None:
    browser = await opened("张合规")
    first = await browser.open("/rules")
    assert "第 1 页，共 3 页" in first.text
    assert "absolute.superlative" in first.text
    assert RULE not in first.text
    page = await browser.open("/rules?channel=ai_voice&page=2")
    assert 'href="/console/rules?channel=ai_voice&amp;page=1"' in page.html
    assert "第 3 页" in (await browser.open("/rules?page=999")).text


FOUND = (
    ("q=板上钉钉", RULE, "absolute.superlative"),
    ("q=PROMISE.Guaranteed", RULE, "absolute.superlative"),
    ("q=广告法+板上钉钉", RULE, "absolute.superlative"),
    ("family=threat", "threat.", RULE),
    ("scenario=collection_m1&family=promise", "没有符合条件", RULE),
    ("scenario=acquisition&family=promise", RULE, "threat."),
    ("action=revise&family=absolute", "absolute.fastest_time", "absolute.superlative"),
    ("state=active&family=promise", RULE, "threat."),
    ("state=ended", "没有符合条件", RULE),
)


async def test_rules_are_found_by_word_and_by_what_they_are(opened: Opening) -> None:
    browser = await opened("张合规")
    for query, found, other in FOUND:
        page = await browser.open(f"/rules?{query}")
        assert found in page.text, query
        assert other not in page.text, query


async def test_values_that_there_are_not_are_as_if_nobody_had_asked(opened: Opening) -> None:
    page = await (await opened("张合规")).open("/rules?scenario=nowhere&action=sing&state=x&channel=pigeon")
    assert "共 115 条" in page.text


async def test_nothing_found_says_what_to_do_next(opened: Opening) -> None:
    page = await (await opened("张合规")).open("/rules?q=绝不会有的词")
    assert "清除条件" in page.text
    assert "/console/rules/new?phrase=" in page.html
    page = await (await opened("陈查看", Role.AUDITOR)).open("/rules?q=绝不会有的词")
    assert "/rules/new" not in page.html


async def test_a_row_counts_the_hits_of_a_week(opened: Opening, parts: Parts, make_decision: MakeDecision) -> None:
    finding = {"rule": RULE, "guard": "phrases", "action": "block", "reason": "承诺", "span": [0, 2]}
    now = datetime.now(UTC)
    for number in range(3):
        made = make_decision(script_id=f"01K0000000000000000000000{number}", created_at=now, findings=(finding,))
        await parts.log.record(made)
    browser = await opened("张合规")
    page = await browser.open("/rules?family=promise")
    assert '<td class="number" data-label="近 7 天命中">3</td>' in page.html
    page = await browser.open(f"/rules/{RULE}")
    assert "/console/decisions/01K00000000000000000000000" in page.html
    assert "还没有人标注" in page.text


async def test_one_rule_is_told_in_words(opened: Opening) -> None:
    page = await (await opened("张合规")).open(f"/rules/{RULE}")
    for told in (
        "承诺必批",
        "拦下",
        "生效中",
        "营销（全部）",
        "广告法",
        "法律",
        "已核对原文",
        "板上钉钉",
        "promise.yaml",
    ):
        assert told in page.text, told
    assert "最初的文件" in page.text
    assert "phrases" not in page.text


async def test_every_rule_has_a_page_and_a_form(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规")
    for name, rule in (await parts.lifecycle.rules()).rules.items():
        page = await browser.open(f"/rules/{name}")
        assert html.escape(str(rule.data["title"])) in page.html
        assert ("/retire" in page.html) is not name.startswith(("number.", "rate.", "gate."))
        await browser.open(f"/rules/{name}/edit")


async def test_the_page_tells_what_became_of_the_rule(opened: Opening, parts: Parts) -> None:
    rule = await edited(parts)
    assert isinstance(rule["phrases"], list)
    other = {**rule, "phrases": [*rule["phrases"], "闭眼都给批"], "suggest": "结果以审批为准"}
    identity = await published(parts, title="收紧承诺", edits=[other])
    await published(parts, title="别的", edits=[await edited(parts, "absolute.superlative", reason="另一个原因")])
    browser = await opened("王合规")
    page = await browser.open(f"/rules/{RULE}")
    assert f"/console/changes/{identity}" in page.html
    assert '<span class="word in">闭眼都给批</span>' in page.html
    assert f'<span class="word out">{rule["suggest"]}</span>' in page.html
    assert "李合规 批准" in page.text
    assert "别的" not in page.text
    assert "没有更早的改动了" not in page.text


async def test_a_rule_that_nobody_heard_of_is_none_and_one_that_hit_before_is_told(
    opened: Opening, parts: Parts, make_decision: MakeDecision
) -> None:
    browser = await opened("张合规")
    assert "没有这条规则" in (await browser.open("/rules/no.such", status=404)).text
    finding = {"rule": "old.one", "guard": "phrases", "action": "block", "reason": "旧的", "span": None}
    await parts.log.record(make_decision(script_id="01K00000000000000000000001", findings=(finding,)))
    assert "可能已经停用" in (await browser.open("/rules/old.one")).text
    assert "个人信息" in (await browser.open("/rules/personal_data.mobile")).text


async def test_who_may_only_read_sees_no_way_to_change(opened: Opening) -> None:
    auditor = await opened("陈查看", Role.AUDITOR)
    page = await auditor.open(f"/rules/{RULE}")
    assert "/edit" not in page.html
    assert "/retire" not in page.html
    assert "export" not in (await auditor.open("/rules")).html
    for path in ("/rules/new", f"/rules/{RULE}/edit", f"/rules/{RULE}/retire", "/rules/import", "/rules/export"):
        await auditor.open(path, status=403)


async def test_a_sentence_is_tried_in_place_and_nothing_of_it_is_recorded(opened: Opening, parts: Parts) -> None:
    browser = await opened("陈查看", Role.AUDITOR)
    await browser.open("/rules")
    page = await browser.send("/rules/try", {"say": "我们百分百获批，放心。", "say_scenario": "acquisition"})
    assert "<mark>百分百获批</mark>" in page.html
    assert f"/console/rules/{RULE}" in page.html
    assert "拦下" in page.text
    await browser.send("/rules/try", {"say": "我们百分百获批，放心。", "say_scenario": "collection_m1"})
    assert RULE not in (browser.page.html if browser.page else "")
    assert await parts.log.recent(5) == []


async def test_with_scripts_only_what_came_of_it_is_answered(opened: Opening) -> None:
    browser = await opened("张合规")
    page = await browser.open(f"/rules/{RULE}")
    fields = {**page.forms["/console/rules/try"], "say": ["您好"]}
    answer = await browser.client.post("/console/rules/try", data=fields, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert "没有规则命中" in answer.text
    assert "<html" not in answer.text


async def test_a_word_is_told_to_be_covered_or_an_everyday_word(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open(f"/rules/{RULE}")
    page = await browser.send("/rules/try", {"say": "百分百获批哦"})
    assert "不用再写" in page.text
    page = await browser.send("/rules/try", {"say": "通过"})
    assert "会误伤正常的话" in page.text
    assert "去掉标点" not in page.text


@pytest.mark.parametrize("text", ["", "   ", "好" * 2_001])
async def test_nothing_and_too_much_are_told_beside_the_field(opened: Opening, text: str) -> None:
    browser = await opened("张合规")
    await browser.open("/rules/try")
    page = await browser.send("/rules/try", {"say": text, "say_stage": "elsewhere"}, status=422)
    assert 'id="say-wrong"' in page.html


async def test_personal_data_in_a_sentence_is_found_too(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/rules/try")
    page = await browser.send("/rules/try", {"say": "请打13812345678找我。"})
    assert "个人信息" in page.text
    assert Action.MASK.label not in page.text


async def retire(browser: Browser, fields: dict[str, str], rule: str = RULE, status: int = 303) -> str:
    """Send the form that retires a rule; where it leads, or the page."""
    page = await browser.open(f"/rules/{rule}/retire")
    data = {**page.forms[f"/console/rules/{rule}/retire"], **fields}
    answer = await browser.client.post(f"/console/rules/{rule}/retire", data=data)
    assert answer.status_code == status, answer.text
    return answer.headers.get("location", answer.text)


async def test_a_rule_is_retired_by_a_draft_that_says_why(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    assert "请写为什么停用" in await retire(browser, {}, status=422)
    where = await retire(browser, {"comment": "换成新的，请打13812345678"})
    identity = where.partition("/changes/")[2].partition("?")[0]
    made = await parts.lifecycle.get(identity)
    assert made.change.retires == (RULE,)
    assert "停用" in made.record.title
    assert "13812345678" not in made.record.comment
    await retire(browser, {"draft": identity}, "absolute.superlative")
    assert set((await parts.lifecycle.get(identity)).change.retires) == {RULE, "absolute.superlative"}


async def test_what_is_code_cannot_be_retired(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    assert "失效日" in (await browser.open("/rules/number.ungrounded/retire", status=409)).text
    assert "任何一天" in (await browser.open("/rules/gate.opted_out/retire", status=409)).text
