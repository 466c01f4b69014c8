"""The migrations, run from nothing, end at the tables that the code declares."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, inspect, select

from app.errors import StoreError
from app.records import Decision, DecisionLog, migrate, open_store
from app.records.connections import connect
from app.records.schema import MIGRATIONS, newest_revision
from app.records.tables import api_keys, grants, metadata, people


async def differences(url: str, wanted: MetaData) -> list[object]:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, wanted))

    engine = connect(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(compare)
    await engine.dispose()
    return found


def changed_metadata(change: str) -> MetaData:
    changed = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(changed)
    decisions = changed.tables["decisions"]
    match change:
        case "table":
            Table("more", changed, Column("id", Integer, primary_key=True))
        case "column":
            decisions.append_column(Column("more", Text))
        case "type":
            decisions.c.policy_revision.type = Text()
        case "null":
            decisions.c.text.nullable = False
        case "unique":
            decisions.constraints = {each for each in decisions.constraints if each.name != "uq_decisions_request_id"}
        case "index":
            decisions.indexes = set()
    return changed


async def test_the_migrations_reach_the_declared_tables(url: str) -> None:
    await migrate(url)
    assert await differences(url, metadata) == []


@pytest.mark.parametrize("change", ["table", "column", "type", "null", "unique", "index"])
async def test_the_comparison_would_notice(sqlite_url: str, change: str) -> None:
    await migrate(sqlite_url)
    assert await differences(sqlite_url, changed_metadata(change)) != []


def test_the_newest_revision_is_the_one_that_the_steps_lead_to() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert newest_revision() == ScriptDirectory.from_config(config).get_current_head()


async def test_migrating_again_changes_nothing(url: str) -> None:
    await migrate(url)
    await migrate(url)
    assert await differences(url, metadata) == []


async def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    engine = connect(url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE store_secrets (name text)")
    with pytest.raises(StoreError, match=r"store_secrets.*already exists"):
        await migrate(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    assert names == ["store_secrets"]


async def test_whose_hand_was_in_what_before_is_taken_from_the_trail(url: str) -> None:
    def hand_in(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")

    told = [
        ("operator", "person.created", "张", {"roles": ["admin", "editor"]}),
        ("operator", "person.created", "管", {"roles": ["admin"]}),
        ("张", "person.created", "假", {"roles": ["admin"]}),
        ("假", "person.created", "乙", {"roles": ["approver"]}),
        ("乙", "person.password_changed", "乙", {}),
        ("管", "key.created", "console", {"person": "李", "roles": ["editor"]}),
        ("管", "person.roles_changed", "假", {"from": ["admin"], "to": []}),
        ("service", "person.locked", "张", {}),
    ]
    at = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
    engine = connect(url)
    async with engine.begin() as connection:
        await connection.run_sync(hand_in)
        for number, (person, event, subject, details) in enumerate(told, 1):
            row = {"number": number, "at": at, "person": person, "event": event, "subject": subject}
            row |= {"details": json.dumps(details), "previous": "", "hash": ""}
            await connection.execute(insert(metadata.tables["audit_trail"]).values(row))
        for name in ("假", "乙"):
            row = {"name": name, "roles": [], "password": "", "created_at": at, "failures": 0}
            await connection.execute(insert(metadata.tables["people"]).values(row))
        row = {"id": "0", "name": "console", "digest": "", "roles": [], "created_at": at, "person": "李"}
        await connection.execute(insert(metadata.tables["api_keys"]).values(row))
    await engine.dispose()
    store = await open_store(url)
    async with store.reading() as connection:
        found = (await connection.execute(select(grants).order_by(grants.c.person, grants.c.hand))).all()
        chosen = (await connection.execute(select(people.c.name, people.c.password_by))).all()
        made_by = await connection.scalar(select(api_keys.c.made_by))
    await store.close()
    assert sorted((row.person, row.hand, row.works) for row in found) == [
        ("乙", "假", False),
        ("乙", "张", True),
        ("假", "张", True),
        ("李", "管", False),
    ]
    by = {row.name: row.password_by for row in chosen}
    assert (by, made_by) == ({"假": "张", "乙": None}, "管")


async def test_what_was_recorded_before_bodies_were_has_none(url: str, make_decision: Callable[..., Decision]) -> None:
    before = make_decision(request_id="c-1")
    engine = connect(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")

    def first_version(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    async with engine.begin() as connection:
        await connection.run_sync(first_version)
        since = ("tags", "offer", "body", "ref_digest", "policy_digest", "events", "erased_at")
        rest = {name: value for name, value in before.as_row().items() if name not in since}
        await connection.execute(insert(metadata.tables["decisions"]).values(rest))
    await engine.dispose()
    store = await open_store(url)
    log = DecisionLog(store)
    assert await log.find("c-1") == before
    assert [each async for each in log.spoken()] == []
    await store.close()
