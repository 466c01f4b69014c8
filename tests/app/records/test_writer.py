"""Many wait, one writes: few commits, no caller harmed by another, and none left waiting."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from app.errors import StoreError
from app.records import Decision, DecisionLog, DuplicateRequest, Store, open_store

MakeDecision = Callable[..., Decision]
Hold = Callable[[Store], AbstractAsyncContextManager[None]]
WAIT = 60.0  # seconds after which a test has hung


def end_the_writer() -> None:
    (writer,) = [task for task in asyncio.all_tasks() if task.get_name() == "heyan decision writer"]
    writer.cancel()


@pytest.mark.parametrize("count", [200, pytest.param(20_000, marks=pytest.mark.long)])
async def test_many_at_once_share_few_commits(
    log: DecisionLog, make_decision: MakeDecision, commits: list[object], count: int
) -> None:
    await asyncio.gather(*(log.record(make_decision()) for _ in range(count)))
    assert 1 <= len(commits) <= 5 + count // 1000
    assert len(await log.recent(count + 100)) == count


async def test_those_who_come_during_a_commit_share_the_next(
    store: Store,
    log: DecisionLog,
    make_decision: MakeDecision,
    commits: list[object],
    hold: Hold,
    writing: asyncio.Event,
) -> None:
    async with hold(store):
        first = asyncio.create_task(log.record(make_decision()))
        await writing.wait()
        others = [asyncio.create_task(log.record(make_decision())) for _ in range(50)]
        await asyncio.sleep(0)
        assert not first.done()
        held = len(commits)
    await asyncio.wait_for(asyncio.gather(first, *others), WAIT)
    # The block's own commit, the first caller's and the one the fifty share.
    assert len(commits) - held == 3


async def test_a_transaction_is_bounded_but_takes_a_whole_call(
    store: Store, make_decision: MakeDecision, commits: list[object]
) -> None:
    log = DecisionLog(store, rows_at_once=10)
    await log.start()
    await asyncio.gather(*(log.record(make_decision()) for _ in range(25)))
    assert len(commits) == 3
    await log.record_many([make_decision() for _ in range(25)])
    assert len(commits) == 4
    await log.close()


async def test_a_duplicate_fails_alone(log: DecisionLog, make_decision: MakeDecision) -> None:
    await log.record(make_decision(request_id="c-3"))
    results = await asyncio.gather(
        *(log.record(make_decision(request_id=f"c-{number}")) for number in range(8)), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None)] * 3 + [DuplicateRequest] + [type(None)] * 4
    assert len(await log.recent()) == 8


async def test_of_two_that_race_for_a_request_one_wins(log: DecisionLog, make_decision: MakeDecision) -> None:
    racers = [make_decision(request_id="c-1") for _ in range(5)]
    results = await asyncio.gather(*(log.record(racer) for racer in racers), return_exceptions=True)
    winners = [racer for racer, result in zip(racers, results, strict=True) if result is None]
    assert await log.recent() == winners
    assert len(winners) == 1
    assert sum(isinstance(result, DuplicateRequest) for result in results) == 4


async def test_a_row_that_cannot_be_written_fails_alone(log: DecisionLog, make_decision: MakeDecision) -> None:
    bad = make_decision(timing={"total": float("nan")}, text="不可外泄")
    results = await asyncio.gather(
        log.record(make_decision()), log.record(bad), log.record(make_decision()), return_exceptions=True
    )
    assert results[0] is results[2] is None
    assert isinstance(results[1], StoreError)
    assert "外泄" not in str(results[1])
    assert len(await log.recent()) == 2


async def test_a_batch_is_written_whole_or_not_at_all(log: DecisionLog, make_decision: MakeDecision) -> None:
    await log.record(make_decision(request_id="c-1"))
    batch = [make_decision(), make_decision(request_id="c-1"), make_decision()]
    with pytest.raises(DuplicateRequest):
        await log.record_many(batch)
    with pytest.raises(DuplicateRequest):
        await log.record_many([make_decision(request_id="c-2"), make_decision(request_id="c-2")])
    assert len(await log.recent()) == 1
    await log.record_many([])
    await log.record_many([batch[0], batch[2]])
    assert len(await log.recent()) == 3


async def test_one_who_leaves_while_waiting_is_not_written_and_harms_nobody(
    store: Store, log: DecisionLog, make_decision: MakeDecision, hold: Hold, writing: asyncio.Event
) -> None:
    async with hold(store):
        first = asyncio.create_task(log.record(make_decision(request_id="first")))
        await writing.wait()
        waiting = [asyncio.create_task(log.record(make_decision(request_id=f"c-{n}"))) for n in range(5)]
        await asyncio.sleep(0)
        waiting[2].cancel()
    results = await asyncio.wait_for(asyncio.gather(first, *waiting, return_exceptions=True), WAIT)
    assert [type(result) for result in results[:3]] == [type(None)] * 3
    assert isinstance(results[3], asyncio.CancelledError)
    assert {decision.request_id for decision in await log.recent()} == {"first", "c-0", "c-1", "c-3", "c-4"}
    await log.record(make_decision(request_id="c-2"))


async def test_one_who_leaves_during_the_write_harms_nobody(
    store: Store, log: DecisionLog, make_decision: MakeDecision, hold: Hold, writing: asyncio.Event
) -> None:
    async with hold(store):
        group = [asyncio.create_task(log.record(make_decision(request_id=f"c-{n}"))) for n in range(5)]
        await writing.wait()
        group[2].cancel()
    results = await asyncio.wait_for(asyncio.gather(*group, return_exceptions=True), WAIT)
    assert [type(result) for result in results if result is not None] == [asyncio.CancelledError]
    assert len(await log.recent()) == 5
    await log.record(make_decision())


async def test_when_the_writer_dies_every_caller_gets_an_error(
    store: Store, log: DecisionLog, make_decision: MakeDecision, hold: Hold, writing: asyncio.Event
) -> None:
    async with hold(store):
        taken = asyncio.create_task(log.record(make_decision()))
        await writing.wait()
        queued = asyncio.create_task(log.record(make_decision()))
        await asyncio.sleep(0)
        end_the_writer()
    results = await asyncio.wait_for(asyncio.gather(taken, queued, return_exceptions=True), WAIT)
    assert [type(result) for result in results] == [StoreError, StoreError]
    with pytest.raises(StoreError, match="stopped"):
        await log.record(make_decision())
    with pytest.raises(StoreError, match="stopped"):
        await log.check()


async def test_close_writes_what_was_accepted_and_then_accepts_no_more(
    store: Store, make_decision: MakeDecision
) -> None:
    log = DecisionLog(store, rows_at_once=2)
    await log.start()
    tasks = [asyncio.create_task(log.record(make_decision())) for _ in range(9)]
    await asyncio.sleep(0)
    await log.close()
    assert all(task.done() for task in tasks)
    await asyncio.gather(*tasks)
    assert len(await log.recent()) == 9
    with pytest.raises(StoreError, match="stopped"):
        await log.record(make_decision())
    await log.close()


async def test_a_log_that_was_not_started_accepts_nothing(store: Store, make_decision: MakeDecision) -> None:
    log = DecisionLog(store)
    with pytest.raises(StoreError, match="not started"):
        await log.record(make_decision())
    await log.close()


async def test_a_store_that_fails_fails_the_callers_and_recovers(
    sqlite_url: str, make_decision: MakeDecision, hold: Hold
) -> None:
    store = await open_store(sqlite_url, lock_seconds=0.02)
    log = DecisionLog(store)
    await log.start()
    kept = [make_decision(request_id=f"c-{n}") for n in range(3)]
    async with hold(store):
        results = await asyncio.gather(*(log.record(decision) for decision in kept), return_exceptions=True)
        assert [str(result) for result in results] == ["cannot write to the store: database is locked"] * 3
    await log.record_many(kept)
    assert len(await log.recent()) == 3
    await log.close()
    await store.close()
