"""Whether a rule is about a case: its days, scenario, channel, callee and facts; and what day it is in China."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from guards.lexicon.rules import Condition, FactBounds, Scoped
from guards.types import Case, Scenario

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one time zone without summer time since 1991."""


def concerns(rule: Scoped, scenario: Scenario | None) -> bool:
    """Whether the rule names the scenario or its group; one that names none concerns all, as does an unknown one."""
    return not rule.scenarios or scenario is None or scenario in rule.scenarios or scenario.group in rule.scenarios


def applies(rule: Scoped, case: Case) -> bool:
    """Whether the rule's days, scenario, channel and callee fit; what the case does not know counts as fitting."""
    if not concerns(rule, case.scenario):
        return False
    if rule.channels and case.channel is not None and case.channel not in rule.channels:
        return False
    return is_addressed(rule, case) and is_in_force(rule, case, china_today())


def china_today() -> date:
    """The day that it is in China now."""
    return datetime.now(CHINA).date()


def is_in_force(rule: Scoped, case: Case, today: date) -> bool:
    """Whether the rule is in force `today` or on the day of the case."""
    # A rule in force today stays in force for a call that is dated otherwise: a wrong clock must not switch rules off.
    return rule.effective.covers(today) or (case.today is not None and rule.effective.covers(case.today))


def is_addressed(rule: Scoped, case: Case) -> bool:
    """Whether the rule is about whoever is on the line."""
    if not rule.callees:
        return True
    standing = "verified" if case.is_verified else "unverified"
    role = case.callee.role if case.callee else None
    return standing in rule.callees or role in rule.callees


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
