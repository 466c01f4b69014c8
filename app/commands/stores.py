"""Opens the store of the settings for one command, and closes it."""

import gc
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from app.contacts import Ledger
    from app.records import Store

T = TypeVar("T")


def with_store(work: "Callable[[Store], Awaitable[T]]") -> T:
    """What `work` returns. Raises ConfigurationError, StoreError, and what it raises."""
    import asyncio

    from app.records import open_store
    from app.settings import read_settings

    async def run() -> T:
        settings = read_settings()
        store = await open_store(settings.store_url)
        gc.enable()
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def with_ledger(work: "Callable[[Store, Ledger], Awaitable[T]]") -> T:
    """The same with the store's ledger of closures. Raises ConfigurationError where the store is keyed otherwise."""
    from datetime import timedelta

    from app.contacts import Ledger, open_references
    from app.settings import read_settings

    async def run(store: "Store") -> T:
        settings = read_settings()
        references = await open_references(store, settings.ref_key)
        days = settings.contact_retention_days
        return await work(store, Ledger(store, references, retention=None if days is None else timedelta(days)))

    return with_store(run)
