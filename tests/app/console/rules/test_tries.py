"""How a phrase is tried on the rules in force."""

from app.parts import Parts
from app.records import Role
from guards.types import Action
from tests.app.console.conftest import Opening

RULE = "promise.guaranteed_approval"


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


async def test_nothing_and_too_much_are_told_beside_the_field(opened: Opening) -> None:
    browser = await opened("张合规")
    for text in ("", "   ", "好" * 2_001):
        await browser.open("/rules/try")
        page = await browser.send("/rules/try", {"say": text, "say_stage": "elsewhere"}, status=422)
        assert 'id="say-wrong"' in page.html


async def test_personal_data_in_a_sentence_is_found_too(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/rules/try")
    page = await browser.send("/rules/try", {"say": "请打13812345678找我。"})
    assert "个人信息" in page.text
    assert Action.MASK.label not in page.text


async def test_a_word_that_nothing_finds_leads_to_where_it_is_written(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    await browser.open(f"/rules/{RULE}")
    page = await browser.send("/rules/try", {"say": "闭眼都给批"})
    assert f"/console/rules/{RULE}/edit?phrase=%E9%97%AD" in page.html
    form = (await browser.open(f"/rules/{RULE}/edit?phrase=闭眼都给批")).forms[f"/console/rules/{RULE}/edit"]
    assert form["phrases"][0].split("\n")[-1].strip() == "闭眼都给批"
    form = (await browser.open("/rules/new?phrase=闭眼都给批")).forms["/console/rules/new"]
    assert form["phrases"] == ["闭眼都给批"]
    auditor = await opened("陈查看", Role.AUDITOR)
    await auditor.open("/rules/try")
    assert "新增一条规则" not in (await auditor.send("/rules/try", {"say": "闭眼都给批"})).text


async def test_what_must_be_said_is_asked_of_a_whole_script_only(opened: Opening) -> None:
    browser = await opened("张合规")
    page = await browser.open("/rules/disclosure.opt_out")
    assert page.forms["/console/rules/try"]["say_stage"] == [""]
    said = {"say": "您好，给您介绍一个产品。", "say_scenario": "acquisition", "say_channel": "ai_voice"}
    assert (
        "/console/rules/disclosure.opt_out"
        in (await browser.send("/rules/try", said)).html.partition('class="tried"')[2]
    )
    said["say_stage"] = "body"
    assert "disclosure." not in (await browser.send("/rules/try", said)).html.partition('class="tried"')[2]
