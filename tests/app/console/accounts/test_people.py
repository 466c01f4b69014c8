"""People: listed, made, changed, locked out, disabled and enabled by an admin."""

import pytest

from app.parts import Parts
from app.records import PersonState, Role
from tests.app.console.browsers import Browser
from tests.app.console.conftest import PASSWORD, Opening

OTHER = "九月里的风筝飞过两座桥头"


@pytest.fixture
async def admin(opened: Opening) -> Browser:
    """The browser of the only admin."""
    return await opened("王管理", Role.ADMIN)


async def one(admin: Browser, name: str) -> None:
    """Open the page of a person."""
    await admin.open(f"/people/one?name={name}")


async def test_people_are_listed_with_what_they_may_do(admin: Browser, opened: Opening) -> None:
    await opened("张合规", Role.EDITOR, Role.APPROVER)
    page = await admin.open("/people")
    assert "王管理 （您自己）" in page.text
    assert "张合规 审批、起草 可以登录" in page.text
    assert "还没有密钥" in page.text


async def test_somebody_is_made_and_comes_in(admin: Browser, opened: Opening, parts: Parts) -> None:
    await admin.open("/people/new")
    page = await admin.send("/people/new", {"name": " 李合规 ", "roles": ["editor", "approver"], "password": PASSWORD})
    assert "已建好" in page.text
    assert "李合规 审批、起草 可以登录 待确认 还没有登录过" in page.text
    assert PASSWORD not in page.html
    browser = await opened()
    assert "李合规" in (await browser.sign_in("李合规", PASSWORD)).text
    [entry] = await parts.trail.page(event="person.created", person="王管理")
    assert entry.subject == "李合规"


async def test_what_is_wrong_stands_beside_its_field_all_at_once(admin: Browser, parts: Parts) -> None:
    await admin.open("/people/new")
    page = await admin.send("/people/new", {"name": "a/b", "password": "short"}, status=422)
    assert "请先改好下面 3 处" in page.text
    assert "short" not in page.html
    for told in ("这个姓名不能用", "请至少选一种权限", "密码要有 12"):
        assert told in page.text
    page = await admin.send("/people/new", {"name": "李合规", "roles": ["king"], "password": PASSWORD}, status=422)
    assert "请从列表里选权限" in page.text
    page = await admin.send("/people/new", {"name": "王管理", "roles": ["admin"], "password": PASSWORD}, status=422)
    assert "已经有这个姓名的人" in page.text
    assert "checked" in page.html
    assert len(await parts.people.list()) == 1


async def test_roles_change_at_once(admin: Browser, opened: Opening) -> None:
    other = await opened("张合规", Role.EDITOR)
    await other.open("/people", status=403)
    await one(admin, "张合规")
    page = await admin.send("/people/roles", {"roles": ["editor", "admin"]})
    assert "已改好" in page.text
    await other.open("/people")
    page = await admin.send("/people/roles", {"roles": []}, status=422)
    assert "请至少选一种权限" in page.text


async def test_a_role_that_is_taken_is_gone_from_pages_that_are_open(admin: Browser, opened: Opening) -> None:
    other = await opened("张合规", Role.EDITOR, Role.ADMIN)
    await other.open("/people/new")
    await one(admin, "张合规")
    await admin.send("/people/roles", {"roles": ["editor"]})
    page = await other.send("/people/new", {"name": "李合规", "roles": ["admin"], "password": PASSWORD}, status=403)
    assert "没有这一页的权限" in page.text
    assert "起草" in (await other.open("/account")).text


async def test_a_password_that_is_set_ends_sessions_and_a_lock_out(
    admin: Browser, opened: Opening, parts: Parts
) -> None:
    other = await opened("张合规", Role.EDITOR)
    for _ in range(5):
        assert await parts.people.login("张合规", "something else entirely") is None
    page = await admin.open("/people/one?name=张合规")
    assert "密码试错太多次" in page.text
    assert "已锁定" in (await admin.open("/people")).text
    await one(admin, "张合规")
    page = await admin.send("/people/password", {"password": "short"}, status=422)
    assert "密码要有 12" in page.text
    page = await admin.send("/people/password", {"password": OTHER})
    assert (await parts.people.find("张合规")).state is PersonState.ACTIVE
    assert (await other.open("")).response.url.path == "/console/sign-in"
    assert "张合规" in (await other.sign_in("张合规", OTHER)).text


