"""通知 in the console: an admin makes, tries and removes an address, and reads whether notices arrive."""

import pytest

from app.parts import Parts
from app.records import NoticeKind, Platform, Role
from tests.app.console.browsers import Browser
from tests.app.console.conftest import OFFICER, Opening
from tests.app.notices.receivers import TAKEN, Answer, notice, receiver

KEY = "66f3a2d1c0secret9f3c"
URL = f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"
SECRET = "SEC0a1b2c3d4e5f"
FORM = {"name": "合规群", "platform": "dingtalk", "url": URL, "secret": SECRET, "kinds": ["waiting", "failing"]}


@pytest.fixture
async def admin(opened: Opening) -> Browser:
    """The browser of the only admin."""
    return await opened("王管理", Role.ADMIN)


async def test_an_address_is_made_and_shown_no_more(admin: Browser, parts: Parts) -> None:
    await admin.open("/webhooks/new")
    page = await admin.send("/webhooks/new", FORM)
    assert "已建好" in page.text
    [made] = await parts.notices.webhooks.list()
    assert (made.name, made.platform, made.url, made.secret, made.created_by) == (
        "合规群",
        Platform.DINGTALK,
        URL,
        SECRET,
        "王管理",
    )
    assert made.kinds == {NoticeKind.WAITING, NoticeKind.FAILING}
    for one in (page, await admin.open("/webhooks"), await admin.open(f"/webhooks/one?id={made.id}")):
        assert "合规群" in one.text
        assert "https://oapi.dingtalk.com/…9f3c" in one.text
        for hidden in (KEY, SECRET):
            assert hidden not in one.html
    await admin.open("/webhooks/new")
    page = await admin.send("/webhooks/new", {**FORM, "name": "无密钥", "secret": ""})
    assert (await parts.notices.webhooks.list())[1].secret is None


async def test_what_is_wrong_stands_beside_its_field_all_at_once(admin: Browser, parts: Parts) -> None:
    await admin.open("/webhooks/new")
    wrong = {"name": " ", "platform": "", "url": f"ftp://{KEY}", "secret": "whsec_!", "kinds": []}
    page = await admin.send("/webhooks/new", wrong, status=422)
    assert "请先改好下面 5 处" in page.text
    for field in ("name", "platform", "url", "secret"):
        assert f'id="{field}-wrong"' in page.html
    assert "请至少选一种" in page.text
    page = await admin.send("/webhooks/new", {**FORM, "secret": SECRET * 20, "kinds": ["everything"]}, status=422)
    assert 'id="secret-wrong"' in page.html
    assert "请从列表里选" in page.text
    assert SECRET not in page.html
    page = await admin.send("/webhooks/new", {**FORM, "platform": "telegram"}, status=422)
    assert 'id="platform-wrong"' in page.html
    assert await parts.notices.webhooks.list() == []


async def test_a_name_is_taken_and_there_are_fifty_at_most(admin: Browser, parts: Parts) -> None:
    for number in range(50):
        await parts.notices.webhooks.create(f"群 {number}", Platform.WECOM, URL, list(NoticeKind))
        if number == 0:
            await admin.open("/webhooks/new")
            page = await admin.send("/webhooks/new", {**FORM, "name": "群 0"}, status=422)
            assert "已经有这个名称" in page.text
            assert SECRET not in page.html
    page = await admin.send("/webhooks/new", FORM, status=422)
    assert "最多只能有 50 个" in page.text


async def test_it_is_tried_at_once(admin: Browser, parts: Parts) -> None:
    answers = [TAKEN, Answer(b'{"errcode":310000}'), Answer(b"<html>", 502)]
    with receiver(lambda told: answers[len(group.told) - 1]) as group:
        made = await parts.notices.webhooks.create(
            "合规群", Platform.DINGTALK, f"{group.url}/send?access_token={KEY}", list(NoticeKind)
        )
        await admin.open(f"/webhooks/one?id={made.id}")
        assert "已送达" in (await admin.send("/webhooks/test")).text
        assert "310000" in (await admin.send("/webhooks/test")).text
        page = await admin.send("/webhooks/test")
    assert "502" in page.text
    assert KEY not in page.html


