"""Whether a rule's scope fits a case."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from guards.lexicon.rules import Scoped
from guards.lexicon.scope import CHINA, applies, concerns
from guards.types import Callee, Case, Channel, Group, Role, Scenario, Stage

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
