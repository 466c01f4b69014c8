"""The revisions: listed, compared, and put back in force by two people."""

import pytest

from app.approved.holds import LineKind
from app.parts import Parts
from app.records import Role
from tests.app.console.conftest import Opening
from tests.app.console.stories import line_of, published
from tests.app.lexicon.rules import rule, shipped


async def test_every_revision_says_who_made_and_who_approved_it(opened: Opening, parts: Parts) -> None:
    path = await published(parts, title="补充承诺的说法", adds=[rule()])
    browser = await opened("钱审计", Role.AUDITOR)
    page = await browser.open("/revisions")
    assert "最初的文件" in page.text
    assert "补充承诺的说法 正在用" in page.text
    assert "张合规 王合规" in page.text
    assert f"/console{path}" in page.html
    page = await browser.open("/revisions/2")
    assert "新增 1 条规则" in page.text
    assert '<ins class="word in">百分百包过件</ins>' in page.html
    assert "恢复到这一版" not in page.text
    assert "这是第一版" in (await browser.open("/revisions/1")).text
    assert "没有第 9 版" in (await browser.open("/revisions/9", status=404)).text


async def test_revisions_are_paged(opened: Opening, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.console.changes.revisions._AT_ONCE", 2)
    for number in range(3):
        await published(parts, title=f"第{number}次", adds=[rule(f"extra.a{number}")])
    browser = await opened("张合规")
    page = await browser.open("/revisions")
    assert "最初的文件" not in page.text
    assert 'href="/console/revisions?before=3"' in page.html
    page = await browser.open("/revisions?before=3")
    assert "最初的文件" in page.text
    assert "第1次" not in page.text


async def test_two_revisions_are_compared_rule_by_rule_and_text_by_text(opened: Opening, parts: Parts) -> None:
    line = await line_of(parts, LineKind.REPLY)
    await published(parts, edits=[shipped("promise.no_risk", reason="换了原因")])
    await parts.holding.suspend(line.id, "李合规", "有投诉")
    browser = await opened("张合规")
    page = await browser.open("/revisions/compare?one=1&other=3")
    assert "从第 1 版到第 3 版" in page.text
    assert "修改 1 条规则" in page.text
    assert '<ins class="word in">换了原因</ins>' in page.html
    assert f"停用“{line.text}”（李合规：有投诉）" in page.text
    page = await browser.open("/revisions/compare?one=2&other=2")
    assert page.text.count("一样。") == 2


@pytest.mark.parametrize("query", ["one=x&other=9", "", "one=0&other=99999999999"])
async def test_numbers_of_no_revision_are_told_beside_their_fields(opened: Opening, query: str) -> None:
    page = await (await opened("张合规")).open(f"/revisions/compare?{query}", status=422)
    assert 'id="one-wrong"' in page.html
    assert 'id="other-wrong"' in page.html


async def test_rules_are_put_back_by_one_who_asks_and_one_who_approves(opened: Opening, parts: Parts) -> None:
    await published(parts, edits=[shipped("promise.no_risk", action="observe")])
    await published(parts, title="放宽", retires=["promise.no_risk"])
    browser = await opened("张合规")
    await browser.open("/revisions/1")
    page = await browser.send("/revisions/1/restore", {"note": ""}, status=422)
    assert "请写上为什么要恢复" in page.text
    assert 'id="note-wrong"' in page.html
    page = await browser.send("/revisions/1/restore", {"note": "放宽错了", "what": "wording"}, status=422)
    assert "不用恢复" in page.text
    page = await browser.send("/revisions/1/restore", {"note": "放宽错了，客户 13812345678 说的", "what": "lexicon"})
    assert "规则恢复到第 1 版" in page.text
    assert "新增 1 条规则" in page.text
    assert "13812345678" not in page.text
    path = page.response.url.path.removeprefix("/console")
    change = await parts.lifecycle.get(path.rpartition("/")[2])
    if change.record.revision is None:
        other = await opened("李合规")
        await other.open(path)
        await other.send(f"{path}/approve")
    first, last = await parts.revisions.get(1), await parts.revisions.newest()
    assert first is not None
    assert last is not None
    assert first.lexicon == last.lexicon


async def test_who_may_not_approve_restores_nothing(opened: Opening, parts: Parts) -> None:
    await published(parts)
    browser = await opened("赵起草", Role.EDITOR)
    page = await browser.open("/revisions/1")
    assert "/console/revisions/1/restore" not in page.forms
    sent = {"csrf": page.forms["/console/sign-out"]["csrf"][0], "note": "试试", "what": "lexicon"}
    assert (await browser.client.post("/console/revisions/1/restore", data=sent)).status_code == 403
