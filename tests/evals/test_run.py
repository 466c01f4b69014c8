"""Whole runs with a scripted model: each exit status, the record, and the same answers over HTTP."""

import time
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from rich.console import Console

from app.application import build_app
from app.errors import ModelUnavailable
from app.main import open_parts
from app.settings import ROOT, Settings
from app.writing.model import Model
from evals.__main__ import main
from evals.cases import read_cases
from evals.gate import read_baseline
from evals.outcomes import put
from evals.run import GATE_FAILED, MISCONFIGURED, PASSED, Options, evaluate
from evals.subjects import InProcess, OverHttp, SubjectError
from tests.evals.examples import plain_bodies
from tests.fakes import FakeModel

Json = dict[str, Any]
_DEBT: Json = {
    "scenario": "collection_m1",
    "call_time": "2026-11-20T10:05:00+08:00",
    "callee": {"role": "debtor", "identity_verified": True},
    "customer": {"age": 33, "tags": ["没钱还"]},
    "facts": {"amount_due": "3460", "due_date": "2026-11-10"},
}
_NIGHT: Json = {**_DEBT, "call_time": "2026-11-20T22:30:00+08:00"}
_GOOD: list[Json] = [
    {"id": "debt", "request": _DEBT, "expected": {"action": "speak", "says": ["3460元"]}},
    {
        "id": "night",
        "request": _NIGHT,
        "expected": {"action": "do_not_call", "rule": "gate.quiet_hours", "sources": []},
    },
    {
        "id": "threat",
        "request": {"text": "我们明天派人上门找你。", "scenario": "collection_m1", "stage": "body"},
        "expected": {"action": "block", "rule": "threat.visit"},
    },
]
_HARMLESS: Json = {
    "id": "harmless",
    "request": {"text": "您这会儿说话方便吗？", "scenario": "collection_m1", "stage": "body"},
    "expected": {"action": "block"},
}


def _cases(folder: Path, cases: Sequence[Json]) -> Path:
    file = folder / "cases.jsonl"
    file.write_bytes(b"\n".join(orjson.dumps(case) for case in cases))
    return file


def _options(folder: Path, cases: Sequence[Json], **more: Any) -> Options:
    settings = Settings(data_dir=folder / "var", log_level="error")
    patient = {"deadline_ms": 29_000, **more}  # what is measured here is not how fast this machine is
    return Options(cases=[_cases(folder, cases)], settings=settings, output=folder / "out" / "run.json", **patient)


async def _run(options: Options, model: Model | None = None) -> tuple[int, str]:
    reported = StringIO()
    status = await evaluate(options, Console(file=reported, width=200), model=model or FakeModel(plain_bodies))
    return status, reported.getvalue()


async def test_right_answers_pass_and_are_recorded(tmp_path: Path) -> None:
    model = FakeModel(plain_bodies)
    asked = time.monotonic()
    blessed = tmp_path / "baseline.json"
    status, reported = await _run(_options(tmp_path, _GOOD, samples=2, deadline_ms=29_000, bless=blessed), model)
    assert status == PASSED, reported
    assert model.tasks[-1].deadline > asked + 20, "the run's deadline takes the place of the case's"
    record = orjson.loads((tmp_path / "out" / "run.json").read_bytes())
    assert record["passed"] is True
    assert record["models"] == ["fake"]
    assert [script["id"] for script in record["scripts"]] == ["debt", "night"] * 2
    values = {each["name"]: each["value"] for each in record["measures"]}
    assert (values["written_by_model"], values["wrong_source"]) == (1.0, 0)
    assert read_baseline(blessed, record["dataset"]).keys() == values.keys() - {"latency_p50", "latency_p95"}
    assert not (tmp_path / "var").exists(), "a run must not write into the service's own records"


