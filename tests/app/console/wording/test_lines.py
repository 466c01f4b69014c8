"""Approved wording in the console: found and read by all, stopped at once by one, and changed by two."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import httpx
import pytest

from app.lexicon.catalogue import Line
from app.lexicon.wording_transfer import exported_wording
from app.parts import Parts
from app.records import ChangeState, Role
from tests.app.console.browsers import Browser
from tests.app.console.conftest import Opening
from tests.app.services import example

BODY = "用不用您自己定，有想问的吗？"
WHY = "客户 13812345678 投诉听不懂"


def lines(parts: Parts) -> list[Line]:
    """Every approved text."""
    return list(parts.holding.lines(parts.wording.holds).values())


def line_of(parts: Parts, kind: str) -> Line:
    """The first text of a kind."""
    return next(line for line in lines(parts) if line.kind == kind)


async def sent(
    browser: Browser, action: str, fields: Mapping[str, str | Sequence[str]] = {}, status: int = 303
) -> httpx.Response:
    """The form of the page with this action is sent, and no redirect followed."""
    assert browser.page is not None
    whole = {**browser.page.forms[f"/console{action}"], **fields}
    response = await browser.client.post(f"/console{action}", data=whole)
    assert response.status_code == status, response.text
    return response


async def test_texts_are_found_by_words_kind_scenario_and_state(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open("/wording")
    assert f"共 {len(lines(parts))} 句" in page.text
    assert page.html.count('class="saying"') == 50
    assert "page=2" in page.html
    page = await browser.open("/wording?kind=fallback&held=no&page=2&q=您")
    assert 'value="fallback" selected' in page.html
    assert 'value="您"' in page.html
    assert "q=%E6%82%A8&amp;kind=fallback&amp;held=no" in page.html
    page = await browser.open(f"/wording?q={BODY}")
    assert BODY in page.text
    assert "没有这样的话术" in (await browser.open("/wording?q=没有人这么说过")).text
    assert "没有这样的话术" in (await browser.open("/wording?held=yes")).text
    assert (await browser.open("/wording?kind=poem&scenario=x&held=x&page=99999")).status == 200
    await browser.open("/wording?page=0", status=422)


@pytest.mark.parametrize("kind", ["fallback", "reply", "bridge", "segment", "complement"])
async def test_a_text_says_what_it_is_and_where_it_is_said(kind: str, opened: Opening, parts: Parts) -> None:
    browser, line = await opened("张合规"), line_of(parts, kind)
    page = await browser.open(f"/wording/{line.id}")
    labels = {"fallback": "兜底话术", "reply": "回应客户", "bridge": "转人工前的话", "segment": "固定段落"}
    assert labels.get(kind, "补充句") in page.text
    assert ("旁边加一句" in page.text) is (kind in ("fallback", "reply"))
    assert f"/console/wording/{line.id}/edit" in page.html


async def test_slots_are_set_off_from_words(opened: Opening, parts: Parts) -> None:
    line = next(line for line in lines(parts) if "{年化利率}" in line.text)
    page = await (await opened("张合规")).open(f"/wording/{line.id}")
    assert '<span class="slot">{年化利率}</span>' in page.html


async def test_what_is_no_text_is_told(opened: Opening) -> None:
    browser = await opened("张合规")
    assert "没有这句话术" in (await browser.open("/wording/fallback-0000000000", status=404)).text
    await browser.open("/wording/nonsense", status=422)


async def test_it_is_counted_how_often_a_text_was_said(
    opened: Opening, parts: Parts, client: httpx.AsyncClient
) -> None:
    closing = next(line for line in lines(parts) if line.text == "额度和利率以审批和合同为准。")
    for number in range(2):
        assert (await client.post("/v1/scripts", json=example(request_id=f"said-{number}"))).status_code == 200
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open(f"/wording/{closing.id}")
    assert f'href="/console/wording/{closing.id}/said"' in page.html
    page = await browser.open(f"/wording/{closing.id}/said")
    assert "<b>2</b>" in page.html
    assert "的 2 篇话术里数的" in page.text


async def test_one_person_suspends_and_two_resume(opened: Opening, parts: Parts) -> None:
    line, browser = line_of(parts, "fallback"), await opened("张合规")
    path = f"/wording/{line.id}"
    await browser.open(path)
    page = await browser.send(f"{path}/suspend", {"suspend_reason": " "}, status=422)
    assert "请写明原因" in page.text
    page = await browser.send(f"{path}/suspend", {"suspend_reason": "长" * 501}, status=422)
    assert "最多 500 个字" in page.text
    page = await browser.send(f"{path}/suspend", {"suspend_reason": WHY})
    assert "已停用，马上全部生效" in page.text
    assert "投诉听不懂" in page.text
    assert "13812345678" not in page.html
    assert line.id in (await browser.open("/wording?held=yes")).html
    await browser.open(path)
    await browser.send(f"{path}/resume", {"resume_reason": ""}, status=422)
    response = await sent(browser, f"{path}/resume", {"resume_reason": "改了口径"})
    [asked] = await parts.rewording.page(ChangeState.SUBMITTED)
    assert response.headers["location"] == f"/console/changes/{asked.record.id}"
    page = await browser.open(path)
    assert "已在" in page.text
    assert f"/console/changes/{asked.record.id}" in page.html
    await parts.rewording.approve(asked.record.id, "李合规")
    assert "已停用" not in (await browser.open(path)).text


async def test_who_was_faster_is_told(opened: Opening, parts: Parts) -> None:
    line, browser = line_of(parts, "reply"), await opened("张合规")
    await browser.open(f"/wording/{line.id}")
    await parts.holding.suspend(line.id, "李合规", "先停")
    page = await browser.send(f"/wording/{line.id}/suspend", {"suspend_reason": "停"}, status=422)
    assert "这句话已经停用了" in page.text
    assert "(" not in page.text


async def test_a_freeze_is_confirmed_in_words_and_undone_by_two(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规")
    await browser.open("/wording")
    page = await browser.send("/wording/freeze", {"freeze_reason": "", "confirmed": "是"}, status=422)
    assert "请写明原因" in page.text
    assert "请在这里输入“冻结”两个字" in page.text
    page = await browser.send("/wording/freeze", {"freeze_reason": WHY, "confirmed": "冻结"})
    assert "已冻结" in page.text
    assert "13812345678" not in page.html
    response = await sent(browser, "/wording/unfreeze", {"unfreeze_reason": "查清了"})
    [asked] = await parts.rewording.page(ChangeState.SUBMITTED)
    assert response.headers["location"] == f"/console/changes/{asked.record.id}"
    page = await browser.open("/wording")
    assert "申请解冻" in page.text
    assert "/console/wording/unfreeze" not in page.forms


async def test_a_text_is_edited_in_a_draft_and_the_next_in_the_same(opened: Opening, parts: Parts) -> None:
    browser, first, second = await opened("张合规"), line_of(parts, "fallback"), line_of(parts, "reply")
    page = await browser.open(f"/wording/{first.id}/edit")
    assert page.forms[f"/console/wording/{first.id}/edit"]["text"] == [first.text]
    assert "{年化利率}" in page.text
    response = await sent(browser, f"/wording/{first.id}/edit", {"text": "年化利率是{年化利率}，您看合适吗？"})
    [draft] = await parts.rewording.page(ChangeState.DRAFT)
    assert response.headers["location"] == f"/console/changes/{draft.record.id}"
    assert [(one.id, one.text) for one in draft.change.edits] == [(first.id, "年化利率是{年化利率}，您看合适吗？")]
    await browser.open(f"/wording/{second.id}/add")
    added = {"text": "好，那今天先不多说了。", "place": "before", "draft": draft.record.id}
    await sent(browser, f"/wording/{second.id}/add", added)
    [draft] = await parts.rewording.page(ChangeState.DRAFT)
    assert len(draft.change.edits) == 1
    assert [(one.beside, one.text, one.is_before) for one in draft.change.adds] == [(second.id, added["text"], True)]
    await browser.open(f"/wording/{second.id}/add")
    await sent(browser, f"/wording/{second.id}/add", {**added, "draft": ""})
    assert len(await parts.rewording.page(ChangeState.DRAFT)) == 2


async def test_what_is_wrong_with_a_text_stands_beside_it_and_the_text_stays(opened: Opening, parts: Parts) -> None:
    browser, line = await opened("张合规"), line_of(parts, "fallback")
    await browser.open(f"/wording/{line.id}/edit")
    wrong = {"text": "年化是{年化利息}，我讲完了。", "title": "标" * 201}
    page = await browser.send(f"/wording/{line.id}/edit", wrong, status=422)
    assert "最多 200 个字" in page.text
    page = await browser.send(f"/wording/{line.id}/edit", {**wrong, "title": "改"}, status=422)
    assert "不认识“{年化利息}”，是不是想写“{年化利率}”？" in page.text
    assert 'id="text-wrong"' in page.html
    assert wrong["text"] in page.forms[f"/console/wording/{line.id}/edit"]["text"]
    page = await browser.send(f"/wording/{line.id}/edit", {"text": line.text}, status=422)
    assert "和现在的说法一样" in page.text
    page = await browser.send(
        f"/wording/{line.id}/edit", {"text": "您好。", "draft": "01KAHG3V5Z3Q4YB6N2T8W9X0CD"}, status=422
    )
    assert "没有这个变更" in page.text


async def test_a_text_is_taken_out_where_others_stand(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规")
    bodies = next(bodies for bodies in parts.wording.fallbacks.values() if len(bodies) > 2)
    line = next(line for line in lines(parts) if line.text == bodies[0].text)
    assert "retire" in (await browser.open(f"/wording/{line.id}")).html
    await browser.open(f"/wording/{line.id}/retire")
    await sent(browser, f"/wording/{line.id}/retire")
    [draft] = await parts.rewording.page(ChangeState.DRAFT)
    assert list(draft.change.retires) == [line.id]
    segment = line_of(parts, "segment")
    await browser.open(f"/wording/{segment.id}/retire")
    page = await browser.send(f"/wording/{segment.id}/retire", status=422)
    assert "是固定的一段，只能改写或停用，不能删除" in page.text


async def test_files_go_out_and_come_back_as_a_draft(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    taken = await browser.client.get("/console/wording/export")
    edition = await parts.rewording.edition()
    assert taken.content == exported_wording(edition.wording)
    [row] = await parts.trail.page(event="wording.exported")
    assert (row.person, row.details) == ("张合规", {"revision": 1})
    page = await browser.open("/wording/files")
    csrf = page.forms["/console/wording/files"]["csrf"][0]
    altered = edition.wording["bridges.yaml"].replace("您".encode(), "您们".encode(), 1)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bridges.yaml", altered)

    async def bring(content: bytes) -> httpx.Response:
        files = {"file": ("wording.zip", content)}
        return await browser.client.post("/console/wording/files", data={"csrf": csrf, "title": "批量改"}, files=files)

    response = await bring(packed.getvalue())
    [draft] = await parts.rewording.page(ChangeState.DRAFT)
    assert response.headers["location"] == f"/console/changes/{draft.record.id}"
    assert dict(draft.change.files) == {"bridges.yaml": altered.decode()}
    for content, told in ((b"", "请选一个文件"), (b"- a\n- b", "看不出是哪个话术文件"), (taken.content, "没有要改的")):
        response = await bring(content)
        assert (response.status_code, told in response.text) == (422, True)
        assert 'value="批量改"' in response.text


async def test_each_may_do_what_the_role_may(opened: Opening, parts: Parts) -> None:
    line = line_of(parts, "fallback")
    may = {
        f"/wording/{line.id}/suspend": {Role.APPROVER},
        f"/wording/{line.id}/resume": {Role.APPROVER, Role.EDITOR},
        "/wording/freeze": {Role.APPROVER},
        "/wording/unfreeze": {Role.APPROVER, Role.EDITOR},
        f"/wording/{line.id}/edit": {Role.EDITOR},
        "/wording/files": {Role.EDITOR},
    }
    for role in (Role.EDITOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN):
        browser = await opened(f"{role.value}合规", role)
        page = await browser.open("/wording")
        assert ("/console/wording/freeze" in page.forms) is (role is Role.APPROVER)
        csrf = page.forms["/console/sign-out"]["csrf"][0]
        page = await browser.open(f"/wording/{line.id}")
        assert (f"/console/wording/{line.id}/suspend" in page.forms) is (role is Role.APPROVER)
        assert (f"/console/wording/{line.id}/edit" in page.html) is (role is Role.EDITOR)
        for path, roles in may.items():
            response = await browser.client.post(f"/console{path}", data={"csrf": csrf})
            assert (response.status_code != 403) is (role in roles), (role, path)
        assert ((await browser.client.get("/console/wording/export")).status_code == 200) is (role is Role.EDITOR)
