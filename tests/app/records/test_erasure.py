"""Erasure removes what was asked and said, leaves what counts, and is told without naming anybody."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.records import Decision, DecisionLog, Entry, Erasure, Mark, Marks, Store
from app.records.tables import decisions

MakeDecision = Callable[..., Decision]
Told = Callable[[], Awaitable[list[Entry]]]
SAID = "张先生您好，应还500元"


@pytest.fixture
def erasure(store: Store) -> Erasure:
    """Erases two decisions at a time."""
    return Erasure(store, decisions_at_once=2)


@pytest.fixture
def make(make_decision: MakeDecision) -> MakeDecision:
    """Decisions that say something."""

    def full(**values: object) -> Decision:
        given = {
            "text": SAID,
            "body": SAID,
            "answer": f'{{"text":"{SAID}"}}'.encode(),
            "request": {"facts": {"amount_due": SAID}},
            "tags": (SAID,),
            "offer": SAID,
            "events": ({"type": "promise_to_pay", "amount": SAID},),
            "findings": ({"rule": "a.b", "guard": "phrases", "action": "mask", "reason": SAID, "span": [0, 2]},),
            "rejected": ({"rule": "a.c", "guard": "phrases", "action": "block", "reason": SAID, "span": None},),
            "generation": "senior",
            "ref_digest": "ref",
        }
        return make_decision(**{**given, **values})

    return full


async def test_a_person_is_erased_and_others_stay(
    log: DecisionLog, erasure: Erasure, make: MakeDecision, told: Told, store: Store
) -> None:
    mine = [make(request_id=f"c-{number}") for number in range(5)]
    other = make(ref_digest="other")
    await log.record_many([*mine, other])
    await Marks(store).mark(mine[0].script_id, 0, Mark.FALSE_HIT, SAID, "李合规")
    assert await erasure.of_person("ref", "王管理") == 5
    assert await log.get(other.script_id) == other
    async with store.reading() as connection:
        rows = (await connection.execute(select(decisions).where(decisions.c.script_id != other.script_id))).all()
    assert SAID not in str(rows)
    assert "senior" not in str(rows)
    left = await log.find("c-3")
    assert left is not None
    assert (left.script_id, left.action, left.policy_revision, left.ref_digest) == (mine[3].script_id, "speak", 7, None)
    assert left.findings == ({"rule": "a.b", "guard": "phrases", "action": "mask"},)
    assert left.erased_at is not None
    assert [mark.note for mark in await Marks(store).of(mine[0].script_id)] == [""]
    rows_of_trail = [entry for entry in await told() if entry.event == "decisions.erased"]
    assert [(row.person, row.subject, row.details["count"]) for row in rows_of_trail] == [
        ("王管理", None, count) for count in (2, 2, 1)
    ]
    assert "ref" not in str([row.details for row in rows_of_trail])


async def test_who_is_erased_already_is_told_of_once_more(erasure: Erasure, told: Told) -> None:
    assert await erasure.of_person("nobody", "王管理") == 0
    assert [row.details["count"] for row in await told()] == [0]


async def test_old_decisions_are_purged_to_the_day(
    log: DecisionLog, erasure: Erasure, make: MakeDecision, told: Told
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = [make(created_at=start + timedelta(days=number)) for number in range(6)]
    await log.record_many(made)
    assert await erasure.before(start + timedelta(days=4), "operator") == 4
    assert await erasure.before(start + timedelta(days=4), "operator") == 0
    left = [each.script_id for each in await log.recent() if each.erased_at is None]
    assert left == [made[5].script_id, made[4].script_id]
    assert {row.details["before"] for row in await told()} == {"2026-01-05T00:00:00+00:00"}
