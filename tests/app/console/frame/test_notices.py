"""What a page says after something was done: once, there only, and never because an address or a stranger says so."""

from app.parts import Parts
from tests.app.console.conftest import Opening
from tests.app.console.stories import drafted, submitted

DONE = "已提交，等另一个人审批"


async def test_it_is_said_once_on_the_page_where_it_was_done(opened: Opening, parts: Parts) -> None:
    path = await drafted(parts)
    browser = await opened("张合规")
    await browser.open(path)
    page = await browser.send(f"{path}/submit")
    assert (page.response.url.path, page.response.url.query) == (f"/console{path}", b"")
    assert DONE in page.text
    assert DONE not in (await browser.open(path)).text


async def test_an_address_makes_no_page_say_that_something_was_done(opened: Opening, parts: Parts) -> None:
    path = await submitted(parts)
    browser = await opened("李合规")
    for word in ("approved", "published", "submitted"):
        page = await browser.open(f"{path}?said={word}")
        assert 'class="note go"' not in page.html


async def test_neither_does_a_cookie_of_another_page_or_of_another_session(opened: Opening, parts: Parts) -> None:
    first, second = await drafted(parts), await drafted(parts)
    browser, other = await opened("张合规"), await opened("李合规")
    fields = (await browser.open(first)).forms[f"/console{first}/submit"]
    answer = await browser.client.post(f"/console{first}/submit", data=fields)
    notice = answer.cookies["heyan_said"]
    assert "HttpOnly; Max-Age=60; Path=/console; SameSite=lax" in answer.headers["set-cookie"]
    assert DONE not in (await browser.open(second)).text
    for told in (notice, "submitted", "submitted.", "approved." + notice.partition(".")[2]):
        other.client.cookies.set("heyan_said", told, "heyan.local", "/console")
        assert DONE not in (await other.open(first)).text
    assert DONE in (await browser.open(first)).text
