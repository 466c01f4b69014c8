"""heyan lexicon"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.lexicon.lifecycle import Lifecycle
from app.lexicon.rule_matter import RuleMatter
from app.records import Revisions, open_store
from tests.app.lexicon.rules import INSTITUTION, LEXICONS, SHIPPED, rule
from tests.app.shell import Shell


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped rules, with a title and a phrase of one of them changed."""
    changed = tmp_path / "mine"
    changed.mkdir()
    for name, content in SHIPPED.contents.items():
        (changed / name).write_bytes(content)
    file = changed / "promise.yaml"
    file.write_text(file.read_text("utf-8").replace("title: ", "title: 改", 1), "utf-8")
    return changed


def _publish(url: str) -> None:
    """Publish a new rule in the store of the shell."""

    async def work() -> None:
        store = await open_store(url)
        try:
            life = Lifecycle(store, Revisions(store), RuleMatter(INSTITUTION), judge=lambda proposal: [])
            made = await life.draft({"title": "新词", "adds": [rule()]}, "张合规")
            await life.submit(made.record.id, "张合规")
            await life.approve(made.record.id, "李合规")
        finally:
            await store.close()

    asyncio.run(work())


def test_a_folder_becomes_a_draft_whose_difference_is_shown(shell: Shell, folder: Path) -> None:
    done = shell("lexicon", "import", str(folder), "--person", "张合规")
    assert (done.status, done.err) == (0, "")
    head, *lines = done.out.splitlines()
    assert head.startswith("draft 01")
    assert head.endswith(" of 张合规, on revision 1")
    assert lines[0].startswith("~ promise.")
    assert "→ 改" in lines[1]
    assert shell("lexicon", "status").out.splitlines()[0].startswith("revision 1 of ")


def test_files_that_are_in_force_make_no_draft(shell: Shell) -> None:
    done = shell("lexicon", "import", str(LEXICONS), "--person", "张合规")
    assert (done.status, done.out) == (2, "")
    assert "没有要改的" in done.err


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mine.yaml", "family：promise\n".encode(), "全角冒号"),
        ("mine.xlsx", b"PK\x03\x04rubbish", "文件打不开"),
        ("mine.zip", b"PK\x03\x04rubbish", "压缩包打不开"),
        ("mine.txt", b"rubbish", "看不出文件是什么格式"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_drafted(
    shell: Shell, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    (tmp_path / "folder" / name).write_bytes(content)
    done = shell("lexicon", "import", name, "--person", "张合规")
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err


def test_a_path_that_holds_nothing_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "folder" / "empty").mkdir()
    for path in ("nowhere.yaml", "empty"):
        done = shell("lexicon", "import", path, "--person", "张合规")
        assert done.status == 2
        assert path in done.err


def test_the_rules_come_out_byte_for_byte(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "folder" / "out"
    out.mkdir()
    (out / "old.yaml").write_text("family: old\n", "utf-8")
    done = shell("lexicon", "export", "out")
    assert done.status == 0
    assert "not of this revision: old.yaml" in done.out
    for name, content in SHIPPED.contents.items():
        assert (out / name).read_bytes() == content


def test_the_status_says_what_is_in_force_and_which_files_differ(shell: Shell, tmp_path: Path, url: str) -> None:
    assert len(shell("lexicon", "status").out.splitlines()) == 1
    _publish(url)
    first, second = shell("lexicon", "status").out.splitlines()
    assert first.startswith("revision 2 of ")
    assert "by 张合规, approved by 李合规: 新词" in first
    assert second.endswith("differs from it: extra.yaml")
    assert shell("lexicon", "export", "old", "--revision", "1").status == 0
    assert not (tmp_path / "folder" / "old" / "extra.yaml").exists()


def test_the_status_says_which_replica_is_silent_and_that_some_disagree(shell: Shell, url: str) -> None:
    assert shell("lexicon", "status").status == 0
    now = datetime.now(UTC)

    async def work() -> None:
        store = await open_store(url)
        for name, digest, moment in (
            ("killed", "0" * 64, now - timedelta(minutes=5)),
            ("one", "1" * 64, now),
            ("other", "2" * 64, now),
        ):
            await Revisions(store, lambda moment=moment: moment).activated(name, 1, digest)  # type: ignore[misc]
        await store.close()

    asyncio.run(work())
    *_, killed, one, other, last = shell("lexicon", "status").out.splitlines()
    assert killed.startswith("killed")
    assert "silent, seen " in killed
    assert not any("silent" in line for line in (one, other))
    assert last == "replicas run revision 1 with different digests"
