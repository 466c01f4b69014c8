"""Sheets that cost more than they hold: what lies far away or is far too much is named, and reading stops early."""

import io
import tracemalloc
import zipfile
from collections.abc import Mapping

import openpyxl  # type: ignore[import-untyped]
import pytest

from app.lexicon import rows
from app.lexicon.filled import Bounds
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.sheets import import_sheet
from app.lexicon.tables import read_table
from tests.app.lexicon.rules import SHIPPED

RULE = "promise.guaranteed_approval"
FEW = Bounds(rows=4, empty=4, cells=40)
_SHEET = "xl/worksheets/sheet1.xml"


def workbook(cells: Mapping[str, str]) -> bytes:
    """A workbook with heads, a row below, and these cells."""
    book = openpyxl.Workbook()
    for name, text in {"A1": "规则编号", "B1": "词语", "A2": RULE, "B2": "甲乙丙丁", **cells}.items():
        book.active[name] = text
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_rows(xml: str, behind: str = "") -> bytes:
    """The same with rows as the file spells them, and what follows them."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({}))) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).decode()
            changed = part.replace("</sheetData>", f"{xml}</sheetData>{behind}") if name == _SHEET else part
            new.writestr(name, changed)
    return written.getvalue()


def refused(content: bytes) -> list[Problem]:
    """Why a sheet is not taken."""
    with pytest.raises(ChangeRefused) as raised:
        import_sheet(SHIPPED, content)
    return list(raised.value.problems)


def codes(content: bytes, bounds: Bounds) -> list[tuple[str, int | None]]:
    """The code and row of each problem of reading no more than this."""
    return [(problem.code, problem.row) for problem in read_table(content, bounds).problems]


def test_a_stray_cell_at_the_end_of_a_workbook_is_named_and_costs_next_to_nothing() -> None:
    far, below = workbook({"XFD1048576": "x"}), workbook({"A1048576": "promise.guaranteed_approvl"})
    refused(far)  # what is loaded once is none of its cost
    tracemalloc.start()
    (stray,) = (problem for problem in refused(far) if problem.code == "stray_cell")
    (unknown,) = refused(below)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (stray.row, stray.column) == (1_048_576, "XFD")
    assert stray.message.startswith("第 1048576 行 XFD 列有内容")
    assert (unknown.code, unknown.row) == ("unknown_id", 1_048_576)
    assert most < 8 * 2**20


def test_a_cell_beside_the_heads_of_a_csv_file_is_named() -> None:
    text = f"规则编号,词语,,\n{RULE},甲乙丙,,,,,多\n\n{RULE},丁戊己,少\n"
    assert [(one.code, one.row, one.column) for one in refused(text.encode())] == [
        ("stray_cell", 2, "G"),
        ("stray_cell", 4, "C"),
    ]


def test_empty_rows_are_not_kept_and_the_others_bear_the_numbers_that_they_have_in_the_file() -> None:
    table = read_table(f"规则编号,词语\n,\n\n{RULE},甲乙丙\n".encode())
    assert dict(table.rows) == {4: [RULE, "甲乙丙"]}
    sheet = read_table(with_rows('<row r="9"><c r="B9" t="inlineStr"><is><t>戊己</t></is></c></row>'))
    assert dict(sheet.rows) == {2: [RULE, "甲乙丙丁"], 9: ["", "戊己"]}


@pytest.mark.parametrize("is_workbook", [True, False])
def test_more_filled_rows_than_are_read_are_told_by_number(is_workbook: bool) -> None:
    words = [f"词语{number}" for number in range(5)]
    below = workbook({f"B{number}": word for number, word in enumerate(words, 2)})
    content = below if is_workbook else "\n".join(["规则编号,词语", *(f"{RULE},{word}" for word in words)]).encode()
    assert codes(content, FEW) == [("too_many_rows", 6)]
    assert codes(content, Bounds(rows=5)) == []


def test_more_empty_rows_than_are_read_are_told_and_so_are_cells() -> None:
    empty = "".join(f'<row r="{number}"/>' for number in range(3, 9))
    assert codes(with_rows(empty), FEW) == [("too_many_empty_rows", 7)]
    assert codes(b"a,b\n" + b"\n" * 6, FEW) == [("too_many_empty_rows", 6)]
    cells = "".join(f'<row r="{number}">{"<c/>" * 15}</row>' for number in range(3, 9))
    assert codes(with_rows(cells), FEW) == [("too_many_cells", 5)]
    assert codes(b"a,b\n" + b"," * 41, FEW) == [("too_many_cells", 1)]


def test_a_file_of_nothing_but_line_breaks_is_refused_before_anything_is_made_of_them() -> None:
    (problem,) = refused(b"\n" * 1_000_001)
    assert problem.code == "too_many_rows"


def test_a_row_without_an_end_is_not_read_to_its_end() -> None:
    (problem,) = refused(with_rows(f'<row r="3">{"<c/>" * 600_000}</row>'))
    assert (problem.code, problem.row) == ("too_large_row", 2)


def test_merged_cells_that_lie_on_one_another_do_not_fill_the_sheet_again_and_again() -> None:
    merged = '<mergeCell ref="A2:A1048576"/>' * 20
    content = with_rows('<row r="3"><c r="B3"><v>1</v></c></row>', f"<mergeCells>{merged}</mergeCells>")
    assert [problem.code for problem in refused(content)] == ["broken_workbook"]


def test_rows_that_come_twice_are_told_as_a_broken_workbook() -> None:
    assert [problem.code for problem in refused(with_rows('<row r="2"/>'))] == ["broken_workbook"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_character_that_nobody_sees_is_named_by_its_row(encoding: str) -> None:
    (problem,) = refused(f"规则编号,词语\n{RULE},甲乙丙\n{RULE},丁\0戊己\n".encode(encoding))
    assert (problem.code, problem.row) == ("nul", 3)
    assert "第 3 行" in problem.message


def test_behind_very_many_problems_or_rules_nothing_more_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_MOST_PROBLEMS", 3)
    text = "规则编号,词语\n" + ",甲乙丙\n" * 9
    assert [(one.code, one.row) for one in refused(text.encode())][2:] == [("no_id", 4), ("too_many_problems", 4)]
    text = "规则编号,词语\n" + "".join(f"no.rule_{number},甲乙丙\n" for number in range(9))
    assert [(one.code, one.row) for one in refused(text.encode())][2:] == [("unknown_id", 4), ("too_many_problems", 4)]
    monkeypatch.setattr(rows, "_MOST_RULES", 5)
    assert [(one.code, one.row) for one in refused(text.encode())] == [("too_many_rules", 7)]


def test_it_is_guessed_a_few_times_only_which_id_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_MOST_GUESSES", 1)
    first, second = refused(f"规则编号,词语\n{RULE}s,甲乙丙\n{RULE}t,丁戊己\n".encode())
    assert f"是不是“{RULE}”" in first.message
    assert f"没有编号为“{RULE}t”的规则。请核对" in second.message
