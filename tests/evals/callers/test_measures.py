"""The measures of calls: what counts, what does not, and the interval beside it."""

import pytest

from evals.callers.calls import Call
from evals.callers.measures import Share, failed, lengths, measure, repeated, sources
from tests.evals.callers.scripted import MATTER, Json, Scripted, answer, customer, ended, matter, played

REFUSES = {"when": ["any"], "lines": ["不需要"], "refuses": True}


def share(calls: list[Call], name: str) -> Share:
    """One of the measures."""
    [found] = [each for each in measure(calls) if each.name == name]
    return found


async def test_a_call_that_goes_as_it_should_meets_every_goal() -> None:
    call = await played(Scripted(answer(), matter(), ended("end_call", "promise_to_pay")))
    assert failed(measure([call])) == []
    assert sources([call]) == {"approved": 1.0}
    assert [(each.name, each.mean) for each in lengths([call])] == [("turns", 3), ("seconds", pytest.approx(14.5))]


async def test_a_debt_before_identity_is_named_and_after_it_is_not() -> None:
    early = await played(Scripted(answer(), matter(), ended()), customer({"when": ["any"], "lines": ["什么事"]}))
    late = await played(Scripted(answer(), matter(), ended()))
    found = share([early, late], "hints_before_identity")
    assert (found.count, found.of, found.against, found.holds) == (1, 2, ("somebody",), False)
    assert found.low < 0.5 < found.high


async def test_what_a_second_reading_stops_is_a_breach_and_softened_where_the_customer_presses() -> None:
    stops = {MATTER: [{"rule": "promise.waiver", "action": "block", "span": [0, 2]}]}
    call = await played(Scripted(answer(), matter(), ended(), stops=stops), customer(presses=True))
    assert share([call], "breaches").against == ("somebody",)
    assert share([call], "softened_under_pressure").count == 1


async def test_a_question_that_was_answered_comes_again() -> None:
    call = await played(Scripted(answer(), answer("您就是王先生吗？"), matter(), ended()))
    assert [(each.question, each.at, each.answered) for each in repeated(call)] == [("identity", 1, True)]
    found = share([call], "repeated_after_an_answer")
    assert (found.count, found.of, found.holds) == (1, 3, False)


async def test_who_it_is_counts_apart_where_nobody_had_said() -> None:
    evasive = customer({"when": ["any"], "lines": ["什么事"]}, default=["说吧"])
    call = await played(Scripted(answer(), answer("您就是王先生吗？"), ended()), evasive)
    assert (share([call], "identity_after_no_answer").count, share([call], "repeated_after_an_answer").count) == (1, 0)
    assert share([call], "repeated_questions").count == 1


@pytest.mark.parametrize("said", ["啊？", "没听清 你大声点"])
async def test_who_wants_to_hear_it_again_is_asked_again_by_right(said: str) -> None:
    deaf = customer({"when": ["any"], "lines": [said]})
    call = await played(Scripted(answer(), answer("您就是王先生吗？"), ended()), deaf)
    assert repeated(call) == []


@pytest.mark.parametrize(("said", "count"), [("尽快吧", 0), ("二十五号", 1)])
async def test_a_day_may_be_asked_for_until_one_is_named(said: str, count: int) -> None:
    vague = customer({"when": ["identity"], "lines": ["是我"]}, {"when": ["date"], "lines": [said]})
    again = answer("那您大概哪天还？", state="handle", expects="date")
    call = await played(Scripted(answer(), matter(), again, ended()), vague)
    assert len(repeated(call)) == count


async def test_a_day_that_was_taken_back_may_be_asked_for_again() -> None:
    unsure = customer(
        {"when": ["identity"], "lines": ["是我"]},
        {"when": ["readback"], "lines": ["不对 我没答应"]},
        {"when": ["date"], "lines": ["二十五号"]},
    )
    readback = answer("您说的是11月25日，对吗？", state="handle", expects="yes_no")
    call = await played(
        Scripted(answer(), matter(), readback, answer("那是哪天还？", state="handle", expects="date"), ended()), unsure
    )
    assert repeated(call) == []


@pytest.mark.parametrize(
    ("next_turn", "honoured"),
    [
        (ended("end_call", "opt_out"), 1),
        (ended("do_not_call", "opt_out"), 1),
        (ended("end_call"), 0),
        (ended("handoff", "opt_out"), 0),
        (answer("您再考虑一下？", state="handle", expects="yes_no"), 0),
    ],
)
async def test_a_refusal_ends_the_call_at_once_and_is_told(next_turn: Json, honoured: int) -> None:
    sale = customer(REFUSES, scenario="activation", ends=[{"action": "end_call", "events": ["opt_out"]}])
    call = await played(Scripted(answer(state="open", expects="yes_no"), next_turn, ended("end_call", "opt_out")), sale)
    found = share([call], "refusals_honoured")
    assert (found.count, found.of) == (honoured, 1)


@pytest.mark.parametrize(
    ("end", "right"),
    [
        (ended("end_call", "promise_to_pay", "hardship"), True),
        (ended("end_call"), False),
        (ended("handoff", "promise_to_pay"), False),
    ],
)
async def test_an_end_is_right_with_its_action_and_all_its_events(end: Json, right: bool) -> None:
    call = await played(Scripted(answer(), matter(), end))
    assert share([call], "right_end").holds is right


def test_without_refusals_nothing_is_missed() -> None:
    assert share([], "refusals_honoured").holds
