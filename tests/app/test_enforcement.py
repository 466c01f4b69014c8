"""Invariant 14 from outside: every process enforces what its store publishes, whatever is killed, broken or cut off."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.approved.holds import LineKind, line_id
from app.approved.skeleton import sentences
from app.records import KeyRing, Revisions, Role, Store, open_store
from app.settings import ROOT
from guards.types import Scenario
from tests.app.examples import request_body
from tests.app.lexicon.revisions import BROKEN, RULES_FILE, SHIPPED, forbidding, published
from tests.app.processes import Process, serving
from tests.app.services import BODY
from tests.model_server import PATIENCE_SECONDS, completion, model_server

WORD = "青山绿水好心情"
CLOSING = "额度和利率以审批和合同为准。"
"""An approved segment that marketing always says."""
REVIEW = {"text": f"给您说一句，{WORD}。", "scenario": "acquisition", "stage": "body"}
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """A model server that always writes the same good body."""
    with model_server(lambda body: completion(BODY)) as served:
        yield served.url


@dataclass
class Load:
    """What callers got: `wrong` is everything but an answer that fits the revision which it names."""

    revisions: dict[str, set[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    answers: int = 0

    async def call(self, url: str, client: httpx.AsyncClient, words: dict[int, bool]) -> None:
        """One script and one review; `words`: whether a revision stops `WORD`."""
        body = request_body(Scenario.ACQUISITION, request_id=f"load-{next(_NUMBERS)}", options={"deadline_ms": 20_000})
        script = await client.post(f"{url}/v1/scripts", json=body)
        review = await client.post(f"{url}/v1/reviews", json=REVIEW)
        if script.status_code != 200 or review.status_code != 200:
            self.wrong.append(f"{script.text} {review.text}")
            return
        self.answers += 2
        told = review.json()
        revision = told["policy_revision"]
        self.revisions.setdefault(url, set()).add(revision)
        if (told["action"] == "block") is not words[revision]:
            self.wrong.append(review.text)

    def saw(self, revision: int, *processes: Process) -> bool:
        """Whether each of these has answered under this revision."""
        return all(revision in self.revisions.get(process.url, ()) for process in processes)


@asynccontextmanager
async def load_on(words: dict[int, bool], *processes: Process, callers: int = 2) -> AsyncIterator[Load]:
    """Callers that ask each process again and again while the block runs."""
    load, is_over = Load(), asyncio.Event()

    async def caller(url: str, client: httpx.AsyncClient) -> None:
        while not is_over.is_set():
            await load.call(url, client, words)

    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        tasks = [asyncio.create_task(caller(each.url, client)) for each in processes for _ in range(callers)]
        try:
            yield load
        finally:
            is_over.set()
            await asyncio.gather(*tasks)


async def until_true(condition: Any) -> None:
    """Wait for what processes bring about."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


