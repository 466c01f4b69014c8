"""A backup of either store restores into either, whole; and the store is not used before refusals since are known."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.errors import HeyanError
from app.records import (
    AuditTrail,
    AwaitingRefusals,
    BrokenBackup,
    Decision,
    DecisionLog,
    Entry,
    Erasure,
    KeyRing,
    Mark,
    Marks,
    NotEmpty,
    People,
    Restores,
    RestoreWatch,
    Revisions,
    Role,
    Seals,
    Store,
    back_up,
    open_store,
    restore,
)
from app.records.backup_files import TABLES
from app.records.tables import contact_changes
from tests.app.stores import QUICK

MakeDecision = Callable[..., Decision]
Told = Callable[[], Awaitable[list[Entry]]]


@pytest.fixture
async def file(tmp_path: Path, make_decision: MakeDecision) -> Path:
    """The backup of a SQLite store with something in every corner."""
    store = await open_store(f"sqlite:///{tmp_path / 'first.db'}")
    await _fill(store, make_decision)
    made = tmp_path / "heyan.backup"
    await back_up(store, made)
    await store.close()
    return made


@pytest.fixture
async def restored(store: Store, url: str, file: Path) -> AsyncIterator[Store]:
    """A store of each kind, filled from the backup, and opened again."""
    await restore(store, file, "operator")
    opened = await open_store(url)
    yield opened
    await opened.close()


async def _fill(store: Store, make_decision: MakeDecision) -> None:
    log, keys = DecisionLog(store), KeyRing(store)
    await log.start()
    finding = {"rule": "a.b", "guard": "phrases", "action": "mask", "reason": "原因", "span": [0, 2]}
    await log.record_many(
        [
            make_decision(
                request_id=f"c-{number}",
                text="您好",
                answer='{"文":1}'.encode(),
                request={"facts": {"rate": "3.6", "none": None}},
                findings=(finding,),
                timing={"total": 0.1 + 0.2},
                tags=("x",),
                ref_digest=f"ref{number % 2}",
            )
            for number in range(6)
        ]
    )
    await Seals(store).seal()
    await Erasure(store).of_person("ref1", "王管理")
    await keys.create("engine", [Role.CALLER])
    await People(store, hasher=QUICK).create("李合规", [Role.EDITOR], "correct horse battery")
    await Revisions(store).begin({"promise.yaml": b"rules: []\n"}, {"institution.yaml": b"x"})
    await Marks(store).mark((await log.recent(1, ref_digest="ref0"))[0].script_id, 0, Mark.TRUE_HIT, "好", "李合规")
    change = {"ref_digest": "r", "type": "opt_out", "change": "closed", "source": "api", "at": datetime.now(UTC)}
    async with store.writing() as connection:
        await connection.execute(insert(contact_changes), [change, change])
    await log.close()
    await keys.close()


async def _all_rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    async with store.reading() as connection:
        return {
            table.name: [
                dict(row)
                for row in (await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings()
            ]
            for table in TABLES
        }


async def test_everything_comes_back(restored: Store, tmp_path: Path) -> None:
    first = await open_store(f"sqlite:///{tmp_path / 'first.db'}")
    expected, found = await _all_rows(first), await _all_rows(restored)
    assert found["audit_trail"].pop()["event"] == "store.restored"
    assert found == expected
    assert restored.secret == first.secret
    await first.close()
    assert await AuditTrail(restored).verify() is None
    assert await Seals(restored).verify() is None


async def test_a_backup_of_either_restores_into_the_other(restored: Store, tmp_path: Path) -> None:
    again = tmp_path / "again"
    await back_up(restored, again)
    other = await open_store(f"sqlite:///{tmp_path / 'other.db'}")
    await restore(other, again, "operator")
    found = await _all_rows(other)
    found["audit_trail"].pop()
    assert found == await _all_rows(restored)
    await other.close()


async def test_a_restored_store_goes_on(restored: Store, make_decision: MakeDecision) -> None:
    log, keys = DecisionLog(restored), KeyRing(restored)
    await log.start()
    await log.record(make_decision(script_id="01L"))
    await keys.create("other", [Role.CALLER])
    change = {"ref_digest": "r", "type": "opt_out", "change": "opened", "source": "api", "at": datetime.now(UTC)}
    async with restored.writing() as connection:
        await connection.execute(insert(contact_changes).values(change))
        numbers = list(await connection.scalars(select(contact_changes.c.number).order_by(contact_changes.c.number)))
    assert numbers == [1, 2, 3]
    assert await Seals(restored).seal() == 1
    assert await Seals(restored).verify() is None
    assert await AuditTrail(restored).verify() is None
    await log.close()
    await keys.close()


async def test_it_is_restored_into_an_empty_store_only(store: Store, file: Path) -> None:
    keys = KeyRing(store)
    await keys.create("engine", [Role.CALLER])
    await keys.close()
    before = await _all_rows(store)
    with pytest.raises(NotEmpty, match="not empty"):
        await restore(store, file, "operator")
    assert await _all_rows(store) == before
    assert await Restores(store).waiting() is None


async def test_a_broken_file_restores_nothing(store: Store, file: Path) -> None:
    before = await _all_rows(store)
    await asyncio.to_thread(os.truncate, file, 200)
    with pytest.raises(BrokenBackup):
        await restore(store, file, "operator")
    assert await _all_rows(store) == before


async def test_a_restored_store_waits_for_the_refusals_since(restored: Store, told: Told) -> None:
    waits = Restores(restored)
    waiting = await waits.waiting()
    assert waiting is not None
    assert waiting.taken_at <= waiting.restored_at
    watch = RestoreWatch(waits)
    await watch.start()
    with pytest.raises(AwaitingRefusals, match="import the refusals"):
        watch.require()
    with pytest.raises(HeyanError, match="waives"):
        await waits.imported("王管理", 0, "00")
    assert await waits.waiting() is not None
    assert await waits.imported("王管理", 3, "00")
    assert not await waits.imported("王管理", 3, "00")
    await watch.look()
    watch.require()
    await watch.close()
    assert [(row.event, row.person) for row in (await told())[-1:]] == [("store.released", "王管理")]


async def test_a_person_whom_one_made_is_no_second_one(restored: Store) -> None:
    waits, made = Restores(restored), People(restored, hasher=QUICK)
    await made.create("王管理", [Role.APPROVER], "correct horse battery", by="李合规")
    assert not await waits.waive("李合规")
    with pytest.raises(HeyanError, match="had a hand"):
        await waits.waive("王管理")
    assert await waits.waiting() is not None
    assert await waits.waive("周合规")


async def test_two_persons_may_waive_it_and_one_may_not(restored: Store, told: Told) -> None:
    waits = Restores(restored)
    assert not await waits.waive("李合规")
    for same in ("李合规", "李 合规", "李合规\ufe0f"):
        with pytest.raises(HeyanError, match="another person"):
            await waits.waive(same)
    assert await waits.waiting() is not None
    assert await waits.waive("王管理")
    assert await waits.waiting() is None
    with pytest.raises(HeyanError, match="nothing to waive"):
        await waits.waive("王管理")
    assert [(row.event, row.person) for row in (await told())[-2:]] == [
        ("store.waiver_asked", "李合规"),
        ("store.released", "王管理"),
    ]


async def test_an_ordinary_store_waits_for_nothing(store: Store) -> None:
    watch = RestoreWatch(Restores(store))
    await watch.start()
    watch.require()
    await watch.close()
