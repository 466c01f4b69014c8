"""What is wrong with a regular expression: its reason in Chinese, what can never match, what may take for ever."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from guards.text.folding import Folding, folded_text

# Private: the parser that re itself uses. Imported by name, since type checkers disagree about whether re has it.
_constants = import_module("re._constants")
_parser = import_module("re._parser")

SLOW, FAR_TOO_SLOW = 5_000, 1_000_000
"""Ways in which a pattern can try to match from one place of a text: from so many on it is told, or refused. The
slowest of the shipped patterns has 242."""
_MOST = 10**12
_REASONS = (
    (r"unterminated character set", "方括号没有配对，少了“]”"),
    (r"missing \), unterminated subpattern", "圆括号没有配对，少了“)”"),
    (r"unbalanced parenthesis", "多了一个“)”"),
    (r"nothing to repeat", "重复符号前面没有要重复的字"),
    (r"multiple repeat", "两个重复符号连在一起"),
    (r"min repeat greater than max", "重复次数写反了，前面的数要小于后面的数"),
    (r"bad character range", "方括号里的范围写反了"),
    (r"bad escape", "反斜杠后面的字母不能这样用"),
    (r"look-behind requires fixed-width", "(?<…) 里只能写字数固定的内容"),
    (r"unknown extension|unexpected end of pattern", "“(?”后面的写法不认识"),
    (r"invalid group reference|unknown group name|cannot refer", "引用了不存在的分组"),
    (r"(?:repetition number is|sequence item) too large|overflow", "重复次数太大"),
    (r"global flags not at the start", "“(?i)”一类的标记只能写在最前面"),
)


def reason(pattern: str) -> tuple[str, str] | None:
    """Why it is no regular expression, in Chinese and in English, or None if it is one."""
    try:
        re.compile(pattern)
    except re.error as broken:
        place = "" if broken.pos is None else f"，在第 {broken.pos + 1} 个字符附近"
        known = next((told for cause, told in _REASONS if re.search(cause, broken.msg)), "写法不对")
        return f"{known}{place}", str(broken)
    except (OverflowError, RecursionError) as broken:
        return "重复次数太大，或者括号套得太深", str(broken) or "nested too deeply"
    return None


def ways(pattern: str) -> int:
    """In how many ways a pattern can try to match from one place, at most: what a hostile text makes it do.

    Each step that may be longer or shorter multiplies by its lengths; a repetition within a repetition multiplies
    once more for each round. Of alternatives the worst counts, since few texts fit more than one.
    """
    return _sequence(_parser.parse(pattern))


def _sequence(steps: Iterable[tuple[Any, Any]]) -> int:
    product = 1
    for operation, argument in steps:
        product = min(_MOST, product * _step(operation, argument))
    return product


def _step(operation: Any, argument: Any) -> int:
    match operation:
        case _constants.MAX_REPEAT | _constants.MIN_REPEAT:
            least, most, repeated = argument
            inner = _sequence(repeated)
            if inner == 1:
                return int(most) - int(least) + 1
            total = 0
            for rounds in range(int(least), int(most) + 1):
                total += inner**rounds if rounds < 50 else _MOST
                if total >= _MOST:
                    return _MOST
            return total
        case _constants.BRANCH:
            return max(map(_sequence, argument[1]), default=1)
        case _constants.SUBPATTERN:
            return _sequence(argument[3])
        case _constants.ASSERT | _constants.ASSERT_NOT:
            return _sequence(argument[1])
        case _:
            return 1


def never_met(pattern: str, folding: Folding) -> Iterator[tuple[str, bool]]:
    """Characters that the pattern asks for and no folded text holds; and whether it can match nothing without them."""
    yield from _literals(_parser.parse(pattern), folding, is_needed=True)


def _literals(steps: Iterable[tuple[Any, Any]], folding: Folding, *, is_needed: bool) -> Iterator[tuple[str, bool]]:
    for operation, argument in steps:
        match operation:
            case _constants.LITERAL:
                if not _is_met(chr(argument), folding):
                    yield chr(argument), is_needed
            case _constants.IN:
                members = [chr(value) for kind, value in argument if kind is _constants.LITERAL]
                if len(members) == len(argument) and not any(_is_met(member, folding) for member in members):
                    yield members[0], is_needed
            case _constants.MAX_REPEAT | _constants.MIN_REPEAT | _constants.POSSESSIVE_REPEAT:
                least, _, repeated = argument
                yield from _literals(repeated, folding, is_needed=is_needed and bool(least))
            case _constants.BRANCH:
                for branch in argument[1]:
                    yield from _literals(branch, folding, is_needed=False)
            case _constants.SUBPATTERN:
                yield from _literals(argument[3], folding, is_needed=is_needed)
            case _constants.ATOMIC_GROUP:
                yield from _literals(argument, folding, is_needed=is_needed)
            case _:
                continue


def _is_met(character: str, folding: Folding) -> bool:
    # A decimal point and a per cent sign stay beside a number, so they may stand there.
    return character in ".%" or folded_text(character, folding) == character
