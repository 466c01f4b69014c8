"""A real server for the load: `heyan serve` in a process of its own, on a free port, with a data folder of its own."""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.settings import ROOT

_ANNOUNCED = re.compile(r"http://\S+:\d+")
_START_SECONDS = 120.0
_STOP_SECONDS = 15.0


class ServerError(Exception):
    """The server did not start; the message is what it said."""


@asynccontextmanager
async def running_server() -> AsyncIterator[str]:
    """The URL of a server that answers; it is stopped, and its records are removed, at the end.

    Raises:
        ServerError: if it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as folder:
        errors = Path(folder) / "stderr"
        with errors.open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app", "serve", "--port", "0"),
                cwd=ROOT,
                env={**os.environ, "HEYAN_DATA_DIR": str(Path(folder) / "var"), "HEYAN_LOG_LEVEL": "error"},
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
            )
        try:
            yield await _url(process, errors)
        finally:
            if process.returncode is None:
                process.terminate()
                try:
                    await asyncio.wait_for(process.wait(), _STOP_SECONDS)
                except TimeoutError:
                    process.kill()
                    await process.wait()


async def _url(process: asyncio.subprocess.Process, errors: Path) -> str:
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)).decode()
    except TimeoutError:
        raise ServerError(f"the server did not start within {_START_SECONDS:.0f} s") from None
    announced = _ANNOUNCED.search(line)
    if announced is None:
        raise ServerError(f"the server did not start: {line}{_end_of(errors)}")
    return announced[0]


def _end_of(file: Path) -> str:
    return file.read_text("utf-8", "replace")[-2000:]
