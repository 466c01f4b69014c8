"""The names that facts hold, blanked out of a text: the digits of a name are no claims, in writing or as it is said."""

import re
from collections.abc import Iterator, Sequence

from guards.numbers.drafts import plain_digits
from guards.numbers.scan import find, has_numeral
from guards.numbers.units import RATES, UNIT
from guards.text.folding import Folding, fold
from guards.text.numerals import NUMERAL_CHARACTERS, normalise_digits
from guards.types import Fact, Quantity

_NUMERAL = re.compile(f"[0-9{NUMERAL_CHARACTERS}幺几半]")
_GOES_ON_BEFORE = re.compile(f"[0-9{NUMERAL_CHARACTERS}幺几点.]")
_GOES_ON_BEHIND_ARABIC = re.compile(rf"[0-9百千万亿]|[.,点][0-9]| ?(?:{UNIT})|[年月日号]")
_GOES_ON_BEHIND_CHINESE = re.compile(rf"[0-9{NUMERAL_CHARACTERS}幺几点]| ?(?:{UNIT})|[年月日号]")
_LOAN_ENDS = frozenset("贷借")


def without_names(text: str, facts: Sequence[Fact]) -> str:
    """The folded text with names blanked out, length kept (应急贷360, 三六零借条).

    A name is one only where it stands apart: 7天贷 is none in 17天贷 or 7天贷款, nor 应急贷360 in 应急贷360元.
    """
    for name in sorted(_names(facts), key=len, reverse=True):
        text = _blanked(text, name)
    return text


def without_any_name(text: str, facts: Sequence[Fact]) -> str:
    """The folded text with all words that facts hold blanked out: 省呗 names no figure, nor does 应急贷."""
    for fact in facts:
        if fact.quantity is Quantity.TEXT and isinstance(fact.value, str) and len(fact.value) > 1:
            name = normalise_digits(fold(fact.value, Folding.PLAIN).text)
            text = text.replace(name, "□" * len(name))
    return text


def _names(facts: Sequence[Fact]) -> Iterator[str]:
    """Names that hold numerals and more than numbers, folded as texts are; a rate is a claim, even within a name."""
    for fact in facts:
        if fact.quantity is not Quantity.TEXT or not isinstance(fact.value, str) or not has_numeral(fact.value):
            continue
        name = normalise_digits(fold(fact.value, Folding.PLAIN).text)
        if _is_name(name):
            yield name
            if "," in name:  # where amounts are grouped by commas, texts keep the Chinese one
                yield name.replace(",", "，")


def _is_name(name: str) -> bool:
    numbers = find(name)
    inside = {place for number in numbers for place in range(number.span.start, number.span.end)}
    return (
        _NUMERAL.search(name) is not None
        and not plain_digits(name).isdigit()
        and not any(number.quantity in RATES for number in numbers)
        and any(
            place not in inside and letter.isalnum() and not _NUMERAL.match(letter) for place, letter in enumerate(name)
        )
    )


def _blanked(text: str, name: str) -> str:
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if _stands_apart(text, at, end):
            text = f"{text[:at]}{'□' * len(name)}{text[end:]}"
        at = text.find(name, at + 1)
    return text


def _stands_apart(text: str, start: int, end: int) -> bool:
    first, last = text[start], text[end - 1]
    if _NUMERAL.match(first) and start and _GOES_ON_BEFORE.match(text, start - 1):
        return False
    if _NUMERAL.match(last):
        return not (_GOES_ON_BEHIND_ARABIC if last.isascii() else _GOES_ON_BEHIND_CHINESE).match(text, end)
    return not (last in _LOAN_ENDS and text.startswith("款", end))
