"""The list of changes: what waits for whom, filters that stay in the address, and pages."""

import re

import pytest

from app.parts import Parts
from app.records import Role
from tests.app.console.conftest import Opening
from tests.app.console.stories import drafted, published, submitted
from tests.app.lexicon.rules import rule


async def test_without_changes_it_says_what_to_do_next(opened: Opening) -> None:
    page = await (await opened("张合规")).open("/changes")
    assert "没有要您处理的变更" in page.text
    assert "还没有人提出过变更" in page.text
    assert 'href="/console/rules"' in page.html


async def test_what_others_ask_for_waits_for_who_may_decide_and_what_came_back_for_its_author(
    opened: Opening, parts: Parts
) -> None:
    other = await submitted(parts, "李合规", title="别人的", adds=[rule("extra.one")])
    own = await submitted(parts, "张合规", title="自己的", adds=[rule("extra.two")])
    back = await submitted(parts, "张合规", title="被退回的", adds=[rule("extra.three")])
    await parts.lifecycle.reject(back.rpartition("/")[2], "李合规", "请补例句")
    await parts.lifecycle.ask_reviewers(other.rpartition("/")[2], "李合规", ["张合规"])
    page = await (await opened("张合规")).open("/changes")
    todo = page.html[page.html.index('id="todo"') : page.html.index('id="all"')]
    assert re.findall("/changes/[0-9A-Z]{26}", todo) == [other, back]
    assert "指名请您" in todo
    assert own in page.html
    editor = await opened("赵起草", Role.EDITOR)
    assert "没有要您处理的变更" in (await editor.open("/changes")).text


async def test_filters_stay_in_the_address_and_on_the_next_page(opened: Opening, parts: Parts) -> None:
    first = await drafted(parts, "张合规", title="最早的草稿", adds=[rule("extra.one")])
    for number in range(31):
        await drafted(parts, "张合规", title=f"草稿{number:02d}", adds=[rule(f"extra.a{number}")])
    await published(parts, "张合规", title="发布了的", adds=[rule("extra.last")])
    browser = await opened("张合规")
    page = await browser.open("/changes?state=draft&mine=1")
    assert "发布了的" not in page.text
    assert "最早的草稿" not in page.text
    assert '<option value="draft" selected>' in page.html
    [older] = re.findall(r'href="/console(/changes\?[^"]*before=[^"]*)"', page.html)
    older = older.replace("&amp;", "&")
    assert "state=draft" in older
    assert "mine=1" in older
    page = await browser.open(older)
    assert first in page.html
    assert "草稿00" in page.text
    assert "草稿30" not in page.text
    assert 'id="todo"' not in page.html
    assert "回到最新的" in page.text


async def test_nothing_found_leads_back_to_all(opened: Opening, parts: Parts) -> None:
    await drafted(parts)
    browser = await opened("张合规")
    page = await browser.open("/changes?subject=wording")
    assert "没有这样的变更" in page.text
    page = await browser.open("/changes?subject=weather&state=never")
    assert "补充承诺的说法" in page.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.EDITOR, Role.APPROVER])
async def test_whoever_may_read_changes_sees_them(opened: Opening, parts: Parts, role: Role) -> None:
    path = await drafted(parts)
    browser = await opened("孙合规", role)
    assert path in (await browser.open("/changes")).html
    assert "补充承诺的说法" in (await browser.open(path)).text


async def test_who_only_calls_sees_none(opened: Opening, parts: Parts) -> None:
    path = await drafted(parts)
    browser = await opened("机器", Role.CALLER)
    for where in ("/changes", path):
        assert "没有这一页的权限" in (await browser.open(where, status=403)).text
