"""heyan wording"""

import asyncio
import zipfile
from pathlib import Path

import pytest

from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.vocabulary import read_vocabulary
from app.approved.wording import read_prompts
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.rewording import Rewording
from app.lexicon.wording_matter import WordingMatter
from app.records import ChangeState, Revisions, open_store
from app.settings import ROOT
from tests.app.lexicon.rules import Verdicts
from tests.app.lexicon.wordings import BRIDGE, PROMPTS, WORDS
from tests.app.shell import Shell

NEW = BRIDGE.replace("请您稍等", "请稍等")
CHANGED = WORDS[BRIDGES_FILE].replace(BRIDGE.encode(), NEW.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped wording with other words in one bridge, in the shell's own folder."""
    changed = tmp_path / "folder" / "mine"
    changed.mkdir(parents=True, exist_ok=True)
    for name, content in {**WORDS, BRIDGES_FILE: CHANGED}.items():
        (changed / name).write_bytes(content)
    return changed


async def _life(url: str, publish: bool) -> list[tuple[ChangeState, Rewording]]:
    """The changes of the store of the shell; `publish`: approve another one before."""
    store = await open_store(url)
    try:
        matter = WordingMatter(read_vocabulary(PROMPTS), read_prompts(PROMPTS))
        life = Lifecycle(store, Revisions(store), matter, judge=Verdicts())
        if publish:
            made = (await life.page())[0].record
            await life.submit(made.id, made.author)
            await life.approve(made.id, "李合规")
        return [(one.record.state, one.change) for one in await life.page()]
    finally:
        await store.close()


def test_a_folder_becomes_a_draft_whose_difference_is_shown(shell: Shell, folder: Path, url: str) -> None:
    done = shell("wording", "import", str(folder), "--person", "张合规", "--title", "换")
    assert (done.status, done.err) == (0, "")
    head, *lines = done.out.splitlines()
    assert head.startswith("draft 01")
    assert head.endswith(" of 张合规, on revision 1")
    assert [line.partition(" ")[0] for line in lines] == ["-", "+"]
    assert (lines[0].endswith(BRIDGE), lines[1].endswith(NEW)) == (True, True)
    [(state, change)] = asyncio.run(_life(url, publish=False))
    assert (state, change.title, dict(change.files)) == (ChangeState.DRAFT, "换", {BRIDGES_FILE: CHANGED.decode()})
    assert shell("lexicon", "status").out.startswith("revision 1 of ")


def test_a_file_alone_and_an_archive_do_the_same(shell: Shell, folder: Path) -> None:
    (folder.parent / "renamed.yaml").write_bytes(CHANGED)
    with zipfile.ZipFile(folder.parent / "mine.zip", "w") as archive:
        archive.writestr(f"mine/{BRIDGES_FILE}", CHANGED)
    for source in (f"mine/{BRIDGES_FILE}", "renamed.yaml", "mine.zip"):
        done = shell("wording", "import", source, "--person", "张合规")
        assert (done.status, len(done.out.splitlines())) == (0, 3), done.err
        assert " of 张合规, on revision 1" in done.out


def test_files_that_are_in_force_make_no_draft(shell: Shell) -> None:
    done = shell("wording", "import", str(PROMPTS), "--person", "张合规")
    assert (done.status, done.out) == (2, "")
    assert "没有要改的" in done.err


def test_a_bad_file_is_named_and_nothing_is_drafted(shell: Shell, tmp_path: Path, url: str) -> None:
    for name, content, told in (
        (REPLIES_FILE, "- tag: a\n  texts：[甲]\n".encode(), "replies.yaml 第 2 行"),
        (BRIDGES_FILE, b"[]", "没有话可说了"),
        (BRIDGES_FILE, b"", "一串话"),
        ("mine.zip", b"PK\x03\x04rubbish", "压缩包打不开"),
        ("mine.txt", b"rubbish", "看不出是哪个话术文件"),
    ):
        (tmp_path / "folder" / name).write_bytes(content)
        done = shell("wording", "import", name, "--person", "张合规")
        assert (done.status, done.out) == (2, "")
        assert told in done.err
        assert "Traceback" not in done.err
    assert asyncio.run(_life(url, publish=False)) == []


def test_a_path_that_holds_nothing_and_a_name_that_is_none_are_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "folder" / "empty").mkdir()
    for path in ("nowhere.yaml", "empty"):
        done = shell("wording", "import", path, "--person", "张合规")
        assert (done.status, path in done.err) == (2, True)
    for person in ("", " 张", "张\u200b合规"):
        done = shell("wording", "import", str(PROMPTS), "--person", person)
        assert (done.status, "--person" in done.err) == (2, True)


def test_the_wording_comes_out_byte_for_byte_of_any_revision(shell: Shell, folder: Path, url: str) -> None:
    assert shell("wording", "import", str(folder), "--person", "张合规").status == 0
    assert [state for state, _ in asyncio.run(_life(url, publish=True))] == [ChangeState.PUBLISHED]
    for arguments, number, bridges in (
        (("new",), 2, CHANGED),
        (("old", "--revision", "1"), 1, WORDS[BRIDGES_FILE]),
    ):
        done = shell("wording", "export", *arguments)
        assert (done.status, done.out) == (0, f"revision {number}: 5 files are in {arguments[0]}\n")
        out = folder.parent / arguments[0]
        assert {file.name: file.read_bytes() for file in out.iterdir()} == {**WORDS, BRIDGES_FILE: bridges}
    assert shell("wording", "export", "x", "--revision", "9").status == 2
    (folder.parent / "file").write_text("", "utf-8")
    assert "file" in shell("wording", "export", "file").err
    assert "没有要改的" in shell("wording", "import", "new", "--person", "张合规").err


def test_a_store_is_not_begun_with_wording_that_cannot_be_put_in_force(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    for file in PROMPTS.glob("*.yaml"):
        (prompts / file.name).write_bytes(file.read_bytes())
    (prompts / BRIDGES_FILE).write_bytes(b"[]")
    monkeypatch.setenv("HEYAN_PROMPTS_DIR", str(prompts))
    monkeypatch.setenv("HEYAN_LEXICONS_DIR", str(ROOT / "lexicons"))
    for command in (
        ("wording", "export", "out"),
        ("lexicon", "export", "out"),
        ("wording", "import", str(PROMPTS), "--person", "张合规"),
    ):
        done = shell(*command)
        assert (done.status, done.out) == (2, "")
        assert BRIDGES_FILE in done.err
    (prompts / BRIDGES_FILE).write_bytes(WORDS[BRIDGES_FILE])
    assert shell("wording", "export", "out").out == "revision 1: 5 files are in out\n"
