"""Text messages: written to be read, short, signed, and charged as what is told."""

from typing import Any

import pytest

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording, approved_bodies
from app.scripts.answer import message_parts
from app.scripts.plan import make_plan
from app.scripts.stitch import stitch
from guards.types import Channel, Generation, Group, Scenario
from tests.app.conftest import OpenDesk, TakeOrder
from tests.app.examples import SPOKEN, bare_facts, rich_facts, script_request
from tests.fakes import FakeModel

_TWO_PARTS = 134
_ARRIVAL = 10.0**9


def _messages(take: TakeOrder, wording: Wording, scenario: Scenario, facts: dict[str, Any]) -> list[str]:
    texts = []
    for generation in Generation:
        for offers in ([], ["deferral"], ["instalment"], ["waiver"]):
            given = {**facts, "offers": offers} if scenario.group is Group.COLLECTION else facts
            request = script_request(
                scenario, channel="sms", facts=given, customer={"generation": generation.value, "surname": "欧阳"}
            )
            order = take(request)
            bodies = approved_bodies(order.plan.brief, wording, message=True)
            assert bodies
            texts += [stitch(body, order.moment, wording).text for body in bodies]
    return texts


@pytest.mark.parametrize("scenario", SPOKEN)
@pytest.mark.parametrize("facts", [rich_facts, bare_facts])
def test_a_message_has_two_parts_at_most_and_is_signed(
    scenario: Scenario, facts: Any, take: TakeOrder, wording: Wording
) -> None:
    for text in _messages(take, wording, scenario, facts(scenario)):
        assert len(text) <= _TWO_PARTS, text
        assert text.startswith(f"【{wording.institution.full_name}】")
        assert not any(word in text for word in ("？", "跟您说", "您听", "咱"))
        assert ("拒收请回复R" in text) is (scenario.group is Group.MARKETING)
        assert ("客服热线" not in text) or (wording.institution.hotline in text)


def test_parts_are_counted_as_networks_count_them() -> None:
    lengths = {1: 1, 70: 1, 71: 2, 134: 2, 135: 3}
    assert {length: message_parts("字" * length) for length in lengths} == lengths
    assert message_parts("😀" * 35) == 1
    assert message_parts("😀" * 36) == 2


async def test_no_model_is_asked_for_a_message(take: TakeOrder, open_desk: OpenDesk) -> None:
    model = FakeModel(lambda task: pytest.fail("asked"))
    answer = await open_desk(model).write(take(script_request(Scenario.BILL_REMINDER, channel="sms")), _ARRIVAL)
    assert (answer.action, answer.source, model.tasks) == ("speak", "approved", [])


def test_a_message_takes_up_no_tag_and_answers_nothing(vocabulary: Vocabulary) -> None:
    tags = [vocabulary.tags[name] for name in ("no_money", "county")]
    profile = vocabulary.scenarios[Scenario.COLLECTION_M1]
    for strategy in (None, "reply"):
        plan = make_plan(profile, Generation.YOUNG, tags, ["应还金额", "到期日"], [], strategy, vocabulary, Channel.SMS)
        assert (plan.brief.tags, plan.leaves) == ((), False)
        assert plan.brief.strategy not in ("reply", "")
