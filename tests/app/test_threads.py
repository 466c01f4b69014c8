"""Work in a daemon thread answers as any other, and neither the loop nor the interpreter waits for it at the end."""

import asyncio
import contextvars
import subprocess
import sys
import time

import pytest

from app.server import GRACE_SECONDS
from app.settings import ROOT
from app.threads import in_daemon_thread

_ENDLESS = """
import asyncio, time
from app.threads import in_daemon_thread

async def main():
    work = asyncio.create_task(in_daemon_thread(time.sleep, 3600))
    await asyncio.sleep(0.1)
    work.cancel()

asyncio.run(main())
"""


async def test_the_result_and_the_failure_come_back_and_the_context_goes_along() -> None:
    known: contextvars.ContextVar[str] = contextvars.ContextVar("known")
    known.set("here")

    def read(more: str) -> str:
        return known.get() + more

    assert await in_daemon_thread(read, more="!") == "here!"
    with pytest.raises(ZeroDivisionError):
        await in_daemon_thread(divmod, 1, 0)


async def test_what_is_no_longer_waited_for_ends_without_a_word() -> None:
    work = asyncio.create_task(in_daemon_thread(time.sleep, 0.05))
    await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await asyncio.sleep(0.1)


def test_a_process_ends_while_such_work_goes_on() -> None:
    started = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", _ENDLESS], cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == 0
    assert time.monotonic() - started < 30


def test_requests_under_way_do_not_keep_a_process_until_it_is_killed() -> None:
    assert GRACE_SECONDS < 10
