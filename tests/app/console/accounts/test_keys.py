"""Keys: shown once, on the page that answers, and revoked."""

import re
from datetime import datetime

import pytest

from app.parts import Parts
from app.records import KeyState, Role
from guards.lexicon.scope import CHINA
from tests.app.console.browsers import Browser
from tests.app.console.conftest import PASSWORD, Opening


@pytest.fixture
async def admin(opened: Opening) -> Browser:
    """The browser of the only admin."""
    return await opened("王管理", Role.ADMIN)


async def test_a_key_is_shown_this_once(admin: Browser, parts: Parts) -> None:
    await admin.open("/keys/new")
    page = await admin.send("/keys/new", {"name": "外呼平台", "last": "2099-12-31"})
    assert page.response.history == []
    assert page.response.headers["cache-control"] == "no-store"
    found = re.search(r"hy_[0-9a-f]{16}_[\w-]{43}", page.text)
    assert found is not None
    principal = await parts.keys.verify(found[0])
    assert principal is not None
    assert (principal.name, principal.person, principal.roles) == ("外呼平台", "外呼平台", frozenset({Role.CALLER}))
    [key] = await parts.keys.list()
    assert key.expires_at == datetime(2100, 1, 1, tzinfo=CHINA)
    page = await admin.open("/people")
    assert "外呼平台" in page.text
    assert found[0] not in page.html


async def test_it_may_act_for_a_person(admin: Browser, parts: Parts) -> None:
    await admin.open("/keys/new")
    await admin.send("/keys/new", {"name": "李的脚本", "person": "李合规", "roles": ["editor", "auditor"]})
    [key] = await parts.keys.list()
    assert (key.person, key.roles, key.expires_at) == ("李合规", frozenset({Role.EDITOR, Role.AUDITOR}), None)


async def test_what_is_wrong_stands_beside_its_field_all_at_once(admin: Browser, parts: Parts) -> None:
    await admin.open("/keys/new")
    wrong = {"name": "", "person": "service", "roles": [], "last": "2020-01-01"}
    page = await admin.send("/keys/new", wrong, status=422)
    assert "请先改好下面 4 处" in page.text
    for field in ("name", "person", "last"):
        assert f'id="{field}-wrong"' in page.html
    for last in ("x", "2300-01-01"):
        page = await admin.send("/keys/new", {"name": "a", "last": last}, status=422)
        assert 'id="last-wrong"' in page.html
    page = await admin.send("/keys/new", {"name": "service", "person": ""}, status=422)
    assert 'id="name-wrong"' in page.html
    assert await parts.keys.list() == []


async def test_it_may_not_more_than_its_person(admin: Browser, parts: Parts) -> None:
    await parts.people.create("李合规", [Role.EDITOR, Role.APPROVER], PASSWORD)
    await admin.open("/keys/new")
    wanted = {"name": "李的脚本", "person": "李合规", "roles": ["editor", "admin"]}
    page = await admin.send("/keys/new", wanted, status=422)
    assert "这个密钥代表的人没有这些权限" in page.text
    assert 'href="#field-roles"' in page.html
    assert await parts.keys.list() == []
    await admin.send("/keys/new", {**wanted, "roles": ["editor", "approver"]})
    await parts.people.set_roles("李合规", [Role.APPROVER])
    assert "审批 人没有：起草 可用" in (await admin.open("/people")).text
    await parts.people.set_roles("李合规", [Role.AUDITOR])
    assert "人没有：审批、起草 没有权限了" in (await admin.open("/people")).text


async def test_a_name_is_taken_for_good(admin: Browser, parts: Parts) -> None:
    await parts.keys.create("外呼平台", [Role.CALLER])
    await admin.open("/keys/new")
    page = await admin.send("/keys/new", {"name": "外呼平台"}, status=422)
    assert "已经有密钥用过了" in page.text


async def test_a_key_is_revoked(admin: Browser, parts: Parts) -> None:
    await parts.keys.create("外呼平台", [Role.CALLER])
    await admin.open("/people")
    page = await admin.send("/keys/revoke")
    assert "已吊销" in page.text
    [key] = await parts.keys.list()
    assert key.state is KeyState.REVOKED
    assert "/console/keys/revoke" not in page.forms


async def test_a_key_that_is_none_is_told_in_chinese(admin: Browser) -> None:
    token = (await admin.open("/keys/new")).forms["/console/keys/new"]["csrf"][0]
    answer = await admin.client.post("/console/keys/revoke", data={"csrf": token, "id": "0" * 16})
    assert (answer.status_code, "没有这个密钥" in answer.text) == (404, True)
