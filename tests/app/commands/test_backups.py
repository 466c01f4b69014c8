"""heyan backup and heyan restore"""

from pathlib import Path

import pytest

from tests.app.shell import Outcome, Shell


@pytest.fixture
def restored(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """A store made of the backup of another one; the shell works on it from now on."""
    shell("keys", "create", "engine", "--role", "caller")
    made = shell("backup", "heyan.backup")
    assert (made.status, made.err) == (0, "")
    assert "the audit trail's head is row 1, " in made.out
    monkeypatch.setenv("HEYAN_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    return shell("restore", "heyan.backup")


def _is_refused(outcome: Outcome, *words: str) -> None:
    assert (outcome.status, outcome.out) == (2, "")
    assert len(outcome.err.splitlines()) <= 2
    for word in words:
        assert word in outcome.err


def test_a_backup_is_restored_and_says_what_is_missing(shell: Shell, restored: Outcome) -> None:
    assert (restored.status, restored.err) == (0, "")
    assert "heyan restore waive --person PERSON" in restored.out
    assert shell("keys", "list").out.startswith("engine\t")


def test_two_persons_release_the_store(shell: Shell, restored: Outcome) -> None:
    assert shell("restore", "waive", "--person", "李合规").out == "another person has to waive it too\n"
    _is_refused(shell("restore", "waive", "--person", "李合规"), "another person")
    assert shell("restore", "waive", "--person", "王管理").out == "the store may be used\n"
    _is_refused(shell("restore", "waive", "--person", "王管理"), "nothing to waive")


def test_an_import_of_the_refusals_since_releases_the_store(shell: Shell, restored: Outcome) -> None:
    Path("since.csv").write_text("ref,type,at\nu-1,opt_out,2026-11-01\n", "utf-8")
    shell("contacts", "import", "since.csv", "--since-backup", "--dry-run")
    shell("contacts", "import", "since.csv")
    assert shell("restore", "waive", "--person", "李合规").out == "another person has to waive it too\n"
    imported = shell("contacts", "import", "since.csv", "--since-backup")
    assert (imported.status, imported.out.splitlines()[-1]) == (0, "the store may be used")
    _is_refused(shell("restore", "waive", "--person", "王管理"), "nothing to waive")


def test_what_cannot_be_is_refused(shell: Shell, restored: Outcome) -> None:
    _is_refused(shell("restore", "heyan.backup"), "not empty")
    _is_refused(shell("restore", "missing"), "missing: No such file")
    _is_refused(shell("backup", "heyan.backup"), "File exists")
    _is_refused(shell("restore", "waive"), "--person")
    _is_refused(shell("restore", "waive", "--person", "operator"), "  person: ")
    _is_refused(shell("restore", "heyan.backup", "--person", "李合规"), "--person")
