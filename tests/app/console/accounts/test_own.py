"""One's own password: changed by who knows the one of today, and by nobody else."""

from app.parts import Parts
from app.records import Role
from tests.app.console.conftest import PASSWORD, Opening

OTHER = "九月里的风筝飞过两座桥头"


async def test_a_password_is_changed_and_other_devices_are_out(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    elsewhere = await opened()
    await elsewhere.sign_in("张合规", PASSWORD)
    await browser.open("/account")
    page = await browser.send("/account", {"old": PASSWORD, "new": OTHER, "again": OTHER})
    assert "密码已改好" in page.text
    assert page.response.url.path == "/console/account"
    assert (await browser.open("")).response.url.path == "/console"
    assert (await elsewhere.open("")).response.url.path == "/console/sign-in"
    assert await parts.people.login("张合规", OTHER) is not None
    [entry] = await parts.trail.page(event="person.password_changed")
    assert (entry.person, entry.subject) == ("张合规", "张合规")


async def test_what_is_wrong_is_told_beside_its_field(opened: Opening) -> None:
    browser = await opened("张合规", Role.CALLER)
    await browser.open("/account")
    for sent, field in (
        ({"old": PASSWORD, "new": "short", "again": "short"}, "new"),
        ({"old": PASSWORD, "new": "张合规", "again": "张合规"}, "new"),
        ({"old": PASSWORD, "new": OTHER, "again": f"{OTHER}x"}, "again"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "new"),
        ({"old": "something else entirely", "new": OTHER, "again": OTHER}, "old"),
    ):
        page = await browser.send("/account", sent, status=422)
        assert f'id="{field}-wrong"' in page.html
        assert OTHER not in page.html
        assert PASSWORD not in page.html


async def test_guesses_of_the_password_of_today_lock_out(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    await browser.open("/account")
    for _ in range(5):
        await browser.send("/account", {"old": "something else entirely", "new": OTHER, "again": OTHER}, status=422)
    page = await browser.send("/account", {"old": PASSWORD, "new": OTHER, "again": OTHER}, status=422)
    assert "试错太多次" in page.text
    assert (await parts.people.find("张合规")).locked_until is not None


async def test_nobody_in_particular_has_no_account(opened: Opening) -> None:
    browser = await opened()
    assert (await browser.open("/account")).response.url.path == "/console/sign-in"
