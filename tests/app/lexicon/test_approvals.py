"""A publish that is killed leaves the old revision or the new one, never half of one."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

from app.lexicon.files import RuleFiles
from app.records import AuditTrail, ChangeState, Revisions, Store, changes, open_store
from tests.app.lexicon.rules import SMALL

ROOT = Path(__file__).parents[3]
PUBLISHER = Path(__file__).with_name("publisher.py")
KILLS = 6


def _kill_while_it_publishes(url: str, after: int, seconds: float) -> None:
    """Let the program publish some revisions, and kill it in the middle of whatever it does then."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(PUBLISHER), url], env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        for _ in range(after):
            assert program.stdout.readline()
        try:
            program.wait(seconds)
        except subprocess.TimeoutExpired:
            program.kill()


async def _newest_whole(store: Store) -> int:
    """The number of the newest revision, of which everything that it consists of is seen to be there."""
    revisions = Revisions(store)
    revision = await revisions.newest()
    assert revision is not None
    texts = await revisions.texts(revision)
    for named, contents in zip((revision.lexicon, revision.wording), texts, strict=True):
        assert {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()} == named
    rules = RuleFiles(texts[0]).rules
    assert {f"extra.n{number}" for number in range(1, revision.number)} == rules.keys() - SMALL.rules.keys()
    trail = AuditTrail(store)
    assert await trail.verify() is None
    told = [entry async for entry in trail.entries() if entry.event == "revision.published"]
    assert [entry.subject for entry in told] == [str(number + 1) for number in range(revision.number)]
    assert told[-1].details["sha256"] == revision.sha256
    async with store.reading() as connection:
        published = await changes.page(connection, "lexicon", state=ChangeState.PUBLISHED)
    assert sorted(one.revision or 0 for one in published) == list(range(2, revision.number + 1))
    return revision.number


async def test_the_newest_revision_is_whole_whenever_the_program_is_killed(url: str) -> None:
    chance, seen = random.Random(7), 0
    for _ in range(KILLS):
        _kill_while_it_publishes(url, after=1 + chance.randrange(2), seconds=chance.random() * 0.3)
        store = await open_store(url)
        try:
            newest = await _newest_whole(store)
        finally:
            await store.close()
        assert newest > seen
        seen = newest