async def test_somebody_is_disabled_and_enabled(admin: Browser, opened: Opening, parts: Parts) -> None:
    other = await opened("张合规", Role.EDITOR)
    await one(admin, "张合规")
    page = await admin.send("/people/disable")
    assert "已停用" in page.text
    assert (await other.open("")).response.url.path == "/console/sign-in"
    page = await admin.send("/people/enable")
    assert (await parts.people.find("张合规")).state is PersonState.ACTIVE
    assert "可以登录" in page.text


async def test_who_was_made_here_waits_for_another_admin_to_confirm(
    admin: Browser, opened: Opening, parts: Parts
) -> None:
    await admin.open("/people/new")
    await admin.send("/people/new", {"name": "李合规", "roles": ["approver"], "password": PASSWORD})
    assert "李合规 审批 可以登录 待确认" in (await admin.open("/people")).text
    page = await admin.open("/people/one?name=李合规")
    assert "要由别的管理员确认" in page.text
    assert "/console/people/confirm" not in page.forms
    sent = {"csrf": page.forms["/console/people/roles"]["csrf"][0], "name": "李合规"}
    assert (await admin.client.post("/console/people/confirm", data=sent)).status_code == 403
    other = await opened("周管理", Role.ADMIN)
    assert "经过了这些人的手：王管理" in (await other.open("/people/one?name=李合规")).text
    page = await other.send("/people/confirm", status=409)
    assert "请本人登录，在“我的账号”里改一次密码" in page.text
    await parts.people.set_password("李合规", OTHER, by="李合规")
    await one(other, "李合规")
    page = await other.send("/people/confirm")
    assert "已改好" in page.text
    assert "/console/people/confirm" not in page.forms
    assert "待确认" not in (await admin.open("/people")).text


async def test_the_last_admin_stays(admin: Browser, parts: Parts) -> None:
    await one(admin, "王管理")
    page = await admin.send("/people/disable", status=409)
    assert "这是最后一个能用的管理员" in page.text
    page = await admin.send("/people/roles", {"roles": ["editor"]}, status=409)
    assert "这是最后一个能用的管理员" in page.text
    assert (await parts.people.find("王管理")).roles == {Role.ADMIN}


async def test_a_name_that_is_nobodys_or_markup_is_told_in_chinese(admin: Browser) -> None:
    page = await admin.open("/people/one?name=<b>", status=404)
    assert "没有这个人" in page.text
    await admin.open("/people/one", status=404)
    token = (await admin.open("/people/new")).forms["/console/people/new"]["csrf"][0]
    for action in ("roles", "password", "disable", "enable"):
        sent = {"csrf": token, "name": "没有", "roles": "editor", "password": PASSWORD}
        assert (await admin.client.post(f"/console/people/{action}", data=sent)).status_code == 404


async def test_only_an_admin_sees_and_does_anything_here(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR, Role.APPROVER, Role.AUDITOR, Role.CALLER)
    token = (await browser.open("/account")).forms["/console/account"]["csrf"][0]
    assert "人员与密钥" not in (await browser.open("")).text
    for path in ("/people", "/people/new", "/people/one?name=张合规", "/keys/new"):
        assert "没有这一页的权限" in (await browser.open(path, status=403)).text
    for path in (
        "people/new",
        "people/roles",
        "people/password",
        "people/disable",
        "people/enable",
        "people/confirm",
        "keys/new",
    ):
        sent = {"csrf": token, "name": "张合规", "roles": "admin", "password": PASSWORD}
        assert (await browser.client.post(f"/console/{path}", data=sent)).status_code == 403, path
    assert (await browser.client.post("/console/keys/revoke", data={"csrf": token})).status_code == 403
