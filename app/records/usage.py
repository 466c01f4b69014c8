"""When was a key last used? Written beside the requests, at most once a minute for each key, and best effort."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update

from app.errors import StoreError
from app.records.clock import Now
from app.records.engine import Store
from app.records.tables import api_keys

INTERVAL = timedelta(minutes=1)
"""Between two notes on one key."""
_NOTE = update(api_keys).where(api_keys.c.id == bindparam("key")).values(last_used_at=bindparam("used"))


class Usage:
    """Notes the use of keys in one task, which no request waits for."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now
        self._noted: dict[str, datetime] = {}
        self._waiting: dict[str, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, key: str, known: datetime | None) -> None:
        """The key of this id is used now; `known` is what the store says of it."""
        now = self._now()
        before = [time for time in (known, self._noted.get(key)) if time is not None]
        if before and now - max(before) < INTERVAL:
            return
        # Noted also where it cannot be written: a store that is busy is not asked again by every request.
        self._noted[key] = self._waiting[key] = now
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write(), name="heyan use of keys")

    async def close(self) -> None:
        """Return when all that was noted is written, or could not be."""
        if self._task is not None:
            await self._task

    async def _write(self) -> None:
        while self._waiting:
            uses, self._waiting = self._waiting, {}
            # In one order on every replica, so that two of them cannot wait for each other.
            rows = [{"key": key, "used": used} for key, used in sorted(uses.items())]
            with suppress(StoreError):
                async with self._store.writing() as connection:
                    await connection.execute(_NOTE, rows)
