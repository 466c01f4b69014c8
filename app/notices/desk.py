"""What is told outside, on one store: the webhooks, what is to be told to them, and who carries it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from app.notices.courier import Courier
from app.notices.news import Mask
from app.notices.notifier import Notifier, ReadChange
from app.records import Headlines, Outbox, Revisions, Store, Webhooks


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """All of it."""

    webhooks: Webhooks
    outbox: Outbox
    courier: Courier

    @classmethod
    def of(cls, store: Store, console: str | None) -> Self:
        """`console`: the address at which people open the service; None: notices have no links."""
        return cls(Webhooks(store), Outbox(store), Courier(console))

    @asynccontextmanager
    async def open(
        self, headlines: Headlines, revisions: Revisions, read: Mapping[str, ReadChange], mask: Mask
    ) -> AsyncIterator[None]:
        """Tell what happens for as long as the block runs."""
        notifier = Notifier(self.webhooks, self.outbox, self.courier, headlines, revisions, read, mask=mask)
        notifier.start()
        try:
            yield
        finally:
            await notifier.close()
            await self.courier.close()
