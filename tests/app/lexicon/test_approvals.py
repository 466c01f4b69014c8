"""A publish that is killed leaves the old revision or the new one, never half of one."""

import os
import random
import subprocess
import sys
from pathlib import Path

from app.records import open_store
from tests.app.lexicon.revisions import newest_whole
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


async def test_the_newest_revision_is_whole_whenever_the_program_is_killed(url: str) -> None:
    chance, seen = random.Random(7), 0
    for _ in range(KILLS):
        _kill_while_it_publishes(url, after=1 + chance.randrange(2), seconds=chance.random() * 0.3)
        store = await open_store(url)
        try:
            revision, files = await newest_whole(store)
        finally:
            await store.close()
        added = {f"extra.n{number}" for number in range(1, revision.number)}
        assert files.rules.keys() - SMALL.rules.keys() == added
        assert revision.number > seen
        seen = revision.number
