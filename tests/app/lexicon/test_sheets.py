"""Sheets of rules: out and in again changes nothing, words are added in bulk, and every bad row is named at once."""

import io
from collections.abc import Callable, Sequence

import openpyxl  # type: ignore[import-untyped]
import pytest

from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.sheets import export_csv, export_xlsx, import_sheet
from tests.app.lexicon.rules import DAY, SHIPPED, rule

RULE = "promise.guaranteed_approval"
FEW = apply(
    SHIPPED.replaced({name: None for name in SHIPPED.contents if name[0] not in "dgnp"}),
    Change(
        adds=[rule(phrases=["=1+1", "-保证", "@包过"], stages=["open"], suggest="说\n两行", patterns=["保 证{0,2}$"])]
    ),
    since=DAY,
)


def workbook(rows: Sequence[Sequence[object]], merged: str = "") -> bytes:
    """A workbook with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def refused(content: bytes) -> list[Problem]:
    """Why a sheet is not taken."""
    with pytest.raises(ChangeRefused) as raised:
        import_sheet(SHIPPED, content)
    return list(raised.value.problems)


def places(content: bytes) -> list[tuple[str, int | None, str | None]]:
    """The code, row and column of each problem."""
    return [(problem.code, problem.row, problem.column) for problem in refused(content)]


@pytest.mark.parametrize("export", [export_csv, export_xlsx])
@pytest.mark.parametrize("files", [SHIPPED, FEW], ids=["shipped", "like formulas"])
def test_what_was_exported_changes_nothing_when_it_is_imported(
    export: Callable[[RuleFiles], bytes], files: RuleFiles
) -> None:
    assert not import_sheet(files, export(files))


def test_nothing_that_is_exported_would_run_as_a_formula() -> None:
    cells = [cell for line in export_csv(FEW).decode("utf-8-sig").splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.lstrip('"').startswith(("=", "+", "-", "@"))]
    book = openpyxl.load_workbook(io.BytesIO(export_xlsx(FEW)))
    assert {cell.data_type for row in book.active for cell in row} <= {"s", "n", "inlineStr"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "text", ["规则编号,词语\n{0},联通包过\n\n{0},必过了\n", "rule_id\tphrase\r\n{0}\t联通包过\r\n{0}\t必过了"]
)
def test_two_columns_add_words_to_a_rule_in_any_encoding(encoding: str, text: str) -> None:
    change = import_sheet(SHIPPED, text.format(RULE).encode(encoding), "批量")
    (edited,) = change.edits
    assert edited["phrases"][-2:] == ["联通包过", "必过了"]
    assert {**edited, "phrases": edited["phrases"][:-2]} == SHIPPED.rules[RULE].data
    assert apply(SHIPPED, change, since=DAY).lexicon()


def test_a_new_rule_is_made_of_rows_with_all_that_a_rule_needs() -> None:
    heads = [
        "规则编号",
        "标题",
        "说法",
        "处理方式",
        "适用场景",
        "原因",
        "法律依据",
        "效力",
        "已核对原文",
        "生效日",
        "应当命中",
        "不该命中",
    ]
    first = [
        "extra.one",
        "承诺",
        "包过件",
        "拦下",
        "营销、账单提醒",
        "不得承诺",
        "广告法",
        "法律",
        "是",
        "2026年1月2日",
        "我们包过件",
        "m",
    ]
    second = ["extra.one", "", "必过件", *[""] * 7, "我们必过件", ""]
    (added,) = import_sheet(SHIPPED, workbook([heads, first, second])).adds
    assert (added["action"], added["scenarios"]) == ("block", ["marketing", "bill_reminder"])
    assert added["source"] == {"law": "广告法", "force": "law", "verified": True}
    assert (added["phrases"], added["effective"]) == (["包过件", "必过件"], {"from": "2026-01-02"})
    assert apply(SHIPPED, Change(adds=[added]), since=DAY).lexicon()


def test_a_field_that_differs_is_an_edit_and_what_the_sheet_lacks_stays() -> None:
    (edited,) = import_sheet(SHIPPED, f"规则编号,处理方式,建议\n{RULE},改写,\n".encode()).edits
    assert edited == {**SHIPPED.rules[RULE].data, "action": "revise"}


def test_every_bad_row_is_named_at_once() -> None:
    text = (
        "规则编号,词语,处理方式,生效日,正则\n"
        f"{RULE},甲乙丙,拦,2026-02-30,\n"
        "promise.guaranteed_aproval,甲,,,\n"
        ",乙,,,\n"
        f"{RULE},甲乙丙,改写,,\n"
        f"{RULE},丁,拦下,,(保证\n"
        "gate.minor,丙,,,\n"
        f"{RULE},{'长' * 201},,,,多\n"
    )
    assert places(text.encode()) == [
        ("unreadable_cell", 2, "处理方式"),
        ("unreadable_cell", 2, "生效日"),
        ("unknown_id", 3, "规则编号"),
        ("no_id", 4, "规则编号"),
        ("duplicate_word", 5, "说法"),
        ("duplicate_id", 6, "处理方式"),
        ("bad_pattern", 6, "正则"),
        ("not_by_sheet", 7, "规则编号"),
        ("stray_cell", 8, "F"),
        ("too_long", 8, "说法"),
    ]
    assert all(f"第 {problem.row} 行" in problem.message for problem in refused(text.encode()))


HEADS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "unknown": ("规则编号,词语,备忘\n", [("unknown_column", "备忘")]),
    "misspelt": ("规则编号,词吾\n", [("unknown_column", "词吾")]),
    "full-width comma": ("规则编号，词语\n", [("unknown_column", "规则编号，词语"), ("no_column", "规则编号")]),
    "twice": ("规则编号,词语,phrase\n", [("column_twice", "说法")]),
    "no id": ("词语\n包过\n", [("no_column", "规则编号")]),
    "nothing but ids": ("规则编号\n", [("no_column", "说法")]),
}


@pytest.mark.parametrize(("text", "expected"), HEADS.values(), ids=HEADS)
def test_wrong_columns_are_named(text: str, expected: list[tuple[str, str]]) -> None:
    assert places(text.encode()) == [(code, 1, column) for code, column in expected]


def test_an_empty_sheet_is_told_as_such() -> None:
    assert places(b"") == [("empty_sheet", None, None)]


def test_rows_in_two_encodings_are_named() -> None:
    lines = [line.encode() for line in ("规则编号,词语\n", f"{RULE},甲乙丙\n", f"{RULE},丁戊己\n")]
    mixed = b"".join([*lines, f"{RULE},庚辛壬\n".encode("gb18030"), f"{RULE},子丑寅\n".encode("gb18030")])
    assert places(mixed) == [("mixed_encodings", 4, None), ("mixed_encodings", 5, None)]
    assert places(b"".join([*lines, b"\xff\xff\n"])) == [("unreadable_row", 4, None)]


def test_cells_that_are_merged_downwards_are_filled_and_sideways_named() -> None:
    rows: list[list[str | None]] = [["规则编号", "词语"], [RULE, "甲乙丙丁"], [None, "戊己庚辛"]]
    (edited,) = import_sheet(SHIPPED, workbook(rows, "A2:A3")).edits
    assert edited["phrases"][-2:] == ["甲乙丙丁", "戊己庚辛"]
    assert places(workbook([*rows, [RULE, None]], "A4:B4"))[0] == ("merged_cells", 4, None)
    assert ("duplicate_word", 3, "说法") in places(workbook([rows[0], [RULE, "甲乙丙丁"], [RULE, None]], "B2:B3"))


def test_formulas_errors_and_numbers_of_a_workbook() -> None:
    rows: list[list[str | float]] = [["规则编号", "词语"], [RULE, "=A1&A2"], [RULE, "#N/A"], [RULE, 100.0]]
    assert places(workbook(rows)) == [("no_text", 2, "B"), ("no_text", 3, "B")]
    (edited,) = import_sheet(SHIPPED, workbook([rows[0], rows[3]])).edits
    assert edited["phrases"][-1] == "100"


@pytest.mark.parametrize(
    ("content", "code"), [(b"PK\x03\x04 broken", "broken_workbook"), (b"\xd0\xcf\x11\xe0 old", "old_workbook")]
)
def test_a_file_that_is_no_sheet_is_told_as_such(content: bytes, code: str) -> None:
    assert places(content) == [(code, None, None)]


def test_thousands_of_words_become_one_change() -> None:
    words = [f"词{number:05}号" for number in range(10_000)]
    (edited,) = import_sheet(SHIPPED, workbook([["规则编号", "词语"], *([RULE, word] for word in words)])).edits
    assert edited["phrases"][-10_000:] == words
