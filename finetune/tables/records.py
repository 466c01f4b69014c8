"""Read tables as officers keep them: CSV and TSV in UTF-8 or GB18030, XLSX, JSONL; column names in two languages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from finetune.tables.jsonl import Problems, read_objects
from finetune.tables.sheets import text_rows, workbook_rows
from guards.text.folding import Folding, fold

_SEPARATORS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: each one's other names, and those that every row must fill."""

    names: Mapping[str, tuple[str, ...]]
    required: frozenset[str]

    def find(self, header: str) -> str | None:
        """The column of that name, however it is cased or spaced."""
        folded = same(header)
        return next((name for name, others in self.names.items() if folded in map(same, (name, *others))), None)

    def describe(self) -> str:
        """All columns, for an officer to read."""
        return ", ".join("/".join((*others, name)) for name, others in self.names.items())


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the filled cells by column, a list of texts where JSONL holds one. `place` is `file:row`."""

    place: str
    cells: dict[str, str | list[str]]

    def text(self, column: str) -> str:
        """The cell as one text, empty where the row has none."""
        cell = self.cells.get(column, "")
        return cell if isinstance(cell, str) else "、".join(cell)


def same(name: str) -> str:
    """A name as it is compared: width, case, spaces and the kind of its dashes do not matter."""
    return "".join(fold(name, Folding.PLAIN).text.split()).lower().translate(_DASHES)


_DASHES = str.maketrans("–—－~～", "-----")


def nearest(given: str, known: Iterable[str]) -> str:
    """` (nearest: …)` with the known name that comes nearest, or nothing; what was given is never repeated."""
    close = get_close_matches(given, list(known), 1, 0.5)
    return f" (nearest: {close[0]})" if close else ""


def read_records(path: Path, columns: Columns, problems: Problems) -> Iterator[Record]:
    """Every row that is not blank; what is wrong with the file or a row goes to `problems`."""
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        yield from _from_objects(path, columns, problems)
    elif suffix in _SEPARATORS:
        yield from _from_rows(path, text_rows(path, _SEPARATORS[suffix], problems), columns, problems)
    elif suffix == ".xlsx":
        yield from _from_rows(path, workbook_rows(path, problems), columns, problems)
    else:
        problems.add(f"{path}:1", "is none of .csv, .tsv, .xlsx and .jsonl")


def _from_objects(path: Path, columns: Columns, problems: Problems) -> Iterator[Record]:
    for place, found in read_objects(path, problems):
        known = _known(place, list(found), columns, problems)
        cells: dict[str, str | list[str]] = {}
        for key, value in found.items():
            if isinstance(value, str) and value.strip():
                cells[known.get(key, key)] = value.strip()
            elif isinstance(value, list) and all(isinstance(one, str) for one in value):
                cells[known.get(key, key)] = [one.strip() for one in value if one.strip()]
            elif value not in (None, "") and not isinstance(value, str):
                problems.add(place, f"{known.get(key, 'a column')}: a text or a list of texts is expected")
        if len(known) == len(found):
            yield from _checked(Record(place, cells), columns, problems)


def _from_rows(
    path: Path, rows: Iterable[tuple[int, list[str]]], columns: Columns, problems: Problems
) -> Iterator[Record]:
    """The rows below the first one, which names the columns."""
    header: list[str | None] | None = None
    for number, cells in rows:
        place = f"{path}:{number}"
        if not any(cells):
            continue
        if header is None:
            names = [cell for cell in cells if cell]
            known = _known(place, names, columns, problems)
            if missing := sorted(columns.required - set(known.values())):
                problems.add(place, f"lacks the columns {', '.join(missing)}; known are {columns.describe()}")
            if missing or len(known) < len(names):
                return
            header = [known.get(cell) for cell in cells]
            continue
        if any(cells[len(header) :]) or any(cell for cell, name in zip(cells, header, strict=False) if name is None):
            problems.add(place, "has cells beyond the columns that the first row names")
            continue
        filled = {name: cell for name, cell in zip(header, cells, strict=False) if name and cell}
        yield from _checked(Record(place, dict(filled)), columns, problems)


def _checked(record: Record, columns: Columns, problems: Problems) -> Iterator[Record]:
    if missing := sorted(name for name in columns.required if not record.text(name)):
        problems.add(record.place, f"{', '.join(missing)}: must not be empty")
    else:
        yield record


def _known(place: str, names: list[str], columns: Columns, problems: Problems) -> dict[str, str]:
    """The column of each name; what is unknown, or names a column again, is a problem."""
    known: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        column = columns.find(name)
        if column is None:
            near = nearest(name, [each for key, others in columns.names.items() for each in (key, *others)])
            problems.add(place, f"column {number} is unknown{near}; known are {columns.describe()}")
        elif column in known.values():
            problems.add(place, f"names the column {column} twice")
        else:
            known[name] = column
    return known
