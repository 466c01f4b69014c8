"""A process that is killed right after `record` returned has its record in the store."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

import app.records
from app.records import DecisionLog, open_store

ROOT = Path(app.records.__file__).parents[2]
FURTHER = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 1000, 3000)
"""Acknowledged records after which a writer is killed as well; one place stands for all of them in a short run."""

WRITER = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from itertools import count
from app.records import Decision, DecisionLog, Kind, open_store

numbers = count(1)

def make():
    name = f"{next(numbers):06}"
    return Decision(script_id=name, request_id=name, kind=Kind.SCRIPT, body_digest="", action="speak",
                    created_at=datetime.now(UTC), policy_revision=1, answer=name.encode())

async def keep_recording(log):
    while True:
        decision = make()
        await log.record(decision)
        os.write(1, (decision.script_id + "\\n").encode())

async def main(url, way):
    log = DecisionLog(await open_store(url))
    await log.start()
    if way == "once":
        await log.record(make())
        os.kill(os.getpid(), signal.SIGKILL)
    await asyncio.gather(*(keep_recording(log) for _ in range(20)))

asyncio.run(main(*sys.argv[1:]))
"""


def start_writer(url: str, way: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITER, url, way]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


async def test_the_record_outlives_a_kill_in_the_next_instruction(url: str) -> None:
    with start_writer(url, "once") as writer:
        assert writer.wait(timeout=120) == -signal.SIGKILL
    store = await open_store(url)
    found = await DecisionLog(store).find("000001")
    assert found is not None
    assert found.answer == b"000001"
    await store.close()


@pytest.mark.parametrize("count", [200, *(pytest.param(count, marks=pytest.mark.long) for count in FURTHER)])
async def test_every_acknowledged_record_outlives_a_kill_under_load(url: str, count: int) -> None:
    with start_writer(url, "many") as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline() for _ in range(count)]
        writer.kill()
        acknowledged += writer.stdout.readlines()
    store = await open_store(url)
    log = DecisionLog(store)
    kept = {decision.script_id for decision in await log.recent(100_000)}
    assert {line.strip() for line in acknowledged if line.endswith("\n")} <= kept
    await log.start()
    await log.check()
    await log.close()
    await store.close()


async def test_every_sqlite_connection_syncs_its_log_on_commit(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    async with store.engine.connect() as one, store.engine.connect() as other:
        for connection in (one, other):
            assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert await connection.scalar(text("PRAGMA synchronous")) == 2
    await store.close()
