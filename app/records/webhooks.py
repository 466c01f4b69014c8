"""Webhooks: addresses outside to which the service tells what waits, what came into force and what failed.

An address often is a secret itself (a chat robot's has its key in it): it is kept as it was given, since it must be
used, and told to nobody again but as `Webhook.address`.
"""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import RowMapping, delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.records.audit import OPERATOR, append, lock
from app.records.clock import Now, utc_now
from app.records.engine import Store
from app.records.errors import TooManyWebhooks, Unfit, UnknownWebhook, WebhookNameTaken
from app.records.names import require_name
from app.records.notice_tables import notices, webhooks

MOST = 50
"""Webhooks of one service."""
LONGEST_URL, LONGEST_SECRET = 2_000, 200
_STANDARD = "whsec_"
"""What a secret begins with whose key is written as base64 (https://www.standardwebhooks.com)."""
_LAST = 4
"""Characters of an address's end by which an admin tells one from another."""


class Platform(StrEnum):
    """Who listens: a group robot of WeCom, DingTalk or Feishu, or a program that reads plain JSON."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    JSON = "json"


class NoticeKind(StrEnum):
    """What can be told. `access`: what people and keys may do has changed, or somebody was locked out."""

    WAITING = "waiting"
    DECIDED = "decided"
    PUBLISHED = "published"
    CONFLICTING = "conflicting"
    FAILING = "failing"
    ACCESS = "access"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address and what is told there. `secret` signs; None where the platform is trusted by its address alone."""

    id: str
    name: str
    platform: Platform
    url: str = field(repr=False)
    secret: str | None = field(repr=False)
    kinds: frozenset[NoticeKind]
    created_at: datetime
    created_by: str

    @classmethod
    def from_row(cls, row: RowMapping) -> Self:
        """The webhook as it is kept."""
        kinds = frozenset(map(NoticeKind, row["kinds"]))
        return cls(**{**row, "platform": Platform(row["platform"]), "kinds": kinds})

    @property
    def address(self) -> str:
        """Scheme and host of the URL and its last characters: `https://oapi.dingtalk.com/…9f3c`."""
        return shortened(self.url)

    @property
    def signing_key(self) -> bytes:
        """What stands after `whsec_` is base64; any other secret signs as it stands."""
        secret = self.secret or ""
        if secret.startswith(_STANDARD):
            return base64.b64decode(secret.removeprefix(_STANDARD))
        return secret.encode()


class Webhooks:
    """The webhooks of one store. Whatever is asked for raises StoreError where that does not answer."""

    def __init__(self, store: Store, now: Now = utc_now) -> None:
        self._store = store
        self._now = now

    async def create(
        self,
        name: str,
        platform: Platform,
        url: str,
        kinds: Collection[NoticeKind],
        *,
        secret: str | None = None,
        by: str = OPERATOR,
    ) -> Webhook:
        """A new webhook, which is told what happens from now on.

        Raises:
            Unfit: naming what cannot be taken.
            WebhookNameTaken, TooManyWebhooks: if there is one of this name, or as many as there may be.
        """
        require_name("name", name)
        require_url(url)
        if secret is not None:
            require_secret(secret)
        if not kinds:
            raise Unfit("kinds", "请至少选一种要通知的事。(at least one kind is needed)")
        made = Webhook(secrets.token_hex(8), name, platform, url, secret, frozenset(kinds), self._now(), by)
        row = {each: getattr(made, each) for each in Webhook.__dataclass_fields__} | {"kinds": sorted(made.kinds)}
        async with self._store.writing() as connection:
            await lock(connection)
            if len((await connection.execute(select(webhooks.c.id))).all()) >= MOST:
                raise TooManyWebhooks(MOST)
            try:
                await connection.execute(insert(webhooks).values(row))
            except IntegrityError:
                raise WebhookNameTaken from None
            told = {"platform": platform, "address": urlsplit(url).hostname, "kinds": row["kinds"]}
            await append(connection, by, "webhook.created", name, told)
        return made

    async def list(self) -> list[Webhook]:
        """All of them, oldest first."""
        async with self._store.reading() as connection:
            rows = await connection.execute(select(webhooks).order_by(webhooks.c.created_at, webhooks.c.id))
            return [Webhook.from_row(row) for row in rows.mappings()]

    async def find(self, identity: str) -> Webhook:
        """The webhook of this id. Raises UnknownWebhook."""
        async with self._store.reading() as connection:
            this = select(webhooks).where(webhooks.c.id == identity)
            row = (await connection.execute(this)).mappings().one_or_none()
        if row is None:
            raise UnknownWebhook
        return Webhook.from_row(row)

    async def remove(self, identity: str, *, by: str = OPERATOR) -> None:
        """Tell it nothing more, also not what waits to be told. Raises UnknownWebhook."""
        async with self._store.writing() as connection:
            await lock(connection)  # nothing is handed out meanwhile, which nobody would be told ever
            this = webhooks.c.id == identity
            if (name := await connection.scalar(select(webhooks.c.name).where(this))) is None:
                raise UnknownWebhook
            await connection.execute(delete(notices).where(notices.c.webhook == identity))
            await connection.execute(delete(webhooks).where(this))
            await append(connection, by, "webhook.removed", name)


def require_url(url: str) -> None:
    """Raises Unfit for what is no address that can be told something."""
    try:
        parts = urlsplit(url)
        is_fit = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_fit = False
    if not is_fit or len(url) > LONGEST_URL or not url.isascii() or " " in url or not url.isprintable():
        raise Unfit("url", "地址要以 https:// 或 http:// 开头，照平台给的原样粘贴。(an http or https URL is expected)")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Unfit("url", "地址里不能有用户名、密码和 # 后面的部分。(no credentials and no fragment)")


def require_secret(secret: str) -> None:
    """Raises Unfit for what cannot sign, or whose key is another one for whoever checks the signature."""
    if not 1 <= len(secret) <= LONGEST_SECRET or not secret.isprintable():
        raise Unfit("secret", f"签名密钥最长 {LONGEST_SECRET} 个字。(1 to {LONGEST_SECRET} printable characters)")
    if secret.startswith(_STANDARD):
        try:
            key = base64.b64decode(secret.removeprefix(_STANDARD), validate=True)
        except ValueError:
            key = b""
        if not key:
            raise Unfit("secret", "签名密钥在 whsec_ 后面要是 base64。(base64 is expected after whsec_)")


def shortened(url: str) -> str:
    """Enough of an address to know it by, too little to use it."""
    parts = urlsplit(url)
    rest = url.partition(parts.netloc)[2].rstrip("/")
    tail = f"/…{rest[-_LAST:]}" if len(rest) > 4 * _LAST else "/…" if rest else ""
    return f"{parts.scheme}://{parts.netloc}{tail}"
