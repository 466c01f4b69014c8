"""Run folders: one process at a time, never overwritten, and only complete checkpoints count."""

from pathlib import Path

import pytest

from finetune.runs.run import LOCK, UnwritableRun, begin, finish_checkpoint, is_complete, locked
from guards.lexicon.documents import DocumentError


def test_a_lock_that_a_killed_process_left_is_none(tmp_path: Path) -> None:
    (tmp_path / LOCK).touch()
    with locked(tmp_path), pytest.raises(UnwritableRun), locked(tmp_path):
        pass
    with locked(tmp_path / "run"):
        begin(tmp_path / "run", {"recipe": {}, "base": {}, "data": {}}, resume=False)
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["run.json"]


def test_a_folder_that_is_no_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with locked(tmp_path), pytest.raises(DocumentError, match="no run; train one"):
        begin(tmp_path, {"recipe": {}, "base": {}, "data": {}}, resume=True)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_checkpoint_is_complete_only_while_its_files_have_their_sizes(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint-2"
    (checkpoint / "ref").mkdir(parents=True)
    (checkpoint / "ref" / "weights").write_bytes(b"12345")
    assert not is_complete(checkpoint)
    finish_checkpoint(checkpoint)
    assert is_complete(checkpoint)
    (checkpoint / "ref" / "weights").write_bytes(b"1234")
    assert not is_complete(checkpoint)