async def test_it_is_removed(admin: Browser, parts: Parts) -> None:
    made = await parts.notices.webhooks.create("合规群", Platform.WECOM, URL, list(NoticeKind))
    await admin.open(f"/webhooks/one?id={made.id}")
    page = await admin.send("/webhooks/remove")
    assert "已删除" in page.text
    assert await parts.notices.webhooks.list() == []
    for path in (made.id, "0" * 16, "x", "", "%00", "-"):
        page = await admin.open(f"/webhooks/one?id={path}", status=404)
        assert "没有这个通知地址" in page.text


async def test_what_was_told_is_shown_as_it_stands_without_markup(admin: Browser, parts: Parts) -> None:
    webhooks, outbox = parts.notices.webhooks, parts.notices.outbox
    made = await webhooks.create("<b>合规群</b>", Platform.WECOM, URL, list(NoticeKind))
    await outbox.put([notice("<script>alert(1)</script>", "{{ 7*7 }}<img src=x>", key="a"), notice("第二", key="b")])
    first, second = await outbox.claim()
    await outbox.failed(first, "code 93000")
    await outbox.delivered(second)
    page = await admin.open(f"/webhooks/one?id={made.id}")
    for told in ("<script>alert(1)</script>", "{{ 7*7 }}<img src=x>", "93000", "已送达", "<b>合规群</b>"):
        assert told in page.text
    for markup in ("<script>alert", "<img src=x>", "<b>合规群"):
        assert markup not in page.html
    listed = await admin.open("/webhooks")
    assert "<b>合规群" not in listed.html


async def test_only_an_admin_may(opened: Opening, parts: Parts) -> None:
    made = await parts.notices.webhooks.create("合规群", Platform.WECOM, URL, list(NoticeKind))
    officer = await opened("张合规", *OFFICER, Role.CALLER)
    assert "/console/webhooks" not in (await officer.open("/changes")).html
    token = (
        next(fields["csrf"][0] for fields in officer.page.forms.values() if "csrf" in fields) if officer.page else ""
    )
    for path in ("/webhooks", "/webhooks/new", f"/webhooks/one?id={made.id}"):
        page = await officer.open(path, status=403)
        assert "合规群" not in page.text
    for path in ("new", "test", "remove"):
        answer = await officer.client.post(f"/console/webhooks/{path}", data={**FORM, "csrf": token, "id": made.id})
        assert answer.status_code == 403
    assert await parts.notices.webhooks.list() == [made]


async def test_who_is_not_signed_in_is_asked_to(opened: Opening) -> None:
    nobody = await opened()
    for path in ("/webhooks", "/webhooks/new", f"/webhooks/one?id={'0' * 16}"):
        assert "/console/sign-in" in str((await nobody.open(path)).response.url)
    for path in ("new", "test", "remove"):
        answer = await nobody.client.post(f"/console/webhooks/{path}", data=FORM)
        assert answer.status_code in (303, 401, 403)


@pytest.mark.parametrize("token", [None, "", "x" * 43])
async def test_a_form_without_the_visitors_token_does_nothing(admin: Browser, parts: Parts, token: str | None) -> None:
    made = await parts.notices.webhooks.create("合规群", Platform.WECOM, URL, list(NoticeKind))
    for path in ("new", "test", "remove"):
        told = {**FORM, "name": "另一个", "id": made.id, **({} if token is None else {"csrf": token})}
        answer = await admin.client.post(f"/console/webhooks/{path}", data=told)
        assert answer.status_code == 403
        assert KEY not in answer.text
    assert await parts.notices.webhooks.list() == [made]


async def test_an_id_that_is_none_is_told_in_chinese(admin: Browser) -> None:
    token = (await admin.open("/webhooks/new")).forms["/console/webhooks/new"]["csrf"][0]
    for path in ("test", "remove"):
        for given in ({"id": "0" * 16}, {"id": "x"}, {}):
            answer = await admin.client.post(f"/console/webhooks/{path}", data={"csrf": token, **given})
            assert (answer.status_code, "没有这个通知地址" in answer.text) == (404, True)
