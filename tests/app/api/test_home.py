"""GET /: what this is and where to go, for programs and for browsers."""

import re
from pathlib import Path

import httpx
import pytest

from app.api.home import prefers_html
from app.data import Data
from tests.app.services import client_of, open_service, writer

_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


async def test_a_program_is_told_what_this_is(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert response.headers["content-type"] == "application/json"
    told = response.json()
    assert told["name"] == "heyan"
    assert re.fullmatch(r"\d+\.\d+\.\d+.*|unknown", told["version"])
    assert "may be said" in told["description"]
    assert told["links"] == {
        "docs": "/docs",
        "openapi": "/openapi.json",
        "ready": "/health/ready",
        "vocabulary": "/v1/vocabulary",
        "metrics": "/metrics",
    }


async def test_every_link_leads_somewhere(client: httpx.AsyncClient) -> None:
    for path in (await client.get("/")).json()["links"].values():
        assert (await client.get(path)).status_code == 200, path


async def test_a_browser_gets_a_page_in_chinese_that_loads_nothing(client: httpx.AsyncClient) -> None:
    response = await client.get("/", headers={"accept": _BROWSER})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["vary"] == "accept"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    page = response.text
    assert '<html lang="zh-CN">' in page
    assert "这句话可以说" in page
    assert not re.search(r"https?:|//|src=|@import|url\(|<script|<link", page)
    for link in re.findall(r'href="([^"]+)"', page):
        assert (await client.get(f"/{link}")).status_code == 200, link


@pytest.mark.parametrize("accept", ["*/*", _BROWSER])
async def test_head_has_the_same_headers_and_no_body(accept: str, client: httpx.AsyncClient) -> None:
    got = await client.get("/", headers={"accept": accept})
    headed = await client.head("/", headers={"accept": accept})
    assert (headed.status_code, headed.content) == (200, b"")
    for name in ("content-type", "content-length", "vary", "content-security-policy"):
        assert headed.headers[name] == got.headers[name], name


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("text/html", True),
        (_BROWSER, True),
        ("application/json, text/html", True),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("text/html;q=much", False),
        ("TEXT/HTML; level=1 ; q=0.5", True),
        (";;,,", False),
    ],
)
def test_who_prefers_html(accept: str, html: bool) -> None:
    assert prefers_html(accept) is html


async def test_needs_no_key_where_everything_else_does(data: Data, tmp_path: Path) -> None:
    async with open_service(data, tmp_path, writer(), key_required=True) as parts, client_of(parts) as client:
        assert (await client.get("/")).status_code == 200
        assert (await client.head("/")).status_code == 200
        assert (await client.get("/v1/vocabulary")).status_code == 401


async def test_stands_in_the_description_once(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert set(document["paths"]["/"]) == {"get"}
