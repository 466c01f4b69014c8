"""Whether a figure can be heard as what it is where nothing names it: 拿181.70元出来 is not heard as the least payment.

Some facts (`near` in roles.yaml) are only understood with one of their words in the sentence or the ones beside it.
"""

import re
from collections.abc import Mapping, Sequence

from guards.grounding.ledger import Ledger
from guards.grounding.naming import is_denied
from guards.grounding.roles import is_held
from guards.lexicon.roles import FigureRole
from guards.numbers.dates import PartialDate
from guards.numbers.scan import Number
from guards.numbers.units import RATES
from guards.text.folding import Folding, fold
from guards.text.sentences import FOLDED_SENTENCE_END
from guards.types import Fact, Quantity

_WHOLE = "amount_due"
_OF_A_BILL = frozenset({Quantity.MONEY, Quantity.DATE, Quantity.DAYS})
_REACH = 60
"""Code points on each side in which a word is looked for."""


class Hearing:
    """The words of `near`, compiled."""

    def __init__(self, near: Mapping[str, Sequence[str]]) -> None:
        self._near = {
            fact: re.compile("|".join(re.escape(fold(word, Folding.PLAIN).text) for word in words))
            for fact, words in near.items()
        }

    def is_misheard(
        self, text: str, number: Number, roles: Sequence[FigureRole], ledger: Ledger, *, beside_whole: bool
    ) -> bool:
        """Whether no fact that holds the number could be heard: none is named, none has one of its words near.

        `beside_whole`: the text says the whole as well (应还9665.18元), so that a part of it is heard as one,
        and days as those of the bill.
        """
        said = number.value
        if not self._near or number.quantity in RATES or (isinstance(said, PartialDate) and said.days is not None):
            return False
        held = [fact for fact in ledger.of(number.quantity) if is_held(number, fact, ledger)]
        if not held or any(fact.name not in self._near or self._is_named(fact, roles) for fact in held):
            return False
        if (beside_whole and number.quantity in _OF_A_BILL) or is_denied(text, number.span.start):
            return False
        around = _around(text, number)
        return not any(self._near[fact.name].search(around) for fact in held)

    @staticmethod
    def _is_named(fact: Fact, roles: Sequence[FigureRole]) -> bool:
        return any(role.facts == [fact.name] for role in roles)


def says_whole(numbers: Sequence[Number], ledger: Ledger) -> bool:
    """Whether one of the numbers is all that is owed."""
    wholes = {fact.value for fact in ledger.of(Quantity.MONEY) if fact.name == _WHOLE}
    return any(number.quantity is Quantity.MONEY and number.value in wholes for number in numbers)


def _around(text: str, number: Number) -> str:
    """The sentence of a number with those beside it, as far as they reach, the number itself left out."""
    start, end = number.span.start, number.span.end
    before = FOLDED_SENTENCE_END.split(text[max(0, start - _REACH) : start])
    after = FOLDED_SENTENCE_END.split(text[end : end + _REACH])
    return "。".join([*before[-2:], *after[:2]])
