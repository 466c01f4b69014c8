"""Ledgers around the stores."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from app.contacts import Ledger, open_references
from app.records import Store

OpenLedger = Callable[..., Awaitable[Ledger]]


@pytest.fixture
def open_ledger(store: Store) -> OpenLedger:
    """Opens a ledger on the store, with a retention in days, as another replica would."""

    async def opened(days: int | None = None) -> Ledger:
        retention = None if days is None else timedelta(days)
        return Ledger(store, await open_references(store, None), retention=retention)

    return opened


@pytest.fixture
async def ledger(open_ledger: OpenLedger) -> Ledger:
    """A ledger on an empty store."""
    return await open_ledger()
