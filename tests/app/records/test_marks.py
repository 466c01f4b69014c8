"""One mark a finding and person, and what a rule is worth by the marks."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from app.records import (
    Decision,
    DecisionLog,
    Entry,
    ErasedDecision,
    Erasure,
    Hits,
    Mark,
    Marks,
    Store,
    UnknownDecision,
    UnknownFinding,
)
from app.records.intervals import wilson
from tests.app.stores import Clock

MakeDecision = Callable[..., Decision]
Told = Callable[[], Awaitable[list[Entry]]]
FOUND = {"rule": "promise.guaranteed_approval", "guard": "phrases", "action": "block"}
LIKE_IT = {"rule": "promise_guaranteed.approval", "guard": "phrases", "action": "block"}


@pytest.fixture
def marks(store: Store, clock: Clock) -> Marks:
    """No mark yet."""
    return Marks(store, clock)


async def test_a_later_mark_of_the_same_person_replaces_the_first(
    log: DecisionLog, marks: Marks, make_decision: MakeDecision, told: Told, clock: Clock
) -> None:
    decision = make_decision(findings=(FOUND, LIKE_IT))
    await log.record(decision)
    first = await marks.mark(decision.script_id, 0, Mark.TRUE_HIT, "真的", "李合规")
    assert first.rule == FOUND["rule"]
    clock.pass_by(minutes=1)
    await marks.mark(decision.script_id, 0, Mark.TRUE_HIT, "", "王审计")
    clock.pass_by(minutes=1)
    second = await marks.mark(decision.script_id, 0, Mark.FALSE_HIT, "是引用", "李合规")
    assert [(each.person, each.mark) for each in await marks.of(decision.script_id)] == [
        ("王审计", Mark.TRUE_HIT),
        ("李合规", Mark.FALSE_HIT),
    ]
    assert second in await marks.of(decision.script_id)
    last = (await told())[-1]
    assert (last.event, last.subject, last.person) == ("finding.marked", decision.script_id, "李合规")
    assert last.details == {"finding": 0, "rule": FOUND["rule"], "mark": "false_hit", "before": "true_hit"}


async def test_what_is_not_there_cannot_be_marked(
    log: DecisionLog, marks: Marks, make_decision: MakeDecision, store: Store
) -> None:
    decision = make_decision(findings=(FOUND,), ref_digest="ref")
    await log.record(decision)
    with pytest.raises(UnknownDecision):
        await marks.mark("01KX", 0, Mark.TRUE_HIT, "", "李合规")
    for finding in (1, -1):
        with pytest.raises(UnknownFinding):
            await marks.mark(decision.script_id, finding, Mark.TRUE_HIT, "", "李合规")
    await Erasure(store).of_person("ref", "王管理")
    with pytest.raises(ErasedDecision):
        await marks.mark(decision.script_id, 0, Mark.TRUE_HIT, "", "李合规")


async def test_a_rule_is_as_good_as_its_newest_marks(
    log: DecisionLog, marks: Marks, make_decision: MakeDecision, clock: Clock
) -> None:
    now = clock.time
    made = [make_decision(findings=(FOUND,), created_at=now - timedelta(days=days)) for days in (40, 20, 2, 1)]
    made.append(make_decision(rejected=(FOUND,), created_at=now - timedelta(days=3)))
    await log.record_many([*made, make_decision(findings=(LIKE_IT,), created_at=now)])
    for decision, mark in zip(made, (Mark.TRUE_HIT, Mark.TRUE_HIT, Mark.FALSE_HIT), strict=False):
        await marks.mark(decision.script_id, 0, mark, "", "李合规")
    clock.pass_by(minutes=1)
    await marks.mark(made[0].script_id, 0, Mark.FALSE_HIT, "", "王审计")
    quality = await marks.quality(FOUND["rule"], examples=2)
    assert quality.hits == [Hits(7, 2, 1), Hits(30, 3, 1)]
    assert quality.marks == {Mark.TRUE_HIT: 2, Mark.FALSE_HIT: 2}
    assert quality.precision is not None
    assert quality.precision.value == pytest.approx(1 / 3)
    assert quality.precision.findings == 3
    assert (quality.precision.low, quality.precision.high) == wilson(1, 3)
    assert [each.script_id for each in quality.latest] == [made[4].script_id, made[3].script_id]


async def test_of_a_rule_without_marks_nothing_is_known(marks: Marks) -> None:
    quality = await marks.quality("promise.nothing")
    assert quality.precision is None
    assert quality.hits == [Hits(7, 0, 0), Hits(30, 0, 0)]
    assert quality.latest == []
