"""Sentences that approved scripts really use: no rule may stop them in their scenario."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from guards.lexicon import Lexicon
from guards.personal_data import PersonalData
from guards.phrases import Phrases
from guards.types import Action, Callee, Case, Channel, Role, Scenario, Script, Segment, Stage

LINES = [
    line.split("\t") for line in Path(__file__).with_name("benign.txt").read_text("utf-8").splitlines() if line.strip()
]


@pytest.fixture(scope="module")
def phrases(lexicon: Lexicon) -> Phrases:
    """All shipped rules."""
    return Phrases(lexicon.families)


@pytest.mark.parametrize("channel", Channel)
def test_nothing_stops_an_ordinary_sentence_in_its_scenario(phrases: Phrases, channel: Channel) -> None:
    personal_data = PersonalData(allowed=("4000000000",))
    stopped = []
    for name, text in LINES:
        case = Case(
            scenario=Scenario(name),
            channel=channel,
            callee=Callee(Role.DEBTOR),
            stage=Stage.BODY,
            facts=(),
            today=date(2026, 11, 22),
        )
        script = Script((Segment(Stage.BODY, text, text),))
        for finding in (*phrases(script, case), *personal_data(script, case)):
            if finding.action > Action.OBSERVE:
                stopped.append(f"{text}: {finding.rule}")
    assert stopped == []


def test_the_sentences_cover_the_scenarios_in_which_heyan_speaks() -> None:
    counts = Counter(name for name, _ in LINES)
    assert set(counts) == set(Scenario) - {Scenario.COLLECTION_M3_PLUS}
    assert min(counts.values()) >= 20
    assert len({text for _, text in LINES}) > 200
