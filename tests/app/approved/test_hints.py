"""Hints for a person who speaks: for the moment, for the tags, and for nobody else."""

from pathlib import Path

import pytest

from app.approved.hints import hints_of
from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.scripts.tags import hints_for
from guards.lexicon.documents import DocumentError
from guards.types import Scenario
from tests.app.conftest import TakeOrder
from tests.app.examples import SPOKEN, script_request


@pytest.mark.parametrize("scenario", SPOKEN)
def test_a_person_is_told_when_to_pause_how_to_listen_and_what_to_answer(
    scenario: Scenario, take: TakeOrder, wording: Wording
) -> None:
    order = take(script_request(scenario, channel="human_agent"))
    assert {hint.kind for hint in hints_for(wording.hints, order.moment, order.tags)} == {"pause", "listen", "if_asked"}


def test_who_tells_of_hardship_is_listened_to_otherwise(take: TakeOrder, wording: Wording) -> None:
    told = []
    for tags in ([], ["no_money"], ["hostile"]):
        order = take(script_request(Scenario.COLLECTION_M1, channel="human_agent", customer={"tags": tags}))
        told.append({hint.kind: hint.text for hint in hints_for(wording.hints, order.moment, order.tags)}["listen"])
    assert len(set(told)) == 3


@pytest.mark.parametrize("channel", ["ai_voice", "sms"])
def test_nobody_else_is_told_any(channel: str, take: TakeOrder, wording: Wording) -> None:
    order = take(script_request(Scenario.COLLECTION_M1, channel=channel))
    assert hints_for(wording.hints, order.moment, order.tags) == []


def test_a_file_that_is_wrong_is_told_by_its_line(vocabulary: Vocabulary, tmp_path: Path) -> None:
    wrong = "- kind: listen\n  scenarios: [collection_m1]\n  tags: [nobody]\n  text: 先听完再说。\n"
    with pytest.raises(DocumentError, match=r"hints.yaml:3: 0.tags: unknown tag nobody"):
        hints_of(wrong.encode(), tmp_path, vocabulary)
    assert hints_of(None, tmp_path, vocabulary) == ()
