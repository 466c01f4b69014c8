"""A kept revision comes back byte for byte, or not at all."""

import hashlib
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.lexicon.last_good import LastGood
from tests.app.lexicon.revisions import BODY, RULES_FILE, SHIPPED, holding, numbered


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    LastGood(tmp_path / "last").keep(SHIPPED)
    assert LastGood(tmp_path / "last").read() == SHIPPED
    (file,) = (tmp_path / "last").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_nothing_was_kept_there_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert LastGood(tmp_path / "last").read() is None
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "another form"])
def test_what_is_not_as_it_was_written_is_nothing(
    harm: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    LastGood(tmp_path).keep(SHIPPED)
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    harmed = {
        "cut": content[:-1],
        "changed": content.replace("国家级".encode(), "国家队".encode()),
        "empty": b"",
        "another form": content.replace(b"policy 1", b"policy 2", 1),
    }[harm]
    assert harmed != content
    file.write_bytes(harmed)
    assert LastGood(tmp_path).read() is None
    told = json.loads(capsys.readouterr().err)
    assert (told["level"], told["event"], told["file"], told["reason"]) == (
        "error",
        "the policy kept for a start without the store is not used",
        str(file),
        "it is not what was written",
    )


def _without_rules(kept: dict[str, Any]) -> None:
    del kept["lexicon"][RULES_FILE]


def _other_rules(kept: dict[str, Any]) -> None:
    kept["lexicon"][RULES_FILE] = kept["lexicon"][RULES_FILE].replace("国家级", "国家队")


def _without_what_is_held(kept: dict[str, Any]) -> None:
    del kept["wording"]["holds.yaml"]


def _held_by_digest_only(kept: dict[str, Any]) -> None:
    kept["left_out"]["holds.yaml"] = hashlib.sha256(kept["wording"].pop("holds.yaml").encode()).hexdigest()


def _two_files_as_one(kept: dict[str, Any]) -> None:
    first, second = sorted(kept["lexicon"])[:2]
    digest = hashlib.sha256(kept["lexicon"].pop(first).encode()).hexdigest()
    kept["lexicon"][f"{first} {digest}\nlexicon/{second}"] = kept["lexicon"].pop(second)


def _without_a_number(kept: dict[str, Any]) -> None:
    del kept["number"]


def _no_texts(kept: dict[str, Any]) -> None:
    kept["lexicon"] = list(kept["lexicon"])


def _another_number_for_a_digest(kept: dict[str, Any]) -> None:
    kept["sha256"] = 7


@pytest.mark.parametrize(
    "change",
    [
        _without_rules,
        _other_rules,
        _without_what_is_held,
        _held_by_digest_only,
        _two_files_as_one,
        _without_a_number,
        _no_texts,
        _another_number_for_a_digest,
    ],
)
def test_who_writes_the_first_line_anew_changes_no_rules(
    change: Callable[[dict[str, Any]], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    LastGood(tmp_path).keep(numbered(7, replace(SHIPPED, wording=holding(BODY, is_frozen=True))))
    assert LastGood(tmp_path).read() is not None
    (file,) = tmp_path.iterdir()
    kept = json.loads(file.read_bytes().partition(b"\n")[2])
    change(kept)
    body = json.dumps(kept, ensure_ascii=False).encode()
    file.write_bytes(f"heyan policy 1 {hashlib.sha256(body).hexdigest()}\n".encode() + body)
    assert LastGood(tmp_path).read() is None
    assert json.loads(capsys.readouterr().err)["reason"]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        LastGood(tmp_path / "file" / "last").keep(SHIPPED)
