"""Does a state of the rules only stop more than the one before? Such a step one person may take alone, in an emergency.

It is judged by what is written, and a step counts as looser wherever that is not plain.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.lexicon.differences import difference
from app.lexicon.files import Kind, RuleFiles
from guards.lexicon.documents import DocumentError
from guards.lexicon.rules import severity

_MAY_GROW = frozenset({"phrases", "patterns", "examples.hits"})
_MAY_SHRINK = frozenset({"except"})
_ADDED = frozenset({Kind.PHRASE.value, Kind.DISCLOSURE.value})


def only_tightens(before: RuleFiles, after: RuleFiles) -> bool:
    """Whether every step from one state to the other stops more, or changes nothing that judges.

    Rules may be added; a phrase rule may gain phrases, patterns and hits, lose exceptions, and ask for something more
    severe. Everything else counts as looser: other fields, other kinds of rules, settings of a family, a rule that
    moves to another file.
    """
    try:
        told = difference(before, after)
        is_moved = any(
            rule.file != after.rules[name].file for name, rule in before.rules.items() if name in after.rules
        )
    except (DocumentError, ValidationError):
        return False
    if told["retired"] or told["settings"] or is_moved:
        return False
    return all(one["kind"] in _ADDED for one in told["added"]) and all(map(_is_tighter, told["edited"]))


def _is_tighter(edited: Mapping[str, Any]) -> bool:
    return edited["kind"] == Kind.PHRASE.value and all(map(_is_tighter_field, edited["fields"]))


def _is_tighter_field(field: Mapping[str, Any]) -> bool:
    name = field["field"]
    if "added" in field:
        is_grown, is_shrunk = bool(field["added"]), bool(field["removed"])
        return (name in _MAY_GROW and not is_shrunk) or (name in _MAY_SHRINK and not is_grown)
    return name == "action" and severity(field["after"]) >= severity(field["before"])
