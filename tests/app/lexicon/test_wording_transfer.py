"""Approved wording leaves the service as files and comes back as a change, byte for byte or not at all."""

import io
import re
import zipfile
from collections.abc import Mapping

import pytest

from app.approved.holds import HOLDS_FILE
from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.wording import COMPLEMENTS_FILE, FALLBACKS_FILE, STITCH_FILE
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.wording_transfer import exported_wording, imported_wording, imported_wording_files
from tests.app.lexicon.wordings import WORDS


def _archive(files: Mapping[str, bytes | str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def _refused(content: bytes | Mapping[str, bytes]) -> list[Problem]:
    take = imported_wording if isinstance(content, bytes) else imported_wording_files
    with pytest.raises(ChangeRefused) as refused:
        take(WORDS, content)  # type: ignore[arg-type]
    for problem in refused.value.problems:
        assert re.search("[\u4e00-\u9fff]", problem.message), problem
    return list(refused.value.problems)


def test_what_comes_back_as_it_left_changes_nothing() -> None:
    exported = exported_wording({**WORDS, HOLDS_FILE: b"frozen: true"})
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == WORDS
    assert [problem.code for problem in _refused(exported)] == ["no_change"]
    for content in WORDS.values():
        assert [problem.code for problem in _refused(content)] == ["no_change"]
    assert exported_wording(WORDS) == exported


@pytest.mark.parametrize("name", [BRIDGES_FILE, COMPLEMENTS_FILE, FALLBACKS_FILE, REPLIES_FILE, STITCH_FILE])
def test_a_file_alone_is_known_by_what_stands_in_it_and_taken_byte_for_byte(name: str) -> None:
    for sent in (b"\xef\xbb\xbf" + WORDS[name], WORDS[name].replace(b"\n", b"\r\n"), WORDS[name] + b"# \xe6\xb3\xa8"):
        change = imported_wording(WORDS, sent, "题")
        assert (change.title, {each: text.encode() for each, text in change.files.items()}) == ("题", {name: sent})
        assert (change.adds, change.edits, change.retires, change.resumes) == ((), (), (), ())


def test_of_an_archive_only_what_differs_is_taken_wherever_it_lies() -> None:
    sent = {f"wording/{name}": content for name, content in WORDS.items()}
    changed = WORDS[BRIDGES_FILE] + b"# x\n"
    sent |= {
        f"wording/{BRIDGES_FILE}": changed,
        "__MACOSX/._x.yaml": b"\0",
        "README.md": b"# x",
        "a/.hidden.yaml": b"[",
    }
    change = imported_wording(WORDS, _archive(sent))
    assert {name: text.encode() for name, text in change.files.items()} == {BRIDGES_FILE: changed}


@pytest.mark.parametrize(
    ("name", "meant"),
    [("reply.yaml", "是不是“replies.yaml”"), ("x.yaml", "可以导入的有"), (HOLDS_FILE, "不是话术文件")],
)
def test_a_stranger_in_an_archive_is_named_and_nothing_is_taken(name: str, meant: str) -> None:
    broken: dict[str, bytes | str] = {REPLIES_FILE: "- tag: a\n  texts：[甲]\n", name: "x: 1"}
    broken[BRIDGES_FILE] = WORDS[BRIDGES_FILE] + b"# x"
    found = _refused(_archive(broken))
    told = {(problem.code, problem.file) for problem in found}
    assert {("unknown_file", name), ("full_width_colon", REPLIES_FILE)} <= told
    assert {problem.file for problem in found} == {name, REPLIES_FILE}
    assert any(meant in problem.message for problem in found)


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        ("- tag: a\n  texts：[甲]\n", 2, "全角冒号"),
        ("- tag: a\n\ttexts: [甲]\n", 2, "Tab"),
        ("- tag: a\n  texts: [甲\n- tag: b\n", 3, "配对"),
        ("- tag: a\n  tag: b\n", 2, "写了两次"),
        ("- tag: &a b\n- tag: *a\n", 1, "请把内容写全"),
        ('- tag: "a\n', 2, "引号没有配对"),
        ("- tag: a\n---\n- tag: b\n", 2, "第二份内容"),
    ],
)
def test_a_broken_file_is_told_by_name_and_line(content: str, line: int, told: str) -> None:
    for found in (_refused({REPLIES_FILE: content.encode()}), _refused(_archive({REPLIES_FILE: content}))):
        [problem] = [problem for problem in found if told in problem.message]
        assert (problem.file, problem.line) == (REPLIES_FILE, line)
        assert problem.message.startswith(f"{REPLIES_FILE} 第 {line} 行")
    assert any(told in problem.message for problem in _refused(content.encode()))


def test_what_is_no_utf_8_is_said() -> None:
    [problem] = _refused({BRIDGES_FILE: "- {text: 甲}".encode("gb18030")})
    assert "请存成 UTF-8" in problem.message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"{}",
        b"[]",
        b"- 1",
        b"family: promise",
        b"\0",
        b"PK\x03\x04rubbish",
        b"[" * 100_000,
        b"\xff\xfe- a: 1",
    ],
)
def test_rubbish_is_refused_in_words(content: bytes) -> None:
    assert len(_refused(content)) == 1


@pytest.mark.parametrize("files", [{}, {"README.md": "x"}])
def test_an_archive_without_files_of_wording_is_refused(files: Mapping[str, str]) -> None:
    assert len(_refused(_archive(files))) == 1


@pytest.mark.parametrize("title", ["题\0", "长" * 201])
def test_a_title_that_cannot_be_kept_is_refused(title: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        imported_wording_files(WORDS, {BRIDGES_FILE: b"[]"}, title)
    assert [problem.field for problem in refused.value.problems] == ["title"]


def test_two_files_of_one_name_in_an_archive_are_refused_for_nobody_can_tell_which_is_meant() -> None:
    sent = {"a/bridges.yaml": WORDS[BRIDGES_FILE] + b"# a", "b/bridges.yaml": WORDS[BRIDGES_FILE] + b"# b"}
    [problem] = _refused(_archive(sent))
    assert (problem.code, BRIDGES_FILE in problem.message) == ("twice_in_archive", True)
