"""Every page of the console, wide and narrow, light and dark: nothing serious for axe, no other host, no overflow."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from app.records import People, Role, open_store
from guards.types import Scenario
from tests.app.console.chromium import NARROW, PASSWORD, WIDE, Desk, chromium
from tests.app.examples import request_body
from tests.app.processes import Process, serving
from tests.app.services import BODY, QUICK
from tests.model_server import completion, model_server

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
EVERYBODY = (Role.EDITOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
PAGES = (
    "",
    "/changes",
    "/rules",
    "/rules?q=获批",
    "/rules?q=没有这样的规则",
    "/rules/new",
    "/rules/promise.guaranteed_approval",
    "/rules/promise.guaranteed_approval/edit",
    "/rules/promise.guaranteed_approval/retire",
    "/wording",
    "/wording?kind=fallback",
    "/wording/files",
    "/try",
    "/try/script",
    "/try/talk",
    "/decisions",
    "/decisions?kind=review",
    "/audit",
    "/people",
    "/webhooks",
    "/webhooks/new",
    "/account",
    "/contacts",
    "/revisions",
    "/revisions/1",
)
SCREENSHOTS = os.environ.get("HEYAN_SCREENSHOTS")
"""A folder that pictures of all pages are written to, where one is named."""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A service that has answered a few times, with one person who may do everything."""
    folder = tmp_path_factory.mktemp("pages")
    url = f"sqlite:///{folder / 'heyan.db'}"
    asyncio.run(_person(url))
    with model_server(lambda body: completion(BODY)) as model, serving(url, folder / "data", model.url) as served:
        _fill(served)
        yield served


@pytest.fixture(scope="module")
def browser(process: Process) -> Iterator[Browser]:
    """One browser for all windows; while it is open no other loop can run in this thread."""
    with chromium() as opened:
        yield opened


async def _person(url: str) -> None:
    store = await open_store(url)
    await People(store, hasher=QUICK).create("张合规", EVERYBODY, PASSWORD)
    await store.close()


def _fill(process: Process) -> None:
    for number, scenario in enumerate((Scenario.ACQUISITION, Scenario.BILL_REMINDER, Scenario.COLLECTION_M1)):
        body = request_body(scenario, request_id=f"page-{number}", options={"deadline_ms": 20_000})
        httpx.post(f"{process.url}/v1/scripts", json=body, timeout=60).raise_for_status()
    texts = ("我们这边百分百获批。", "再不还钱就上门找您家人，电话 13812345678。", "额度以审批结果为准。")
    items = [{"text": text, "scenario": "acquisition", "stage": "body"} for text in texts]
    httpx.post(f"{process.url}/v1/reviews", json={"items": items}, timeout=60).raise_for_status()


@pytest.fixture(scope="module", params=[(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def desk(request: pytest.FixtureRequest, browser: Browser, process: Process) -> Desk:
    """A window of each kind, in which somebody is signed in."""
    size, scheme = request.param
    opened = Desk(browser, process, size, scheme)
    opened.sign_in("张合规")
    return opened


def _looks(desk: Desk, name: str) -> None:
    """Asserts what every page has to be."""
    width = desk.page.viewport_size["width"] if desk.page.viewport_size else 0
    if SCREENSHOTS:
        named = (name or "/overview").strip("/").replace("/", "-").replace("?", "-")
        desk.page.screenshot(path=Path(SCREENSHOTS) / f"{named}-{width}.png", full_page=True)
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the window"
    assert desk.page.locator("h1").count() == 1
    assert "13812345678" not in desk.page.content()
    desk.page.evaluate(AXE)
    found: dict[str, Any] = desk.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    told = [{"rule": each["id"], "where": [node["html"] for node in each["nodes"]][:3]} for each in serious]
    assert told == [], json.dumps(told, ensure_ascii=False, indent=1)
    assert desk.strangers == []
    assert desk.faults == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_readable_and_keeps_to_itself(desk: Desk, path: str) -> None:
    desk.open(path)
    _looks(desk, path)


@pytest.mark.parametrize("within", ["/decisions?kind=script", "/decisions?kind=review", "/wording?kind=reply"])
def test_so_is_a_page_that_a_list_leads_to(desk: Desk, within: str) -> None:
    desk.open(within)
    desk.page.locator("main table a").first.click()
    desk.page.wait_for_load_state()
    _looks(desk, f"{within}-one")


def test_so_is_a_call_that_is_tried(desk: Desk) -> None:
    desk.open("/try/talk")
    desk.click("打过去")
    for text in ("是我", "没钱还啊最近，你们能不能别老打电话过来，我这边工作刚丢了"):
        desk.page.get_by_label("客户说").fill(text)
        desk.click("说")
    desk.sees("记下：有困难")
    desk.page.locator("ol.call summary").last.click()
    _looks(desk, "/try/talk-going")
    desk.page.get_by_label("客户说").fill("我要找人工")
    desk.page.get_by_label("客户说").press("Enter")
    desk.sees("通话到这里结束")
    _looks(desk, "/try/talk-over")
    desk.click("退回一轮")
    desk.page.get_by_label("客户说").fill("")
    desk.click("说")
    desk.sees("请写上客户说的话")
    _looks(desk, "/try/talk-wrong")


def test_so_is_the_page_where_one_signs_in(browser: Browser, process: Process) -> None:
    opened = Desk(browser, process, NARROW)
    opened.open("/sign-in")
    _looks(opened, "/sign-in")
