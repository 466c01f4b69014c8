"""The refusal list of an institution: read from CSV or XLSX, imported in portions, and exported again."""

import asyncio
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from app.contacts.closing import Comparison, Refusal, counts, portions, together
from app.contacts.columns import Column, RowReader, column_of, read_header, ref_of
from app.contacts.errors import UnreadableList
from app.contacts.events import Kept
from app.contacts.ledger import AT_ONCE, Closure, Ledger
from app.contacts.sheets import Cell, read_bytes, rows_of, suffix_of, text_of, write_rows
from app.errors import FieldProblem
from app.records import Store
from app.records.audit import append
from guards.lexicon.scope import CHINA

_PAUSE = 0.12
"""Seconds between two portions: others that wait for SQLite's one writer look every tenth of a second."""
_EXPORTED = (
    Column.REF_DIGEST,
    Column.TYPE,
    Column.SCOPE,
    Column.SINCE,
    Column.LATEST,
    Column.SOURCE,
    Column.KEYED_BY,
)


@dataclass(frozen=True, slots=True)
class RefusalList:
    """A list that was read and makes sense: its file's name and SHA-256, and each customer and kind once."""

    name: str
    sha256: str
    rows: int
    refusals: list[Refusal]

    @property
    def customers(self) -> int:
        """How many the list names."""
        return len({each.ref_digest for each in self.refusals})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a list is: `rows` are `duplicates`, or customer and kind that are what the other names say."""

    rows: int
    customers: int
    new: int = 0
    wider: int = 0
    redated: int = 0
    known: int = 0
    duplicates: int
    expired: int

    def plus(self, compared: Comparison) -> Self:
        """The same, with a portion that was compared with what is closed."""
        more = {
            "new": len(compared.new),
            "wider": len(compared.wider),
            "redated": len(compared.renewed),
            "known": len(compared.known),
        }
        now = {each.name: getattr(self, each.name) + more.get(each.name, 0) for each in fields(self)}
        return type(self)(**now)

    @property
    def changes_nothing(self) -> bool:
        """Whether all of it was known."""
        return self.new == self.wider == self.redated == 0

    def __str__(self) -> str:
        """All of them in one line."""
        return (
            f"{self.rows} rows, {self.customers} customers: {self.new} new, {self.wider} wider, {self.redated} known "
            f"with other dates, {self.known} already known, {self.duplicates} duplicates in the file, {self.expired} "
            "older than the retention"
        )


def read_list(path: Path, ledger: Ledger) -> RefusalList:
    """Read a list whole.

    Raises:
        UnreadableList: naming every row that cannot be taken, and why; none of its values is repeated.
        HeyanError: if the file cannot be read.
    """
    suffix_of(path)
    content = read_bytes(path)
    table = iter(rows_of(path, content))
    header = next(table, None)
    if header is None:
        raise UnreadableList(f"{path.name}: there is nothing in it")
    reader = RowReader(read_header(path.name, header[1]), ledger.digest, ledger.keyed_by, datetime.now(UTC))
    refusals: list[Refusal] = []
    problems: list[FieldProblem] = []
    bad = 0
    for number, cells in table:
        match reader.read(number, cells):
            case Refusal() as refusal:
                refusals.append(refusal)
            case wrong:
                problems += wrong
                bad += 1
    if problems:
        raise UnreadableList(f"{path.name}: {_number(bad, 'row')} cannot be taken, so none was", problems)
    # By digest, since an index that grows at its end grows fast.
    joined = sorted(together(refusals).values(), key=lambda each: each.key)
    return RefusalList(path.name, hashlib.sha256(content).hexdigest(), len(refusals), joined)


async def import_list(
    store: Store, ledger: Ledger, listed: RefusalList, person: str, *, dry_run: bool = False
) -> Counts:
    """Keep a list, `AT_ONCE` refusals in a transaction, with a row in the trail before and one at the end.

    An import that was interrupted is repeated: it ends as one that was not. Raises StoreError.
    """
    oldest = ledger.oldest
    fresh = [each for each in listed.refusals if counts(each.latest, oldest)]
    counted = Counts(
        rows=listed.rows,
        customers=listed.customers,
        duplicates=listed.rows - len(listed.refusals),
        expired=len(listed.refusals) - len(fresh),
    )
    keep = ledger.compare if dry_run else ledger.close_all
    file = {"file": listed.name, "sha256": listed.sha256}
    if not dry_run:
        async with store.writing() as connection:
            await append(connection, person, "contact.list_import_begun", None, file)
    for number, some in enumerate(portions(fresh, AT_ONCE)):
        if number and not dry_run and store.engine.dialect.name == "sqlite":
            await asyncio.sleep(_PAUSE)
        counted = counted.plus(await keep(some))
    if not dry_run:
        async with store.writing() as connection:
            await append(connection, person, "contact.list_imported", None, {**file, **asdict(counted)})
    return counted


def read_refs(path: Path) -> list[str]:
    """The references of a list, each once: one a line, or in the column ref of a CSV or XLSX file.

    Raises:
        UnreadableList: naming every row that holds none.
        HeyanError: if the file cannot be read.
    """
    content = read_bytes(path)
    is_table = path.suffix.lower() in (".csv", ".xlsx")
    table = list(rows_of(path, content)) if is_table else _lines(text_of(path, content))
    place = 0
    if table and is_table:
        columns = [column_of(cell) for cell in table[0][1]]
        if Column.REF in columns:
            place = columns.index(Column.REF)
            table = table[1:]
        elif len(columns) > 1 or columns[0] is not None:
            raise UnreadableList(f"{path.name}: there is no column ref (客户编号)")
    refs: dict[str, None] = {}
    problems: list[FieldProblem] = []
    for number, cells in table:
        cell = cells[place] if place < len(cells) else None
        try:
            refs[ref_of("" if cell is None else cell)] = None
        except ValueError as unfit:
            problems.append(FieldProblem(f"row {number}, {Column.REF}", str(unfit)))
    if problems:
        raise UnreadableList(f"{path.name}: {_number(len(problems), 'row')} cannot be taken", problems)
    return list(refs)


async def export_list(
    ledger: Ledger, path: Path, refs: Collection[str] | None = None, *, force: bool = False
) -> tuple[int, int]:
    """Write what is closed to a CSV or XLSX file; with `refs`, for these customers only and under their references.

    How many closures of how many customers there are. Raises HeyanError for a file that is there already and `force`
    is false, or that cannot be written; StoreError.
    """
    suffix_of(path)
    rows = [[digest, *_cells(closure, ledger.keyed_by)] async for digest, closure in ledger.every(refs)]
    customers = len({row[0] for row in rows})
    header: list[str] = list(_EXPORTED)
    if refs is not None:
        names = {ledger.digest(ref): ref for ref in refs}
        header = [Column.REF, *header]
        rows = [[names[row[0]], *row] for row in rows]
    await asyncio.to_thread(write_rows, path, [header, *rows], force=force)
    return len(rows), customers


def _cells(closure: Closure, keyed_by: str) -> list[str]:
    return [
        Kept(closure.type).event.value,
        closure.scope or "",
        closure.since.astimezone(CHINA).isoformat(),
        closure.latest.astimezone(CHINA).isoformat(),
        closure.source,
        keyed_by,
    ]


def _lines(text: str) -> list[tuple[int, list[Cell]]]:
    lines: Iterable[tuple[int, str]] = enumerate(text.splitlines(), 1)
    return [(number, [line.strip()]) for number, line in lines if line.strip()]


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