async def test_a_gate_failure_names_the_cases_and_a_baseline_shows_what_moved(tmp_path: Path) -> None:
    speaks_at_night = {"id": "night", "request": _NIGHT, "expected": {"action": "speak"}}
    cases = [_GOOD[0], speaks_at_night, _HARMLESS]
    baseline = tmp_path / "baseline.json"
    digest = read_cases([_cases(tmp_path, cases)]).digest
    measures = [{"name": "written_by_model", "value": 1.0}, {"name": "first_pass", "value": 0.1}]
    baseline.write_bytes(orjson.dumps({"dataset": digest, "measures": measures}))
    silent = FakeModel(lambda task: ModelUnavailable("down"))
    blessed = tmp_path / "blessed.json"
    status, reported = await _run(_options(tmp_path, cases, baseline=baseline, bless=blessed), silent)
    assert status == GATE_FAILED
    assert not blessed.exists(), "a run that fails the gate is no baseline"
    assert "missed_violation: harmless" in reported
    assert "wrong_action: night, harmless" in reported
    assert "worse" in reported, "a model that does not write is worse than one that did"
    assert orjson.loads((tmp_path / "out" / "run.json").read_bytes())["passed"] is False


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"cases": [Path("none.jsonl")]}, "none.jsonl"),
        ({"baseline": Path("none.json")}, "none.json"),
        ({"url": "http://127.0.0.1:9"}, "does not answer"),
        ({"settings": Settings(prompts_dir=Path("none"))}, "none"),
    ],
)
async def test_what_cannot_be_run_is_a_configuration_failure(
    tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    options = _options(tmp_path, _GOOD)
    given = {name: getattr(options, name) for name in ("cases", "settings", "output")} | change
    status, reported = await _run(Options(**given))
    assert status == MISCONFIGURED
    assert problem in reported
    assert not (tmp_path / "out").exists()


def test_the_command_line_returns_the_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", str(tmp_path / "none.jsonl"), "--output", str(tmp_path / "o.json")]) == MISCONFIGURED
    assert "none.jsonl" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["--samples", "0"])


async def test_http_and_process_answer_alike_and_a_refused_request_names_the_case(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var", log_level="error")
    patient = {**_DEBT, "options": {"deadline_ms": 29_000}}
    dataset = read_cases([_cases(tmp_path, [{**_GOOD[0], "request": patient}, *_GOOD[1:]])])
    refused = read_cases([_cases(tmp_path, [{**_GOOD[0], "request": {**patient, "facts": {}}}])])
    async with open_parts(settings, model=FakeModel(plain_bodies)) as parts:
        transport = httpx.ASGITransport(app=build_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://heyan") as client:
            outcomes = {
                name: await put(dataset, subject, parts.vocabulary, parts.wording, run=name)
                for name, subject in (("process", InProcess(parts)), ("http", OverHttp(client)))
            }
            for subject in (InProcess(parts), OverHttp(client)):
                with pytest.raises(SubjectError, match=r"debt: .*amount_due"):
                    await put(refused, subject, parts.vocabulary, parts.wording, run="refused")
    texts = {
        name: [(each.answer["action"], each.answer["text"]) for each in scripts]
        for name, (scripts, _) in outcomes.items()
    }
    verdicts = {name: [each.answer["findings"] for each in reviews] for name, (_, reviews) in outcomes.items()}
    assert texts["process"] == texts["http"]
    assert verdicts["process"] == verdicts["http"]
    assert outcomes["http"][0][0].answer["rejected"] == []


async def test_what_is_shipped_passes_its_own_gate(tmp_path: Path) -> None:
    """The shipped cases on the shipped rules; the bodies are plain ones, so that it is a matter of seconds."""
    settings = Settings(data_dir=tmp_path / "var", log_level="error")
    reviews = [ROOT / "evals" / "cases" / f"{name}.jsonl" for name in ("reviews", "gates")]
    options = Options(cases=reviews, settings=settings, output=tmp_path / "out" / "run.json")
    status, report = await _run(options)
    assert status == PASSED, report
