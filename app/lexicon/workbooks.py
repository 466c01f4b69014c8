"""A workbook (XLSX) as rows of texts: merged cells filled down, formulas and errors named."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from app.lexicon.problems import Problem

_LARGEST = 300 * 2**20
"""Bytes of a workbook when unpacked: a small file may unpack to more than the memory holds."""
_BEGINS_COMPUTED = ("=", "#")
"""How the formula or the error begins that a cell holds instead of words."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')


def read_workbook(content: bytes) -> tuple[Sequence[Sequence[str]], list[Problem]]:
    """The rows of its first sheet, and what cannot be read in it."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415  no start need wait for it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST:
                told = "文件解开以后太大了，请拆成几个再导入。"
                return (), [Problem(code="too_large", message=told, english="the workbook unpacks to too much")]
        book = load_workbook(io.BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        problems: list[Problem] = []
        rows = []
        for cells in sheet.iter_rows():  # once: a large sheet takes seconds
            row = [_text(cell.value) for cell in cells]
            rows.append(row)
            suspects = [cell for cell, said in zip(cells, row, strict=True) if said[:1] in _BEGINS_COMPUTED]
            problems += (problem for cell in suspects for problem in _computed(cell))
        problems += _fill(rows, _merged(content, sheet))
    except Exception:  # openpyxl raises whatever a broken part leads it to
        told = "文件打不开，可能已经损坏。请在 Excel 里重新另存为 .xlsx 再导入。"
        return (), [Problem(code="broken_workbook", message=told, english="no workbook that can be opened")]
    return rows, problems


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip(" \t\r\n\u3000")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _computed(cell: Any) -> Iterator[Problem]:
    """That a cell holds no words, but a formula or what came of one."""
    if cell.value is not None and cell.data_type in ("f", "e"):
        what = "是公式，请复制后“选择性粘贴”为数值" if cell.data_type == "f" else "是 Excel 的错误值，请改正"
        yield Problem(
            code="no_text",
            row=cell.row,
            column=cell.column_letter,
            word=str(cell.value),
            message=f"第 {cell.row} 行 {cell.column_letter} 列{what}。",
            english=f"{cell.coordinate} is a formula or an error",
        )


def _merged(content: bytes, sheet: Any) -> Iterator[tuple[int, int, int, int]]:
    """The ranges of merged cells (columns and rows from 0, ends included), which a quick read leaves out."""
    path = str(sheet._worksheet_path).lstrip("/")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for left, top, right, bottom in _MERGED.findall(archive.read(path)):
            yield _number(left), int(top) - 1, _number(right), int(bottom) - 1


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _fill(rows: list[list[str]], ranges: Iterator[tuple[int, int, int, int]]) -> Iterator[Problem]:
    """Fill what was merged downwards; what was merged sideways is named, for it belongs to no one column."""
    for left, top, right, bottom in ranges:
        if top >= len(rows):
            continue
        if right > left or top == 0:
            told = f"第 {top + 1} 行有横着合并的单元格，请取消合并，每列各填各的。"
            yield Problem(code="merged_cells", row=top + 1, message=told, english="cells merged across columns")
            continue
        value = rows[top][left] if left < len(rows[top]) else ""
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row):
                row[left] = value
