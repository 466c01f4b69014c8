"""The store of the settings, opened for one command."""

import gc
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from app.contacts import Ledger
    from app.records import Store

T = TypeVar("T")


def with_store(work: "Callable[[Store], Awaitable[T]]") -> T:
    """What `work` makes of the store. Raises HeyanError."""
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


def columns(*values: object) -> str:
    """A line of a list, for eyes and for `cut`: a time is a day, and what is not there a dash."""
    from datetime import datetime

    return "\t".join(
        "-" if value is None else f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value) for value in values
    )


def with_ledger(work: "Callable[[Store, Ledger], Awaitable[T]]") -> T:
    """The same with the store's ledger of closures. Raises ConfigurationError where the store is keyed otherwise."""
    from app.contacts import Ledger, open_references
    from app.settings import read_settings

    async def run(store: "Store") -> T:
        settings = read_settings()
        references = await open_references(store, settings.ref_key)
        return await work(store, Ledger(store, references, retention=settings.contact_retention))

    return with_store(run)
