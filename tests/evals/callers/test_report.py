"""The report: measures, which calls miss a goal, and these calls in full."""

from io import StringIO

from rich.console import Console

from evals.callers.measures import measure
from evals.callers.report import print_report
from tests.evals.callers.scripted import Scripted, answer, customer, ended, matter, played


async def test_a_call_that_misses_a_goal_is_named_and_shown_once() -> None:
    good = await played(Scripted(answer(), matter(), ended("end_call", "promise_to_pay")), customer(id="good"))
    bad = await played(Scripted(answer(), answer("您是王先生吗？"), ended()), customer(id="bad"))
    out = StringIO()
    print_report(Console(file=out, width=140), [good, bad], measure([good, bad]))
    report = out.getvalue()
    assert "right_end: bad" in report
    assert report.count("bad  M1催收") == 1
    assert "good  M1催收" not in report
    assert "words from: approved 100.0%" in report
