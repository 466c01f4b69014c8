"""Where a rule and its fields stand in a YAML text, line by line, so that one can be changed and no other line is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.lexicon.files import StoredRule
from app.lexicon.notation import ORDER, written_field, written_rule
from guards.lexicon.documents import Document, Location

_LINE = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029]|\\Z)")
_ENDS = "\r\n\x85\u2028\u2029"


class EntangledError(ValueError):
    """A rule that shares its lines with something else, so that no line of it can be changed alone."""

    def __init__(self, rule: StoredRule) -> None:
        super().__init__(f"{rule.file}:{rule.line}: {rule.id} shares its lines with others")
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Block:
    """The lines `first` to `last` (from 0, the last one included) of a rule.

    Its dash stands behind `indent` code points, its fields behind `column`. `fields`: the lines of each field, where
    each has lines of its own; else empty.
    """

    first: int
    last: int
    indent: int
    column: int
    fields: Mapping[str, tuple[int, int]]


def lines_of(text: str) -> list[str]:
    """The lines of a text, with their ends, as YAML counts them."""
    lines = _LINE.findall(text)
    return lines[:-1] if lines and not lines[-1] else lines


def block_of(document: Document, lines: Sequence[str], rule: StoredRule) -> Block:
    """The lines of a rule.

    Raises:
        EntangledError: if it shares a line with another value.
    """
    key, index = rule.location
    first, last = document.line(rule.location) - 1, document.ends[rule.location] - 1
    begins = re.match(r"( *)- +(?=[^\s-])", lines[first])
    before = document.ends.get((key, int(index) - 1), 0)
    after = document.lines.get((key, int(index) + 1))
    if not begins or before > first or (after is not None and after - 1 <= last):
        raise EntangledError(rule)
    if lines[first][begins.end()] == "{":
        return Block(first, last, len(begins[1]), begins.end(), {})
    return Block(first, last, len(begins[1]), begins.end(), _fields(document, lines, rule, begins.end()))


def _fields(document: Document, lines: Sequence[str], rule: StoredRule, column: int) -> dict[str, tuple[int, int]]:
    fields: dict[str, tuple[int, int]] = {}
    reached = document.line(rule.location) - 1
    for name in rule.data:
        location: Location = (*rule.location, name)
        begin = re.compile(f"(?: {{{column}}}| *- +)[\"']?{re.escape(name)}[\"']? *:")
        value = document.line(location) - 1
        first = next((place for place in range(reached, value + 1) if begin.match(lines[place])), None)
        if first is None:
            return {}
        fields[name] = (first, document.ends[location] - 1)
        reached = document.ends[location]
    return fields


def changed_lines(
    lines: Sequence[str], block: Block, wanted: Mapping[str, Any], changed: Sequence[str], end: str
) -> list[str]:
    """The lines of a rule after some of its fields changed; what stands between the others is kept as it is.

    `wanted` is the whole rule, `end` how a line ends.
    """
    first_field = next(iter(block.fields), None)
    if first_field is None or first_field in changed:
        return [line + end for line in written_rule(wanted, block.indent)]
    kept: list[tuple[str | None, list[str]]] = []
    reached = block.first
    for name, (first, last) in block.fields.items():
        kept += [(None, list(lines[reached:first])), (name, list(lines[first : last + 1]))]
        reached = last + 1
    kept = [(name, piece) for name, piece in kept if name not in changed]
    for name in (name for name in ORDER if name in changed and name in wanted):
        place = 1 + max((at for at, (known, _) in enumerate(kept) if _precedes(known, name)), default=0)
        kept.insert(place, (name, [line + end for line in written_field(name, wanted[name], block.column)]))
    return [line for _, piece in kept for line in piece]


def _precedes(known: str | None, name: str) -> bool:
    return known in ORDER and ORDER.index(known) < ORDER.index(name)


def spliced(lines: Sequence[str], first: int, after: int, new: Sequence[str]) -> list[str]:
    """The lines with `lines[first:after]` replaced; a text whose last line has no end keeps that."""
    is_open = bool(lines) and not lines[-1].endswith(tuple(_ENDS))
    end = line_end(lines)
    closed = [*lines[:-1], lines[-1] + end] if is_open else list(lines)
    result = [*closed[:first], *new, *closed[after:]]
    if is_open and result:
        result[-1] = result[-1].removesuffix(end)
    return result


def line_end(lines: Sequence[str]) -> str:
    """How the lines of a text end."""
    return "\r\n" if any(line.endswith("\r\n") for line in lines) else "\n"
