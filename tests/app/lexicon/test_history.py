"""What was recorded is read back as what was said, masked, newest first."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.lexicon.history import newest, recorded
from app.lexicon.recorded import Source
from app.records import Decision, DecisionLog, Kind, open_store
from guards.script import Segment
from guards.types import Callee, Channel, Generation, Role, Scenario, Stage

SEGMENTS = [
    {"stage": "open", "text": "您好，", "tts_text": "您好，"},
    {"stage": "body", "text": "还300元。", "tts_text": "还三百元。"},
]


def decision(number: int = 0, **fields: Any) -> Decision:
    """A recorded script."""
    whole: dict[str, Any] = {
        "script_id": f"{number:06}",
        "kind": Kind.SCRIPT,
        "body_digest": "0",
        "created_at": datetime(2026, 11, 20, 18, 0, tzinfo=UTC),
        "action": "speak",
        "policy_revision": 1,
        "answer": orjson.dumps({"segments": SEGMENTS}),
        "text": "您好，还300元。",
        **fields,
    }
    return Decision(**whole)


def test_a_script_is_read_with_its_segments_in_both_forms_and_its_call() -> None:
    request = {
        "call_time": "2026-11-20T10:00:00+08:00",
        "callee": {"role": "debtor", "identity_verified": True},
        "facts": {"amount_due": "300"},
    }
    script = recorded(decision(scenario="collection_m1", channel="ai_voice", generation="senior", request=request))
    assert script is not None
    assert script.segments == (Segment(Stage.OPEN, "您好，", "您好，"), Segment(Stage.BODY, "还300元。", "还三百元。"))
    assert (script.scenario, script.channel, script.stage) == (Scenario.COLLECTION_M1, Channel.AI_VOICE, None)
    assert (script.callee, script.generation) == (Callee(Role.DEBTOR, True), Generation.SENIOR)
    assert (script.facts, script.day, script.source) == ({"amount_due": "300"}, date(2026, 11, 20), Source.SCRIPT)


def test_a_review_is_read_as_it_was_masked_in_its_stage_on_its_day_in_china() -> None:
    review = recorded(
        decision(kind=Kind.REVIEW, answer=b"{}", text="请打138****0000。", request={"stage": "close", "callee": None})
    )
    assert review is not None
    assert (review.text, review.stage, review.source) == ("请打138****0000。", Stage.CLOSE, Source.REVIEW)
    assert (review.facts, review.callee, review.day) == (None, None, date(2026, 11, 21))


def test_what_a_machine_says_before_a_person_takes_over_is_a_piece_of_an_opening() -> None:
    bridge = recorded(decision(action="handoff"))
    assert bridge is not None
    assert bridge.stage is Stage.OPEN


@pytest.mark.parametrize("text", [None, ""])
def test_where_nothing_was_said_there_is_nothing_to_replay(text: str | None) -> None:
    assert recorded(decision(text=text, action="do_not_call")) is None


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[DecisionLog]:
    """A log with seven scripts."""
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'heyan.sqlite3'}")
    log = DecisionLog(store)
    await log.start()
    await log.record_many([decision(number) for number in range(7)])
    yield log
    await log.close()
    await store.close()


@pytest.mark.parametrize(("count", "rows"), [(7, 3), (5, 5), (5, 2), (100, 3), (0, 3)])
async def test_the_newest_are_read_once_each(log: DecisionLog, count: int, rows: int) -> None:
    pages = [page async for page in newest(log, count, rows_at_once=rows)]
    read = [each.script_id for page in pages for each in page]
    assert read == [f"{number:06}" for number in range(6, -1, -1)][:count]
    assert all(len(page) <= rows for page in pages)
