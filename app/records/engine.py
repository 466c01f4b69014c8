"""The open store: an engine on a migrated, durable database, and the secret for digests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.errors import StoreError
from app.records.connections import as_store_error, connect
from app.records.digests import FOR_BODIES, body_digest, load_secret
from app.records.schema import upgrade
from app.records.sqlite import IMMEDIATE


@dataclass(frozen=True, slots=True)
class Store:
    """A store that was opened, migrated and found durable. Made by `open_store`, ended by `close`."""

    engine: AsyncEngine
    secret: bytes = field(repr=False)

    def digest(self, body: bytes) -> str:
        """The keyed digest of a request body under this store's own secret."""
        return body_digest(self.secret, body)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with. Raises StoreError for whatever the database raises."""
        with as_store_error("read the store"):
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, durable when the block has ended well; it may read before it writes.

        Raises StoreError for whatever the database raises.
        """
        with as_store_error("write to the store"):
            async with self.engine.connect() as connection:
                await connection.execution_options(**{IMMEDIATE: True})
                async with connection.begin():
                    yield connection

    async def own_secret(self, name: str) -> bytes:
        """32 random bytes that are kept in the store under this name, made when they are first asked for.

        Raises StoreError.
        """
        with as_store_error("read the store"):
            return await load_secret(self.engine, name)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def open_store(url: str, *, lock_seconds: float = 5.0) -> Store:
    """Open, create or migrate the store at `sqlite:///file` or `postgresql://…`.

    Raises StoreError naming what is wrong: no such address, an unwritable path, a file that is no database, a store
    written by a newer version, a PostgreSQL that acknowledges writes before they are on disk.
    """
    engine = connect(url, lock_seconds=lock_seconds)
    try:
        await upgrade(engine)
        with as_store_error("read the store"):
            await _require_synchronous_commit(engine)
            return Store(engine, await load_secret(engine, FOR_BODIES))
    except BaseException:
        await engine.dispose()
        raise


async def _require_synchronous_commit(engine: AsyncEngine) -> None:
    if engine.dialect.name != "postgresql":
        return
    async with engine.connect() as connection:
        if await connection.scalar(text("SELECT current_setting('synchronous_commit')")) == "off":
            raise StoreError("this PostgreSQL has synchronous_commit off: an answer could be sent and its record lost")
