"""Metrics: what is counted, and that no label tells of a customer, a phrase or a text."""

import asyncio
import re

from app.errors import ModelUnavailable
from app.metrics import Metrics
from app.scripts.answer import Answer
from app.writing.model import WritingTask
from guards.types import Channel, Generation, Scenario
from tests.app.conftest import OpenDesk, TakeOrder
from tests.app.examples import SPOKEN, script_request
from tests.fakes import FakeModel

_LABEL = re.compile(r'(\w+)="([^"]*)"')
_NAME = re.compile(r"[a-z0-9_.]+")


def labels(metrics: Metrics) -> set[tuple[str, str]]:
    """Every label and value on the page."""
    return set(_LABEL.findall(metrics.page().decode()))


def count(metrics: Metrics, series: str) -> float:
    """The value of one series."""
    for line in metrics.page().decode().splitlines():
        if line.startswith(f"{series} "):
            return float(line.rsplit(" ", 1)[1])
    raise AssertionError(f"no {series} in {metrics.page().decode()}")


def note(metrics: Metrics, scenario: Scenario, answer: Answer, *, is_answering: bool | None) -> None:
    """Count an answer as the reception does."""
    metrics.answered(scenario.value, answer.action, answer.source, answer.timing.total / 1000)
    if answer.source == "fallback":
        metrics.forced(scenario.value, model_failed=answer.model_failed)
    metrics.found((*answer.verdict.findings, *answer.rejected))
    metrics.model_answers(is_answering)


def answered(metrics: Metrics, take: TakeOrder, open_desk: OpenDesk) -> None:
    """Answer in every scenario, with candidates that break rules and name the customer."""
    drafts = ["我们这边百分百获批。", "欧阳建国先生，您别着急。", "{欧阳建国}86753.09"]
    customer = {"surname": "欧阳", "pii": {"name": "欧阳建国", "mobile": "13812345678"}, "ref": "u-778"}
    for scenario in SPOKEN:
        order = take(script_request(scenario, customer=customer, request_id="c-42"))

        def script(task: WritingTask) -> list[str]:
            return drafts

        answer = asyncio.run(open_desk(FakeModel(script)).write(order, 10.0**9))
        note(metrics, scenario, answer, is_answering=True)


def test_no_label_tells_of_a_customer_a_phrase_or_a_text(take: TakeOrder, open_desk: OpenDesk) -> None:
    metrics = Metrics()
    answered(metrics, take, open_desk)
    metrics.reviewed("block")
    metrics.guarded("phrases", 0.001)
    metrics.responded("GET", 200)
    found = labels(metrics)
    known = {"scenario", "action", "source", "rule", "guard", "method", "status", "le", "reason"}
    assert {name for name, _ in found} <= known
    for name, value in found:
        if name == "method":
            assert value.isupper()
        elif name != "le":
            assert _NAME.fullmatch(value), (name, value)
    page = metrics.page().decode()
    for secret in ("欧阳", "13812345678", "u-778", "c-42", "获批", "86753.09"):
        assert secret not in page


def test_label_values_are_closed_sets(take: TakeOrder, open_desk: OpenDesk) -> None:
    metrics = Metrics()
    answered(metrics, take, open_desk)
    found = labels(metrics)
    assert {value for name, value in found if name == "scenario"} == {scenario.value for scenario in SPOKEN}
    assert {value for name, value in found if name == "source"} <= {"model", "pool", "approved", "fallback", "none"}
    assert ("rule", "promise.guaranteed_approval") in found
    assert ("rule", "skeleton.unusable") in found


def test_answers_are_counted(take: TakeOrder, open_desk: OpenDesk) -> None:
    metrics = Metrics()
    answered(metrics, take, open_desk)
    total = sum(
        float(line.rsplit(" ", 1)[1])
        for line in metrics.page().decode().splitlines()
        if line.startswith("heyan_scripts_total{")
    )
    assert total == len(SPOKEN)
    assert count(metrics, "heyan_model_answering") == 1


def test_only_what_a_model_made_necessary_counts_as_a_forced_fallback(take: TakeOrder, open_desk: OpenDesk) -> None:
    metrics = Metrics()
    scenario = Scenario.BILL_REMINDER
    moments = [
        (script_request(scenario), FakeModel(lambda task: ModelUnavailable("down"))),
        (script_request(scenario), FakeModel(lambda task: ["您还欠九万九千元。"])),
        (script_request(scenario, callee={"identity_verified": False}), FakeModel(lambda task: [])),
        (script_request(scenario, customer={"tags": ["said_paid"]}), FakeModel(lambda task: [])),
        (script_request(scenario, options={"source": "pool"}), FakeModel(lambda task: [])),
    ]
    for request, model in moments:
        answer = asyncio.run(open_desk(model).write(take(request), 10.0**9))
        assert answer.action == "speak"
        note(metrics, scenario, answer, is_answering=None)
    for reason in ("model_failed", "nothing_passed"):
        series = f'heyan_forced_fallbacks_total{{reason="{reason}",scenario="{scenario.value}"}}'
        assert count(metrics, series) == 1
    assert [name for name, value in labels(metrics) if value == "fallback"] == ["source"]


def test_a_refusal_has_no_source(take: TakeOrder, open_desk: OpenDesk) -> None:
    metrics = Metrics()
    order = take(
        script_request(
            Scenario.ACQUISITION,
            channel=Channel.SMS.value,
            customer={"opted_out": True, "generation": Generation.SENIOR.value},
        )
    )
    answer = asyncio.run(open_desk(FakeModel(lambda task: [])).write(order, 0.0))
    note(metrics, Scenario.ACQUISITION, answer, is_answering=None)
    assert ("source", "none") in labels(metrics)
    assert ("action", "do_not_call") in labels(metrics)
    assert count(metrics, "heyan_model_answering") == 0


def test_made_up_methods_are_one_label() -> None:
    metrics = Metrics()
    for method in ("GET", "张三", "X" * 1000, "get"):
        metrics.responded(method, 200)
    assert {value for name, value in labels(metrics) if name == "method"} == {"GET", "OTHER"}


def test_the_revision_in_force() -> None:
    metrics = Metrics()
    metrics.in_force(7)
    assert count(metrics, "heyan_policy_revision") == 7


def test_each_process_counts_for_itself() -> None:
    first, second = Metrics(), Metrics()
    first.reviewed("block")
    assert 'action="block"' in first.page().decode()
    assert 'action="block"' not in second.page().decode()
