"""A kept revision comes back byte for byte, or not at all."""

import stat
from pathlib import Path

import pytest

from app.lexicon.last_good import LastGood
from tests.app.lexicon.revisions import SHIPPED


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    LastGood(tmp_path / "last").keep(SHIPPED)
    assert LastGood(tmp_path / "last").read() == SHIPPED
    (file,) = (tmp_path / "last").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_nothing_was_kept_there_is_nothing(tmp_path: Path) -> None:
    assert LastGood(tmp_path / "last").read() is None


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "another form"])
def test_what_is_not_as_it_was_written_is_nothing(harm: str, tmp_path: Path) -> None:
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


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        LastGood(tmp_path / "file" / "last").keep(SHIPPED)
