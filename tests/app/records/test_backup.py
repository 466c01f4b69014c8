"""A backup is one moment of a store, whatever is written meanwhile."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from app.records import Decision, DecisionLog, Store, back_up

MakeDecision = Callable[..., Decision]


async def test_it_is_taken_while_decisions_are_recorded(
    store: Store, log: DecisionLog, make_decision: MakeDecision, tmp_path: Path
) -> None:
    await log.record_many([make_decision() for _ in range(50)])
    more = asyncio.gather(*(log.record(make_decision(text="您好")) for _ in range(50)))
    contents = await back_up(store, tmp_path / "backup")
    await more
    assert 50 <= contents.rows["decisions"] <= 100
    assert len(await log.recent(200)) == 100


async def test_an_empty_store_has_a_backup(store: Store, tmp_path: Path) -> None:
    contents = await back_up(store, tmp_path / "backup")
    assert (contents.head.number, contents.rows["decisions"]) == (0, 0)
