"""Whether a fact is stated among the numbers of a text."""

from collections.abc import Iterable
from datetime import date

from guards.dates import PartialDate
from guards.numbers import Number
from guards.types import Fact, Quantity


def states(numbers: Iterable[Number], fact: Fact) -> bool:
    """Whether some number has the fact's quantity and exactly its value; a date may leave out the year."""
    if fact.quantity is Quantity.TEXT:
        return True
    return any(number.quantity is fact.quantity and _has_value(number, fact.value) for number in numbers)


def _has_value(number: Number, value: object) -> bool:
    said = number.value
    if number.vague or number.is_foreign:
        return False
    if isinstance(said, PartialDate):
        return isinstance(value, date) and None not in (said.month, said.day) and said.matches(value, None)
    return said == value
