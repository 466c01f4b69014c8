"""One rule that two persons changed, with the changes of both in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rule = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """`rule` has what both changed; of a field in `both`, which both changed otherwise, it has the text of `ours`."""

    rule: dict[str, Any]
    both: tuple[str, ...]


def merged(base: Rule, ours: Rule, theirs: Rule) -> Merged:
    """Three versions of a rule brought together: words of lists one by one, every other field as a whole."""
    both: list[str] = []
    return Merged(_fields(base, ours, theirs, "", both), tuple(both))


def _fields(base: Rule, ours: Rule, theirs: Rule, above: str, both: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in dict.fromkeys((*theirs, *ours)):
        path = f"{above}{name}"
        old, mine, other = base.get(name), ours.get(name), theirs.get(name)
        if other in (mine, old):
            value, is_there = mine, name in ours
        elif mine == old:
            value, is_there = other, name in theirs
        elif isinstance(mine, Mapping) and isinstance(other, Mapping):
            value, is_there = _fields(old or {}, mine, other, f"{path}.", both), True
        elif isinstance(mine, list | tuple) and isinstance(other, list | tuple):
            value, is_there = _words(old or (), mine, other), True
        else:
            both.append(path)
            value, is_there = mine, name in ours
        if is_there:
            found[name] = value
    return found


def _words(base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    """Theirs, without what we took out and with what we put in."""
    kept = [each for each in theirs if each not in base or each in ours]
    return kept + [each for each in ours if each not in base and each not in kept]
