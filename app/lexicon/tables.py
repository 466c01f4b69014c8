"""A sheet as rows of texts, out of the bytes of a CSV file or a workbook; what cannot be read is named by row."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.lexicon.filled import Bounds, Filled, Row, TooMuch, too_many_cells, too_many_rows
from app.lexicon.problems import Problem
from app.lexicon.workbooks import read_workbook

_SIGNATURE = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CJK = "\u2e80"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its head, and the rows below that hold something by their numbers (the head is row 1).

    Each cell is without the spaces around it. `problems`: what could not be read; then there may be no rows. `stray`:
    cells in columns without a head.
    """

    head: Row = ()
    rows: Mapping[int, Row] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    stray: Sequence[Problem] = ()


def read_table(content: bytes, bounds: Bounds | None = None) -> Table:
    """The table of a file, which says itself what it is: a workbook (XLSX), or CSV in UTF-8, UTF-16 or GB18030."""
    bounds = bounds or Bounds()
    if content.startswith(_SIGNATURE):
        filled, problems = read_workbook(content, bounds)
        return Table(filled.head, filled.rows, problems, filled.stray)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        told = "这是旧式的 .xls 文件，请在 Excel 里另存为 .xlsx 再导入。"
        return Table(problems=[Problem(code="old_workbook", message=told, english="a workbook of the old kind (.xls)")])
    lines = bounds.cells // 3
    if content.count(b"\n") > lines:  # before anything is made of each
        return Table(problems=[too_many_rows(bounds.rows, lines)])
    text, problems = _decoded(content)
    return Table(problems=problems) if problems else _csv(text, bounds)


def _decoded(content: bytes) -> tuple[str, list[Problem]]:
    if content.startswith(_UTF16):
        try:
            return content.decode("utf-16"), []
        except UnicodeDecodeError:
            return "", [_unreadable(1, "UTF-16")]
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    utf, gb, neither = [], [], []
    for number, line in enumerate(lines, 1):
        match _encoding(line):
            case "utf-8":
                utf.append(number)
            case "gb18030":
                gb.append(number)
            case "unknown":
                neither.append(number)
    if utf and gb:
        few, other, many = (gb, "GB18030", "UTF-8") if len(gb) <= len(utf) else (utf, "UTF-8", "GB18030")
        told = f"，其余是 {many}。请在 Excel 里另存为“CSV UTF-8”再导入。"
        return "", [_mixed(number, f"第 {number} 行是 {other} 编码{told}") for number in (*few, *neither)]
    encoding = "gb18030" if gb else "utf-8"
    if neither:
        return "", [_unreadable(number, encoding.upper()) for number in neither]
    return b"\n".join(lines).decode(encoding, "replace"), []


def _encoding(line: bytes) -> str:
    """What a line is written in: `ascii` also if it could be either, which short lines in GB18030 can."""
    if line.isascii():
        return "ascii"
    try:
        if any(character >= _CJK for character in line.decode()):
            return "utf-8"
    except UnicodeDecodeError:
        pass
    else:
        return "ascii"
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return "unknown"
    return "gb18030"


def _mixed(row: int, message: str) -> Problem:
    return Problem(code="mixed_encodings", row=row, message=message, english=f"row {row} is in another encoding")


def _unreadable(row: int, encoding: str) -> Problem:
    told = f"第 {row} 行有读不出来的字。请在 Excel 里另存为“CSV UTF-8”再导入。"
    return Problem(code="unreadable_row", row=row, message=told, english=f"row {row} is no {encoding}")


def _csv(text: str, bounds: Bounds) -> Table:
    head = text.partition("\n")[0]
    delimiter = max(",\t;", key=head.count)
    if text.count(delimiter) > bounds.cells:  # they may all stand in one row
        return Table(problems=[too_many_cells(bounds.cells, 1)])
    filled, problems = Filled(bounds), list[Problem]()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(_read(reader), 1):
            cells = list(map(_cell, row))
            if any("\0" in cell for cell in row):
                problems.append(_nul(number))
            filled.add(number, cells, len(cells))
    except TooMuch as more:
        return Table(problems=[more.problem])
    return Table(filled.head, filled.rows, problems, filled.stray)


def _nul(row: int) -> Problem:
    told = f"第 {row} 行里有看不见的空字符（NUL），文件可能存坏了。请删掉它，或者在 Excel 里另存为“CSV UTF-8”再导入。"
    return Problem(code="nul", row=row, message=told, english=f"row {row} holds a NUL")


def _read(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond the limit of csv: longer than any word of a rule
            yield ["…" * 300]


def _cell(text: str) -> str:
    text = text.strip(" \t\r\n\u3000\ufeff")
    # What begins like a formula is exported behind an apostrophe.
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
