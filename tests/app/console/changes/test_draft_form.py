"""The form of a draft: all that stands in it is kept, by either of its buttons; and buttons that are pressed twice."""

import re

from app.approved.holds import LineKind
from app.parts import Parts
from app.records import ChangeState, Role
from tests.app.console.conftest import Opening
from tests.app.console.stories import ADDS, drafted, line_of, submitted

WRITTEN = {"title": "新的标题", "note": "新的说明", "reviewers": ["李合规"], "comment": "请先看第二条"}


async def test_to_submit_keeps_title_note_reviewers_and_message(opened: Opening, parts: Parts) -> None:
    other, browser = await opened("李合规"), await opened("张合规")
    path = await drafted(parts)
    await browser.open(path)
    page = await browser.send(f"{path}/submit", WRITTEN)
    assert "已提交" in page.text
    record = (await parts.lifecycle.get(path.rpartition("/")[2])).record
    assert record.state is ChangeState.SUBMITTED
    assert (record.title, record.comment, list(record.reviewers)) == ("新的标题", "新的说明", ["李合规"])
    assert "请先看第二条" in page.text
    assert "指名请您" in (await other.open("/changes")).text


async def test_to_save_keeps_the_same_and_asks_nobody_yet(opened: Opening, parts: Parts) -> None:
    other, browser = await opened("李合规"), await opened("张合规")
    path = await drafted(parts)
    page = await browser.open(path)
    assert "请他们审批" not in page.text
    page = await browser.send(f"{path}/text", WRITTEN)
    form = page.forms[f"/console{path}/submit"]
    assert (form["title"], form["note"], form["reviewers"]) == (["新的标题"], ["新的说明"], ["李合规"])
    assert "请先看第二条" in page.text
    assert "新的标题" not in (await other.open("/changes?state=submitted")).text
    page = await browser.send(f"{path}/text", {"reviewers": []})
    assert "reviewers" not in page.forms[f"/console{path}/submit"]


async def test_what_was_refused_is_still_written(opened: Opening, parts: Parts) -> None:
    await opened("李合规")
    browser = await opened("张合规")
    path = await drafted(parts, title="空的")
    await browser.open(path)
    page = await browser.send(f"{path}/submit", WRITTEN, status=422)
    assert "什么也没有改" in page.text
    form = page.forms[f"/console{path}/submit"]
    assert {name: form[name] for name in WRITTEN} == {
        name: value if isinstance(value, list) else [value] for name, value in WRITTEN.items()
    }
    page = await browser.send(f"{path}/submit", {"comment": "言" * 2_001}, status=422)
    assert "留言有 2001 个字" in page.text


async def test_a_draft_is_deleted_by_a_second_button_only(opened: Opening, parts: Parts) -> None:
    path = await drafted(parts)
    page = await (await opened("张合规")).open(path)
    asked = re.search(r"<details[^>]*><summary>删除草稿</summary>(.*?)</details>", page.html, re.DOTALL)
    assert asked is not None
    assert f"{path}/drop" in asked[1]
    assert "确定删除" in asked[1]
    assert page.html.count(f"{path}/drop") == 1


async def test_who_presses_twice_is_told_of_the_success(opened: Opening, parts: Parts) -> None:
    author, other, third = await opened("张合规"), await opened("李合规"), await opened("王合规")
    path = await drafted(parts)
    for browser, does, told in (
        (author, "submit", "已提交"),
        (author, "withdraw", "已撤回"),
        (author, "submit", "已提交"),
        (other, "approve", "已发布"),
    ):
        page = await browser.open(path)
        form = page.forms[f"/console{path}/{does}"]
        for _ in range(2):
            answer = await browser.client.post(f"/console{path}/{does}", data=form, follow_redirects=True)
            assert (answer.status_code, told in answer.text) == (200, True), does
    page = await third.open(path)
    csrf = page.forms[f"/console{path}/comments"]["csrf"]
    late = await third.client.post(f"/console{path}/approve", data={"csrf": csrf, "version": form["version"]})
    assert (late.status_code, "这个变更现在是“已发布”" in late.text) == (409, True)


async def test_who_rejects_twice_is_told_of_the_success_and_who_rejects_what_another_did_is_not(
    opened: Opening, parts: Parts
) -> None:
    first, second = await opened("李合规"), await opened("王合规")
    path = await submitted(parts, **ADDS)
    forms = [(await browser.open(path)).forms[f"/console{path}/reject"] for browser in (first, second)]
    for browser, form, status in ((first, forms[0], 200), (first, forms[0], 200), (second, forms[1], 409)):
        sent = {**form, "why": "请补例句"}
        answer = await browser.client.post(f"/console{path}/reject", data=sent, follow_redirects=True)
        assert answer.status_code == status


async def test_a_text_is_suspended_twice_by_one_person_and_not_by_two(opened: Opening, parts: Parts) -> None:
    first, second = await opened("李合规", Role.APPROVER), await opened("王合规", Role.APPROVER)
    line = await line_of(parts, LineKind.FALLBACK)
    path = f"/wording/{line.id}"
    forms = [(await browser.open(path)).forms[f"/console{path}/suspend"] for browser in (first, second)]
    for browser, form, status in ((first, forms[0], 200), (first, forms[0], 200), (second, forms[1], 422)):
        sent = {**form, "suspend_reason": "投诉"}
        answer = await browser.client.post(f"/console{path}/suspend", data=sent, follow_redirects=True)
        assert (answer.status_code, "已停用" in answer.text) == (status, True)
