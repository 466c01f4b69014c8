"""A backup of a store, taken while it is used: all tables as they were at one moment, in one file."""

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.audit import head_of
from app.records.backup_files import TABLES, Contents, check, writing
from app.records.connections import as_store_error, connect
from app.records.engine import Store
from app.records.schema import newest_revision


async def back_up(store: Store, file: Path) -> Contents:
    """Write all of a store into a new file, and read it again to see that it is whole.

    The file holds the store's keys and secrets: only its owner may read it. Raises StoreError; HeyanError where there
    is a file of this name, or none can be written.
    """
    with writing(file) as writer, as_store_error("read the store"):
        async with _moment(store, file) as connection:
            writer.begin(newest_revision(), datetime.now(UTC), await head_of(connection))
            for table in TABLES:
                writer.table(table)
                ordered = select(table).order_by(*table.primary_key.columns)
                async with connection.stream(ordered) as rows:
                    async for row in rows.mappings():
                        writer.row(row)
        writer.end()
    return await asyncio.to_thread(check, file)


@asynccontextmanager
async def _moment(store: Store, file: Path) -> AsyncIterator[AsyncConnection]:
    """A connection that sees the store as it is now, whatever is written meanwhile, and holds up nobody."""
    if store.engine.dialect.name == "postgresql":
        async with store.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                yield connection
        return
    # A long read would keep SQLite's log from being folded back: a copy is read instead.
    with tempfile.TemporaryDirectory(prefix=".heyan-", dir=file.parent) as folder:
        copied = Path(folder) / "heyan.sqlite3"
        await asyncio.to_thread(_copy, str(store.engine.url.database), copied)
        copy = connect(f"sqlite:///{copied}")
        try:
            async with copy.connect() as connection:
                yield connection
        finally:
            await copy.dispose()


def _copy(source: str, target: Path) -> None:
    """SQLite's own backup: consistent, also while others write."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
