"""The trail is append-only, and whatever is done to it all the same is found."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import app.records
from app.records import AuditTrail, Head, Store, open_store
from app.records.audit import append

ROOT = Path(app.records.__file__).parents[2]
APPENDER = """
import asyncio, sys
from app.records import open_store
from app.records.audit import append

async def main(url, person):
    store = await open_store(url, lock_seconds=60)
    for number in range(25):
        async with store.writing() as connection:
            await append(connection, person, "test.appended", str(number))
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def write_rows(store: Store, count: int, person: str = "张合规") -> Head:
    head = Head(0, "")
    for number in range(count):
        async with store.writing() as connection:
            head = await append(
                connection, person, "rule.approved", f"rule-{number}", {"note": "同意", "number": number}
            )
    return head


def start_appender(url: str, person: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", APPENDER, url, person], cwd=ROOT, env=environment)


async def tamper(store: Store, *statements: str) -> None:
    """Do to the table what its triggers forbid."""
    async with store.engine.begin() as connection:
        if store.engine.dialect.name == "postgresql":
            await connection.execute(text("ALTER TABLE audit_trail DISABLE TRIGGER USER"))
        else:
            for event in ("update", "delete", "replace"):
                await connection.execute(text(f"DROP TRIGGER audit_trail_no_{event}"))
        for statement in statements:
            await connection.execute(text(statement))


async def test_an_untouched_trail_is_whole(store: Store) -> None:
    trail = AuditTrail(store)
    empty = await trail.head()
    assert empty.number == 0
    assert await trail.verify(empty) is None
    head = await write_rows(store, 5)
    assert await trail.head() == head
    assert await trail.verify() is None
    assert await trail.verify(empty) is None
    assert await trail.verify(head) is None
    await write_rows(store, 2)
    assert await trail.verify(head) is None


async def test_entries_come_back_in_order_and_in_pages(store: Store) -> None:
    begun = datetime.now(UTC)
    await write_rows(store, 5)
    for at_once in (1, 2, 5, 1000):
        entries = [entry async for entry in AuditTrail(store).entries(after=1, rows_at_once=at_once)]
        assert [entry.number for entry in entries] == [2, 3, 4, 5]
    assert (entries[0].person, entries[0].event, entries[0].subject) == ("张合规", "rule.approved", "rule-1")
    assert entries[0].details == {"note": "同意", "number": 1}
    assert entries[1].previous == entries[0].hash
    assert begun <= entries[0].at <= datetime.now(UTC)


@pytest.mark.parametrize(
    "change",
    [
        "person = 'somebody else'",
        "event = 'rule.rejected'",
        "subject = 'rule-7'",
        "subject = NULL",
        "details = '{}'",
        "details = replace(details, '同意', '不同意')",
        "hash = replace(hash, substr(hash, 1, 1), '0') || 'a'",
    ],
)
async def test_a_changed_field_is_found(store: Store, change: str) -> None:
    head = await write_rows(store, 5)
    await tamper(store, f"UPDATE audit_trail SET {change} WHERE number = 3")  # noqa: S608
    broken = await AuditTrail(store).verify(head)
    assert broken is not None
    assert (broken.number, broken.reason) == (3, "the row was changed")


async def test_a_changed_time_is_found(store: Store) -> None:
    await write_rows(store, 3)
    await tamper(store, "UPDATE audit_trail SET at = (SELECT at FROM audit_trail WHERE number = 1) WHERE number = 2")
    broken = await AuditTrail(store).verify()
    assert broken is not None
    assert broken.number == 2


async def test_a_time_that_is_none_is_found_where_it_stands(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    await write_rows(store, 5)
    await tamper(store, "UPDATE audit_trail SET at = 'yesterday' WHERE number = 4")
    broken = await AuditTrail(store).verify()
    assert broken is not None
    assert (broken.number, broken.reason) == (4, "the row cannot be read")
    await store.close()


async def test_a_row_with_a_hash_made_for_it_is_found_by_the_next_one(store: Store) -> None:
    await write_rows(store, 5)
    await tamper(
        store,
        "UPDATE audit_trail SET hash = (SELECT hash FROM audit_trail WHERE number = 1), "
        "person = (SELECT person FROM audit_trail WHERE number = 1), "
        "event = (SELECT event FROM audit_trail WHERE number = 1), "
        "previous = (SELECT previous FROM audit_trail WHERE number = 1) WHERE number = 3",
    )
    broken = await AuditTrail(store).verify()
    assert broken is not None
    assert broken.number == 3
    assert "follow" in broken.reason


@pytest.mark.parametrize("number", [1, 3])
async def test_a_deleted_row_is_found(store: Store, number: int) -> None:
    await write_rows(store, 5)
    await tamper(store, f"DELETE FROM audit_trail WHERE number = {number}")  # noqa: S608
    broken = await AuditTrail(store).verify()
    assert broken is not None
    assert broken.number == number
    assert "missing" in broken.reason


async def test_a_deleted_row_is_found_also_where_the_others_close_up(store: Store) -> None:
    await write_rows(store, 5)
    await tamper(
        store,
        "DELETE FROM audit_trail WHERE number = 3",
        "UPDATE audit_trail SET number = 3 WHERE number = 4",
        "UPDATE audit_trail SET number = 4 WHERE number = 5",
    )
    broken = await AuditTrail(store).verify()
    assert broken is not None
    assert (broken.number, broken.reason) == (3, "the row does not follow the one before it")


async def test_swapped_rows_are_found(store: Store) -> None:
    await write_rows(store, 5)
    await tamper(
        store,
        "UPDATE audit_trail SET number = 99 WHERE number = 2",
        "UPDATE audit_trail SET number = 2 WHERE number = 4",
        "UPDATE audit_trail SET number = 4 WHERE number = 99",
    )
    broken = await AuditTrail(store).verify()
    assert broken is not None
    assert broken.number == 2


async def test_a_row_before_the_first_is_found(store: Store) -> None:
    await write_rows(store, 2)
    await tamper(
        store,
        "INSERT INTO audit_trail (number, at, person, event, details, previous, hash) "
        "SELECT 0, at, person, event, details, previous, hash FROM audit_trail WHERE number = 1",
    )
    broken = await AuditTrail(store).verify()
    assert broken is not None
    assert broken.number == 1


async def test_a_cut_end_is_found_with_an_anchor(store: Store) -> None:
    head = await write_rows(store, 5)
    await tamper(store, "DELETE FROM audit_trail WHERE number > 3")
    assert await AuditTrail(store).verify() is None
    broken = await AuditTrail(store).verify(head)
    assert broken is not None
    assert (broken.number, broken.reason) == (4, "the end of the trail is missing")


async def test_an_end_that_was_written_anew_is_found_with_an_anchor(store: Store) -> None:
    head = await write_rows(store, 5)
    await tamper(store, "DELETE FROM audit_trail WHERE number > 3")
    await write_rows(store, 4, "somebody else")
    assert await AuditTrail(store).verify() is None
    broken = await AuditTrail(store).verify(head)
    assert broken is not None
    assert broken.number == 5
    assert "anchor" in broken.reason


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_trail SET person = 'x'",
        "UPDATE audit_trail SET person = person WHERE number = 1",
        "DELETE FROM audit_trail",
        "DELETE FROM audit_trail WHERE number = 2",
    ],
)
async def test_the_database_refuses_to_change_or_delete_a_row(store: Store, statement: str) -> None:
    head = await write_rows(store, 2)
    with pytest.raises(DBAPIError, match="append-only"):
        async with store.engine.begin() as connection:
            await connection.execute(text(statement))
    assert await AuditTrail(store).verify(head) is None


