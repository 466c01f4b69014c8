"""Before the identity is proven what was said is answered, in many wordings, and no debt is hinted at."""

import re

import pytest

from app.approved.replies import Cell
from app.approved.wording import Wording
from app.scripts.answer import Answer
from guards.types import Action, Channel, Generation, Scenario
from tests.app.conftest import OpenDesk, TakeOrder
from tests.app.examples import script_request
from tests.fakes import FakeModel

_ARRIVAL = 10.0**9
_SAID = ("said_stop_calling", "said_busy", "asked_ai", "fears_scam", "asked_to_repeat", "prefers_human")
_GOES_ON = ("asked_ai", "fears_scam", "asked_to_repeat")
_ASKED_FOR = [Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.COLLECTION_M2]


async def _answer(take: TakeOrder, open_desk: OpenDesk, scenario: Scenario, tags: list[str], ref: str) -> Answer:
    request = script_request(
        scenario,
        callee={"role": "debtor", "identity_verified": False},
        customer={"generation": "young", "tags": tags, "ref": ref},
    )
    return await open_desk(FakeModel(lambda task: pytest.fail("asked"))).write(take(request), _ARRIVAL)


@pytest.mark.parametrize("scenario", _ASKED_FOR)
@pytest.mark.parametrize("tag", _SAID)
async def test_what_was_said_is_answered_and_not_walled_off(
    tag: str, scenario: Scenario, take: TakeOrder, open_desk: OpenDesk
) -> None:
    said = set()
    for number in range(24):
        answer = await _answer(take, open_desk, scenario, [tag], f"c-{number}")
        assert answer.script is not None
        text = answer.script.text
        assert (answer.action, answer.source) == ("speak", "approved")
        assert answer.verdict.action is Action.ALLOW
        assert "智能语音助手" in text
        assert "录音" in text
        assert not text.startswith("您好，我是")
        assert (("本人吗" in text) or ("本人接听" in text)) is (tag in _GOES_ON)
        assert not re.search(r"账单|还款|逾期|欠|贷|钱|\d", text)
        assert tag not in {ignored.tag for ignored in answer.ignored_tags}
        said.add(text)
    assert len(said) >= 6


@pytest.mark.parametrize("generation", Generation)
@pytest.mark.parametrize("tag", _SAID)
def test_there_are_at_least_six_wordings(tag: str, generation: Generation, wording: Wording) -> None:
    for scenario in _ASKED_FOR:
        cell = Cell(tag, scenario, generation, Channel.AI_VOICE, True, unverified=True)
        assert len(set(wording.replies.texts(cell, ""))) >= 6


async def test_the_gravest_is_answered_first(take: TakeOrder, open_desk: OpenDesk) -> None:
    for tags in (["asked_ai", "said_stop_calling"], ["said_stop_calling", "asked_ai"]):
        answer = await _answer(take, open_desk, Scenario.COLLECTION_M1, tags, "c-1")
        assert answer.script is not None
        assert "转人工" in answer.script.text
        assert "本人" not in answer.script.text


async def test_what_cannot_be_answered_yet_gets_the_opening(take: TakeOrder, open_desk: OpenDesk) -> None:
    answer = await _answer(take, open_desk, Scenario.COLLECTION_M1, ["no_money"], "c-1")
    assert answer.script is not None
    assert answer.script.text.startswith("您好，我是")


async def test_a_person_says_whose_person_he_is(take: TakeOrder, open_desk: OpenDesk) -> None:
    request = script_request(
        Scenario.BILL_REMINDER,
        channel="human_agent",
        callee={"role": "debtor", "identity_verified": False},
        customer={"generation": "young", "tags": ["fears_scam"]},
    )
    answer = await open_desk(FakeModel(lambda task: pytest.fail("asked"))).write(take(request), _ARRIVAL)
    assert answer.script is not None
    assert "示例消费金融有限公司的客服" in answer.script.text
    assert answer.hints == []
