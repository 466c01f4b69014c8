"""Whether a figure may be what it is called: its role names facts, and one of them must hold it."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from guards.grounding.ledger import Ledger, is_tail_of
from guards.lexicon.roles import FigureRole, FigureRoles
from guards.numbers.dates import PartialDate
from guards.numbers.drafts import plain_digits
from guards.numbers.scan import Number
from guards.numbers.units import RATES
from guards.types import Fact, Quantity

_WORKED_OUT = "算出来的数"


def misfit(number: Number, roles: Sequence[FigureRole], ledger: Ledger) -> FigureRole | None:
    """The first of its roles that a number cannot have: no fact of the role holds it, and it is not derived so.

    今天 and its like tell when we talk, and a clock time is no figure; neither has a role.
    """
    said = number.value
    if (isinstance(said, PartialDate) and said.days is not None) or (isinstance(said, str) and ":" in said):
        return None
    return next((role for role in roles if not _fits(number, role, ledger)), None)


def derives(number: Number, roles: Sequence[FigureRole], ledger: Ledger) -> bool:
    """Whether a role that the number has lets it be worked out of two amounts that are facts, and it was."""
    return any(_is_derived(number, role, ledger) for role in roles)


def titles(number: Number, ledger: Ledger, roles: FigureRoles) -> str:
    """What the number is: the facts that hold it, as officers call them."""
    names = {fact.name: None for fact in ledger.of(number.quantity) if is_held(number, fact, ledger)}
    return "、".join(roles.facts.get(name, name) for name in names) or _WORKED_OUT


def _fits(number: Number, role: FigureRole, ledger: Ledger) -> bool:
    if number.quantity in RATES:  # by their periods rates were told apart already
        return any(fact.name in role.facts for rate in RATES for fact in ledger.of(rate))
    held = (fact for fact in ledger.of(number.quantity) if fact.name in role.facts)
    return any(is_held(number, fact, ledger) for fact in held) or _is_derived(number, role, ledger)


def is_held(number: Number, fact: Fact, ledger: Ledger) -> bool:
    """Whether a fact of the number's quantity has its value."""
    said = number.value
    if isinstance(said, PartialDate):
        return not isinstance(fact.value, str | Decimal) and said.matches(fact.value, ledger.today)
    if number.quantity is Quantity.DIGITS:
        return plain_digits(str(fact.value)) == said or is_tail_of(str(said), fact)
    return fact.value == said


def _is_derived(number: Number, role: FigureRole, ledger: Ledger) -> bool:
    if not role.derived or number.quantity is not Quantity.MONEY or number.vague or number.per or number.is_foreign:
        return False
    amounts = [fact.value for fact in ledger.of(Quantity.MONEY) if isinstance(fact.value, Decimal)]
    return any(
        ("sum" in role.derived and one + other == number.value)
        or ("difference" in role.derived and abs(one - other) == number.value)
        for one, other in combinations(amounts, 2)
    )
