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
    return any(number.quantity is fact.quantity and _equals(number.value, fact.value) for number in numbers)


def _equals(said: object, fact: object) -> bool:
    if isinstance(said, PartialDate) and isinstance(fact, date):
        return (said.month, said.day) == (fact.month, fact.day) and said.year in (None, fact.year)
    return said == fact
