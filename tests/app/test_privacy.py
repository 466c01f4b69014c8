"""Invariant 3 from end to end: personal data reaches no task, record, metric, log line or file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import structlog

from app.approved.agreement import Limits
from app.contacts import Ledger, open_references
from app.data import Data
from app.errors import ModelError, ModelUnavailable
from app.logs import configured_logs
from app.metrics import Metrics
from app.policy import ActivePolicy
from app.records import DecisionLog, open_store
from app.scripts.desk import Desk
from app.scripts.reception import Reception, explained
from app.writing.pool import Pool
from tests.app.examples import script_request
from tests.app.hearing import HARMLESS, heard_by
from tests.fakes import FakeModel, FakeSource

PII = {
    "name": "欧阳建国",
    "mobile": "13812345678",
    "id_card": "11010519491231002X",
    "bank_card": "6222020200112233445",
    "address": "朝阳区幸福路八号院",
    "nickname": "小欧",
}


def everything_in(directory: Path) -> str:
    """All bytes of all files, as text where they are."""
    return b"".join(path.read_bytes() for path in directory.iterdir()).decode("utf-8", "ignore")


@pytest.fixture
def source() -> FakeSource:
    """The encoder of the second opinion: nothing is a violation to it."""
    return FakeSource(lambda _: HARMLESS)


@pytest.fixture
def data(data: Data, source: FakeSource) -> Iterator[Data]:
    """The shipped rules with that encoder, which is asked about every sentence."""
    with heard_by(source, data) as heard:
        yield heard


@pytest.mark.parametrize(
    "outcome",
    [
        ModelUnavailable("down"),
        ["成本是{年化利率}，欧阳建国先生，您看合适吗？"],
        ["{欧阳建国}您好。{13812345678}。", "小欧，您看合适吗？"],
        ["打一三八一二三四五六七八。", "您住朝阳区幸福路八号院。"],
    ],
    ids=["fallback", "named", "as slots", "spelled out"],
)
async def test_known_values_reach_nothing(
    outcome: Sequence[str] | ModelError,
    data: Data,
    source: FakeSource,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy, metrics, model = ActivePolicy(data.policy, data.wording), Metrics(), FakeModel(lambda task: outcome)
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'heyan.sqlite3'}")
    log = DecisionLog(store)
    await log.start()
    contacts = Ledger(store, await open_references(store, None))
    desk = Desk(policy, model, Pool())
    reception = Reception(desk, log, store, data.vocabulary, policy, metrics, Limits(), contacts)
    request = script_request(
        customer={"surname": "欧阳", "pii": PII, "ref": "13812345678", "tags": ["rate_sensitive"]},
        facts={"product": "欧阳建国专享贷", "annual_rate": "3.6", "credit_limit": "200000"},
    )

    with configured_logs("debug", data.policy.personal_data.masked):
        decision = await reception.answer(request)
        structlog.get_logger("test").info("answered", text=decision.text, rejected=decision.rejected)
    kept = await log.find("c-1")
    await log.close()
    await store.close()

    assert kept is not None
    assert kept.request["facts"]["annual_rate"] == "3.6"
    logged = capsys.readouterr()
    on_disk = everything_in(tmp_path)
    assert "answered" in logged.err
    assert "c-1" in on_disk
    places = {
        "record": repr(kept.as_row()),
        "answer": decision.answer.decode(),
        "explanation": explained(decision).decode(),
        "file": on_disk,
        "tasks": "".join(map(repr, model.tasks)),
        "encoder": repr(source.asked),
        "metrics": metrics.page().decode(),
        "logs": logged.err + logged.out,
    }
    assert model.tasks
    assert source.asked
    for value in (*PII.values(), "一三八一二三四五六七八"):
        assert {name for name, text in places.items() if value in text} == set(), value