async def test_no_row_is_replaced_either(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    head = await write_rows(store, 2)
    with pytest.raises(DBAPIError, match="append-only"):
        async with store.engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT OR REPLACE INTO audit_trail SELECT 2, at, 'x', event, subject, details, previous, hash "
                    "FROM audit_trail WHERE number = 2"
                )
            )
    assert await AuditTrail(store).verify(head) is None
    await store.close()


async def test_a_postgres_trail_cannot_be_emptied(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    await write_rows(store, 1)
    with pytest.raises(DBAPIError, match="append-only"):
        async with store.engine.begin() as connection:
            await connection.execute(text("TRUNCATE audit_trail"))
    await store.close()


async def test_what_is_rolled_back_leaves_no_row(store: Store) -> None:
    head = await write_rows(store, 1)

    async def fail() -> None:
        async with store.writing() as connection:
            await append(connection, "x", "rule.approved")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await AuditTrail(store).head() == head
    await write_rows(store, 1)
    assert await AuditTrail(store).verify(head) is None


async def test_those_who_append_at_once_make_one_chain(url: str) -> None:
    stores = [await open_store(url, lock_seconds=60) for _ in range(4)]
    await asyncio.gather(*(write_rows(store, 10, f"person {index}") for index, store in enumerate(stores)))
    entries = [entry async for entry in AuditTrail(stores[0]).entries()]
    assert [entry.number for entry in entries] == list(range(1, 41))
    assert {entry.person for entry in entries} == {f"person {index}" for index in range(4)}
    assert await AuditTrail(stores[0]).verify() is None
    for store in stores:
        await store.close()


async def test_it_is_read_from_its_end_by_person_and_event(store: Store) -> None:
    await write_rows(store, 3)
    await write_rows(store, 2, "李审批")
    trail = AuditTrail(store)
    assert [entry.number for entry in await trail.page()] == [5, 4, 3, 2, 1]
    assert [entry.number for entry in await trail.page(before=4, limit=2)] == [3, 2]
    assert [entry.number for entry in await trail.page(person="李审批")] == [5, 4]
    assert [entry.number for entry in await trail.page(person="张合规", event="rule.approved", limit=1)] == [3]
    assert await trail.page(event="rule.rejected") == []


async def test_two_processes_make_one_chain(url: str) -> None:
    store = await open_store(url)
    processes = [start_appender(url, person) for person in ("one", "two")]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    entries = [entry async for entry in AuditTrail(store).entries()]
    for person in ("one", "two"):
        assert [entry.subject for entry in entries if entry.person == person] == [str(number) for number in range(25)]
    assert await AuditTrail(store).verify() is None
    await store.close()


async def test_what_was_done_to_one_subject_is_told_alone(store: Store) -> None:
    async with store.writing() as connection:
        for number in range(4):
            await append(connection, "张合规", f"change.step{number}", "one" if number % 2 else "other")
    told = await AuditTrail(store).of("one")
    assert [entry.event for entry in told] == ["change.step1", "change.step3"]
    assert [entry.event for entry in await AuditTrail(store).of("one", limit=1)] == ["change.step1"]
    assert await AuditTrail(store).of("nothing") == []
