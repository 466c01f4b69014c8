"""A sheet as rows of texts, out of the bytes of a CSV file or a workbook; what cannot be read is named by row."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.lexicon.problems import Problem
from app.lexicon.workbooks import read_workbook

Row = Sequence[str]
_SIGNATURE = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CJK = "\u2e80"


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a sheet, the heads first, each cell without the spaces around it; and what could not be read."""

    rows: Sequence[Row]
    problems: Sequence[Problem] = field(default=())


def read_table(content: bytes) -> Table:
    """The table of a file, which says itself what it is: a workbook (XLSX), or CSV in UTF-8, UTF-16 or GB18030."""
    if content.startswith(_SIGNATURE):
        return Table(*read_workbook(content))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        told = "这是旧式的 .xls 文件，请在 Excel 里另存为 .xlsx 再导入。"
        return Table((), [Problem(code="old_workbook", message=told, english="a workbook of the old kind (.xls)")])
    text, problems = _decoded(content)
    return Table((), problems) if problems else Table(_rows(text))


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


def _rows(text: str) -> list[Row]:
    head = text.partition("\n")[0]
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    return [list(map(_cell, row)) for row in _read(reader)]


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
