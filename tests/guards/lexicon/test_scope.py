"""Whether a rule's scope fits a case, and whether a case meets a rule's conditions on facts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from guards.lexicon.rules import Condition, FactBounds, Scoped
from guards.lexicon.scope import CHINA, applies, concerns, holds, is_decidable
from guards.types import Callee, Case, Channel, Fact, Group, Quantity, Role, Scenario, Stage

TODAY = date(2026, 11, 22)


def scoped(**keys: Any) -> Scoped:
    """A scope in force from the first of January."""
    return Scoped.model_validate({"effective": {"from": "2026-01-01"}, **keys})


@pytest.mark.parametrize("scenario", Scenario)
def test_a_scope_concerns_its_scenarios_and_its_groups(scenario: Scenario) -> None:
    assert concerns(scoped(), scenario)
    for group in Group:
        assert concerns(scoped(scenarios=[group]), scenario) is (scenario.group is group)
    for other in Scenario:
        assert concerns(scoped(scenarios=[other]), scenario) is (scenario is other)
    assert concerns(scoped(scenarios=["collection", "activation"]), None)


@pytest.mark.parametrize(
    ("scope", "case", "wanted"),
    [
        ({}, Case(), True),
        ({"scenarios": ["servicing"]}, Case(), True),
        ({"scenarios": ["servicing"]}, Case(scenario=Scenario.ACTIVATION), False),
        ({"channels": ["sms"]}, Case(), True),
        ({"channels": ["sms"]}, Case(channel=Channel.SMS), True),
        ({"channels": ["sms", "human_agent"]}, Case(channel=Channel.AI_VOICE), False),
        ({"callees": ["verified"]}, Case(), True),
        ({"callees": ["unverified"]}, Case(), False),
        ({"callees": ["unverified"]}, Case(stage=Stage.BODY), False),
        ({"callees": ["unverified"]}, Case(stage=Stage.VERIFY), False),
        ({"callees": ["unverified"]}, Case(callee=Callee(Role.DEBTOR), stage=Stage.VERIFY), False),
        ({"callees": ["unverified"]}, Case(callee=Callee()), True),
        ({"callees": ["guarantor"]}, Case(callee=Callee(Role.GUARANTOR, identity_verified=False)), True),
        ({"callees": ["guarantor"]}, Case(callee=Callee(Role.DEBTOR)), False),
        ({"callees": ["guarantor"]}, Case(), False),
        ({"callees": ["guarantor", "verified"]}, Case(callee=Callee(Role.DEBTOR)), True),
        ({"scenarios": ["servicing"], "channels": ["sms"]}, Case(Scenario.BILL_REMINDER, Channel.AI_VOICE), False),
    ],
)
def test_what_the_case_does_not_know_fits(scope: dict[str, Any], case: Case, wanted: bool) -> None:
    dated = replace(case, today=TODAY)
    assert applies(scoped(**scope), dated) is wanted


def test_a_rule_applies_between_its_days() -> None:
    start = datetime.now(CHINA).date() + timedelta(10)
    rule = scoped(effective={"from": start, "until": start + timedelta(2)})
    days = [start + timedelta(offset) for offset in range(-1, 4)]
    assert [applies(rule, Case(today=day)) for day in days] == [False, True, True, True, False]


def test_a_rule_in_force_today_applies_to_a_call_of_any_date() -> None:
    today = datetime.now(CHINA).date()
    rule = scoped(effective={"from": today - timedelta(2), "until": today + timedelta(2)})
    for day in (date(2000, 1, 1), today, date(2199, 12, 31)):
        assert applies(rule, Case(today=day))


def test_without_a_day_china_s_own_counts() -> None:
    today = datetime.now(CHINA).date()
    days = [today - timedelta(1), today + timedelta(2)]
    assert applies(scoped(effective={"from": days[0]}), Case())
    assert not applies(scoped(effective={"from": days[1]}), Case())


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
