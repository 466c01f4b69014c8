"""How often an approved text was said is counted in the newest scripts of seven days."""

from datetime import UTC, datetime, timedelta

from app.approved.holds import LineKind, line_id
from app.lexicon.catalogue import Line
from app.lexicon.said import count_said
from app.records import DecisionLog, Kind
from tests.app.stores import MakeDecision

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)


def line(text: str, kind: LineKind = LineKind.LINE) -> Line:
    """An approved text."""
    return Line(line_id(kind, text), kind, text, ())


async def test_it_is_found_in_skeletons_and_with_its_slots_filled(
    log: DecisionLog, make_decision: MakeDecision
) -> None:
    at = NOW - timedelta(hours=1)
    await log.record_many(
        [
            make_decision(created_at=at, body="先看看。利息是{年化利率}。您看呢？", text="先看看。年化3.6%。"),
            make_decision(created_at=at, body="别的。", text="您好。别的。利息是年化利率3.6%。"),
            make_decision(created_at=at, body="别的。", text="您好。别的。"),
            make_decision(created_at=at, action="do_not_call"),
            make_decision(created_at=at, kind=Kind.REVIEW, text="利息是3.6%。"),
            make_decision(created_at=NOW - timedelta(days=8), text="利息是3.6%。"),
        ]
    )
    (said,) = await count_said(log, [line("利息是{年化利率}。")], NOW)
    assert (said.count, said.scripts, said.is_whole, said.since) == (2, 4, True, NOW - timedelta(days=7))


async def test_no_more_than_so_many_are_looked_at_and_that_is_told(
    log: DecisionLog, make_decision: MakeDecision
) -> None:
    await log.record_many([make_decision(created_at=NOW, text="您好。") for _ in range(7)])
    for most, expected in ((3, (3, 3, False)), (7, (7, 7, True)), (8, (7, 7, True))):
        (said,) = await count_said(log, [line("您好。")], NOW, most=most)
        assert (said.count, said.scripts, said.is_whole) == expected
