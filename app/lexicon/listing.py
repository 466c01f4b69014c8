"""Rules in lists: which of them somebody looks for, and whether each is in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.lexicon.files import RuleFiles, StoredRule
from guards.types import Scenario

State = Literal["active", "scheduled", "ended"]
"""In force today; from a later day on; no more."""
STATES: tuple[State, ...] = ("active", "scheduled", "ended")
_BESIDE = frozenset(
    {"effective", "verified", "force", "action", "within", "once", "ordered", "since", "even_if_negated", "unless_act"}
)
"""Fields in which nobody looks for a word."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty does not matter. `words`: each of them stands somewhere in the rule."""

    words: str = ""
    family: str = ""
    scenario: str = ""
    channel: str = ""
    action: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in a list. `words`: how many it has; None for a kind that has none."""

    rule: StoredRule
    family: str
    state: State
    words: int | None


@dataclass(frozen=True, slots=True)
class _Known:
    rule: StoredRule
    family: str
    text: str
    words: int | None


class Listing:
    """The rules of the files that were asked about last; they are read through once."""

    def __init__(self) -> None:
        self._last: tuple[RuleFiles, Sequence[_Known]] | None = None

    def known(self, files: RuleFiles) -> Sequence[_Known]:
        """The rules in the order of their files. With many thousands of words it takes a tenth of a second."""
        if self._last is None or self._last[0] is not files:
            self._last = files, [_known(rule) for rule in files.rules.values()]
        return self._last[1]

    def families(self, files: RuleFiles) -> list[str]:
        """What rules there are, by the beginning of their ids."""
        return list(dict.fromkeys(one.family for one in self.known(files)))

    def find(self, files: RuleFiles, wanted: Wanted, today: date) -> list[Listed]:
        """The rules that fit; one that names no scenario concerns every one."""
        words = wanted.words.casefold().split()
        found = []
        for one in self.known(files):
            data = one.rule.data
            if (wanted.family and one.family != wanted.family) or not all(word in one.text for word in words):
                continue
            if wanted.action and data.get("action") != wanted.action:
                continue
            if not (_concerns(data, wanted.scenario) and _goes_by(data, wanted.channel)):
                continue
            state = state_of(data.get("effective"), today)
            if not wanted.state or state == wanted.state:
                found.append(Listed(one.rule, one.family, state, one.words))
        return found


def state_of(effective: Any, today: date) -> State:
    """Whether a rule of these days is in force; one of a kind without days always is."""
    days = effective if isinstance(effective, dict) else {}
    if days.get("from") and date.fromisoformat(days["from"]) > today:
        return "scheduled"
    return "ended" if days.get("until") and date.fromisoformat(days["until"]) < today else "active"


def _known(rule: StoredRule) -> _Known:
    phrases = rule.data.get("phrases")
    text = "\n".join(_texts(rule.data)).casefold()
    return _Known(rule, rule.id.partition(".")[0], text, len(phrases) if isinstance(phrases, list) else None)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name not in _BESIDE:
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _concerns(data: Mapping[str, Any], scenario: str) -> bool:
    named = data.get("scenarios")
    return not scenario or not named or scenario in named or Scenario(scenario).group in named


def _goes_by(data: Mapping[str, Any], channel: str) -> bool:
    named = data.get("channels")
    return not channel or not named or channel in named
