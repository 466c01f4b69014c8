"""What requests and answers about webhooks hold, with an example of each."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, SecretStr

from app.api.accounts import KeyName
from app.api.answers import Told
from app.records import Delivery, NoticeKind, Platform, Webhook
from app.records.webhooks import LONGEST_SECRET, LONGEST_URL
from app.requests import Exact

Kinds = Annotated[list[NoticeKind], Field(min_length=1, max_length=len(NoticeKind))]


class WebhookRequest(Exact):
    """A new webhook. `url` as the platform gives it; `secret` signs, where the robot was told to want a signature."""

    name: KeyName
    platform: Platform
    url: Annotated[SecretStr, Field(min_length=1, max_length=LONGEST_URL)]
    kinds: Kinds
    secret: Annotated[SecretStr, Field(min_length=1, max_length=LONGEST_SECRET)] | None = None


class WebhookAnswer(Told):
    """A webhook. `address`: enough to know its URL by, which nobody is told again; `waiting`: notices not told yet."""

    id: str
    name: str
    platform: Platform
    address: str
    signed: bool
    kinds: list[NoticeKind]
    created_at: datetime
    created_by: str
    waiting: int

    @classmethod
    def of(cls, webhook: Webhook, waiting: int) -> Self:
        """What is told of a webhook."""
        return cls(
            id=webhook.id,
            name=webhook.name,
            platform=webhook.platform,
            address=webhook.address,
            signed=webhook.secret is not None,
            kinds=sorted(webhook.kinds),
            created_at=webhook.created_at,
            created_by=webhook.created_by,
            waiting=waiting,
        )


class WebhooksAnswer(Told):
    """All webhooks, oldest first."""

    items: list[WebhookAnswer]


class NoticeAnswer(Told):
    """A notice to one webhook. `next_try_at` is null once it has arrived, or was given up after a day."""

    number: int
    kind: NoticeKind
    event: str
    title: str
    lines: list[str]
    created_at: datetime
    attempts: int
    delivered_at: datetime | None
    next_try_at: datetime | None
    failure: str | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """What is told of a notice."""
        return cls(
            number=delivery.number,
            kind=delivery.notice.kind,
            event=delivery.notice.event,
            title=delivery.notice.title,
            lines=list(delivery.notice.lines),
            created_at=delivery.created_at,
            attempts=delivery.attempts,
            delivered_at=delivery.delivered_at,
            next_try_at=delivery.due_at,
            failure=delivery.failure,
        )


class NoticesAnswer(Told):
    """The newest first."""

    items: list[NoticeAnswer]


class WebhookTestAnswer(Told):
    """Whether the test arrived; `failure`, why not: `timeout`, `unreachable`, `HTTP 404`, or the platform's code."""

    delivered: bool
    failure: str | None


WEBHOOK_REQUESTS: tuple[type[BaseModel], ...] = (WebhookRequest,)
WEBHOOK_ANSWERS: tuple[type[BaseModel], ...] = (
    WebhookAnswer,
    WebhooksAnswer,
    NoticeAnswer,
    NoticesAnswer,
    WebhookTestAnswer,
)
NEW_WEBHOOKS: dict[str, Any] = {
    "dingtalk": {
        "name": "合规群",
        "platform": "dingtalk",
        "url": "https://oapi.dingtalk.com/robot/send?access_token=66f3a2d1c0",
        "secret": "SEC0a1b2c3d4e5f",
        "kinds": ["waiting", "published", "conflicting", "failing"],
    },
    "json": {"name": "工单系统", "platform": "json", "url": "https://tickets.example.com/heyan", "kinds": ["failing"]},
}
_WEBHOOK: dict[str, Any] = {
    "id": "5f0c1d9a7be24368",
    "name": "合规群",
    "platform": "dingtalk",
    "address": "https://oapi.dingtalk.com/…d1c0",
    "signed": True,
    "kinds": ["conflicting", "failing", "published", "waiting"],
    "created_at": "2026-11-22T02:05:00Z",
    "created_by": "李合规",
    "waiting": 0,
}
_NOTICE: dict[str, Any] = {
    "number": 12,
    "kind": "waiting",
    "event": "change.submitted",
    "title": "待审批：新增“内部通道”",
    "lines": ["提交人：李合规", "请在 2026-12-06 10:05 以前审批，过时作废"],
    "created_at": "2026-11-22T02:05:00Z",
    "attempts": 1,
    "delivered_at": "2026-11-22T02:05:01Z",
    "next_try_at": None,
    "failure": None,
}
_SHOWN: dict[str, dict[str, Any]] = {
    "WebhookRequest": NEW_WEBHOOKS,
    "WebhookAnswer": {"dingtalk": _WEBHOOK},
    "WebhooksAnswer": {"one": {"items": [_WEBHOOK]}},
    "NoticesAnswer": {"one": {"items": [_NOTICE]}},
    "WebhookTestAnswer": {
        "arrived": {"delivered": True, "failure": None},
        "refused": {"delivered": False, "failure": "HTTP 404"},
    },
    "ErrorAnswer": {
        name: {"error": name, "detail": detail, "fields": []}
        for name, detail in (
            ("WebhookNameTaken", "已经有这个名称的通知地址。(there is a webhook of this name)"),
            ("TooManyWebhooks", "最多只能有 50 个通知地址，请先删掉不用的。(there are 50 webhooks already)"),
            ("UnknownWebhook", "没有这个通知地址，可能已经删掉了。(there is no such webhook)"),
        )
    },
}


def webhook_examples() -> dict[str, Any]:
    """Every example by the name of its schema and its own."""
    return {f"{schema}.{name}": {"value": value} for schema, values in _SHOWN.items() for name, value in values.items()}
