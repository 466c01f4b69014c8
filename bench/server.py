"""A real server to be measured: `heyan serve` of a checkout, in a process of its own and on a free port."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.settings import ROOT

_ANNOUNCED = re.compile(r"http://\S+:\d+(?=\s)")
_START_SECONDS, _STOP_SECONDS, _PAUSE = 300.0, 15.0, 0.05


class ServerError(Exception):
    """The server did not start, or a request to it failed; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that has announced its URL; `folder` holds what it says."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path

    def wait_until_ready(self) -> None:
        """Wait until it can answer requests.

        Raises:
            ServerError: if it ends before, or is not ready in time.
        """
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            _require_alive(self.process, self.folder)
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=10) as answer:  # noqa: S310  our own
                    if answer.status == 200:
                        return
            except OSError:  # refused, not ready yet, or slow to answer
                pass
            time.sleep(_PAUSE)
        raise ServerError(f"the server was not ready within {_START_SECONDS:.0f} s: {_said(self.folder)}")


@contextmanager
def running_server(tree: Path = ROOT, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The server of a checkout, which is stopped at the end.

    Without an `environment` it is this one's, with a data folder that is removed with the server.

    Raises:
        ServerError: if it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as name:
        folder = Path(name)
        own = {**os.environ, "HEYAN_DATA_DIR": str(folder / "var"), "HEYAN_LOG_LEVEL": "error"}
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve", "--port", "0"],
                cwd=tree,
                env=own if environment is None else environment,
                stdout=stdout,
                stderr=stderr,
            )
        try:
            yield Server(process, _url(process, folder), folder)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _url(process: subprocess.Popen[bytes], folder: Path) -> str:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if announced := _ANNOUNCED.search((folder / "stdout").read_text("utf-8", "replace")):
            return announced[0]
        _require_alive(process, folder)
        time.sleep(_PAUSE)
    raise ServerError(f"the server did not start within {_START_SECONDS:.0f} s: {_said(folder)}")


def _require_alive(process: subprocess.Popen[bytes], folder: Path) -> None:
    if process.poll() is not None:
        raise ServerError(f"the server ended with status {process.returncode}: {_said(folder)}")


def _said(folder: Path) -> str:
    """The end of what it said."""
    return "".join((folder / name).read_text("utf-8", "replace") for name in ("stdout", "stderr"))[-2000:].strip()
