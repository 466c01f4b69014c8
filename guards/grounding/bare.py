"""Figures that are said without a unit: 最低178.61, 全额8068. Where they can be amounts, they are read as such."""

import re
from collections.abc import Sequence
from decimal import Decimal

from guards.grounding.ledger import Ledger
from guards.numbers.context import period_of_price
from guards.numbers.drafts import plain_digits
from guards.numbers.scan import Number
from guards.types import Quantity

_AMOUNT = re.compile(r"(?:[1-9][0-9]{1,8}|0)(?:[.][0-9]{1,2})?|[1-9][.][0-9]{1,2}")
_ORDINAL = "第"


def with_amounts(text: str, numbers: Sequence[Number], ledger: Ledger) -> Sequence[Number]:
    """The numbers of a text, those without a unit as amounts where a fact holds just this amount.

    Digits that are a fact themselves (a tail, a hotline) stay what they are.
    """
    if not any(number.quantity is Quantity.DIGITS for number in numbers) or not ledger.of(Quantity.MONEY):
        return numbers
    read, previous = [], 0
    for number in numbers:
        read.append(_as_amount(text, number, previous, ledger))
        previous = number.span.end
    return read


def _as_amount(text: str, number: Number, previous: int, ledger: Ledger) -> Number:
    said, start = str(number.value), number.span.start
    if number.quantity is not Quantity.DIGITS or number.vague or text[start - 1 : start] == _ORDINAL:
        return number
    if not _AMOUNT.fullmatch(said) or any(plain_digits(str(fact.value)) == said for fact in ledger.of(Quantity.DIGITS)):
        return number
    amount = number._replace(quantity=Quantity.MONEY, value=Decimal(said))
    return amount._replace(per=period_of_price(text, start, previous)) if ledger.holds(amount) else number
