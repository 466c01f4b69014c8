"""A shell with an empty store, of each kind in turn."""

from pathlib import Path

import pytest

from tests.app.shell import Shell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, url: str) -> Shell:
    """A shell in an empty directory; the terminal is wide enough for whole lines."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    monkeypatch.setenv("HEYAN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HEYAN_DATABASE_URL", url)
    monkeypatch.setenv("HEYAN_LOG_LEVEL", "error")
    monkeypatch.setenv("COLUMNS", "400")
    return Shell(monkeypatch, capsys)
