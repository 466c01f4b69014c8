"""The open store: an engine on a migrated, durable database, and the secret for digests."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.errors import StoreError
from app.records.connections import as_store_error, connect
from app.records.digests import FOR_BODIES, body_digest, load_secret
from app.records.schema import upgrade
from app.records.sqlite import IMMEDIATE, QuickReader


class Store:
    """A store that was opened, migrated and found durable; what is asked of one before it is open raises StoreError.

    Made by `open_store`, or by `open` for one that may not answer yet; ended by `close`.
    """

    def __init__(self, engine: AsyncEngine | None = None, secret: bytes = b"") -> None:
        self._engine = engine
        self._secret = secret
        self._quick: QuickReader | None = None

    @property
    def is_open(self) -> bool:
        """Whether it was opened."""
        return self._engine is not None

    @property
    def engine(self) -> AsyncEngine:
        """The connections. Raises StoreError while it is not open."""
        if self._engine is None:
            raise _not_open()
        return self._engine

    @property
    def secret(self) -> bytes:
        """Keys the digests of bodies. Raises StoreError while it is not open."""
        if self._engine is None:
            raise _not_open()
        return self._secret

    async def open(self, url: str, *, lock_seconds: float = 5.0) -> None:
        """Open it, see `open_store`; after an error it may be tried again."""
        engine = connect(url, lock_seconds=lock_seconds)
        try:
            await upgrade(engine)
            with as_store_error("read the store"):
                await _require_synchronous_commit(engine)
                secret = await load_secret(engine, FOR_BODIES)
        except BaseException:
            await engine.dispose()
            raise
        self._engine, self._secret = engine, secret
        self._quick = QuickReader(engine.url) if engine.dialect.name == "sqlite" else None

    def surely_lacks(self, query: str, *values: str) -> bool:
        """Whether the store says at once that the query has no row; false also where only `reading` can tell.

        Raises StoreError.
        """
        if self._engine is None:
            raise _not_open()
        if self._quick is None:
            return False
        try:
            return not self._quick.has(query, *values)
        except sqlite3.Error as error:
            raise StoreError(f"cannot read the store: {error}") from error

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
        if self._quick is not None:
            self._quick.close()
        if self._engine is not None:
            await self._engine.dispose()


async def open_store(url: str, *, lock_seconds: float = 5.0) -> Store:
    """Open, create or migrate the store at `sqlite:///file` or `postgresql://…`.

    Raises StoreError naming what is wrong: no such address, an unwritable path, a file that is no database, a store
    written by a newer version, a PostgreSQL that acknowledges writes before they are on disk.
    """
    store = Store()
    await store.open(url, lock_seconds=lock_seconds)
    return store


def _not_open() -> StoreError:
    return StoreError("the store was not reached yet", is_out_of_reach=True)


async def _require_synchronous_commit(engine: AsyncEngine) -> None:
    if engine.dialect.name != "postgresql":
        return
    async with engine.connect() as connection:
        if await connection.scalar(text("SELECT current_setting('synchronous_commit')")) == "off":
            raise StoreError("this PostgreSQL has synchronous_commit off: an answer could be sent and its record lost")
