"""Paths of recipes and files that are replaced: where each is found, and that none is ever seen half written."""

from pathlib import Path

import pytest

from finetune.folders import located, replacing, write_atomically
from guards.shipped import ROOT


def test_in_a_checkout_a_relative_path_starts_at_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert located("models/heyan-mini") == ROOT / "models" / "heyan-mini"
    assert located("var/runs/house") == ROOT / "var" / "runs" / "house"
    assert located(str(tmp_path / "elsewhere")) == tmp_path / "elsewhere"


def test_of_an_installed_program_it_starts_where_one_stands_and_the_shipped_model_is_found(tmp_path: Path) -> None:
    workplace, root = tmp_path / "work", tmp_path / "heyan_data"
    shipped, own = root / "models" / "heyan-mini", workplace / "models" / "heyan-mini"
    shipped.mkdir(parents=True)
    assert located("models/heyan-mini", workplace, root) == shipped
    assert located("var/runs/house", workplace, root) == workplace / "var" / "runs" / "house"
    own.mkdir(parents=True)
    assert located("models/heyan-mini", workplace, root) == own


def test_a_text_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    for text in ("old\n", "新\n"):
        write_atomically(file, text)
        assert file.read_bytes() == text.encode()
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]


def test_a_writer_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("old", "utf-8")

    def fail_half_way() -> None:
        with replacing(file) as opened:
            opened.write(b"half of the n")
            opened.flush()
            assert file.read_text("utf-8") == "old"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert file.read_text("utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["rows.jsonl"]
