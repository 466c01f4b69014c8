"""Phrase rules as a sheet for officers (CSV, XLSX), a row a word, and such a sheet as a change."""

import csv
import io
from collections.abc import Iterator

from app.lexicon.columns import COLUMNS, ID, RULE, WORDS, Column, field_of, shown_value
from app.lexicon.drafts import Change
from app.lexicon.files import Kind, RuleFiles, StoredRule
from app.lexicon.problems import ChangeRefused
from app.lexicon.rows import change_of
from app.lexicon.tables import read_table

_ID = COLUMNS.index(ID)
_FORMULA = ("=", "+", "-", "@")
_WIDTHS = {"规则编号": 28, "标题": 18, "说法": 22, "正则": 30, "原因": 28, "建议": 28, "应当命中": 36, "不该命中": 36}


def export_csv(files: RuleFiles) -> bytes:
    """All phrase rules as CSV, in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in _rows(files):
        # What begins like a formula would be run by whoever opens the file.
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def export_xlsx(files: RuleFiles) -> bytes:
    """All phrase rules as a workbook."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415  no start need wait for it
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # noqa: PLC0415
    from openpyxl.styles import Font  # type: ignore[import-untyped]  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("规则")
    sheet.freeze_panes = "D2"
    for index, column in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + index)].width = _WIDTHS.get(column.name, 12)
    for number, row in enumerate(_rows(files)):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, text or None)
            if text:
                cell.data_type = "s"  # also what begins like a formula
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def import_sheet(files: RuleFiles, content: bytes, title: str = "") -> Change:
    """The change that a sheet asks for: words added to rules, fields that differ, rules that are new.

    What a rule has and the sheet has not stays: a sheet takes nothing away.

    Raises:
        ChangeRefused: naming every bad row and column; then nothing of the sheet is taken.
    """
    table = read_table(content)
    if table.problems:
        raise ChangeRefused([*table.problems, *table.stray])
    change, problems = change_of(files, table.head, table.rows, title)
    if problems or table.stray:
        raise ChangeRefused(sorted([*table.stray, *problems], key=lambda problem: problem.row or 0))
    return change


def _rows(files: RuleFiles) -> Iterator[list[str]]:
    yield [column.name for column in COLUMNS]
    for rule in files.rules.values():
        if rule.kind is Kind.PHRASE:
            yield from _rule(rule)


def _rule(rule: StoredRule) -> Iterator[list[str]]:
    columns = [_column(rule, column) for column in COLUMNS]
    for index in range(max(1, *map(len, columns))):
        cells = [cells[index] if index < len(cells) else "" for cells in columns]
        cells[_ID] = rule.id
        yield cells


def _column(rule: StoredRule, column: Column) -> list[str]:
    """What stands in a column, from the first row of the rule on."""
    value = field_of(rule.data, column)
    if column in WORDS:
        return list(value or ())
    return [shown_value(column.field, value)] if column in RULE else []
