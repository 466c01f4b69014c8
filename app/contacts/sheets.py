"""Tables as people save them: CSV in UTF-8 or GB18030, and XLSX workbooks; their columns mean nothing here."""

import csv
import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import IO, Any, cast

from app.contacts.errors import UnreadableList
from app.errors import HeyanError

Cell = str | int | float | bool | date | datetime | time | timedelta | None
CSV, XLSX = ".csv", ".xlsx"
_BOM = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With what a program that shows tables would begin to calculate."""
_ZEROS = re.compile("0{2,}")
"""A number format that shows leading zeros, as of customers' numbers."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, AttributeError, SyntaxError, EOFError)


def suffix_of(path: Path) -> str:
    """`.csv` or `.xlsx`. Raises HeyanError for another file."""
    suffix = path.suffix.lower()
    if suffix not in (CSV, XLSX):
        raise HeyanError(f"{path.name}: a list is a .csv or an .xlsx file")
    return suffix


def read_bytes(path: Path) -> bytes:
    """What the file holds. Raises HeyanError naming it."""
    try:
        return path.read_bytes()
    except OSError as unreadable:
        raise HeyanError(f"{path.name}: {unreadable.strerror or unreadable}") from None


def rows_of(path: Path, content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Number and cells of each row that is not empty, the number as a program that shows tables counts.

    Raises:
        UnreadableList: if the content is not what the suffix says, or a workbook has rows on several sheets.
    """
    table = _csv_rows(path, content) if suffix_of(path) == CSV else _workbook_rows(path, content)
    for number, cells in table:
        if any(cell not in (None, "") for cell in cells):
            yield number, cells


def text_of(path: Path, content: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark, or in GB18030.

    Raises:
        UnreadableList: if it is neither, or UTF-8 with a few broken bytes, which GB18030 would read as rare characters.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = content.count(b"\n", 0, broken.start) + 1
    replaced = content.decode("utf-8", "replace")
    lost = replaced.count("\ufffd")
    if content.startswith(_BOM) or lost < sum(character > "\x7f" for character in replaced) - lost:
        raise UnreadableList(f"{path.name}: UTF-8 with broken bytes on line {line}")
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        raise UnreadableList(f"{path.name}: neither UTF-8 nor GB18030; save it as CSV UTF-8") from None


def _csv_rows(path: Path, content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    reader = csv.reader(StringIO(text_of(path, content), newline=""), strict=True)
    begins = 1
    try:
        for row in reader:
            yield begins, [_calm(cell.strip()) for cell in row]
            begins = reader.line_num + 1
    except csv.Error as broken:
        raise UnreadableList(f"{path.name}: line {begins} is no row of a CSV file: {broken}") from None


def _workbook_rows(path: Path, content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415  only needed for workbooks
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that are of no matter here
            book = load_workbook(BytesIO(content), read_only=True)
            filled = [rows for sheet in book.worksheets if (rows := _sheet_rows(sheet))]
    except (*_DAMAGED, InvalidFileException, OSError):
        raise UnreadableList(f"{path.name}: no XLSX workbook, or a damaged one") from None
    if len(filled) > 1:
        raise UnreadableList(f"{path.name}: there are rows on several sheets; only one may have any")
    yield from filled[0] if filled else []


def _sheet_rows(sheet: Any) -> list[tuple[int, Sequence[Cell]]]:
    sheet.reset_dimensions()  # some programs write a wrong size, which would cut the sheet off
    return [
        (number, [_value_of(cell) for cell in cells])
        for number, cells in enumerate(sheet.iter_rows(), 1)
        if any(cell.value is not None for cell in cells)
    ]


def _value_of(cell: Any) -> Cell:
    """What a cell holds; a number that is shown with leading zeros is what is shown."""
    value = cell.value
    if isinstance(value, str):
        return _calm(value.strip())
    if isinstance(value, int) and not isinstance(value, bool) and _ZEROS.fullmatch(cell.number_format):
        return str(value).zfill(len(cell.number_format))
    return cast("Cell", value)


def write_rows(path: Path, rows: Iterable[Sequence[str]], *, force: bool) -> None:
    """Write a table of texts, readable by its owner alone; the whole of it or nothing.

    Raises:
        HeyanError: if the file is there and `force` is false, or it cannot be written.
    """
    suffix = suffix_of(path)
    if path.exists() and not force:
        raise HeyanError(f"{path.name}: there is such a file; --force replaces it")
    try:
        with _replacing(path) as file:
            if suffix == CSV:
                text = TextIOWrapper(file, "utf-8", newline="")
                csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
                text.detach()
            else:
                _write_workbook(file, rows)
    except OSError as unwritable:
        raise HeyanError(f"{path.name}: {unwritable.strerror or unwritable}") from None


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
            yield file
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _write_workbook(file: IO[bytes], rows: Iterable[Sequence[str]]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_harmless(cell) if cell.startswith("=") else cell for cell in row])  # other texts stay texts
    book.save(file)


def _harmless(text: str) -> str:
    """The text so that no program that shows tables takes it for a formula: it leaves away the quote."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _calm(text: str) -> str:
    """The text without the quote of `_harmless`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