def post(process: Process, path: str, body: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """What it answers."""
    return httpx.post(f"{process.url}/v1/{path}", json=body, headers=headers, timeout=PATIENCE_SECONDS)


def ready(process: Process) -> httpx.Response:
    """What it says of itself."""
    return httpx.get(f"{process.url}/health/ready", timeout=PATIENCE_SECONDS)


async def test_both_enforce_what_is_published_while_requests_run(url: str, tmp_path: Path, model: str) -> None:
    with ExitStack() as both:
        here, there = (both.enter_context(serving(url, tmp_path / name, model)) for name in ("here", "there"))
        store = await open_store(url)
        words = {1: False, 2: True, 3: False}
        async with load_on(words, here, there) as load:
            await until_true(lambda: load.saw(1, here, there))
            await published(store, forbidding(WORD))
            await until_true(lambda: load.saw(2, here, there))
            await published(store)
            await until_true(lambda: load.saw(3, here, there))
        assert load.wrong == []
        await _all_run(store, 3, 2)
        told = [ready(each).json() for each in (here, there)]
        assert {each["policy_digest"] for each in told} == {each.digest for each in await Revisions(store).status()}
        assert {(each["policy"], each["files"]) for each in told} == {("newest", "as published")}
        here.stop()
        await _all_run(store, 3, 1)
        await store.close()


async def test_both_enforce_a_freeze_and_a_suspension_while_requests_run(url: str, tmp_path: Path, model: str) -> None:
    with ExitStack() as both:
        here, there = (both.enter_context(serving(url, tmp_path / name, model)) for name in ("here", "there"))
        store = await open_store(url)
        ring = KeyRing(store)
        approver = {"authorization": f"Bearer {await ring.create('approver', [Role.APPROVER], '李合规')}"}
        sentence = sentences(BODY)[0]
        path = f"wording/lines/{line_id(LineKind.SEGMENT, CLOSING)}/suspend"
        script = request_body(Scenario.ACQUISITION, options={"deadline_ms": 20_000})

        def spoken(process: Process) -> Any:
            return post(process, "scripts", {**script, "request_id": f"held-{next(_NUMBERS)}"}).json()

        for process in (here, there):
            assert spoken(process)["action"] == "speak"
        async with load_on(dict.fromkeys((1, 2, 3), False), here, there, callers=1) as load:
            frozen = await asyncio.to_thread(post, there, "lexicon/freeze", {"reason": "投诉集中"}, approver)
            assert frozen.json()["revision"] == 2, frozen.text
            await _all_run(store, 2, 2)
            answers = [await asyncio.to_thread(spoken, process) for process in (here, there)]
            assert [each["source"] for each in answers] == ["fallback"] * 2
            assert all(sentence not in each["text"] for each in answers)
            suspended = await asyncio.to_thread(post, here, path, {"reason": "投诉"}, approver)
            assert suspended.json()["revision"] == 3, suspended.text
            await _all_run(store, 3, 2)
            answers = [await asyncio.to_thread(spoken, process) for process in (here, there)]
            assert [(each["action"], each["policy_revision"]) for each in answers] == [("handoff", 3)] * 2
            assert all(CLOSING not in (each["text"] or "") for each in answers)
            await until_true(lambda: load.saw(3, here, there))
        assert load.wrong == []
        await ring.close()
        await store.close()


async def test_a_process_that_was_killed_comes_back_to_the_newest(url: str, tmp_path: Path, model: str) -> None:
    with serving(url, tmp_path / "lives", model) as lives:
        store = await open_store(url)
        async with load_on({number: number > 1 for number in range(1, 9)}, lives) as load:
            with serving(url, tmp_path / "dies", model) as dies:
                for _ in range(2):
                    await published(store, forbidding(WORD))
                dies.kill()  # while it compiles, or has just been told
            for _ in range(2):
                await published(store, forbidding(WORD))
            with serving(url, tmp_path / "dies", model) as again:
                assert ready(again).json()["policy_revision"] == 5
                await until_true(lambda: load.saw(5, lives))
        assert load.wrong == []
        await store.close()


async def test_a_broken_revision_stays_out_of_a_running_and_of_a_starting_process(
    sqlite_url: str, tmp_path: Path, model: str
) -> None:
    with serving(sqlite_url, tmp_path / "here", model) as here:
        store = await open_store(sqlite_url)
        await published(store, {**SHIPPED.lexicon, RULES_FILE: BROKEN})
        await until_true(lambda: ready(here).json()["problem"])
        told = ready(here)
        assert (told.status_code, told.json()["policy"], told.json()["policy_revision"]) == (200, "last good", 1)
        assert "revision 2 " in told.json()["problem"]
        assert "absolute.yaml" in here.said.read_text()
        with serving(sqlite_url, tmp_path / "later", model) as later:
            told = ready(later)
            assert (told.status_code, told.json()["policy"], told.json()["policy_revision"]) == (200, "last good", 1)
            await published(store, forbidding(WORD))
            await until_true(lambda: [ready(each).json()["policy_revision"] for each in (here, later)] == [3, 3])
            assert ready(later).json()["policy"] == "newest"
        await store.close()


async def test_files_that_differ_change_nothing_and_are_told(sqlite_url: str, tmp_path: Path, model: str) -> None:
    with serving(sqlite_url, tmp_path / "first", model) as first:
        digest = ready(first).json()["policy_digest"]
    lexicons = Path(shutil.copytree(ROOT / "lexicons", tmp_path / "lexicons"))
    (lexicons / RULES_FILE).write_bytes(forbidding(WORD)[RULES_FILE])
    with serving(sqlite_url, tmp_path / "other", model, HEYAN_LEXICONS_DIR=str(lexicons)) as other:
        told = ready(other).json()
        assert (told["files"], told["differing"]) == ("differ", ["lexicons/absolute.yaml"])
        assert (told["policy_revision"], told["policy_digest"], told["policy"]) == (1, digest, "newest")
        review = post(other, "reviews", REVIEW).json()
        assert (review["action"], review["policy_digest"]) == ("allow", digest)
        assert "files differ from the revision in force" in other.said.read_text()


@dataclass
class Line:
    """A way to a store that can be cut: its address leads over a link that then leads nowhere."""

    url: str
    link: Path
    end: Path

    def cut(self) -> None:
        """Let the link lead nowhere."""
        self.link.unlink()
        self.link.symlink_to(self.end.with_name("nowhere"))

    def mend(self) -> None:
        """Let it lead to the store again."""
        self.link.unlink()
        self.link.symlink_to(self.end)


@pytest.fixture(params=["sqlite", "postgres"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """The way to an empty store of each kind in turn; short, as the path of a socket must be."""
    folder = Path(tempfile.mkdtemp(prefix="heyan-"))
    link = folder / "link"
    if request.param == "sqlite":
        end = folder / "store"
        end.mkdir()
        url = f"sqlite:///{link / 'heyan.db'}"
    else:
        before, _, host = request.getfixturevalue("postgres_url").partition("?host=")
        url, end = f"{before}?host={link}", Path(host)
    link.symlink_to(end)
    yield Line(url, link, end)
    shutil.rmtree(folder)


async def test_a_start_without_the_store_serves_the_last_good_policy_until_it_is_back(
    line: Line, tmp_path: Path, model: str
) -> None:
    with serving(line.url, tmp_path, model):
        store = await open_store(line.url)
        await published(store, forbidding(WORD))
        await _all_run(store, 2, 1)
        await store.close()
        await until_true(lambda: b'"number":2' in (tmp_path / "last-policy" / "revision.json").read_bytes())
    line.cut()
    with serving(line.url, tmp_path, model) as alone:
        told = ready(alone)
        assert (told.status_code, told.json()["store"], told.json()["policy"]) == (503, "failing", "last good")
        assert (told.json()["policy_revision"], told.json()["error"]) == (2, "StoreError")
        assert "the last good policy" in alone.said.read_text()
        for path, body in (("scripts", request_body(Scenario.ACQUISITION)), ("reviews", REVIEW)):
            refused = post(alone, path, body)
            assert (refused.status_code, refused.json()["error"], refused.json()["fields"]) == (503, "StoreError", [])
        line.mend()
        await until_true(lambda: ready(alone).status_code == 200)
        review = post(alone, "reviews", REVIEW)
        assert (review.status_code, review.json()["action"], review.json()["policy_revision"]) == (200, "block", 2)
        script = post(alone, "scripts", request_body(Scenario.ACQUISITION))
        assert script.status_code == 200, script.text


@pytest.mark.parametrize("line", ["postgres"], indirect=True)  # an open file stays open, wherever its name leads
async def test_a_running_process_keeps_its_policy_and_is_not_ready_after_the_set_time(
    line: Line, tmp_path: Path, model: str
) -> None:
    with serving(line.url, tmp_path, model, HEYAN_POLICY_MAX_AGE="1") as process:
        await until_true(lambda: ready(process).json()["policy"] == "newest")
        line.cut()
        store = await open_store(f"{line.url.partition('?')[0]}?host={line.end}")
        await _end_connections(store)
        await store.close()
        await until_true(lambda: _says(process) == (503, "last good", 1, "failing"))
        line.mend()
        await until_true(lambda: ready(process).status_code == 200)


def _says(process: Process) -> tuple[int, str, int, str]:
    """Whether a process is ready, and by its own words which policy it runs and whether its store answers."""
    answer = ready(process)
    told = answer.json()
    return answer.status_code, told["policy"], told["policy_revision"], told["store"]


async def _end_connections(store: Store) -> None:
    async with store.writing() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        )


async def _all_run(store: Store, revision: int, replicas: int) -> None:
    """Wait until so many replicas say that they run this revision, and none says another."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while [each.revision for each in await Revisions(store).status()] != [revision] * replicas:
            await asyncio.sleep(0.05)
