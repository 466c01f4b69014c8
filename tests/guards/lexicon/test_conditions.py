"""Conditions of rules on the facts of a case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from guards.lexicon.rules import Condition, FactBounds, holds, is_decidable
from guards.types import Case, Fact, Quantity, Scenario

CASE = Case(
    scenario=Scenario.COLLECTION_M1,
    facts=(
        Fact("fees", Quantity.MONEY, Decimal("0.0")),
        Fact("amount_due", Quantity.MONEY, Decimal("1234.10")),
        Fact("rate_method", Quantity.TEXT, "单利"),
        Fact("campaign_end", Quantity.DATE, date(2026, 11, 30)),
        Fact("due_date", Quantity.DATE, date(2026, 11, 22)),
        Fact("channel", Quantity.TEXT, "today"),
    ),
    today=date(2026, 11, 22),
    offers=frozenset({"deferral", "waiver"}),
)


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({}, True),
        ({"campaign_end": "present"}, True),
        ({"fees": "present"}, True),
        ({"quota": "present"}, False),
        ({"rate_method": ["复利", "单利"]}, True),
        ({"rate_method": ["复利"]}, False),
        ({"rate_method": []}, False),
        ({"quota": ["1"]}, False),
        ({"fees": FactBounds(max=0)}, True),
        ({"fees": FactBounds(min=0, max=0)}, True),
        ({"fees": FactBounds(min=0.01)}, False),
        ({"amount_due": FactBounds(min=1234.1, max=1234.1)}, True),
        ({"amount_due": FactBounds(max=1234.09)}, False),
        ({"amount_due": FactBounds()}, True),
        ({"campaign_end": FactBounds(min=0)}, False),
        ({"rate_method": FactBounds()}, False),
        ({"quota": FactBounds()}, False),
        ({"offers": ["instalment", "waiver"]}, True),
        ({"offers": ["instalment"]}, False),
        ({"offers": "present"}, False),
        ({"fees": "present", "offers": ["deferral"]}, True),
        ({"fees": "present", "quota": "present"}, False),
        ({"due_date": "today"}, True),
        ({"campaign_end": "today"}, False),
        ({"channel": "today"}, False),
        ({"amount_due": "today"}, False),
        ({"quota": "today"}, False),
        ({"due_date": "today", "campaign_end": "today"}, False),
    ],
)
def test_every_named_fact_must_meet_its_condition(condition: Mapping[str, Condition], wanted: bool) -> None:
    assert holds(condition, CASE) is wanted


@pytest.mark.parametrize(
    ("day", "wanted"),
    [(None, False), (date(2026, 11, 21), False), (date(2026, 11, 29), False), (date(2026, 11, 30), True)],
)
def test_today_is_the_day_of_the_case(day: date | None, wanted: bool) -> None:
    assert holds({"campaign_end": "today"}, replace(CASE, today=day)) is wanted


@pytest.mark.parametrize("facts", [None, ()])
def test_an_unknown_fact_meets_no_condition(facts: tuple[Fact, ...] | None) -> None:
    assert not holds({"fees": "present"}, Case(facts=facts))


@pytest.mark.parametrize(
    ("condition", "scenario", "wanted"),
    [
        (None, None, True),
        ({}, None, True),
        ({"fees": "present"}, None, True),
        ({"offers": ["waiver"]}, None, False),
        ({"offers": ["waiver"]}, Scenario.COLLECTION_M1, True),
    ],
)
def test_offers_are_unknown_without_a_scenario(
    condition: Mapping[str, Condition] | None, scenario: Scenario | None, wanted: bool
) -> None:
    assert is_decidable(condition, Case(scenario=scenario)) is wanted
