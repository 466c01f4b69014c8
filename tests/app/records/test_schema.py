"""The migrations, run from nothing, end at the tables that the code declares."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, inspect

from app.errors import StoreError
from app.records import Decision, DecisionLog, migrate, open_store
from app.records.connections import connect
from app.records.schema import MIGRATIONS, newest_revision
from app.records.tables import metadata


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
