"""Whole calls with a scripted service: what is sent, when they end, and what a second reading finds."""

import pytest

from evals.callers.calls import MOST_TURNS
from evals.subjects import SubjectError
from tests.evals.callers.scripted import OPENING, Json, Scripted, answer, customer, ended, matter, played

READBACK = "11月25日，1500元，对吗？"
UNGROUNDED = {"rule": "number.ungrounded", "action": "block", "span": [0, 6]}


async def test_a_call_goes_on_until_the_service_ends_it() -> None:
    service = Scripted(answer(), matter(), ended("end_call", "promise_to_pay"))
    call = await played(service)
    assert [each.said for each in call.exchanges] == ["是我", "二十五号还一千五", ""]
    assert (call.action, call.events) == ("end_call", ["promise_to_pay"])
    assert [len(each["transcript"]) for each in service.asked] == [0, 2, 4]
    assert service.asked[1]["transcript"][1] == {
        "role": "customer",
        "text": "是我",
        "voice": {"chars_per_second": 4.0, "loudness": "normal"},
    }


async def test_a_call_that_finds_no_end_is_given_up() -> None:
    call = await played(Scripted(answer()))
    assert (len(call.exchanges), call.action) == (MOST_TURNS, "speak")


async def test_a_turn_that_was_interrupted_is_sent_as_far_as_it_was_heard() -> None:
    hasty = customer({"when": ["opening"], "lines": [{"text": "打错了", "interrupts": True}]})
    service = Scripted(answer(), ended())
    call = await played(service, hasty)
    sent = service.asked[1]["transcript"][0]
    assert sent == {"role": "agent", "text": OPENING[: (len(OPENING) + 1) // 2], "interrupted": True}
    assert call.seconds == pytest.approx(4.0 * len(sent["text"]) / len(OPENING) + 3 / 4 + 4.0)


async def test_silence_is_sent_as_an_empty_text() -> None:
    silent = customer({"when": ["any"], "lines": [""]}, default=[""], speech={"chars_per_second": 0, "loudness": "low"})
    service = Scripted(answer(), ended())
    await played(service, silent)
    assert service.asked[1]["transcript"][1]["text"] == ""


async def test_every_turn_is_read_once_more_and_before_identity_as_to_a_stranger() -> None:
    service = Scripted(answer(), matter(), ended())
    await played(service)
    assert [each["stage"] for each in service.reviewed] == ["open", "body", "body"]
    assert [each["callee"]["identity_verified"] for each in service.reviewed] == [False, True, True]
    assert service.reviewed[0]["facts"]["amount_due"] == "3460"


@pytest.mark.parametrize(
    ("finding", "counts"),
    [
        (UNGROUNDED, False),
        ({**UNGROUNDED, "span": None}, True),
        ({"rule": "threat.visit", "action": "block", "span": [0, 6]}, True),
        ({"rule": "threat.visit", "action": "revise", "span": [0, 6]}, False),
    ],
)
async def test_only_what_blocks_is_a_breach_and_a_day_that_the_customer_named_is_none(
    finding: Json, counts: bool
) -> None:
    readback = answer(READBACK, state="handle", expects="yes_no")
    call = await played(Scripted(answer(), matter(), readback, ended(), stops={READBACK: [finding]}))
    assert bool(call.exchanges[2].breaches) is counts


async def test_a_figure_that_nobody_named_is_a_breach() -> None:
    invented = READBACK.replace("25", "28")
    readback = answer(invented, state="handle", expects="yes_no")
    call = await played(Scripted(answer(), matter(), readback, ended(), stops={invented: [UNGROUNDED]}))
    assert call.exchanges[2].breaches == ("number.ungrounded",)


async def test_a_refused_turn_is_raised() -> None:
    class Refusing(Scripted):
        async def turn(self, request: Json) -> Json:
            raise SubjectError("no")

    with pytest.raises(SubjectError, match="no"):
        await played(Refusing(answer()))


async def test_later_rounds_are_named() -> None:
    call = await played(Scripted(ended()), round_=2)
    assert call.name == "somebody#2"
