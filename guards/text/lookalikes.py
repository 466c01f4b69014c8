"""Characters that are written as something else to slip past a rule: the tables of `lexicons/_spelling`.

They are read when they are first asked for, so that a broken one stops a start with its file and line, and no import.
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from guards.errors import DataFileError
from guards.shipped import ROOT

FOLDER = ROOT / "lexicons" / "_spelling"


class Shape(NamedTuple):
    """How many characters an entry of a table has: as written and as meant."""

    written: range
    meant: range


_ONE = range(1, 2)
SHAPES: Mapping[str, Shape] = {
    "split": Shape(range(2, 5), _ONE),
    "look_alikes": Shape(_ONE, _ONE),
    "risky_look_alikes": Shape(_ONE, _ONE),
    "similar": Shape(_ONE, range(1, 13)),
    "emoji": Shape(_ONE, range(1, 5)),
    "stand_ins": Shape(range(2, 13), range(2, 13)),
    "abbreviations": Shape(range(1, 4), range(1, 13)),
}
"""The tables by name."""


@cache
def split() -> Mapping[str, str]:
    """Two to four parts side by side, in reading order, and the character that they form.

    Raises:
        DataFileError: see `read_table`, here and below.
    """
    return _table("split")


@cache
def look_alikes() -> Mapping[str, str]:
    """A character and the one that it is taken for: folding replaces it everywhere."""
    return _table("look_alikes")


@cache
def risky_look_alikes() -> Mapping[str, str]:
    """The same, where honest words hold the first (货款, 周末): only for families that ask for it."""
    return _table("risky_look_alikes")


@cache
def similar() -> Mapping[str, str]:
    """A character and all that it may be taken for, where the text makes no other sense."""
    return _table("similar")


@cache
def emoji() -> Mapping[str, str]:
    """A picture and the characters that may be meant by it, the likeliest first, wherever a text holds one."""
    return _table("emoji")


@cache
def stand_ins() -> Mapping[str, str]:
    """Mixtures of letters, digits, signs and characters that stand for a word, and that word."""
    return _table("stand_ins")


@cache
def abbreviations() -> Mapping[str, str]:
    """One to three letters that are no initials of a phrase, and what they usually stand for."""
    return _table("abbreviations")


def digest() -> str:
    """SHA-256 of all tables: they take part in every verdict."""
    return hashlib.sha256(b"\0".join((FOLDER / f"{name}.tsv").read_bytes() for name in SHAPES)).hexdigest()


def broken_lines(folder: Path) -> Iterator[str]:
    """What is wrong with the lines of each table in a folder, as `file:line: what`."""
    for name, shape in SHAPES.items():
        try:
            read_table(folder / f"{name}.tsv", shape)
        except DataFileError as broken:
            yield from broken.problems


def place_of(name: str, written: str) -> str:
    """`file:line` of an entry of a table."""
    file = FOLDER / f"{name}.tsv"
    lines = [line.partition("\t")[0] for line in file.read_text("utf-8").splitlines()]
    return f"{file}:{lines.index(written) + 1}"


def read_table(file: Path, shape: Shape) -> dict[str, str]:
    """What each spelling is meant for, in the file's order: a line each, `written<TAB>meant`; # begins a comment.

    Raises:
        DataFileError: if the file cannot be read or holds no entry, and naming every line that is none or stands twice.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as unreadable:
        raise DataFileError([f"{file}:1: cannot be read: {unreadable}"]) from None
    table: dict[str, str] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        written, _, meant = line.partition("\t")
        if problem := _problem(written, meant, shape, table):
            problems.append(f"{file}:{number}: {problem}")
        table[written] = meant
    if not table:
        problems.append(f"{file}:1: holds no entry")
    if problems:
        raise DataFileError(problems)
    return table


def _problem(written: str, meant: str, shape: Shape, table: Mapping[str, str]) -> str | None:
    if not written or not meant or "\t" in meant or written == meant:
        return "two different spellings with a tab between them are expected"
    for words, lengths in ((written, shape.written), (meant, shape.meant)):
        if len(words) not in lengths:
            least, most = lengths[0], lengths[-1]
            return f"{words} must have {least if least == most else f'{least} to {most}'} characters"
    return f"{written} stands already above" if written in table else None


def _table(name: str) -> dict[str, str]:
    return read_table(FOLDER / f"{name}.tsv", SHAPES[name])
