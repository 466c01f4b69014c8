"""A turn that is only rehearsed; what is recorded of the others is told in tests/app/api/test_turns.py."""

import pytest

from app.errors import Malformed
from app.parts import Parts
from app.writing.model import Model, NoModel
from tests.app.turns.calls import DEBT, SALE, case, order

HEARD = [{"role": "agent", "text": "您好，您现在方便吗？"}, {"role": "customer", "text": "不需要，别再打了"}]


@pytest.fixture
def model() -> Model:
    """No turn asks for one."""
    return NoModel()


async def test_what_is_rehearsed_is_answered_as_it_would_be_and_leaves_no_trace(parts: Parts) -> None:
    request = order(SALE, HEARD)
    told = await parts.turns.rehearse(request)
    assert told["action"] == "end_call"
    assert [event["type"] for event in told["events"]] == ["opt_out"]
    assert not (await parts.contacts.closures(request.case.customer.ref)).opted_out
    assert await parts.log.recent() == []


async def test_what_is_wrong_with_a_case_is_told_by_the_names_of_the_body(parts: Parts) -> None:
    with pytest.raises(Malformed) as raised:
        await parts.turns.rehearse(order(case(DEBT, facts={"overdue_days": -1})))
    assert all(problem.field.startswith("case.") for problem in raised.value.fields)


async def test_every_intent_has_a_name_for_officers(parts: Parts) -> None:
    assert parts.turns.labels()["no_money"] == "没钱"
