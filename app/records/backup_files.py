"""The file of a backup: gzip, one JSON a line, the same for SQLite and PostgreSQL, with a digest at the end.

The first line tells the form, the schema, when it was taken and the head of the audit trail; then each table has a line
with its columns and a line for each row; the last line counts the rows. Times are ISO 8601, bytes base64.
"""

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, LargeBinary, RowMapping, Table

import app.records.notice_tables  # noqa: F401  its tables are kept too
from app.errors import HeyanError
from app.records.audit import Head, Link
from app.records.case_tables import held_cases
from app.records.moments import UtcTimestamp
from app.records.tables import activations, metadata, restores, sessions

FORMAT = "heyan.backup.v1"
TABLES = [table for table in metadata.sorted_tables if table not in (activations, held_cases, restores, sessions)]
"""What is kept: not who is logged in, which replicas run, and where this store itself came from."""
Row = dict[str, Any]


class BrokenBackup(HeyanError):  # noqa: N818
    """The file is no backup, not whole, or not what was written."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds, by its own words, after every line was read and found to be as it was written."""

    schema: str
    taken_at: datetime
    head: Head
    rows: Mapping[str, int]
    sha256: str


class BackupWriter:
    """Writes the lines of a backup, and digests them."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._rows: dict[str, int] = {}
        self._columns: Sequence[Column[Any]] = ()
        self._table = ""

    def begin(self, schema: str, taken_at: datetime, head: Head) -> None:
        """The first line."""
        told = {"schema": schema, "taken_at": taken_at.isoformat(), "trail": [head.number, head.hash]}
        self._line({"format": FORMAT, **told})

    def table(self, table: Table) -> None:
        """The rows that follow are this table's."""
        self._table, self._columns = table.name, list(table.columns)
        self._rows[table.name] = 0
        self._line({"table": table.name, "columns": [column.name for column in self._columns]})

    def row(self, row: Mapping[str, Any] | RowMapping) -> None:
        """One row."""
        self._rows[self._table] += 1
        self._line([_written(row[column.name]) for column in self._columns])

    def end(self) -> None:
        """The last line, with the digest of all before it."""
        self._line({"rows": self._rows, "sha256": self._digest.hexdigest()})

    def _line(self, value: Any) -> None:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        self._digest.update(line)
        self._stream.write(line)


@contextmanager
def writing(file: Path) -> Iterator[BackupWriter]:
    """A new file that only its owner may read, complete or not there at all. Raises HeyanError."""
    part = file.with_name(f"{file.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as raw:
                with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0, filename="") as stream:
                    yield BackupWriter(stream)  # type: ignore[arg-type]
                raw.flush()
                os.fsync(raw.fileno())
            os.link(part, file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise HeyanError(f"{file}: {error.strerror or error}") from None


def rows_of(file: Path) -> Iterator[tuple[Table, Row]]:
    """Every row of a file, in its order. Raises BrokenBackup."""
    known = {table.name: table for table in TABLES}
    table = TABLES[0]
    columns: list[Column[Any]] = []
    for _, value in _lines(file):
        if isinstance(value, list):
            yield table, {column.name: _read(column, each) for column, each in zip(columns, value, strict=True)}
        elif "table" in value:
            table = known[value["table"]]
            columns = [table.c[name] for name in value["columns"]]


def check(file: Path) -> Contents:
    """Read a whole file, and see that it is what was written: every line, the counts, the audit trail and its head.

    Raises BrokenBackup.
    """
    digest, before, current = hashlib.sha256(), b"", ""
    rows: dict[str, int] = {}
    first: Any = None
    last: Any = None
    for line, value in _lines(file):
        first = first or value
        digest.update(before)
        before, last = line, value
        if isinstance(value, dict) and "table" in value:
            rows[value["table"]] = 0
            current = value["table"]
        elif isinstance(value, list):
            rows[current] += 1
    if not isinstance(last, dict) or last.get("sha256") != digest.hexdigest() or last.get("rows") != rows:
        raise BrokenBackup(f"{file}: it is not what was written, or not all of it")
    if not isinstance(first, dict) or first.get("format") != FORMAT:
        raise BrokenBackup(f"{file}: it is no backup of the form {FORMAT}")
    if set(rows) - {table.name for table in TABLES}:
        raise BrokenBackup(f"{file}: it has tables that this version does not know")
    head = Head(*first["trail"])
    _check_trail(file, head)
    return Contents(first["schema"], datetime.fromisoformat(first["taken_at"]), head, rows, digest.hexdigest())


def _check_trail(file: Path, head: Head) -> None:
    link = Link()
    for table, row in rows_of(file):
        if table.name == "audit_trail" and (broken := link.follow(row)) is not None:
            raise BrokenBackup(f"{file}: row {broken.number} of the audit trail: {broken.reason}")
    if link.head != head:
        raise BrokenBackup(f"{file}: the end of the audit trail is missing")


def _lines(file: Path) -> Iterator[tuple[bytes, Any]]:
    try:
        with gzip.open(file, "rb") as stream:
            for line in stream:
                yield line, json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no backup, or broken"
        raise BrokenBackup(f"{file}: {reason}") from None


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UtcTimestamp):
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if isinstance(column.type, LargeBinary) else value
