"""Contacts in a browser: what a customer refused, the way back by two persons, and what changed lately."""

from datetime import UTC, datetime

import pytest

from app.approved.events import EventType
from app.contacts import ContactEvent, Scope
from app.parts import Parts
from app.records import Role
from tests.app.console.conftest import Opening


async def refuse(parts: Parts, ref: str, kind: EventType = EventType.OPT_OUT, scope: Scope | None = None) -> None:
    """A customer refuses."""
    await parts.contacts.note(ref, [ContactEvent(kind, scope, datetime.now(UTC))], "engine")


async def test_a_customer_is_looked_up(opened: Opening, parts: Parts) -> None:
    await refuse(parts, "u-1", scope=Scope.SERVICING)
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open("/contacts?ref=u-1")
    assert "获客、促活（任何渠道）：不打" in page.text
    assert "逾期61天以上（语音）：转人工" in page.text
    assert "拒绝来电 营销来电，其他来电也不要机器语音" in page.text
    assert "正是 u-1" in page.text
    assert "申请重新开放" not in page.text
    assert "没有拒绝过，可以按规则联系" in (await browser.open("/contacts?ref=u-2")).text
    await refuse(parts, "u-1", EventType.WRONG_NUMBER)
    assert "所有来电：不打" in (await browser.open("/contacts?ref=u-1")).text
    await refuse(parts, "u-3", EventType.THIRD_PARTY_REFUSED)
    assert "接听的是联系人、无关的人时" in (await browser.open("/contacts?ref=u-3")).text


async def test_a_reference_that_is_none_is_told_beside_its_field(opened: Opening) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open("/contacts?ref=张三 13812345678", status=422)
    assert 'id="ref-wrong"' in page.html


async def test_one_asks_and_another_grants(opened: Opening, parts: Parts) -> None:
    await refuse(parts, "u-1")
    first, second = await opened("张合规"), await opened("李合规")
    await first.open("/contacts?ref=u-1")
    page = await first.send("/contacts/opening", {"reason": "客户 u-1 书面同意，电话13812345678"})
    assert "已提交申请" in page.text
    assert "张合规 于" in page.text
    assert "要由另一个有审批权限的人批准" in page.text
    assert "重新提出申请" in page.text
    page = await second.open("/contacts?ref=u-1")
    assert "13812345678" not in page.html
    assert "书面同意" in page.text
    page = await second.send("/contacts/opening", {"reason": "核对过原件"})
    assert "已重新开放" in page.text
    assert "没有拒绝过" in page.text
    assert not (await parts.contacts.closures("u-1")).closed
    [entry] = await parts.trail.page(event="contact.opened")
    assert (entry.person, entry.details["asked_by"], entry.details["reason"]) == ("李合规", "张合规", "核对过原件")
    assert "u-1" not in str(entry.details)


async def test_who_asked_cannot_grant_even_with_a_form_from_before(opened: Opening, parts: Parts) -> None:
    await refuse(parts, "u-1")
    browser = await opened("张合规")
    page = await browser.open("/contacts?ref=u-1")
    sent = {**page.forms["/console/contacts/opening"], "reason": ["x"]}
    assert (await browser.client.post("/console/contacts/opening", data=sent)).status_code == 303
    assert (await browser.client.post("/console/contacts/opening", data={**sent, "reason": ["y"]})).status_code == 303
    closures = await parts.contacts.closures("u-1")
    assert [ask.reason for ask in closures.asks.values()] == ["y"]
    assert closures.closed


async def test_a_reason_is_needed(opened: Opening, parts: Parts) -> None:
    await refuse(parts, "u-1")
    browser = await opened("张合规")
    await browser.open("/contacts?ref=u-1")
    for reason, told in (("", "请写理由"), (" \0 ", "请写理由"), ("过" * 501, "理由最长 500 个字")):
        page = await browser.send("/contacts/opening", {"reason": reason}, status=422)
        assert told in page.text
        assert 'id="reason-opt_out-wrong"' in page.html
    assert not (await parts.contacts.closures("u-1")).asks


async def test_who_only_edits_asks_without_looking(opened: Opening, parts: Parts) -> None:
    await refuse(parts, "u-1")
    browser = await opened("张合规", Role.EDITOR)
    page = await browser.open("/contacts?ref=u-1")
    assert "不打" not in page.text
    assert "最近的变化" not in page.text
    page = await browser.send("/contacts/opening", {"ref": "张", "kind": "", "reason": ""}, status=422)
    assert "请先改好下面 3 处" in page.text
    page = await browser.send("/contacts/opening", {"ref": "u-2", "kind": "opt_out", "reason": "x"}, status=404)
    assert "没有这一种拒绝" in page.text
    page = await browser.send("/contacts/opening", {"ref": "u-1", "kind": "opt_out", "reason": "书面同意"})
    assert "已提交申请" in page.text
    other = await opened("李合规", Role.EDITOR)
    await other.open("/contacts")
    page = await other.send("/contacts/opening", {"ref": "u-1", "kind": "opt_out", "reason": "x"}, status=403)
    assert "要有审批权限的人来批准" in page.text


async def test_what_changed_lately_pages(opened: Opening, parts: Parts) -> None:
    for number in range(35):
        await refuse(parts, f"u-{number}")
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open("/contacts?ref=u-0")
    assert page.html.count('data-label="变化"') == 30
    assert "正是" not in page.text
    link = page.html.partition('" rel="next"')[0].rpartition('href="/console')[2].replace("&amp;", "&")
    page = await browser.open(link)
    assert page.html.count('data-label="变化"') == 5
    assert "正是 u-0" in page.text
    assert "回到最新的" in page.text


async def test_an_empty_store_says_what_comes(opened: Opening) -> None:
    page = await (await opened("张合规", Role.AUDITOR)).open("/contacts")
    assert "还没有客户拒绝过" in page.text


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 403), (Role.CALLER, 200), (Role.APPROVER, 200)])
async def test_who_may_look_is_as_over_http(opened: Opening, role: Role, status: int) -> None:
    await (await opened("张合规", role)).open("/contacts", status=status)


async def test_an_auditor_opens_nothing(opened: Opening, parts: Parts) -> None:
    await refuse(parts, "u-1")
    browser = await opened("张合规", Role.AUDITOR)
    token = (await browser.open("/audit")).forms["/console/audit"]["csrf"][0]
    sent = {"csrf": token, "ref": "u-1", "kind": "opt_out", "reason": "x"}
    assert (await browser.client.post("/console/contacts/opening", data=sent)).status_code == 403


async def test_a_refusal_said_elsewhere_is_noted_and_counts_at_once(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规")
    await browser.open("/contacts?ref=u-9")
    page = await browser.send("/contacts/closing", {"ref": "u-9", "said": ""}, status=422)
    assert 'id="said-wrong"' in page.html
    page = await browser.send("/contacts/closing", {"ref": "u-9", "said": "servicing"})
    assert "已登记，马上生效" in page.text
    assert "拒绝来电 营销来电，其他来电也不要机器语音" in page.text
    [entry] = await parts.trail.page(event="contact.closed")
    assert (entry.person, entry.details["scope"]) == ("张合规", "servicing")


async def test_who_only_reads_notes_no_refusal(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open("/contacts?ref=u-9")
    assert "登记一个拒绝" not in page.text
    sent = {"csrf": page.forms["/console/sign-out"]["csrf"][0], "ref": "u-9", "said": "marketing"}
    refused = await browser.client.post("/console/contacts/closing", data=sent)
    assert refused.status_code == 403
    assert not (await parts.contacts.closures("u-9")).closed
