"""A form that is sent when the session has ended: it is kept for its writer, and for nobody else."""

from collections.abc import Mapping, Sequence

import pytest

from app.parts import Parts
from app.records import ChangeState, Role
from tests.app.console.browsers import Browser, Page
from tests.app.console.conftest import PASSWORD, Opening
from tests.app.console.stories import drafted

WRITTEN = {
    "title": "写了很久的标题",
    "phrases": "甲乙丙丁\n戊己庚辛",
    "scenarios": ["marketing", "collection"],
    "do": "",
}


async def send_too_late(
    browser: Browser, parts: Parts, path: str, action: str, fields: Mapping[str, str | Sequence[str]]
) -> Page:
    """Open a page, and send a form of it when the session has ended."""
    await browser.open(path)
    await parts.sessions.close_all("张合规")
    return await browser.send(action, fields, status=401)


async def test_who_signs_in_again_finds_the_form_as_it_was_filled_in(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    page = await send_too_late(browser, parts, "/rules/new?family=promise", "/rules/new", WRITTEN)
    assert "登录已过期，请重新登录，您填的内容还在。" in page.text
    assert "写了很久的标题" not in page.html
    page = await browser.send("/sign-in", {"name": "张合规", "password": "another one entirely"}, status=401)
    page = await browser.send("/sign-in", {"name": "张合规", "password": PASSWORD})
    assert "您刚才填的内容还在" in page.text
    page = await browser.send("/rules/new")
    form = page.forms["/console/rules/new"]
    assert {name: form[name] for name in ("title", "phrases", "scenarios", "family")} == {
        "title": ["写了很久的标题"],
        "phrases": ["甲乙丙丁\n戊己庚辛"],
        "scenarios": ["marketing", "collection"],
        "family": ["promise"],
    }
    assert await parts.lifecycle.page(ChangeState.DRAFT) == []
    assert "请写原因" in (await browser.send("/rules/new", status=422)).text


async def test_somebody_else_who_signs_in_finds_nothing_of_it(opened: Opening, parts: Parts) -> None:
    await parts.people.create("李合规", [Role.EDITOR], PASSWORD)
    browser = await opened("张合规", Role.EDITOR)
    await send_too_late(browser, parts, "/rules/new", "/rules/new", WRITTEN)
    page = await browser.send("/sign-in", {"name": "李合规", "password": PASSWORD})
    assert page.response.url.path == "/console"
    assert "写了很久的标题" not in page.html


async def test_what_was_kept_in_another_browser_or_tampered_with_is_dropped(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    page = await send_too_late(browser, parts, "/rules/new", "/rules/new", WRITTEN)
    kept = page.forms["/console/sign-in"]["kept"][0]
    other = await opened()
    for taker, sealed in ((other, kept), (browser, kept[:-8] + "AAAAAAA="), (browser, "é" * 9)):
        await taker.client.get("/console/sign-in")
        answer = await taker.client.post(
            "/console/sign-in", data={"name": "张合规", "password": PASSWORD, "kept": sealed}
        )
        assert answer.status_code == 303


async def test_a_form_that_is_too_long_is_not_kept_and_says_so(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    page = await send_too_late(browser, parts, "/rules/new", "/rules/new", {"phrases": "长" * 100_000})
    assert "没能留住" in page.text
    assert "kept" not in page.forms["/console/sign-in"]


@pytest.mark.parametrize("does", ["submit", "text"])
async def test_a_draft_is_shown_again_and_not_submitted(opened: Opening, parts: Parts, does: str) -> None:
    browser = await opened("张合规")
    path = await drafted(parts)
    await send_too_late(browser, parts, path, f"{path}/{does}", {"title": "新的标题", "comment": "请看"})
    await browser.send("/sign-in", {"name": "张合规", "password": PASSWORD})
    form = (await browser.send(f"{path}/{does}")).forms[f"/console{path}/{does}"]
    assert (form["title"], form["comment"]) == (["新的标题"], ["请看"])
    record = (await parts.lifecycle.get(path.rpartition("/")[2])).record
    assert (record.state, record.title) == (ChangeState.DRAFT, "补充承诺的说法")
