"""A store opens privately and durably, or says what is wrong with it."""

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import StoreError
from app.records import Decision, DecisionLog, Store, open_store
from app.records.connections import connect


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_the_file_and_its_directory_are_private(tmp_path: Path, make_decision: Callable[..., Decision]) -> None:
    directory = tmp_path / "records"
    before = os.umask(0)
    try:
        store = await open_store(f"sqlite:///{directory / 'heyan.db'}")
        log = DecisionLog(store)
        await log.start()
        await log.record(make_decision())
        assert mode(directory) == 0o700
        files = list(directory.iterdir())
        assert {file.name for file in files} >= {"heyan.db", "heyan.db-wal"}
        assert {mode(file) for file in files} == {0o600}
        await log.close()
        await store.close()
    finally:
        os.umask(before)


async def test_replicas_may_open_a_new_store_at_once(url: str) -> None:
    stores = await asyncio.gather(*(open_store(url) for _ in range(5)))
    assert len({store.secret for store in stores}) == 1
    for store in stores:
        await store.close()


async def test_a_corrupt_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "heyan.db"
    path.write_bytes(b"this is no database " * 100)
    with pytest.raises(StoreError, match=r"heyan\.db: file is not a database"):
        await open_store(f"sqlite:///{path}")


async def test_a_damaged_schema_is_named(sqlite_url: str, tmp_path: Path) -> None:
    await (await open_store(sqlite_url)).close()
    path = tmp_path / "records" / "heyan.db"
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3996)
    with pytest.raises(StoreError, match="malformed"):
        await open_store(sqlite_url)


@pytest.mark.parametrize("place", ["plain.txt/heyan.db", "directory"])
async def test_a_path_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "plain.txt").write_text("")
    (tmp_path / "directory").mkdir()
    with pytest.raises(StoreError, match=f"cannot write the store .*{place}"):
        await open_store(f"sqlite:///{tmp_path / place}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:heyan?mode=memory&uri=true"])
async def test_a_store_in_memory_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="must be a file"):
        await open_store(url)


@pytest.mark.parametrize("url", ["", "heyan.db", "mysql://heyan:hunter2@db/heyan", "postgresql://u:hunter2@db:x/heyan"])
async def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="expected sqlite") as refused:
        await open_store(url)
    assert "hunter2" not in str(refused.value)


async def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"cannot open the store postgresql.*127.0.0.1:1/heyan") as refused:
        await open_store("postgresql://heyan:hunter2@127.0.0.1:1/heyan")
    assert "hunter2" not in str(refused.value)


async def test_a_database_that_is_not_there_is_named(postgres: str) -> None:
    with pytest.raises(StoreError, match='database "nosuch" does not exist'):
        await open_store(postgres.replace("/postgres?", "/nosuch?"))


async def test_a_store_of_a_newer_version_is_refused(url: str) -> None:
    store = await open_store(url)
    async with store.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(StoreError, match=r"another version of Heyan.*9999"):
        await open_store(url)


async def test_a_server_without_synchronous_commit_is_refused(postgres_url: str) -> None:
    engine = connect(postgres_url)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER DATABASE postgres SET synchronous_commit = off"))
    try:
        with pytest.raises(StoreError, match="synchronous_commit"):
            await open_store(postgres_url)
    finally:
        async with engine.begin() as connection:
            await connection.execute(text("ALTER DATABASE postgres RESET synchronous_commit"))
        await engine.dispose()


async def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    async def fail_halfway() -> None:
        async with store.writing() as connection:
            await connection.execute(text("INSERT INTO store_secrets (name, value) VALUES ('a', 'b')"))
            await connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(StoreError, match="cannot write to the store"):
        await fail_halfway()
    async with store.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM store_secrets WHERE name = 'a'")) == 0
