"""The dry run of a change on its page: begun, watched, told, and kept in memory only so far."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import cast

import pytest

from app.approved.holds import LineKind
from app.errors import StoreError
from app.lexicon.trials import Trials
from app.parts import Parts
from app.records import Revisions, Role
from tests.app.console.browsers import Browser
from tests.app.console.conftest import Opening
from tests.app.console.stories import drafted, line_of, submitted
from tests.app.lexicon.rules import rule
from tests.model_server import PATIENCE_SECONDS


async def test_a_dry_run_goes_on_beside_the_page_and_marks_the_words(opened: Opening, parts: Parts) -> None:
    browser = await opened("李合规")
    text = {"text": "这件事闭眼青山绿水，您放心。", "scenario": "acquisition", "channel": "ai_voice"}
    assert (await browser.client.post("/v1/reviews", json=text)).status_code == 200
    examples = {"hits": ["闭眼青山绿水。"], "misses": ["审批结果以系统为准。"]}
    path = await submitted(parts, adds=[rule(phrases=["闭眼青山绿水"], examples=examples)])
    await browser.open(path)
    page = await browser.send(f"{path}/trial", {"records": "1000"})
    assert 'hx-trigger="every 1s"' in page.html
    assert "<noscript>" in page.html
    told = await _finished(browser, path)
    assert "会新拦下" in told
    assert "这件事<mark>闭眼青山绿水</mark>，您放心。" in told
    assert "<html" not in told
    assert "获客" in (await browser.open(path)).text


async def test_wording_is_tried_too(opened: Opening, parts: Parts) -> None:
    line = await line_of(parts, LineKind.REPLY)
    body = {"title": "换说法", "edits": [{"id": line.id, "text": "好的，我记下了。"}]}
    made = await parts.rewording.draft(body, "张合规")
    path = f"/changes/{made.record.id}"
    browser = await opened("李合规")
    await browser.open(path)
    await browser.send(f"{path}/trial")
    told = await _finished(browser, path)
    assert "不再说" in told
    assert line.text in told
    assert "好的，我记下了。" in told


async def test_what_breaks_says_so_and_may_be_begun_again(
    opened: Opening, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr("app.lexicon.trials.Trials.run", broken)
    path = await drafted(parts)
    browser = await opened("张合规")
    await browser.open(path)
    await browser.send(f"{path}/trial")
    assert "没有试成" in await _finished(browser, path)
    assert f"/console{path}/trial" in (await browser.open(path)).forms


async def test_no_more_than_a_few_wait_and_one_is_not_begun_twice(
    opened: Opening, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, end = [], asyncio.Event()

    async def slow(_: object, identity: str, records: int, progress: object) -> None:
        begun.append((identity, records))
        await end.wait()
        raise StoreError("over")

    monkeypatch.setattr("app.lexicon.trials.Trials.run", slow)
    paths = [await drafted(parts) for _ in range(6)]
    for name, own in (("张合规", paths[:2]), ("李合规", paths[2:4])):
        browser = await opened(name)
        for path in (own[0], *own):
            page = await browser.open(path)
            if f"/console{path}/trial" in page.forms:
                await browser.send(f"{path}/trial", {"records": "10000"})
        await browser.open(paths[4])
        page = await browser.send(f"{paths[4]}/trial", status=409)
        assert "您已经有 2 个试跑在进行" in page.text
    assert sorted(begun) == sorted((path.rpartition("/")[2], 10_000) for path in paths[:4])
    other = await opened("王合规")
    await other.open(paths[5])
    page = await other.send(f"{paths[5]}/trial", status=409)
    assert "在排队" in page.text
    end.set()
    await _finished(browser, paths[3])


async def test_a_run_that_ends_while_its_page_is_written_is_told_as_it_was(parts: Parts) -> None:
    is_read, tried = asyncio.Event(), parts.trials

    class Tries:
        async def run(self, identity: str, records: int, progress: object) -> object:
            await is_read.wait()
            return await Trials.run(tried, identity, records)

    class Newest(Revisions):
        """Asked after the page has looked at the run, and answered when that is over."""

        async def head(self) -> tuple[int, str] | None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while any("Runs._go" in repr(task) for task in asyncio.all_tasks()):
                    is_read.set()
                    await asyncio.sleep(0.01)
            return await super().head()

    async with AsyncExitStack() as stack:
        other = replace(parts, trials=cast(Trials, Tries()), revisions=Newest(parts.revisions._store))
        browser = await Opening(other, stack)("张合规")
        path = await drafted(parts)
        await browser.open(path)
        page = await browser.send(f"{path}/trial")
        assert "hx-trigger" in page.html
        assert "会新拦下" in await _finished(browser, path)


async def test_without_scripts_its_address_is_the_page_and_who_only_reads_begins_none(
    opened: Opening, parts: Parts
) -> None:
    path = await drafted(parts)
    browser = await opened("钱审计", Role.AUDITOR)
    page = await browser.open(f"{path}/trial")
    assert page.response.url.path == f"/console{path}"
    assert "还没有人试跑过" in page.text
    sent = {"csrf": page.forms["/console/sign-out"]["csrf"][0]}
    assert (await browser.client.post(f"/console{path}/trial", data=sent)).status_code == 403


async def _finished(browser: Browser, path: str) -> str:
    """The part of the page about the dry run, once it is over."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = await browser.client.get(f"/console{path}/trial", headers={"hx-request": "true"})
            if "hx-trigger" not in answer.text:
                return answer.text
            await asyncio.sleep(0.1)
