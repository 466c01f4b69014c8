"""The page of one rule, and how it is retired."""

import asyncio
import html

from app.parts import Parts
from app.records import Role
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
        assert ("/retire" in page.html) is not name.startswith(("number.", "rate.", "gate.", "role."))
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
    assert "这条规则已经停用" in (await browser.open("/rules/old.one")).text
    assert "个人信息" in (await browser.open("/rules/personal_data.mobile")).text


async def retire(browser: Browser, fields: dict[str, str], rule: str = RULE, status: int = 303) -> str:
    """Send the form that retires a rule; where it leads, or the page."""
    page = await browser.open(f"/rules/{rule}/retire")
    data = {**page.forms[f"/console/rules/{rule}/retire"], **fields}
    answer = await browser.client.post(f"/console/rules/{rule}/retire", data=data)
    assert answer.status_code == status, answer.text
    return str(answer.headers.get("location", answer.text))


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


async def test_a_button_that_is_pressed_twice_makes_one_draft(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规")
    page = await browser.open(f"/rules/{RULE}/retire")
    form = {**page.forms[f"/console/rules/{RULE}/retire"], "comment": "不再需要"}
    answers = await asyncio.gather(*(browser.client.post(f"/console/rules/{RULE}/retire", data=form) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await parts.headlines.page()) == 1
