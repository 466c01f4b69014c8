"""Tables come as people save them, and nothing that is written is calculated by whoever opens it."""

import csv
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from app.contacts.errors import UnreadableList
from app.contacts.sheets import Cell, rows_of, write_rows
from app.errors import HeyanError


def read(path: Path) -> list[tuple[int, list[Cell]]]:
    return [(number, list(cells)) for number, cells in rows_of(path, path.read_bytes())]


def save(path: Path, *sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str, end: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(end.join(["客户编号,类型", "u-1, 拒绝来电 ", "", ",", '"u-2",号码错误']).encode(encoding))
    assert read(file) == [(1, ["客户编号", "类型"]), (2, ["u-1", "拒绝来电"]), (5, ["u-2", "号码错误"])]


def test_a_row_is_numbered_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text('ref,type\n"u-\n1",x\nu-2,y\n', "utf-8")
    assert [number for number, _ in read(tmp_path / "list.csv")] == [1, 2, 4]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("客户编号,类型\nu-1,拒绝".encode() + b"\xe6\n", "broken bytes on line 2"),
        ("客户编号".encode("utf-8-sig") + b"\xff", "broken bytes on line 1"),
        ("客户编号".encode("utf-16"), "neither UTF-8 nor GB18030"),
        (b'ref\n"u-1\n', "line 2"),
    ],
)
def test_what_is_no_csv_file_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(UnreadableList, match=words) as refused:
        read(file)
    assert "list.csv" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_a_workbook_is_read_with_its_own_row_numbers(tmp_path: Path) -> None:
    at = datetime(2026, 11, 1, 10, 5)
    file = save(tmp_path / "list.xlsx", [["ref", " 时间 "], [123, at], [], ["u-2", None], [1.5, True]])
    assert read(file) == [(1, ["ref", "时间"]), (2, [123, at]), (4, ["u-2"]), (5, [1.5, True])]


def test_empty_sheets_beside_the_list_do_not_matter(tmp_path: Path) -> None:
    assert read(save(tmp_path / "list.XLSX", [], [["ref"], ["u-1"]], [[None, None]])) == [(1, ["ref"]), (2, ["u-1"])]


def test_rows_on_two_sheets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableList, match="several sheets"):
        read(save(tmp_path / "list.xlsx", [["ref"], ["u-1"]], [["ref"], ["u-2"]]))


@pytest.mark.parametrize("content", [b"", b"ref\nu-1\n", b"PK\x03\x04 and then nothing"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.xlsx").write_bytes(content)
    with pytest.raises(UnreadableList, match="no XLSX workbook"):
        read(tmp_path / "list.xlsx")


def test_a_workbook_that_was_cut_is_refused(tmp_path: Path) -> None:
    file = save(tmp_path / "list.xlsx", [["ref"], ["u-1"]])
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(UnreadableList, match="no XLSX workbook"):
        read(file)


@pytest.mark.parametrize("name", ["list.xls", "list", "list.csv.gz"])
def test_other_files_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(HeyanError, match=name):
        list(rows_of(tmp_path / name, b""))
    with pytest.raises(HeyanError, match=name):
        write_rows(tmp_path / name, [], force=False)


ROWS = [["ref", "类型"], ["-A1", "=1+1"], ["@x", "+1"], ["007", "1e5"], ["2026-11-01", ""]]


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_what_is_written_comes_back(tmp_path: Path, name: str) -> None:
    write_rows(tmp_path / name, ROWS, force=False)
    assert [["" if cell is None else cell for cell in cells] for _, cells in read(tmp_path / name)] == ROWS
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_nothing_that_is_written_is_calculated(tmp_path: Path) -> None:
    write_rows(tmp_path / "list.csv", ROWS, force=False)
    write_rows(tmp_path / "list.xlsx", ROWS, force=False)
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "-", "@"))]
    cells = [cell for row in load_workbook(tmp_path / "list.xlsx").active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_a_file_that_is_there_stays_unless_it_is_forced(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("something else", "utf-8")
    with pytest.raises(HeyanError, match="--force"):
        write_rows(file, [["ref"]], force=False)
    assert file.read_text("utf-8") == "something else"
    write_rows(file, [["ref"]], force=True)
    assert file.read_bytes() == b"ref\r\n"


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(HeyanError, match=r"list.csv: No such file"):
        write_rows(tmp_path / "missing" / "list.csv", [["ref"]], force=False)
