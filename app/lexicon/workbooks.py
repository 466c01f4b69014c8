"""A workbook (XLSX) as rows of texts: merged cells filled down, formulas and errors named."""

import io
import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import IO, Any

from app.lexicon.filled import Bounds, Filled, TooMuch, letters
from app.lexicon.problems import Problem

_LARGEST = 128 * 2**20
"""Bytes of a workbook when unpacked: a small file may unpack to more than the memory holds."""
_LARGEST_ROW = 2 * 2**20
"""Bytes of a sheet without the end of a row among them: far more than its cells can say of a rule."""
_BEGINS_COMPUTED = ("=", "#")
"""How the formula or the error begins that a cell holds instead of words."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')


def read_workbook(content: bytes, bounds: Bounds) -> tuple[Filled, list[Problem]]:
    """What its first sheet holds, and what cannot be read in it; no further than the bounds."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415  no start need wait for it

    filled, problems = Filled(bounds), list[Problem]()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST:
                told = "文件解开以后太大了，请拆成几个再导入。"
                return filled, [Problem(code="too_large", message=told, english="the workbook unpacks to too much")]
        sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        for number, cells in _cells(sheet):
            row = [""] * max((cell["column"] for cell in cells if cell["value"] is not None), default=0)
            for cell in cells:
                if (said := _text(cell["value"])) and cell["column"] > 0:
                    row[cell["column"] - 1] = said
                    if said[0] in _BEGINS_COMPUTED and cell["data_type"] in ("f", "e"):
                        problems.append(_computed(number, cell["column"] - 1, cell))
            filled.add(number, row, len(cells))
        problems += _fill(filled, _merged(content, sheet))
    except TooMuch as more:
        return filled, [more.problem]
    except Exception:  # openpyxl raises whatever a broken part leads it to
        told = "文件打不开，可能已经损坏。请在 Excel 里重新另存为 .xlsx 再导入。"
        return filled, [Problem(code="broken_workbook", message=told, english="no workbook that can be opened")]
    return filled, problems


class _Metered:
    """The bytes of a sheet, refused where a row does not end."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.row = 1
        self._taken = 0

    def read(self, size: int = -1) -> bytes:
        """See `io.RawIOBase`."""
        some = self._source.read(size)
        self._taken += len(some)
        if self._taken > _LARGEST_ROW:
            told = f"第 {self.row} 行往后内容太多，读不下去。请删掉用不着的列和格式，另存以后再导入。"
            problem = Problem(code="too_large_row", row=self.row, message=told, english="a row without an end")
            raise TooMuch(problem)
        return some

    def ended(self, row: int) -> None:
        """Say that a row was read."""
        self.row, self._taken = row, 0


def _cells(sheet: Any) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The rows that the file has, by number, and the cells that it has of each: what is between them is not made up."""
    from openpyxl.worksheet._reader import WorkSheetParser  # type: ignore[import-untyped]  # noqa: PLC0415

    book, last = sheet.parent, 0
    with sheet._get_source() as source:
        metered = _Metered(source)
        times = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
        reader = WorkSheetParser(metered, sheet._shared_strings, epoch=book.epoch, **times)
        for number, cells in reader.parse():
            if number <= last:
                raise ValueError(f"row {number} comes behind row {last}")
            last = number
            metered.ended(number)
            reader.row_dimensions.clear()
            yield number, cells


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


def _computed(row: int, index: int, cell: Mapping[str, Any]) -> Problem:
    """That a cell holds no words, but a formula or what came of one."""
    what = "是公式，请复制后“选择性粘贴”为数值" if cell["data_type"] == "f" else "是 Excel 的错误值，请改正"
    column = letters(index)
    return Problem(
        code="no_text",
        row=row,
        column=column,
        word=str(cell["value"]),
        message=f"第 {row} 行 {column} 列{what}。",
        english=f"{column}{row} is a formula or an error",
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


def _fill(filled: Filled, ranges: Iterator[tuple[int, int, int, int]]) -> Iterator[Problem]:
    """Fill what was merged downwards; what was merged sideways is named, for it belongs to no one column.

    Raises:
        ValueError: if ranges lie on one another, which no workbook has: to fill them might never end.
    """
    numbers = list(filled.rows)
    left_over = len(numbers) * len(filled.head)
    for left, top, right, bottom in ranges:
        first, end = bisect_right(numbers, top + 1), bisect_right(numbers, bottom + 1)
        if top > 0 and top + 1 not in filled.rows and first == end:
            continue
        if right > left or top == 0:
            told = f"第 {top + 1} 行有横着合并的单元格，请取消合并，每列各填各的。"
            yield Problem(code="merged_cells", row=top + 1, message=told, english="cells merged across columns")
            continue
        if left >= len(filled.head):
            continue
        left_over -= end - first
        if left_over < 0:
            raise ValueError("merged cells that lie on one another")
        above = filled.rows.get(top + 1, [])
        value = above[left] if left < len(above) else ""
        for number in numbers[first:end] if value else ():
            row = filled.rows[number]
            row += [""] * (left + 1 - len(row))
            row[left] = value
