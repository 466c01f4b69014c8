"""Who comes in, who does not, and what a form must bring along."""

import re

from app.parts import Parts
from app.records import Role
from tests.app.console.conftest import PASSWORD, Opening


async def test_who_is_not_signed_in_is_led_there_and_back(opened: Opening, parts: Parts) -> None:
    browser = await opened()
    page = await browser.open("?from=letter")
    assert "登录" in page.text
    await parts.people.create("张合规", [Role.AUDITOR], PASSWORD)
    page = await browser.send("/sign-in", {"name": "张合规", "password": PASSWORD})
    assert page.response.url.path == "/console"
    assert page.response.url.params["from"] == "letter"
    assert "张合规" in page.text


async def test_a_wrong_password_and_a_name_that_is_nobodys_are_told_alike(opened: Opening, parts: Parts) -> None:
    await parts.people.create("张合规", [Role.AUDITOR], PASSWORD)
    browser = await opened()
    told = []
    for name in ("张合规", "没有这个人"):
        await browser.open("/sign-in")
        page = await browser.send("/sign-in", {"name": name, "password": "something else entirely"}, status=401)
        told.append(page.text.replace(name, ""))
    assert told[0] == told[1]


async def test_it_leads_on_to_pages_of_the_console_only(opened: Opening, parts: Parts) -> None:
    await parts.people.create("张合规", [Role.AUDITOR], PASSWORD)
    for strange in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/console/../v1/keys",
        "/console\\..",
        "/consoles",
    ):
        browser = await opened()
        await browser.open(f"/sign-in?next={strange}")
        page = await browser.send("/sign-in", {"name": "张合规", "password": PASSWORD})
        assert page.response.url.path == "/console", strange


async def test_the_cookie_is_for_the_console_and_for_no_script(opened: Opening, parts: Parts) -> None:
    await parts.people.create("张合规", [Role.AUDITOR], PASSWORD)
    browser = await opened()
    sent = {"name": "张合规", "password": PASSWORD}
    response = await browser.client.post("/console/sign-in", data=sent)
    cookie = response.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/console"))
    secure = await browser.client.post("/console/sign-in", data=sent, headers={"x-forwarded-proto": "https"})
    assert "Secure" in secure.headers["set-cookie"]


async def test_a_form_of_another_site_or_without_its_token_does_nothing(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规")
    await browser.open("")
    refused = await browser.client.post("/console/sign-out", data={})
    assert refused.status_code == 403
    refused = await browser.client.post("/console/sign-out", data={"csrf": "0" * 64})
    assert refused.status_code == 403
    assert "失效" in refused.text
    other = await browser.client.post(
        "/console/sign-in",
        data={"name": "张合规", "password": PASSWORD},
        headers={"origin": "https://elsewhere.example"},
    )
    assert other.status_code == 403
    assert (await browser.open("")).response.url.path == "/console"


async def test_signing_out_everywhere_ends_every_session(opened: Opening, parts: Parts) -> None:
    first = await opened("张合规")
    second = await opened()
    await second.sign_in("张合规", PASSWORD)
    await first.open("")
    await first.send("/sign-out-everywhere")
    for browser in (first, second):
        assert (await browser.open("")).response.url.path == "/console/sign-in"


async def test_a_page_loads_nothing_from_elsewhere_and_is_kept_by_nobody(opened: Opening) -> None:
    page = await (await opened("张合规")).open("")
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.html)
    assert " style=" not in page.html
    assert "<script>" not in page.html
    assert "default-src 'none'" in page.response.headers["content-security-policy"]
    assert page.response.headers["cache-control"] == "no-store"
