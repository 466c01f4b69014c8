"""Which strings a text must hold for a regular expression to match at all, so that most patterns need not be run."""

from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from re import IGNORECASE
from typing import Any

# Private: the parser that re itself uses. Imported by name, since type checkers disagree about whether re has it.
constants = import_module("re._constants")
_parser = import_module("re._parser")

Anchors = frozenset[str]
_MOST = 64
_MOST_JOINED = 24


def needed(pattern: str) -> list[Anchors]:
    """What must stand in every text that `pattern` matches: of each of these sets one string at least.

    The most telling set comes first; of the others those that are of words, since single characters stand everywhere.

    Raises:
        re.error: if the pattern is none.
    """
    steps = parsed(pattern)
    if steps.state.flags & IGNORECASE:
        return []
    pieces = _pieces(steps)
    best = _best(pieces)
    if best is None:
        return []
    return [best, *(piece for piece in dict.fromkeys(pieces) if piece and piece != best and min(map(len, piece)) > 1)]


@lru_cache(1 << 12)
def parsed(pattern: str) -> Any:
    """The steps of a pattern of a rule, as `re` takes them."""
    return _parser.parse(pattern)


def _pieces(parsed: Iterable[tuple[Any, Any]]) -> list[Anchors | None]:
    """For each step of a sequence what must stand there; None ends a run of steps that touch each other."""
    pieces: list[Anchors | None] = []
    for operation, argument in parsed:
        match operation:
            case constants.LITERAL:
                pieces.append(frozenset({chr(argument)}))
            case constants.IN:
                pieces.append(_one_of(argument))
            case constants.BRANCH:
                pieces += _any_of(argument[1])
            case constants.SUBPATTERN:
                pieces += [None] if argument[1] & IGNORECASE else _pieces(argument[3])
            case constants.ATOMIC_GROUP:
                pieces += _pieces(argument)
            case constants.ASSERT:
                # Nothing is consumed: what is asserted stands by itself.
                pieces += [None, _best(_pieces(argument[1])), None]
            case constants.ASSERT_NOT | constants.AT:
                continue
            case constants.MAX_REPEAT | constants.MIN_REPEAT | constants.POSSESSIVE_REPEAT:
                least, most, repeated = argument
                inner = _pieces(repeated) if least else []
                pieces += inner if least == most == 1 else [None, _best(inner), None]
            case _:
                pieces.append(None)
    return pieces


def _one_of(members: list[tuple[Any, Any]]) -> Anchors | None:
    found: set[str] = set()
    for operation, argument in members:
        if operation is constants.LITERAL:
            found.add(chr(argument))
        elif operation is constants.RANGE and argument[1] - argument[0] < _MOST:
            found.update(map(chr, range(argument[0], argument[1] + 1)))
        else:
            return None
    return frozenset(found) if len(found) <= _MOST else None


def _any_of(branches: Iterable[Iterable[tuple[Any, Any]]]) -> list[Anchors | None]:
    found: set[str] = set()
    is_fixed = True
    for branch in branches:
        pieces = _pieces(branch)
        whole = _joined(pieces)
        is_fixed &= whole is not None
        one = whole or _best(pieces)
        if not one:
            return [None]
        found |= one
    if len(found) > _MOST:
        return [None]
    return [frozenset(found)] if is_fixed else [None, frozenset(found), None]


def _joined(pieces: list[Anchors | None]) -> Anchors | None:
    """All the ways to spell a sequence that is fixed from end to end."""
    spelt = {""}
    for piece in pieces:
        if not piece or len(spelt) * len(piece) > _MOST_JOINED:
            return None
        spelt = {head + tail for head in spelt for tail in piece}
    return frozenset(spelt) - {""} or None


def _best(pieces: list[Anchors | None]) -> Anchors | None:
    """The most selective of the pieces and of neighbours joined: long strings first, then few of them."""
    candidates = [piece for piece in pieces if piece]
    for start in range(len(pieces)):
        for end in range(start + 2, len(pieces) + 1):
            joined = _joined(pieces[start:end])
            if joined is None:
                break
            candidates.append(joined)
    return max(candidates, key=lambda found: (min(map(len, found)), -len(found)), default=None)
