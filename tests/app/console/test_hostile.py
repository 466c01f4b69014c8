"""What somebody sends who means no good: it is refused or kept harmless, and nobody else waits for it."""

import asyncio
import time

import pytest

from app.parts import Parts
from app.records import Role
from tests.app.console.conftest import PASSWORD, Opening


async def test_a_text_of_thousands_of_findings_is_tried_and_shown_in_moments(opened: Opening) -> None:
    browser = await opened("张合规")
    text = "<" * 10_000
    await browser.open("/try")
    started = time.monotonic()
    await browser.send("/try", {"text": text})
    assert time.monotonic() - started < 20  # it took more than a hundred
    reviewed = await browser.client.post("/v1/reviews", json={"text": text})
    assert reviewed.status_code == 200
    await browser.open("/decisions?kind=review")
    listed = await browser.client.get("/console/decisions?kind=review")
    identity = listed.text.partition("/console/decisions/01")[2][:24]
    page = await browser.open(f"/decisions/01{identity}")
    assert len(page.html) < 2_000_000
    assert "只列出前 200 处" in page.text


@pytest.mark.parametrize("path", ["/changes?before=%00", "/rules/%00", "/revisions?before=99999999999999999999999"])
async def test_an_address_that_no_store_can_be_asked_about_is_a_page_that_says_so(opened: Opening, path: str) -> None:
    browser = await opened("张合规")
    page = await browser.open(path, status=422)
    assert "网址里有写错的地方" in page.text


async def test_titles_are_masked_like_what_stands_beside_them(opened: Opening, parts: Parts) -> None:
    made = await parts.lifecycle.draft({"title": "空"}, "张合规")
    browser = await opened("张合规")
    await browser.open(f"/changes/{made.record.id}")
    page = await browser.send(f"/changes/{made.record.id}/text", {"title": "客户 13812345678 投诉", "note": "见工单"})
    assert "13812345678" not in page.html


async def test_who_may_read_no_change_sees_none_on_the_first_page(opened: Opening, parts: Parts) -> None:
    made = await parts.lifecycle.draft(
        {"title": "不给别人看的标题", "retires": ["promise.guaranteed_approval"]}, "李合规"
    )
    await parts.lifecycle.submit(made.record.id, "李合规")
    assert "不给别人看的标题" in (await (await opened("张合规", Role.APPROVER)).open("")).text
    assert "不给别人看的标题" not in (await (await opened("王调用", Role.CALLER)).open("")).text


async def test_of_very_many_passwords_at_once_some_are_not_looked_at(opened: Opening) -> None:
    browser = await opened()
    sent = {"name": "张合规", "password": "something else entirely"}
    many = await asyncio.gather(*(browser.client.post("/console/sign-in", data=sent) for _ in range(40)))
    assert {answer.status_code for answer in many} == {401, 429}
    assert "请过一会儿再试" in next(answer.text for answer in many if answer.status_code == 429)
    assert (await browser.client.post("/console/sign-in", data=sent)).status_code == 401


async def test_signing_in_again_ends_the_session_before(opened: Opening) -> None:
    browser = await opened("张合规")
    before = dict(browser.client.cookies)
    await browser.sign_in("张合规", PASSWORD)
    other = await opened()
    other.client.cookies.update(before)
    assert (await other.open("")).response.url.path == "/console/sign-in"


async def test_the_way_on_leads_out_of_the_console_in_no_spelling(opened: Opening) -> None:
    browser = await opened("张合规")
    await browser.open("/sign-in?next=/console/%252e%252e/docs")
    page = await browser.send("/sign-in", {"name": "张合规", "password": PASSWORD})
    assert page.response.url.path == "/console"


async def test_files_of_pages_are_kept_by_browsers_and_pages_are_not(opened: Opening) -> None:
    browser = await opened("张合规")
    assert "immutable" in (await browser.client.get("/console/static/console.css")).headers["cache-control"]
    assert (await browser.client.get("/console")).headers["cache-control"] == "no-store"
