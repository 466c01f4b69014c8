"""The rehearsal: invented calls are what recorded ones look like, and their planted preference is found."""

from collections import Counter
from pathlib import Path

import pytest

from app.approved.vocabulary import Vocabulary
from finetune.cli import main as finetune
from finetune.dataset.rows import KtoRow, read_rows
from finetune.rehearsal import UNWANTED, WANTED, main


def test_invented_calls_become_labels_of_the_planted_preference(
    tmp_path: Path, vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--output", str(tmp_path / "calls"), "--calls", "200"]) == 0
    assert "1600 calls" in capsys.readouterr().out
    sources = [f"--{name}={tmp_path / 'calls' / name}.jsonl" for name in ("decisions", "outcomes")]
    assert finetune(["dataset", *sources, "--output", str(tmp_path / "data")]) == 0
    rows = [row for row in read_rows(tmp_path / "data" / "kto.jsonl", "kto", vocabulary) if isinstance(row, KtoRow)]
    labels = Counter((row.brief.strategy, row.label) for row in rows)
    assert set(labels) == {(WANTED, True), (UNWANTED, False)}
    assert len({row.meta.segment for row in rows}) == 4


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["--output", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
