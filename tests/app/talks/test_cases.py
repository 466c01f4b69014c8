"""Made-up customers: one for each scenario, whose calls the service accepts on any day."""

import json
from datetime import date

import pytest

from app.approved.facts import parse_facts
from app.approved.vocabulary import Vocabulary
from app.talks.cases import CHOICES, PEOPLE, Choice, told_facts, trial_case
from app.turns.request import TurnRequest
from guards.types import Generation, Group, Scenario

DAYS = (date(2026, 11, 30), date(2028, 2, 29), date(2027, 12, 31))


def test_there_is_one_of_each_scenario_and_both_ways_where_somebody_is_asked_who_he_is() -> None:
    assert set(PEOPLE) == set(Scenario)
    chosen = [(each.scenario, each.is_verified) for each in CHOICES]
    assert len(set(chosen)) == len(chosen) == 10
    assert {scenario for scenario, is_verified in chosen if is_verified} == {
        scenario for scenario in Scenario if scenario.group is not Group.MARKETING
    }
    assert len({each.label for each in CHOICES}) == len(CHOICES)


@pytest.mark.parametrize("day", DAYS)
def test_their_facts_agree_on_any_day(vocabulary: Vocabulary, day: date) -> None:
    for choice in CHOICES:
        case = trial_case(vocabulary, choice, day, "trial-1")
        request = TurnRequest.model_validate_json(json.dumps({"call_id": "trial-1", "turn": 0, "case": case}))
        assert request.case.callee.identity_verified is choice.is_verified
        parse_facts(case["facts"], vocabulary.scenarios[choice.scenario], vocabulary)


def test_a_generation_takes_the_place_of_the_age(vocabulary: Vocabulary) -> None:
    choice = Choice(Scenario.COLLECTION_M1, is_verified=True)
    customer = trial_case(vocabulary, choice, DAYS[0], "trial-1", Generation.SENIOR)["customer"]
    assert (customer["generation"], "age" in customer) == ("senior", False)


def test_facts_read_as_officers_read_them(vocabulary: Vocabulary) -> None:
    choice = Choice(Scenario.COLLECTION_M1, is_verified=True)
    facts = trial_case(vocabulary, choice, DAYS[0], "trial-1")["facts"]
    told = dict(told_facts(vocabulary, {**facts, "offers": ["deferral", "waiver"]}))
    assert (told["应还金额"], told["可给的办法"], told["逾期天数"]) == ("1234.5元", "延期、减免", "1天")
    assert not {"产品名的读法", "数据时点"} & set(told)
