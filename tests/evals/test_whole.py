"""Whole scripts for random moments: which requests are drawn, and what the tables say of the answers."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from app.approved.vocabulary import read_vocabulary
from app.approved.wording import read_wording
from app.requests import ScriptRequest
from app.scripts.intake import take_order
from app.settings import ROOT
from evals import whole
from evals.coherence import Fault
from evals.moments import Moments
from evals.outcomes import Spoken
from guards.types import Channel
from tests.evals.examples import spoken


@pytest.fixture(scope="module")
def moments() -> Moments:
    """The shipped vocabulary and wording."""
    vocabulary = read_vocabulary(ROOT / "prompts")
    return Moments(vocabulary, read_wording(ROOT / "prompts", vocabulary))


def test_every_drawn_request_is_one_that_the_service_takes(moments: Moments) -> None:
    cases = whole.cases_of(moments, 80, 1).scripts
    assert len({case.id for case in cases}) == 80
    requests = [ScriptRequest.model_validate({**case.request, "request_id": case.id}) for case in cases]
    orders = [take_order(request, moments.vocabulary, moments.wording) for request in requests]
    assert {order.moment.channel for order in orders} == {Channel.AI_VOICE, Channel.HUMAN_AGENT}
    assert len({(order.moment.scenario, order.moment.channel, order.moment.generation) for order in orders}) == 40
    assert {len(request.customer.tags) for request in requests} == {0, 1, 2, 3}
    assert all(order.moment.speaks_body for order in orders)


def test_the_same_seed_draws_the_same_requests(moments: Moments) -> None:
    assert whole.cases_of(moments, 20, 1) == whole.cases_of(moments, 20, 1) != whole.cases_of(moments, 20, 2)


def printed(*answers: Spoken) -> str:
    """What is printed of these answers, one sentence a fault."""
    out = StringIO()
    whole.print_wholes(Console(file=out, width=120), answers, show=1)
    return out.getvalue()


def test_faults_are_counted_a_script_and_shown_with_their_tags() -> None:
    request = {"scenario": "collection_m1", "customer": {"tags": ["forgetful"]}}
    twice = Fault("says_twice", "您别急。")
    good, bad = spoken(request=request), spoken(request=request, id="bad", faults=(twice, twice))
    report = printed(good, bad)
    assert report.count("says_twice: bad (forgetful): 您别急。") == 1
    assert [line.split()[1:] for line in report.splitlines() if "any of them" in line] == [
        ["any", "of", "them", "│", "1", "│", "50.0%", "│"]
    ]
    assert "50.0% distinct bodies" in report


def test_seconds_are_held_against_the_target_and_replies_left_out() -> None:
    request = {"scenario": "collection_m1", "customer": {"tags": []}}
    answers = [spoken(request=request, estimated=seconds) for seconds in (30.0, 40.0, 60.0)]
    reply = replace(answers[0], answer={**answers[0].answer, "strategy": "reply"})
    (line,) = [line for line in printed(*answers, reply).splitlines() if "≤ 55" in line]
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "collection_m1",
        "young",
        "≤ 55",
        "66.7%",
        "40.0",
        "60.0",
        "3",
    ]


def test_a_count_below_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        whole.main(["--count", "0"])
    assert "--count" in capsys.readouterr().err
