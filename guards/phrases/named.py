"""Which words and characters a regular expression names: what a text must sound like for it to be meant in disguise."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from guards.phrases.prefilter import constants

_MOST = 24
_WIDEST_CLASS = 40
_LONGEST = 4

Steps = Iterable[tuple[Any, Any]]


def words_of(steps: Steps) -> set[str]:
    """The words that stand in a row somewhere in the pattern, each of at least one character."""
    words: set[str] = set()
    begun = {""}
    for operation, argument in steps:
        choices = _choices(operation, argument)
        if choices is None or len(begun) * len(choices) > _MOST:
            words |= begun
            begun = {""}
        if choices is None:
            for inner in _inner(operation, argument):
                words |= words_of(inner)
            continue
        if len(choices) > _MOST:
            words |= choices
            continue
        begun = {head + tail for head in begun for tail in choices}
    return (words | begun) - {""}


def _choices(operation: Any, argument: Any) -> set[str] | None:
    """All ways to spell one step, where they are few; the empty word, where it takes no room."""
    match operation:
        case constants.LITERAL:
            return {chr(argument)}
        case constants.IN:
            members = set(members_of(argument))
            return members if 0 < len(members) <= _WIDEST_CLASS and is_listed(argument) else None
        case constants.SUBPATTERN:
            return _fixed(argument[3])
        case constants.BRANCH:
            spelt = [_fixed(branch) for branch in argument[1]]
            return set().union(*spelt) if all(each is not None for each in spelt) else None  # type: ignore[arg-type]
        case constants.ASSERT_NOT | constants.AT:
            return {""}
        case constants.MAX_REPEAT | constants.MIN_REPEAT:
            least, most, inner = argument
            once = _fixed(inner) if most == 1 else None
            return None if once is None else once | ({""} if least == 0 else set())
        case _:
            return None


def _fixed(steps: Steps) -> set[str] | None:
    begun = {""}
    for operation, argument in steps:
        choices = _choices(operation, argument)
        if choices is None:
            return None
        begun = {head + tail for head in begun for tail in choices}
        if len(begun) > 4 * _MOST or any(len(word) > 4 * _LONGEST for word in begun):
            return None
    return begun


def _inner(operation: Any, argument: Any) -> Iterator[Steps]:
    """The patterns within a step."""
    match operation:
        case constants.BRANCH:
            yield from argument[1]
        case constants.SUBPATTERN:
            yield argument[3]
        case constants.ATOMIC_GROUP:
            yield argument
        case constants.ASSERT:
            yield argument[1]
        case constants.MAX_REPEAT | constants.MIN_REPEAT | constants.POSSESSIVE_REPEAT:
            yield argument[2]
        case constants.IN if is_listed(argument):
            yield from ([(constants.LITERAL, ord(member))] for member in members_of(argument))


def is_listed(members: Sequence[tuple[Any, Any]]) -> bool:
    """Whether a class lists the characters that may stand there, and nothing else."""
    return all(kind in (constants.LITERAL, constants.RANGE) for kind, _ in members)


def members_of(members: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    """The characters that a class lists."""
    for operation, argument in members:
        if operation is constants.LITERAL:
            yield chr(argument)
        elif operation is constants.RANGE and argument[1] - argument[0] < 1 << 8:
            yield from map(chr, range(argument[0], argument[1] + 1))
