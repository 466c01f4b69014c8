"""What differs between two states of the approved wording: texts that are said no more or newly, and what is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.approved.holds import HOLDS_FILE, Freeze, Suspension, holds_of
from app.lexicon.wording_files import Stored, WordingFiles


@dataclass(frozen=True, slots=True)
class WordingDifference:
    """Texts by their words: one that was edited is gone, and another is new. `frozen`: before and after."""

    gone: Sequence[Stored]
    new: Sequence[Stored]
    suspended: Sequence[Suspension]
    resumed: Sequence[Suspension]
    frozen: tuple[Freeze | None, Freeze | None]


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
    )
