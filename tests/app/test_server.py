"""A service in a process of its own: it ends in order when it is told to, and knows the path that a proxy takes off."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from app.records import People, Role, open_store
from tests.app.processes import Process, serving
from tests.app.services import BODY, QUICK
from tests.model_server import completion, model_server


def _lines(process: Process) -> list[dict[str, Any]]:
    return [json.loads(line) for line in process.said.read_text("utf-8").splitlines() if line.startswith("{")]


def test_a_process_that_is_told_to_stop_says_the_head_of_the_trail_last(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'heyan.sqlite3'}"
    with model_server(lambda body: completion(BODY)) as model, serving(store, tmp_path / "data", model.url) as process:
        process.stop()
        told = [line["event"] for line in _lines(process)]
    heads = [place for place, event in enumerate(told) if event == "head of the audit trail"]
    assert len(heads) == 2, told
    assert told[heads[1] :] == ["head of the audit trail", "stopped"]


def test_behind_a_prefix_links_redirects_and_cookies_carry_it(tmp_path: Path) -> None:
    password, store = "correct horse battery staple", f"sqlite:///{tmp_path / 'heyan.sqlite3'}"

    async def person() -> None:
        opened = await open_store(store)
        await People(opened, hasher=QUICK).create("张合规", [Role.EDITOR], password)
        await opened.close()

    asyncio.run(person())
    with (
        model_server(lambda body: completion(BODY)) as model,
        serving(store, tmp_path / "data", model.url, ["--root-path", "/heyan/"]) as process,
        httpx.Client(base_url=process.url, timeout=60) as client,  # as the proxy asks, which takes the prefix off
    ):
        led = client.get("/console/changes?mine=1")
        assert led.headers["location"] == "/heyan/console/sign-in?next=%2Fheyan%2Fconsole%2Fchanges%3Fmine%3D1"
        page = client.get("/console/sign-in?next=/heyan/console/changes")
        assert 'action="/heyan/console/sign-in"' in page.text
        assert 'value="/heyan/console/changes"' in page.text
        entered = {"name": "张合规", "password": password, "next": "/heyan/console/changes"}
        entry = client.post("/console/sign-in", data=entered)
        assert entry.headers["location"] == "/heyan/console/changes"
        assert "Path=/heyan/console;" in entry.headers["set-cookie"]
        cookies = {"cookie": entry.headers["set-cookie"].partition(";")[0]}
        inside = client.get("/console/rules", headers=cookies)
        assert inside.text.count('href="/heyan/console/') > 10
        assert 'href="/console' not in inside.text
        nothing = client.get("/console/no-such-page")
        assert (nothing.status_code, 'href="/heyan/console"' in nothing.text) == (404, True)
        assert client.get("/console/static/console.css").status_code == 200
        items = [{"text": "额度以审批结果为准。"}] * 10 + [{"text": "好" * 10_000}] * 10
        assert client.post("/v1/reviews", json={"items": items}).status_code == 200  # more than small paths take
        assert client.get("/openapi.json").json()["servers"][0]["url"] == "/heyan"
