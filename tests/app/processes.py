"""Services in processes of their own, on one store, with scripted model servers."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.settings import ROOT
from tests.model_server import PATIENCE_SECONDS


class Process:
    """A running service. `said`: the file that holds its log."""

    def __init__(self, process: "subprocess.Popen[str]", url: str, said: Path) -> None:
        self._process = process
        self.url = url
        self.said = said

    def kill(self) -> None:
        """End it with no chance to say anything."""
        self._process.send_signal(signal.SIGKILL)
        assert self._process.wait(PATIENCE_SECONDS) == -signal.SIGKILL

    def stop(self) -> None:
        """End it in order."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE_SECONDS)


@contextmanager
def serving(
    store: str, directory: Path, model_url: str, options: Sequence[str] = (), **settings: str
) -> Iterator[Process]:
    """A process on a store, with a data directory of its own; killed at the end if it still lives."""
    chosen = {
        "HEYAN_DATABASE_URL": store,
        "HEYAN_DATA_DIR": str(directory),
        "HEYAN_CACHE_DIR": os.environ["HEYAN_CACHE_DIR"],
        "HEYAN_MODEL_URL": model_url,
        **settings,
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HEYAN_")}
    directory.mkdir(parents=True, exist_ok=True)
    said = directory / "said"
    with said.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", "0", *options],
            cwd=ROOT,
            env={**environment, **chosen},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Heyan serves on http://"), line + said.read_text()
            yield Process(process, line.split()[3], said)
        finally:
            if process.poll() is None:
                process.kill()
