"""Files that differ from a revision are named, one missing and one new among them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.data import read_data
from app.lexicon.checkout import differing, read_checkout
from app.metrics import Metrics
from app.settings import ROOT, Settings
from tests.app.lexicon.revisions import SHIPPED, holding


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Copies of all files."""
    for name in ("prompts", "lexicons"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return Settings(prompts_dir=tmp_path / "prompts", lexicons_dir=tmp_path / "lexicons")


def test_files_as_they_were_published_do_not_differ(settings: Settings) -> None:
    assert differing(settings, SHIPPED) == ()


def test_whatever_differs_is_named(settings: Settings) -> None:
    (settings.lexicons_dir / "gates.yaml").write_bytes(SHIPPED.lexicon["gates.yaml"] + b"\n")
    (settings.lexicons_dir / "insult.yaml").unlink()
    (settings.lexicons_dir / "mine.yaml").write_bytes(b"family: mine\n")
    (settings.prompts_dir / "replies.yaml").unlink()
    assert differing(settings, SHIPPED) == (
        "lexicons/gates.yaml",
        "lexicons/insult.yaml",
        "lexicons/mine.yaml",
        "prompts/replies.yaml",
    )


def test_what_belongs_to_the_deployment_is_in_no_revision(settings: Settings) -> None:
    assert set(SHIPPED.wording) == {
        "bridges.yaml",
        "complements.yaml",
        "fallbacks.yaml",
        "replies.yaml",
        "stitch.yaml",
    }
    (settings.prompts_dir / "institution.yaml").write_bytes(b"full_name: other\n")
    (settings.prompts_dir / "templates" / "user.j2").write_bytes(b"other\n")
    assert differing(settings, SHIPPED) == ()


def test_what_is_held_has_no_file(settings: Settings) -> None:
    held = replace(SHIPPED, wording=holding("您好。"))
    assert differing(settings, held) == ()
    (settings.prompts_dir / "holds.yaml").write_bytes(held.wording["holds.yaml"])
    assert differing(settings, SHIPPED) == ()
    assert read_checkout(settings).texts == SHIPPED.texts
    assert not read_data(settings, Metrics(), lambda *_: None).wording.holds


def test_without_the_folders_everything_differs(tmp_path: Path) -> None:
    nowhere = Settings(prompts_dir=tmp_path / "p", lexicons_dir=tmp_path / "l")
    assert len(differing(nowhere, SHIPPED)) == len(SHIPPED.texts)
    assert read_checkout(nowhere).texts == {}
