"""Routes of pages: HEAD is answered like GET."""

from typing import Any

import pytest

from app.application import build_app
from app.parts import Parts
from tests.app.console.conftest import Opening


@pytest.mark.parametrize("path", ["", "/sign-in", "/rules", "/rules/promise.guaranteed_approval", "/rules/no.such"])
async def test_head_is_answered_like_get_without_a_body(opened: Opening, parts: Parts, path: str) -> None:
    browser = await opened("张合规")
    page = await browser.client.get(f"/console{path}")
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "HEAD",
        "scheme": "http",
        "path": f"/console{path}",
        "raw_path": f"/console{path}".encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"heyan"), (b"cookie", cookies.encode())],
    }
    await build_app(parts)(scope, receive, send)
    begun, *rest = sent
    told = {name.decode(): value.decode() for name, value in begun["headers"]}
    assert (begun["status"], told["content-type"]) == (page.status_code, page.headers["content-type"])
    assert told["content-length"] == page.headers["content-length"]
    assert b"".join(each.get("body", b"") for each in rest) == b""


async def test_head_leads_to_where_one_signs_in_and_back_to_the_page(opened: Opening) -> None:
    browser = await opened()
    answer = await browser.client.head("/console/changes?mine=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Fchanges%3Fmine%3D1"


async def test_what_only_takes_forms_takes_no_head(opened: Opening) -> None:
    browser = await opened("张合规")
    assert (await browser.client.head("/console/sign-out")).status_code == 405
    assert (await browser.client.head("/console/static/console.css")).status_code == 200
