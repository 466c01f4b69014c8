"""`python -m evals converse`: exit statuses, what is written, and the shipped customers against the service itself."""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from rich.console import Console

from app.application import build_app
from app.main import open_parts
from app.settings import Settings
from evals.__main__ import main
from evals.callers.calls import play
from evals.callers.command import CUSTOMERS, Options, converse
from evals.callers.customers import read_customers
from evals.run import GATE_FAILED, MISCONFIGURED, PASSED
from evals.subjects import OverHttp
from tests.evals.callers.scripted import Scripted, answer, ended, matter
from tests.evals.examples import plain_bodies
from tests.fakes import FakeModel

ONE = """
- id: one
  scenario: collection_m1
  age: 30
  about: One.
  reading: true
  speech: {chars_per_second: 4, loudness: normal}
  ends: [{action: end_call, events: [promise_to_pay]}]
  says: [{when: [identity], lines: [是我]}, {when: [date], lines: [二十五号]}]
  default: [嗯]
"""


def options(folder: Path, **more: Any) -> Options:
    """One customer who promises to pay."""
    file = folder / "customers.yaml"
    file.write_text(ONE, "utf-8")
    return replace(Options(settings=Settings(data_dir=folder / "var"), customers=file), **more)


async def run(given: Options, *answers: Any) -> tuple[int, str]:
    """The exit status and what was printed."""
    out = StringIO()
    service = Scripted(*answers) if answers else None
    return await converse(given, Console(file=out, width=140), service), out.getvalue()


async def test_calls_that_meet_every_goal_pass_and_are_written(tmp_path: Path) -> None:
    given = options(tmp_path, rounds=2, out=tmp_path / "calls.jsonl", readings=tmp_path / "kept")
    good = (answer(), matter(), ended("end_call", "promise_to_pay"))
    status, printed = await run(given, *good, *good)
    assert status == PASSED, printed
    lines = (tmp_path / "calls.jsonl").read_bytes().splitlines()
    assert [orjson.loads(line)["round"] for line in lines] == [1, 2]
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["one.txt"]


async def test_a_missed_goal_fails_the_run_and_shows_the_call(tmp_path: Path) -> None:
    status, printed = await run(options(tmp_path), answer(), matter(), ended())
    assert status == GATE_FAILED
    assert "right_end: one" in printed
    assert "是我" in printed


async def test_one_call_is_shown_and_not_judged(tmp_path: Path) -> None:
    status, printed = await run(options(tmp_path, show="one"), answer(), matter(), ended())
    assert status == PASSED
    assert printed.startswith("one  M1催收")
    status, printed = await run(options(tmp_path, show="two"), answer())
    assert status == MISCONFIGURED
    assert "there is no customer two; there are one" in printed


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"customers": Path("none.yaml")}, "none.yaml"),
        ({"url": "http://127.0.0.1:9", "key": "k"}, "one: http://127.0.0.1:9 does not answer"),
        ({"settings": Settings(prompts_dir=Path("none"))}, "none"),
    ],
)
async def test_calls_that_cannot_be_made_are_a_configuration_failure(
    tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    status, printed = await run(options(tmp_path, **change))
    assert status == MISCONFIGURED
    assert problem in printed


def test_the_command_line_leads_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["converse", "--customers", str(tmp_path / "none.yaml")]) == MISCONFIGURED
    assert "none.yaml" in capsys.readouterr().out
    assert main(["converse", "--key-file", str(tmp_path / "none.key")]) == MISCONFIGURED
    with pytest.raises(SystemExit, match="2"):
        main(["converse", "--rounds", "0"])


async def test_a_wrong_number_calls_the_service_itself_and_the_same_seed_gives_the_same_call(tmp_path: Path) -> None:
    """Over HTTP, with the shipped words and rules; a stop is honoured there whatever else changes."""
    settings = Settings(data_dir=tmp_path / "var", log_level="error")
    wanted = {"m2_wrong_number", "act_stop_calling", "m1_wife_answers"}
    customers = [each for each in read_customers(CUSTOMERS) if each.id in wanted]
    async with open_parts(settings, model=FakeModel(plain_bodies)) as parts:
        transport = httpx.ASGITransport(app=build_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://heyan") as client:
            calls = [await play(each, OverHttp(client), run="test", seed=1, round_=1) for each in customers]
            again = await play(customers[0], OverHttp(client), run="test", seed=1, round_=1)
    assert {call.customer.id: call.action for call in calls} == dict.fromkeys(wanted, "end_call")
    assert [each.breaches for call in calls for each in call.exchanges if each.breaches] == []
    assert again.exchanges[0].text == calls[0].exchanges[0].text
