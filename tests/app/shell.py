"""The command line as it is called, in this process: what it prints, and its exit status."""

import io
import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from app.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, read as JSON."""
        return json.loads(self.out)


class Shell:
    """Runs commands in this process, in a directory and environment of their own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str, given: bytes = b"") -> Outcome:
        self._monkeypatch.setattr(sys, "argv", ["heyan", *arguments])
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        self._capsys.readouterr()
        status: Any = 0
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
        said = self._capsys.readouterr()
        return Outcome(status, said.out, said.err)


def is_one_clear_line(outcome: Outcome, *words: str) -> None:
    """Assert that a command ended with one line that holds these words, and said nothing else."""
    assert outcome.status == 2
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert len(outcome.err.splitlines()) == 1
    for word in words:
        assert word in outcome.err
