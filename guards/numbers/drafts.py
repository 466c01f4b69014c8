"""A number as matched in a text, before its neighbours are known."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from guards.numbers.dates import PartialDate
from guards.text.numerals import DIGITS
from guards.types import Quantity

Value = Decimal | PartialDate | str


@dataclass(slots=True)
class Draft:
    """A number as matched.

    `quantity` None: it has no unit of its own, and is dropped unless a neighbour lends one or `bare` names it. `factor`
    and `scale` are what a neighbour may borrow (5到20万元). `marker`: it may only name the period of its neighbour.
    """

    quantity: Quantity | None
    value: Value
    start: int
    end: int
    vague: bool = False
    approximate: bool = False
    unit: str = ""
    per: str | None = None
    factor: Decimal = Decimal(1)
    scale: int = 1
    bare: tuple[Quantity, Value] | None = None
    marker: str | None = None


Reader = Callable[[re.Match[str]], Draft | None]
"""Makes a draft of one match of `guards.numbers.grammar.TOKEN`, or None where it is no number."""


def plain_digits(text: str) -> str:
    """The digits of a read-out or printed run, without separators: 400-800-1234, 幺二三四."""
    return "".join([str(DIGITS.get(character, character)) for character in text if character not in " -,，"])
