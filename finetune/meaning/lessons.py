"""What the second opinion learns from: hand-written lines by author, and sentences that nobody minds."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from guards.lexicon.documents import DocumentError
from guards.meaning.kinds import REASONS

FINE = "fine"
HELD_OUT, HONEST, LIFE, MONEY = "lines_heldout.tsv", "honest.txt", "everyday_life.txt", "everyday_money.txt"
HANDS = "heldout"
"""The folder of lines and everyday sentences that take no part in training either; other hands wrote them."""

_SENTENCES = (HONEST, LIFE, MONEY)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A hand-written utterance. `label` is `fine` or a key of `REASONS`; lines that say the same thing share `idea`."""

    label: str
    idea: str
    text: str


@dataclass(frozen=True, slots=True)
class Lessons:
    """All that is learnt from: lines by author, and sentences, none of which is a violation.

    `honest`: those of the corpus, slots as 某某 and filled, up to when the weights were last trained; it is itself not
    read, since what may be said must not change because somebody wrote another line. `life`: everyday talk of anything.
    `money`: talk of banks, loans and fraud, by those who serve and those who are served.
    """

    authors: Sequence[Sequence[Utterance]]
    honest: Sequence[str] = ()
    life: Sequence[str] = ()
    money: Sequence[str] = ()


def read_lessons(folder: Path) -> Lessons:
    """What a folder holds, but for what is held out.

    Raises:
        DocumentError: naming file and line of whatever is wrong with an author's lines.
    """
    authors = sorted(set(folder.glob("*.tsv")) - {folder / HELD_OUT})
    return Lessons([read_utterances(author) for author in authors], *(_read(folder / name) for name in _SENTENCES))


def read_utterances(path: Path) -> list[Utterance]:
    """Read one author's file of `label<TAB>idea<TAB>text`.

    Raises:
        DocumentError: naming file and line of whatever is no such line, has an unknown label or came before.
    """
    seen: dict[str, int] = {}
    lines: list[Utterance] = []
    problems: list[str] = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if len(row) != len(Utterance.__slots__) or not all(row):
                problems.append(f"{path}:{number}: needs label, idea and text, separated by tabs")
                continue
            line = Utterance(*row)
            if line.label != FINE and line.label not in REASONS:
                problems.append(f"{path}:{number}: unknown label {line.label!r}")
            if line.text in seen:
                problems.append(f"{path}:{number}: says the same as line {seen[line.text]}")
            seen[line.text] = number
            lines.append(line)
    if problems:
        raise DocumentError(problems)
    return lines


def _read(path: Path) -> list[str]:
    """Sentences, one a line; none where there is no such file."""
    return path.read_text("utf-8").splitlines() if path.exists() else []
