"""What is recorded comes back as it was, also after a restart, and once for each request."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.errors import StoreError
from app.records import Decision, DecisionLog, DuplicateRequest, Kind, Store, open_store

MakeDecision = Callable[..., Decision]


async def test_everything_comes_back(log: DecisionLog, make_decision: MakeDecision) -> None:
    decision = make_decision(
        request_id="c-1",
        scenario="acquisition",
        channel="ai_voice",
        generation="gen_z",
        strategy="benefit_first",
        source="model",
        prompt_version="script.v1",
        model="heyan-mini",
        text="您好，我是示例消费金融有限公司的智能语音助手",
        tags=("asked_rate", "urgent_need"),
        offer="deferral",
        body="成本是{年化利率}。您看方便吗？",
        answer='{"b": 1, "a":  "年化利率"}'.encode(),
        request={"customer": {"tags": ["咨询过利率"], "surname": None}},
        findings=({"rule": "rate.annual_first", "span": [41, 52]},),
        rejected=({"rule": "promise.guaranteed_approval", "span": None},),
        timing={"total": 212.4, "guards": 0.4},
    )
    await log.record(decision)
    assert await log.get(decision.script_id) == decision
    assert await log.find("c-1") == decision


async def test_what_is_not_there_is_none(log: DecisionLog) -> None:
    assert await log.get("01K") is None
    assert await log.find("c-1") is None


async def test_a_time_comes_back_in_utc(log: DecisionLog, make_decision: MakeDecision) -> None:
    shanghai = datetime(2026, 11, 22, 10, 5, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    await log.record(make_decision(script_id="a", created_at=shanghai))
    found = await log.get("a")
    assert found is not None
    assert found.created_at == shanghai
    assert found.created_at.tzinfo is UTC


def test_a_naive_time_is_refused(make_decision: MakeDecision) -> None:
    with pytest.raises(ValueError, match="offset"):
        make_decision(created_at=datetime(2026, 11, 22, 10, 5))


async def test_a_restart_finds_the_same_answer(url: str, make_decision: MakeDecision) -> None:
    decision = make_decision(request_id="c-1", answer=b'{"text": "\xe6\x82\xa8\xe5\xa5\xbd"}')
    for is_first in (True, False):
        store = await open_store(url)
        log = DecisionLog(store)
        await log.start()
        if is_first:
            await log.record(decision)
        assert await log.find("c-1") == decision
        with pytest.raises(DuplicateRequest):
            await log.record(make_decision(request_id="c-1"))
        await log.close()
        await store.close()


async def test_a_second_decision_for_a_request_is_refused_and_the_first_stays(
    log: DecisionLog, make_decision: MakeDecision
) -> None:
    first = make_decision(request_id="c-1")
    await log.record(first)
    with pytest.raises(DuplicateRequest) as refused:
        await log.record(make_decision(request_id="c-1"))
    assert refused.value.request_id == "c-1"
    assert await log.find("c-1") == first
    assert await log.recent() == [first]


async def test_decisions_without_a_request_id_do_not_collide(log: DecisionLog, make_decision: MakeDecision) -> None:
    await log.record_many([make_decision(), make_decision()])
    await log.record(make_decision())
    assert len(await log.recent()) == 3


async def test_a_script_id_cannot_be_overwritten(log: DecisionLog, make_decision: MakeDecision) -> None:
    first = make_decision(script_id="a")
    await log.record(first)
    with pytest.raises(StoreError, match="script_id"):
        await log.record(make_decision(script_id="a", action="handoff"))
    assert await log.get("a") == first


async def test_recent_is_newest_first_in_pages(log: DecisionLog, make_decision: MakeDecision) -> None:
    made = [make_decision() for _ in range(5)]
    await log.record_many(made)
    first = await log.recent(3)
    assert first == [made[4], made[3], made[2]]
    assert await log.recent(3, before=first[-1].script_id) == [made[1], made[0]]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ({"kind": Kind.REVIEW}, ["b"]),
        ({"kind": Kind.SCRIPT, "action": "speak"}, ["a"]),
        ({"policy_revision": 8}, ["c"]),
        ({"since": datetime(2026, 11, 2, tzinfo=UTC)}, ["c", "b"]),
        ({"until": datetime(2026, 11, 2, tzinfo=UTC)}, ["a"]),
        ({"since": datetime(2026, 11, 2, 8, tzinfo=timezone(timedelta(hours=8))), "limit": 1}, ["c"]),
    ],
)
async def test_recent_can_be_narrowed(
    log: DecisionLog, make_decision: MakeDecision, question: dict[str, Any], answer: list[str]
) -> None:
    await log.record_many(
        [
            make_decision(script_id="a", created_at=datetime(2026, 11, 1, tzinfo=UTC)),
            make_decision(script_id="b", created_at=datetime(2026, 11, 2, tzinfo=UTC), kind=Kind.REVIEW),
            make_decision(
                script_id="c", created_at=datetime(2026, 11, 3, tzinfo=UTC), action="handoff", policy_revision=8
            ),
        ]
    )
    assert [decision.script_id for decision in await log.recent(**question)] == answer


@pytest.mark.parametrize("rows_at_once", [1, 2, 3, 1000])
async def test_what_was_spoken_comes_in_order_of_time(
    log: DecisionLog, make_decision: MakeDecision, rows_at_once: int
) -> None:
    made = [make_decision(body=f"第{number}句。", tags=("urgent_need",)) for number in "一二三四"]
    others = [
        make_decision(),
        make_decision(body="不说了。", action="handoff"),
        make_decision(body="不是话术。", kind=Kind.REVIEW),
    ]
    await log.record_many([*reversed(made), *others])
    assert [each async for each in log.spoken(rows_at_once=rows_at_once)] == made


async def test_what_was_spoken_can_be_bounded_in_time(log: DecisionLog, make_decision: MakeDecision) -> None:
    days = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3)]
    made = [make_decision(body="您好。", created_at=day) for day in days]
    await log.record_many(made)
    assert [each async for each in log.spoken(since=days[1])] == made[1:]
    assert [each async for each in log.spoken(until=days[1])] == made[:1]
    assert [each async for each in log.spoken(since=days[1], until=days[2])] == made[1:2]


async def test_recent_knows_its_columns(log: DecisionLog) -> None:
    with pytest.raises(KeyError):
        await log.recent(colour="red")


async def test_check_passes_while_the_log_accepts(store: Store) -> None:
    log = DecisionLog(store)
    with pytest.raises(StoreError, match="not started"):
        await log.check()
    await log.start()
    await log.check()
    await log.close()
    with pytest.raises(StoreError, match="stopped"):
        await log.check()


async def test_check_fails_when_the_store_does_not_answer(sqlite_url: str, tmp_path: Path) -> None:
    store = await open_store(sqlite_url)
    log = DecisionLog(store)
    await log.start()
    await store.close()
    (tmp_path / "records" / "heyan.db").write_bytes(b"no database " * 500)
    with pytest.raises(StoreError, match="cannot read the store"):
        await log.check()
    await log.close()
    await store.close()


async def test_a_word_is_looked_for_in_the_newest_that_the_rest_finds(
    log: DecisionLog, make_decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ("包过", "100%通过", "100元", None, "包过", "不包过")
    await log.record_many([make_decision(text=text, kind=Kind.REVIEW) for text in texts])
    assert [each.text for each in await log.recent(word="包过")] == ["不包过", "包过", "包过"]
    assert [each.text for each in await log.recent(word="包过", limit=1)] == ["不包过"]
    assert [each.text for each in await log.recent(word="包过", before="01K0006")] == ["包过", "包过"]
    assert [each.text for each in await log.recent(word="0%")] == ["100%通过"]
    assert await log.recent(word="包过", kind="script") == []
    monkeypatch.setattr(DecisionLog, "MOST_READ", 2)
    assert [each.text for each in await log.recent(word="包过")] == ["不包过", "包过"]


async def test_every_search_is_answered_by_an_index(url: str, log: DecisionLog, store: Store) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("what PostgreSQL reads depends on how much there is")
    asked: list[str] = []
    event.listen(store.engine.sync_engine, "before_cursor_execute", lambda _, __, query, *___: asked.append(query))
    day = datetime(2026, 11, 22, tzinfo=UTC)
    searches: list[dict[str, Any]] = [
        {},
        {"action": "block"},
        {"scenario": "acquisition"},
        {"kind": "review"},
        {"ref_digest": "x"},
        {"rule": "promise.guaranteed_approval"},
        {"since": day, "until": day},
        {"since": day, "until": day, "word": "x"},
    ]
    for search in searches:
        await log.recent(**search)
    async with store.reading() as connection:
        for query in [each for each in asked if "decisions" in each]:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", tuple("x" * query.count("?")))
            steps = [str(row["detail"]) for row in plan.mappings()]
            assert not [step for step in steps if step.startswith("SCAN") and "INDEX" not in step], (query, steps)
