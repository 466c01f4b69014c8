"""Values that are shown have names, all of them."""

from typing import get_args

from app.approved.events import EventType
from app.approved.vocabulary import Vocabulary
from app.talks.words import EMOTIONS, EVENTS, EXPECTED, FACT_CHOICES, FACT_UNITS, STATES, TURN_ACTIONS
from app.turns.book import State
from app.turns.desk import Act
from app.turns.understanding.heard import Emotion


def test_every_value_of_the_contract_has_a_name() -> None:
    assert set(EVENTS) == set(EventType)
    assert set(STATES) == set(get_args(State))
    assert set(EMOTIONS) == set(get_args(Emotion))
    assert set(TURN_ACTIONS) == set(get_args(Act))
    assert set(EXPECTED) == {"identity", "yes_no", "date", "free"}


def test_every_unit_and_choice_of_a_fact_has_a_name(vocabulary: Vocabulary) -> None:
    facts = vocabulary.facts.values()
    assert {fact.unit for fact in facts if fact.unit} - {"day"} <= set(FACT_UNITS)
    assert {choice for fact in facts for choice in fact.choices or ()} <= set(FACT_CHOICES)
