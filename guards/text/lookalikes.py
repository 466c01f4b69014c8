"""Characters that are written as something else to slip past a rule: the tables of `lexicons/_spelling`."""

import hashlib
from pathlib import Path

from guards.shipped import ROOT

FOLDER = ROOT / "lexicons" / "_spelling"


def read_table(file: Path) -> dict[str, str]:
    """What each spelling is meant for, in the file's order: a line each, `written<TAB>meant`; # begins a comment.

    Raises:
        ValueError: naming file and line of what is no such line or stands twice.
    """
    table: dict[str, str] = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        written, _, meant = line.partition("\t")
        if not written or not meant or "\t" in meant or written == meant:
            raise ValueError(f"{file}:{number}: two different spellings with a tab between them are expected")
        if written in table:
            raise ValueError(f"{file}:{number}: {written} stands already above")
        table[written] = meant
    return table


_FILES = {name: FOLDER / f"{name}.tsv" for name in ("split", "look_alikes", "risky_look_alikes", "stand_ins")}
DIGEST = hashlib.sha256(b"\0".join(file.read_bytes() for file in _FILES.values())).hexdigest()
"""SHA-256 of all tables: they take part in every verdict."""

SPLIT = read_table(_FILES["split"])
"""Two to four parts side by side, in reading order, and the character that they form; the longest first."""
LOOK_ALIKES = read_table(_FILES["look_alikes"])
"""A character and the one that it is taken for: folding replaces it everywhere."""
RISKY_LOOK_ALIKES = read_table(_FILES["risky_look_alikes"])
"""The same, where honest words hold the first (货款, 周末): only for families that ask for it."""
STAND_INS = read_table(_FILES["stand_ins"])
"""Mixtures of letters, digits, signs and characters that stand for a word, and that word."""
