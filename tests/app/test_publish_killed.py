"""A service that is killed while it approves comes back to the old revision or the new one, and enforces that one."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.lexicon.files import RuleFiles
from app.records import Revision, Role, Store, open_store
from tests.app.lexicon.revisions import newest_whole
from tests.app.lexicon.rules import rule
from tests.app.officers import Officer, officer
from tests.app.processes import Process, serving
from tests.app.services import BODY
from tests.model_server import PATIENCE_SECONDS, completion, model_server

SHARES = (0.0, 0.5, 0.9, 1.0)
"""Of the time that a whole approval takes."""
WORDS = tuple(f"{first}{second}青山绿水" for first, second in product("甲乙丙丁戊己庚", "天地玄宇宙洪"))
"""Each is forbidden by a change of its own."""


@dataclass
class Asked:
    """A change that was about to be approved: the number of its word, its path, and whether that was answered."""

    number: int
    path: str
    is_answered: bool = False


@dataclass
class Victim:
    """A process that was just asked to publish a change. `whole`: how long that takes; `answer`: what it answers."""

    kill: Callable[[], None]
    whole: float
    answer: "asyncio.Task[Any]"


Moment = Callable[[Victim], Awaitable[None]]
"""Kills a process when it is time."""


@dataclass
class Office:
    """Two persons on one store, through whatever process serves it."""

    store: Store
    editor: Officer
    approver: Officer
    submitted: int = 0
    newest: int = 1
    """The newest revision that somebody was told of."""
    digests: dict[int, str] = field(default_factory=dict)
    """What every process called the rules of each revision."""

    def submit(self, process: Process) -> Asked:
        """A change that forbids the next word, submitted."""
        number, word = self.submitted, WORDS[self.submitted]
        self.submitted += 1
        examples = {"hits": [f"我们{word}。"], "misses": ["审批结果以系统为准。"]}
        change = {"title": word, "adds": [rule(_rule_of(number), phrases=[word], examples=examples)]}
        return Asked(number, self.editor.submit(process, change))

    def approve(self, process: Process, asked: Asked) -> float:
        """Publish a change, and wait until it is in force; how long the answer took."""
        start = time.monotonic()
        approved = self.approver.post(process, f"{asked.path}/approve", {})
        seconds = time.monotonic() - start
        self.newest += 1
        assert (approved["state"], approved["revision"]) == ("published", self.newest)
        latest = time.monotonic() + PATIENCE_SECONDS
        while (ready := _ready(process))["policy_revision"] != self.newest:
            assert time.monotonic() < latest, ready
            time.sleep(0.02)
        self.digests[self.newest] = ready["policy_digest"]
        return seconds

    async def approve_and_kill(self, process: Process, asked: Asked, whole: float, moment: Moment) -> None:
        """Ask to publish a change, and kill the process meanwhile."""
        path = f"{asked.path}/approve"
        answer = asyncio.create_task(asyncio.to_thread(self.approver.post, process, path, {}))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await moment(Victim(process.kill, whole, answer))
        try:
            approved = await answer
        except httpx.TransportError:
            return
        self.newest += 1
        asked.is_answered = True
        assert (approved["state"], approved["revision"]) == ("published", self.newest)

    async def recovered(self, process: Process, asked: Asked) -> bool:
        """Whether the change was published: all that is kept, told and enforced agrees on that."""
        revision, files = await newest_whole(self.store)
        is_published = _rule_of(asked.number) in files.rules
        self.newest += is_published and not asked.is_answered
        assert (is_published or not asked.is_answered, revision.number) == (True, self.newest)
        change = self.approver.get(process, asked.path)
        state = ("published", revision.number) if is_published else ("submitted", None)
        assert (change["state"], change["revision"]) == state
        self.enforces(process, revision, files)
        return is_published

    def enforces(self, process: Process, revision: Revision, files: RuleFiles) -> None:
        """The process stops the words of a revision and no other ones, and says that it runs it."""
        ready = _ready(process)
        assert (ready["policy"], ready["policy_revision"]) == ("newest", revision.number)
        runs = (revision.number, ready["policy_digest"])
        assert self.digests.setdefault(*runs) == runs[1]
        assert len(set(self.digests.values())) == len(self.digests)
        items = [{"text": f"我们{word}。", "scenario": "acquisition", "stage": "body"} for word in WORDS]
        answers = self.editor.post(process, "reviews", {"items": items})["items"]
        for number, answer in enumerate(answers):
            assert (answer["action"] == "block") is (_rule_of(number) in files.rules), (revision.number, answer)
            assert (answer["policy_revision"], answer["policy_digest"]) == runs


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """A model server, which nobody asks."""
    with model_server(lambda body: completion(BODY)) as served:
        yield served.url


async def test_a_kill_at_any_moment_of_an_approval_leaves_the_old_revision_or_the_new_one(
    url: str, tmp_path: Path, model: str
) -> None:
    def after(share: float) -> Moment:
        async def moment(victim: Victim) -> None:
            await asyncio.sleep(share * victim.whole)
            victim.kill()

        return moment

    async def when_it_has_answered(victim: Victim) -> None:
        await asyncio.wait([victim.answer])
        victim.kill()

    outcomes = await _killed(url, tmp_path, model, [*map(after, SHARES), when_it_has_answered])
    assert (outcomes[0], outcomes[-1]) == (False, True)


async def test_a_kill_while_sqlite_writes_leaves_the_old_revision_or_the_new_one(
    sqlite_url: str, tmp_path: Path, model: str
) -> None:
    written = Path(f"{sqlite_url.removeprefix('sqlite:///')}-wal")

    def after(milliseconds: float) -> Moment:
        async def moment(victim: Victim) -> None:
            before = _state_of(written)
            while _state_of(written) == before:
                await asyncio.sleep(0)
            time.sleep(milliseconds / 1000)  # noqa: ASYNC251  # nothing else may be done first
            victim.kill()

        return moment

    await _killed(sqlite_url, tmp_path, model, map(after, (0, 0.5, 1, 2)))


async def test_a_kill_in_the_middle_of_a_postgres_transaction_leaves_the_old_revision(
    postgres_url: str, tmp_path: Path, model: str
) -> None:
    """At its first write to each of these tables, which is held up there."""
    store = await open_store(postgres_url)
    held_up = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:name AS regclass)"

    def at(table: str) -> Moment:
        async def moment(victim: Victim) -> None:
            async with store.engine.begin() as connection:
                await connection.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
                while not await connection.scalar(text(held_up), {"name": table}):
                    await asyncio.sleep(0.01)
                victim.kill()

        return moment

    outcomes = await _killed(
        postgres_url, tmp_path, model, map(at, ("policy_texts", "revisions", "changes", "audit_trail"))
    )
    assert outcomes == [False] * 4
    await store.close()


async def _killed(url: str, directory: Path, model: str, moments: Iterable[Moment]) -> list[bool]:
    """Kill a service at each moment, and start it again: whether it had published by then."""
    store = await open_store(url)
    editor = await officer(store, "张合规", Role.EDITOR, Role.CALLER)
    office = Office(store, editor, await officer(store, "李合规", Role.APPROVER))
    killed: Asked | None = None
    outcomes: list[bool] = []
    for moment in (*moments, None):
        with serving(url, directory, model) as process:
            if killed is not None:
                outcomes.append(await office.recovered(process, killed))
            if killed is not None and not outcomes[-1]:
                office.approve(process, killed)
            else:
                office.approve(process, office.submit(process))  # the first one in a process takes longer
            if moment is not None:
                whole = office.approve(process, office.submit(process))
                killed = office.submit(process)
                await office.approve_and_kill(process, killed, whole, moment)
    await store.close()
    return outcomes


def _state_of(file: Path) -> tuple[int, int]:
    known = file.stat()
    return known.st_size, known.st_mtime_ns


def _ready(process: Process) -> Any:
    return httpx.get(f"{process.url}/health/ready", timeout=PATIENCE_SECONDS).json()


def _rule_of(number: int) -> str:
    return f"extra.n{number}"
