"""Whether the facts of a case support a rule's condition."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from guards.rules import Condition, FactBounds
from guards.types import Case


def holds(condition: Mapping[str, Condition], case: Case) -> bool:
    """Whether every named fact meets its condition; an unknown fact meets none."""
    return all(_holds_one(name, wanted, case) for name, wanted in condition.items())


def is_decidable(condition: Mapping[str, Condition] | None, case: Case) -> bool:
    """Whether the case says enough: which concessions are on offer is unknown without a scenario."""
    return not condition or "offers" not in condition or case.scenario is not None


def _holds_one(name: str, wanted: Condition, case: Case) -> bool:
    if name == "offers":
        return isinstance(wanted, list) and bool(case.offers & set(wanted))
    fact = case.fact(name)
    if fact is None:
        return False
    if isinstance(wanted, list):
        return str(fact.value) in wanted
    if wanted == "today":
        return isinstance(fact.value, date) and fact.value == case.today
    if isinstance(wanted, FactBounds):
        if not isinstance(fact.value, Decimal):
            return False
        above = wanted.min is None or fact.value >= Decimal(str(wanted.min))
        return above and (wanted.max is None or fact.value <= Decimal(str(wanted.max)))
    return True
