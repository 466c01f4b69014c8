"""The rows of a sheet that hold something, kept as they are read: no wider than the head, and no more than is bearable.

One stray cell at the end of a sheet must not cost what a million filled rows cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.lexicon.problems import Problem

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many filled rows, empty rows and cells are read of one sheet."""

    rows: int = 200_000
    empty: int = 100_000
    cells: int = 3_000_000


class TooMuch(Exception):  # noqa: N818  it is no fault of the program
    """More than is read of one sheet; `problem` says so."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.english)
        self.problem = problem


@dataclass(slots=True)
class Filled:
    """What is kept of a sheet: its head, the filled rows below by their numbers (from 1), and cells beside the head."""

    bounds: Bounds = field(default_factory=Bounds)
    head: Row = ()
    rows: dict[int, list[str]] = field(default_factory=dict)
    stray: list[Problem] = field(default_factory=list)
    _empty: int = 0
    _cells: int = 0

    def add(self, number: int, cells: list[str], size: int) -> None:
        """Keep the row of this number. `size`: how many cells the file has for it.

        Raises:
            TooMuch: if that is more than is read.
        """
        self._cells += size
        if self._cells > self.bounds.cells:
            raise TooMuch(too_many_cells(self.bounds.cells, number))
        width = _width(cells)
        if number == 1:
            self.head = cells[:width]
        elif not width:
            self._empty += 1
            if self._empty > self.bounds.empty:
                raise TooMuch(_too_many_empty(self.bounds.empty, number))
        elif len(self.rows) >= self.bounds.rows:
            raise TooMuch(too_many_rows(self.bounds.rows, number))
        else:
            if self.head and width > len(self.head):
                at = next(index for index in range(len(self.head), width) if cells[index])
                self.stray.append(stray_cell(number, at))
            self.rows[number] = cells[: min(width, len(self.head))]


def _width(cells: Row) -> int:
    return next((index for index in range(len(cells), 0, -1) if cells[index - 1]), 0)


def letters(index: int) -> str:
    """What a sheet calls the column of this index (from 0): A, B, … XFD."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def stray_cell(row: int, index: int) -> Problem:
    """That a cell holds something in a column without a head."""
    column = letters(index)
    told = f"第 {row} 行 {column} 列有内容，可是第一行没有这一列的列名。请删掉这一格，或者补上列名。"
    english = f"{column}{row} has no head"
    return Problem(code="stray_cell", row=row, column=column, message=told, english=english)


def too_many_rows(most: int, row: int) -> Problem:
    """That a sheet has more filled rows than are read."""
    told = f"一个表最多 {most} 行有内容，这个表到第 {row} 行已经超过了。请拆成几个文件，分几次导入。"
    return Problem(code="too_many_rows", row=row, message=told, english=f"more than {most} filled rows")


def too_many_cells(most: int, row: int) -> Problem:
    """The same of cells."""
    told = f"一个表最多读 {most} 个单元格，这个表到第 {row} 行已经超过了。请删掉用不着的列和格式，或者拆成几个文件。"
    return Problem(code="too_many_cells", row=row, message=told, english=f"more than {most} cells")


def _too_many_empty(most: int, row: int) -> Problem:
    told = f"到第 {row} 行为止，表里有 {most} 多个空行。请在 Excel 里选中最后一条内容下面的所有行，删除以后再保存导入。"
    return Problem(code="too_many_empty_rows", row=row, message=told, english=f"more than {most} empty rows")
