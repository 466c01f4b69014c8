"""What is told outside, on one store: the webhooks, what is to be told to them, and who carries it."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from app.notices.courier import Courier
from app.notices.news import Mask, called
from app.notices.notifier import Notifier, ReadChange
from app.records import Headlines, Notice, NoticeKind, Outbox, Revisions, Store, Webhooks, utc_now


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

    async def try_out(self, identity: str, by: str) -> str | None:
        """Tell one webhook now that it can be told something; why that did not arrive, None if it did.

        Raises:
            UnknownWebhook: if there is none of this id.
            StoreError: if the store does not answer.
        """
        webhook = await self.webhooks.find(identity)
        token = secrets.token_hex(8)
        lines = ["收到这一条，说明通知能送到这里。", f"由谁：{called(by)}"]
        notice = Notice(f"test:{token}", NoticeKind.ACCESS, "test", "试发一条通知", lines, "/webhooks", utc_now())
        failure = await self.courier.carry(webhook, notice, f"{webhook.id}-test-{token}")
        return None if failure is None else failure.reason

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
