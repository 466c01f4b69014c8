"""What no page answers below /console: still a page, in Chinese, whoever asks."""

import httpx
import pytest

from app.application import build_app
from app.errors import StoreError
from app.parts import Parts
from tests.app.console.conftest import Opening


@pytest.mark.parametrize("name", ["张合规", None])
@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [
        ("GET", "/no-such-page", 404, "没有这一页"),
        ("GET", "/", 404, "没有这一页"),
        ("POST", "/no-such-page", 404, "没有这一页"),
        ("GET", "/sign-out", 405, "只能由页面上的按钮提交"),
        ("DELETE", "/rules", 405, "只能由页面上的按钮提交"),
    ],
)
async def test_an_address_without_a_page_is_a_page_that_says_so(
    opened: Opening, name: str | None, method: str, path: str, status: int, told: str
) -> None:
    browser = await opened(name)
    answer = await browser.client.request(method, f"/console{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert told in answer.text
    assert 'href="/console"' in answer.text
    assert "张合规" not in answer.text
    assert ("allow" in answer.headers) == (status == 405)


async def test_a_form_that_is_too_large_or_no_form_is_refused_on_a_page(opened: Opening) -> None:
    browser = await opened("张合规")
    answer = await browser.client.post("/console/try", data={"text": "好" * 100_000})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "提交的内容太大了" in answer.text
    broken = {"content-type": "multipart/form-data; boundary=x"}
    answer = await browser.client.post("/console/sign-in", content=b"--y\r\nno form", headers=broken)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "读不出来" in answer.text


async def test_what_breaks_is_a_page_that_tells_nothing_of_it(parts: Parts) -> None:
    application = build_app(parts)

    @application.get("/console/broken")
    async def broken() -> None:
        raise ZeroDivisionError("a secret")

    @application.get("/console/without-store")
    async def without() -> None:
        raise StoreError("a secret")

    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://heyan") as client:
        for path, status in (("broken", 500), ("without-store", 503)):
            answer = await client.get(f"/console/{path}")
            assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
            assert "请过一会儿再试" in answer.text
            assert "secret" not in answer.text


async def test_the_contract_keeps_its_errors_beside_the_console(opened: Opening) -> None:
    browser = await opened()
    for path in ("/consoles", "/v1/no-such-path", "/nothing"):
        answer = await browser.client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "NotFound")
