"""A call that is tried on a page: the person is the customer, the call travels in the form, nothing is recorded."""

import json
from typing import Any

import pytest

from app.parts import Parts
from app.records import Role
from tests.app.console.browsers import Browser, Page
from tests.app.console.conftest import Opening

AT = "/try/talk"


async def begun(opened: Opening, **chosen: str) -> Browser:
    """A browser in which a call was opened."""
    browser = await opened("张合规")
    await browser.open(AT)
    await browser.send(AT, {"does": "start", **chosen})
    return browser


def heard(page: Page) -> list[dict[str, Any]]:
    """The call that a page carries."""
    transcript: list[dict[str, Any]] = json.loads(page.forms[f"/console{AT}"]["transcript"][0])
    return transcript


async def test_a_call_is_opened_and_goes_on_with_what_was_understood_beneath(opened: Opening) -> None:
    browser = await begun(opened)
    page = await browser.send(AT, {"does": "say", "text": "是我"})
    assert "逾期1–30天 · 王先生，33岁 · 还没核实是不是本人" in page.text
    assert "应还金额 1234.5元" in page.text
    assert "听懂：是本人 1.00" in page.text
    page = await browser.send(AT, {"does": "say", "text": "没钱还啊最近", "hurried": "on"})
    assert "记下：有困难" in page.text
    assert "说得很急" in page.text
    assert [each["role"] for each in heard(page)] == ["agent", "customer"] * 2 + ["agent"]
    assert page.html.count("<details") >= 4


async def test_without_a_record_and_without_a_count(opened: Opening, parts: Parts) -> None:
    browser = await begun(opened, scenario="acquisition")
    page = await browser.send(AT, {"does": "say", "text": "不需要，别再打了"})
    assert "通话到这里结束： 结束通话" in page.text
    assert await parts.log.recent(10) == []
    [call] = page.forms[f"/console{AT}"]["call"]
    assert not (await parts.contacts.closures(call)).opted_out
    assert "text" not in page.forms[f"/console{AT}"]


async def test_the_customer_may_cut_in_or_say_nothing(opened: Opening) -> None:
    browser = await begun(opened)
    page = await browser.send(AT, {"does": "say", "text": "你谁啊", "heard": "3"})
    assert heard(page)[0] == {"role": "agent", "text": "您好，", "interrupted": True}
    assert "没听完就被打断" in page.text
    page = await browser.send(AT, {"does": "silence"})
    assert "没有出声 1.00" in page.text
    assert heard(page)[3] == {"role": "customer", "text": ""}


async def test_a_turn_is_taken_back(opened: Opening) -> None:
    browser = await begun(opened)
    assert browser.page is not None
    before = heard(browser.page)
    await browser.send(AT, {"does": "say", "text": "打错了"})
    page = await browser.send(AT, {"does": "back"})
    assert heard(page) == before
    page = await browser.send(AT, {"does": "say", "text": "是我"})
    assert "是本人" in page.text


async def test_who_is_known_and_how_old_changes_what_is_said(opened: Opening) -> None:
    browser = await begun(opened, scenario="bill_reminder", callee="verified", generation="gen_z")
    assert browser.page is not None
    assert "已核实是本人" in browser.page.text
    assert "按 18–27岁 说" in browser.page.text
    assert "本人吗" not in browser.page.text
    page = await browser.send(AT, {"does": "say", "text": "嗯"})
    assert '"generation": "gen_z"' in page.html.replace("&#34;", '"')


async def test_what_is_wrong_stands_beside_its_field_and_the_call_is_kept(opened: Opening) -> None:
    browser = await begun(opened)
    assert browser.page is not None
    before = heard(browser.page)
    page = await browser.send(AT, {"does": "say", "text": "", "heard": "很多"}, status=422)
    assert "请写上客户说的话" in page.text
    assert "请填听到的字数" in page.text
    assert heard(page) == before
    page = await browser.send(AT, {"does": "say", "text": "长" * 201}, status=422)
    assert "有 201 个字" in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"transcript": "["},
        {"transcript": "[]"},
        {"transcript": '[{"role": "customer", "text": "喂"}]', "notes": "[]"},
        {"transcript": '[{"role": "boss", "text": "喂"}]'},
        {"transcript": '[{"role": "agent", "text": "喂", "extra": 1}]'},
        {"transcript": json.dumps([{"role": "agent", "text": "长" * 3000}])},
        {"transcript": json.dumps([{"role": "agent", "text": "喂"}] * 100)},
        {"transcript": " " * 60_001},
        {"notes": "[]"},
        {"notes": '[[["听懂"]]]'},
        {"notes": json.dumps([[["长" * 17, "x"]]])},
        {"call": "不是 编号"},
        {"scenario": "sell"},
    ],
)
async def test_a_call_that_this_page_has_not_sent_is_refused_and_begins_anew(
    opened: Opening, wrong: dict[str, str]
) -> None:
    browser = await begun(opened)
    page = await browser.send(AT, {"does": "say", "text": "是我", **wrong}, status=422)
    assert "这通电话的内容不完整了" in page.text
    assert "打过去" in page.text


async def test_what_travels_in_the_form_is_shown_as_text(opened: Opening) -> None:
    browser = await begun(opened)
    bold = json.dumps([{"role": "agent", "text": "<b>喂</b>"}])
    page = await browser.send(
        AT, {"does": "say", "text": "<i>谁</i>", "transcript": bold, "notes": '[[["听懂", "<u>"]]]'}
    )
    assert not {"<b>喂", "<i>谁", "<u>"} & {tag for tag in ("<b>喂", "<i>谁", "<u>") if tag in page.html}


async def test_a_call_has_an_end_where_the_form_would_grow_too_long(opened: Opening) -> None:
    browser = await begun(opened)
    said = [{"role": "agent", "text": "您好。"}, {"role": "customer", "text": "嗯"}] * 40
    whole = json.dumps([*said, {"role": "agent", "text": "您好。"}])
    page = await browser.send(
        AT, {"does": "say", "text": "嗯", "transcript": whole, "notes": json.dumps([[]] * 41)}, status=422
    )
    assert "最多 40 轮" in page.text


async def test_only_who_drafts_or_decides_tries_calls_and_only_from_this_page(opened: Opening) -> None:
    await (await opened("王审计", Role.AUDITOR)).open(AT, status=403)
    browser = await begun(opened)
    await browser.send(AT, {"does": "say", "text": "是我", "csrf": "0" * 64}, status=403)
