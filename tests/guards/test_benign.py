"""Honest sentences: those of approved scripts, which may not be stopped, and a corpus that measures false alarms."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from guards.lexicon.reader import Lexicon
from guards.personal_data.guard import PersonalData
from guards.phrases.guard import Phrases
from guards.policy import Policy
from guards.script import Script, Segment
from guards.types import Action, Callee, Case, Channel, Role, Scenario, Stage


def _lines(name: str) -> list[tuple[Scenario, str]]:
    texts = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [(Scenario(scenario), text) for scenario, text in (line.split("\t") for line in texts if line.strip())]


APPROVED, CORPUS = _lines("benign.txt"), _lines("benign_corpus.tsv")
MOST_FALSE_ALARMS = 0.005


def _case(scenario: Scenario, channel: Channel = Channel.AI_VOICE) -> Case:
    return Case(scenario, channel, Callee(Role.DEBTOR), Stage.BODY, facts=(), today=date(2026, 11, 22))


@pytest.fixture(scope="module")
def phrases(lexicon: Lexicon) -> Phrases:
    """All shipped rules."""
    return Phrases(lexicon.families)


@pytest.mark.parametrize("channel", Channel)
def test_nothing_stops_an_ordinary_sentence_in_its_scenario(phrases: Phrases, channel: Channel) -> None:
    personal_data = PersonalData(allowed=("4000000000",))
    stopped = []
    for scenario, text in APPROVED:
        script = Script((Segment(Stage.BODY, text, text),))
        for finding in (*phrases(script, _case(scenario, channel)), *personal_data(script, _case(scenario, channel))):
            if finding.action > Action.OBSERVE:
                stopped.append(f"{text}: {finding.rule}")
    assert stopped == []


def test_the_whole_chain_seldom_stops_an_honest_sentence(policy: Policy) -> None:
    stopped = []
    for scenario, text in CORPUS:
        verdict = policy.panel.examine_text(text, _case(scenario))
        if verdict.action > Action.ALLOW:
            stopped.append(f"{text}: {[finding.rule for finding in verdict.findings]}")
    assert len(CORPUS) >= 500
    assert len(stopped) <= MOST_FALSE_ALARMS * len(CORPUS), "\n".join(stopped)


@pytest.mark.parametrize("lines", [APPROVED, CORPUS])
def test_the_sentences_cover_the_scenarios_in_which_heyan_speaks(lines: list[tuple[Scenario, str]]) -> None:
    counts = Counter(scenario for scenario, _ in lines)
    assert set(counts) == set(Scenario) - {Scenario.COLLECTION_M3_PLUS}
    assert min(counts.values()) >= 20
    assert len({text for _, text in lines}) == len(lines) > 200
