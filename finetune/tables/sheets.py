"""The rows of files as officers save them: CSV and TSV in UTF-8 or GB18030, and XLSX workbooks."""

import csv
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from finetune.tables.jsonl import Problems

_BOM = b"\xef\xbb\xbf"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, SyntaxError, EOFError)


def text_rows(path: Path, separator: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The number of the line on which each row begins, and its cells."""
    try:
        text = _decoded(path.read_bytes())
    except OSError as unreadable:
        problems.add(f"{path}:1", f"cannot be read: {unreadable.strerror}")
        return
    except ValueError as undecodable:
        problems.add(f"{path}:1", str(undecodable))
        return
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for row in reader:
            yield begins, [cell.strip() for cell in row]
            begins = reader.line_num + 1
    except csv.Error as broken:
        problems.add(f"{path}:{begins}", f"is no table: {broken}")


def _decoded(raw: bytes) -> str:
    """UTF-8, with or without a byte order mark, else GB18030.

    Raises:
        ValueError: if it is neither, or UTF-8 with a few broken bytes, which GB18030 would read as rare characters.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = raw.count(b"\n", 0, broken.start) + 1
    replaced = raw.decode("utf-8", "replace")
    lost = replaced.count("\ufffd")
    if raw.startswith(_BOM) or lost < sum(character > "\x7f" for character in replaced) - lost:
        raise ValueError(f"is UTF-8 with bytes on line {line} that are none")
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        raise ValueError("is neither UTF-8 nor GB18030; save it as CSV UTF-8") from None


def workbook_rows(path: Path, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of the one sheet that holds rows; of a formula, the value that was saved with it."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415  only needed for workbooks
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")  # of styles and validations that are of no matter here
            book = load_workbook(file, read_only=True, data_only=True)
            sheets = [list(_sheet_rows(sheet)) for sheet in book.worksheets]
            unsaved = [(at, *place) for at, sheet in enumerate(book.worksheets, 1) for place in _unsaved(sheet)]
    except OSError as unreadable:
        problems.add(f"{path}:1", f"cannot be read: {unreadable.strerror or 'it is damaged'}")
        return
    except (*_DAMAGED, InvalidFileException):
        problems.add(f"{path}:1", "is no XLSX workbook, or a damaged one")
        return
    for at, number, cell in unsaved:
        where = f"{cell} of sheet {at}" if len(sheets) > 1 else cell
        problems.add(f"{path}:{number}", f"{where} is a formula without a saved value; calculate and save the workbook")
    if unsaved:
        return
    filled = [rows for rows in sheets if any(any(cells) for _, cells in rows)]
    if len(filled) > 1:
        problems.add(f"{path}:1", "holds rows on several sheets; only one may")
        return
    yield from filled[0] if filled else []


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # some programs write a wrong size, which would cut the sheet off
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        yield number, ["" if cell is None else _cell_text(cell) for cell in cells]


def _unsaved(sheet: Any) -> Iterator[tuple[int, str]]:
    """Row number and name of each cell with a formula of which no value was saved; a saved empty text is one."""
    from openpyxl.xml.functions import iterparse  # type: ignore[import-untyped]  # noqa: PLC0415

    number = 0
    with sheet._get_source() as source:  # the public way translates every formula, and some cannot be
        for event, element in iterparse(source, ("start", "end")):
            if event == "start" and element.tag == f"{_SHEET}row":
                number = int(element.get("r") or number + 1)
            elif event == "end" and element.tag == f"{_SHEET}row":
                element.clear()
            elif event == "end" and element.tag == f"{_SHEET}c" and _lacks_value(element):
                yield number, element.get("r") or "a cell"


def _lacks_value(cell: Any) -> bool:
    has_formula = cell.find(f"{_SHEET}f") is not None
    return has_formula and not cell.findtext(f"{_SHEET}v") and cell.get("t") != "str"


def _cell_text(cell: object) -> str:
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()
