"""GET /docs: the description for people, from this service alone."""

import re
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from app.data import Data
from tests.app.services import client_of, open_service, writer

_VOID = {"meta", "br"}


class Checked(HTMLParser):
    """Sees that every element is closed where it should be, and collects what can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.targets: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        values = dict(attrs)
        if tag not in _VOID:
            self.open.append(tag)
        if identifier := values.get("id"):
            assert identifier not in self.targets
            self.targets.add(identifier)
        if target := values.get("href"):
            self.links.add(target)

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        assert self.open.pop() == tag


@pytest.fixture
async def page(client: httpx.AsyncClient) -> str:
    """The page as it is answered."""
    response = await client.get("/docs")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    return response.text


def test_it_loads_nothing(page: str) -> None:
    # The address in an example is a text.
    outside = re.sub(r"http://127\.0\.0\.1:8000|(?<=&#34;)https://[^&]*(?=&#34;)", "", page)
    assert not re.search(r"https?://|src=|@import|url\(|<script|<link", outside)


def test_it_is_well_formed_and_every_link_leads_somewhere(page: str) -> None:
    checked = Checked()
    checked.feed(page)
    assert checked.open == []
    inside = {link.removeprefix("#") for link in checked.links if link.startswith("#")}
    assert inside <= checked.targets
    assert checked.links - {f"#{name}" for name in inside} == {"openapi.json"}


async def test_it_shows_every_operation_schema_and_example(page: str, client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert f'<h2 id="{operation["operationId"]}">' in page
            assert operation["summary"] in page, path
    for name, schema in document["components"]["schemas"].items():
        assert f'id="schema-{name}"' in page
        assert all(f"<code>{field}</code>" in page for field in schema.get("properties", {}))
    assert "c-20261122-collection_m1" in page
    assert "必填" in page
    assert page.count("可省略") == 1
    assert "年化利率" in page


async def test_needs_no_key(data: Data, tmp_path: Path) -> None:
    async with open_service(data, tmp_path, writer(), key_required=True) as parts, client_of(parts) as client:
        page = await client.get("/docs")
        assert page.status_code == 200
        assert "本机免密钥" not in page.text


async def test_the_first_page_leads_to_it(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).json()["links"]["docs"] == "/docs"
    assert 'href="docs"' in (await client.get("/", headers={"accept": "text/html"})).text
