"""A shell in an empty directory, for commands that need no model."""

from pathlib import Path

import pytest

from tests.app.shell import Shell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """A shell whose store is empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEYAN_DATA_DIR", str(tmp_path / "var"))
    return Shell(monkeypatch, capsys)
