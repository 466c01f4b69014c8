"""What differs between two states of the approved wording: texts that are said no more or newly, and what is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from app.approved.holds import HOLDS_FILE, Freeze, Suspension, holds_of
from app.approved.wording import WORDING_FILES
from app.lexicon.wording_files import Stored, WordingFiles

_MOST_LINES = 2_000
"""Lines of a file's difference that are told."""


@dataclass(frozen=True, slots=True)
class FileDifference:
    """A file that differs: its lines as `diff -u` tells them, conditions too. `left_out`: how many more there are."""

    file: str
    lines: Sequence[str]
    left_out: int


@dataclass(frozen=True, slots=True)
class WordingDifference:
    """Texts by their words: one that was edited is gone, and another is new. `frozen`: before and after."""

    gone: Sequence[Stored]
    new: Sequence[Stored]
    suspended: Sequence[Suspension]
    resumed: Sequence[Suspension]
    frozen: tuple[Freeze | None, Freeze | None]
    files: Sequence[FileDifference]


def wording_difference(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> WordingDifference:
    """Everything that differs.

    Raises:
        DocumentError: if a file cannot be read.
    """
    old, new = WordingFiles(before).lines, WordingFiles(after).lines
    held, holds = holds_of(before.get(HOLDS_FILE)), holds_of(after.get(HOLDS_FILE))
    return WordingDifference(
        [stored for name, stored in old.items() if name not in new],
        [stored for name, stored in new.items() if name not in old],
        [one for one in holds.suspended if one not in held.suspended],
        [one for one in held.suspended if one not in holds.suspended],
        (held.freeze, holds.freeze),
        [_lines(name, before[name], after[name]) for name in WORDING_FILES if before[name] != after[name]],
    )


def _lines(name: str, before: bytes, after: bytes) -> FileDifference:
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    told = list(unified_diff(old, new, n=1, lineterm=""))[2:]
    return FileDifference(name, told[:_MOST_LINES], max(len(told) - _MOST_LINES, 0))
