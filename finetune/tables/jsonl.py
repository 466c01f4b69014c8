"""Read JSONL strictly: one object a line, no key twice, nothing that is no JSON; every problem with file and line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from guards.lexicon.documents import DocumentError

MOST_PROBLEMS = 50


class Problems:
    """Gathers problems as lines of `file:line: what`, so that all of them are reported at once.

    A problem never quotes what a file holds: it may be personal data.
    """

    def __init__(self) -> None:
        self._reported: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._reported)

    def add(self, place: str, problem: str) -> None:
        """Note one problem of the row at `place`; the same one again is the same problem."""
        self._reported[f"{place}: {problem}"] = None

    def check(self) -> None:
        """Go on only if there is no problem.

        Raises:
            DocumentError: with the first fifty problems, and how many more there are.
        """
        if reported := list(self._reported):
            more = len(reported) - MOST_PROBLEMS
            raise DocumentError([*reported[:MOST_PROBLEMS], *([f"and {more} more problems"] if more > 0 else [])])


def read_objects(path: Path, problems: Problems) -> Iterator[tuple[str, dict[str, Any]]]:
    """The place (`file:line`) and the object of every line that is not blank; what is wrong goes to `problems`."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as unreadable:
        problems.add(f"{path}:1", f"cannot be read: {_reason(unreadable)}")
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            found = json.loads(line, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
            _check_characters(found)
        except json.JSONDecodeError as broken:
            problems.add(place, f"is no JSON: {broken.msg} at column {broken.colno}")
        except (ValueError, RecursionError) as broken:
            problems.add(place, f"is no JSON: {'nested too deeply' if isinstance(broken, RecursionError) else broken}")
        else:
            if isinstance(found, dict):
                yield place, found
            else:
                problems.add(place, "is no JSON object")


def _reason(unreadable: OSError | UnicodeDecodeError) -> str:
    """Why, without the bytes or the path that the exception repeats."""
    return "it is not UTF-8" if isinstance(unreadable, UnicodeDecodeError) else str(unreadable.strerror)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands here twice")
    return found


def _check_characters(found: Any) -> None:
    """Refuse texts that cannot be written as UTF-8: JSON can escape one half of a surrogate pair.

    Raises:
        ValueError: if there is such a half.
    """
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError(r"half a character (\ud800 to \udfff) stands alone") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
