"""Of all that stands in the way of a text: what is wrong with it, apart from what only follows from that."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.lexicon.rewording import Rewording


def new_texts(change: object) -> list[str]:
    """What a change of wording would say newly; nothing for another change."""
    if not isinstance(change, Rewording):
        return []
    return [*(one.text for one in change.edits), *(one.text for one in change.adds)]


def parted(problems: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The messages about words that are hit in the new texts, and those that follow.

    A text that is stopped is not said, and then what has to be said beside it lacks too. Where nothing is hit nothing
    follows.
    """
    direct = [one["message"] for one in problems if _is_direct(one, texts)]
    others = [one["message"] for one in problems if not _is_direct(one, texts)]
    return (list(dict.fromkeys(direct)), list(dict.fromkeys(others))) if direct else (list(dict.fromkeys(others)), [])


def _is_direct(problem: Mapping[str, Any], texts: Sequence[str]) -> bool:
    if problem["code"] != "stopped_by_rule":
        return True
    return bool(problem.get("word")) and (not texts or any(text in problem["message"] for text in texts))
