"""A digest covers every field of a decision, and is the same before and after the store."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.records import Decision, DecisionLog, Kind
from app.records.canonical import COVERED, digest_of, written

MakeDecision = Callable[..., Decision]
OTHERS: dict[str, Any] = {
    "script_id": "01KX",
    "kind": Kind.REVIEW,
    "body_digest": "other",
    "created_at": datetime(2026, 11, 22, 2, 6, tzinfo=UTC),
    "action": "handoff",
    "policy_revision": 8,
    "answer": b"\xff",
    "tags": ("x",),
    "request": {"x": 1},
    "findings": ({"rule": "x"},),
    "rejected": ({"rule": "x"},),
    "timing": {"total": 1.5},
    "events": ({"type": "x"},),
}


def test_every_field_is_covered_but_that_it_was_erased() -> None:
    assert {*COVERED, "erased_at"} == {each.name for each in fields(Decision)}


@pytest.mark.parametrize("name", COVERED)
def test_another_value_of_any_field_is_another_digest(make_decision: MakeDecision, name: str) -> None:
    values = {"script_id": "01K", "answer": b"{}"}
    other = make_decision(**{**values, name: OTHERS.get(name, "other")})
    assert digest_of(written(make_decision(**values))) != digest_of(written(other))


async def test_the_store_does_not_change_it(log: DecisionLog, make_decision: MakeDecision) -> None:
    decision = make_decision(
        answer='{"b":1,"a":"年"}'.encode(),
        created_at=datetime(2026, 11, 22, 2, 5, 1, 120, tzinfo=UTC) + timedelta(microseconds=7),
        request={"facts": {"terms": [12], "rate": None}, "a": 1},
        timing={"total": 212.4, "guards": 1e-05, "model": 0.1 + 0.2},
        findings=({"rule": "a.b", "span": [1, 2], "reason": "原因"},),
    )
    await log.record(decision)
    assert (found := await log.get(decision.script_id)) is not None
    assert digest_of(written(found)) == digest_of(written(decision))
