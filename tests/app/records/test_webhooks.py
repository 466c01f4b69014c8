"""A webhook is kept as it was entered, and shown to nobody again."""

import asyncio
from typing import Any

import pytest

from app.errors import HeyanError, StoreError
from app.records import NoticeKind, Outbox, Platform, Store, Unfit, Webhook, Webhooks
from app.records.errors import TooManyWebhooks, UnknownWebhook, WebhookNameTaken
from app.records.webhooks import LONGEST_SECRET, LONGEST_URL, MOST, require_url, shortened
from tests.app.notices.receivers import notice
from tests.app.stores import Clock, Told

KEY = "66f3a2d1c0secret9f3c"
URL = f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"
SECRET = "SEC0a1b2c3d4e5f"
KINDS = [NoticeKind.WAITING, NoticeKind.FAILING]


@pytest.fixture
def webhooks(store: Store, clock: Clock) -> Webhooks:
    """None yet."""
    return Webhooks(store, clock)


@pytest.fixture
def outbox(store: Store, clock: Clock) -> Outbox:
    """Nothing is told yet."""
    return Outbox(store, clock)


async def _made(webhooks: Webhooks, name: str = "合规群", **fields: Any) -> Webhook:
    given: dict[str, Any] = {"platform": Platform.DINGTALK, "url": URL, "kinds": KINDS}
    given |= fields
    return await webhooks.create(name, given.pop("platform"), given.pop("url"), given.pop("kinds"), **given)


async def test_it_is_kept_as_it_was_entered(webhooks: Webhooks, clock: Clock) -> None:
    first = await _made(webhooks, secret=SECRET, by="王管理")
    clock.pass_by(seconds=1)
    second = await _made(webhooks, "工单", platform=Platform.JSON, kinds=list(NoticeKind))
    assert await webhooks.list() == [first, second]
    assert await webhooks.find(first.id) == first
    assert (first.url, first.secret, first.kinds, first.created_by) == (URL, SECRET, frozenset(KINDS), "王管理")
    assert second.secret is None
    assert second.created_at == clock.time


async def test_neither_repr_nor_trail_has_address_or_secret(webhooks: Webhooks, told: Told) -> None:
    made = await _made(webhooks, secret=SECRET, by="王管理")
    await webhooks.remove(made.id, by="李管理")
    entries = await told()
    assert [(entry.person, entry.event, entry.subject) for entry in entries] == [
        ("王管理", "webhook.created", "合规群"),
        ("李管理", "webhook.removed", "合规群"),
    ]
    assert entries[0].details == {
        "platform": "dingtalk",
        "address": "oapi.dingtalk.com",
        "kinds": ["failing", "waiting"],
    }
    for shown in (repr(made), str(made), made.address, *map(str, entries)):
        assert KEY not in shown
        assert SECRET not in shown


async def test_a_name_is_taken_until_it_is_removed(webhooks: Webhooks) -> None:
    made = await _made(webhooks)
    with pytest.raises(WebhookNameTaken) as refused:
        await _made(webhooks, url="https://other.example.com/secret-path")
    assert "secret-path" not in str(refused.value)
    assert await webhooks.list() == [made]
    await webhooks.remove(made.id)
    assert (await _made(webhooks)).id != made.id


async def test_what_is_gone_is_unknown(webhooks: Webhooks) -> None:
    made = await _made(webhooks)
    await webhooks.remove(made.id)
    for step in (webhooks.find(made.id), webhooks.remove(made.id), webhooks.find("0" * 16), webhooks.find("")):
        with pytest.raises(UnknownWebhook):
            await step
    assert await webhooks.list() == []


async def test_there_are_fifty_at_most_also_where_many_come_at_once(webhooks: Webhooks) -> None:
    results = await asyncio.gather(
        *(_made(webhooks, f"群 {number}") for number in range(MOST + 6)), return_exceptions=True
    )
    assert sum(isinstance(each, Webhook) for each in results) == MOST == 50
    assert sum(isinstance(each, TooManyWebhooks) for each in results) == 6
    listed = await webhooks.list()
    assert len(listed) == MOST
    await webhooks.remove(listed[7].id)
    await _made(webhooks, "又一个")


async def test_of_two_of_one_name_at_once_one_is_made(webhooks: Webhooks) -> None:
    results = await asyncio.gather(*(_made(webhooks) for _ in range(4)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["Webhook", *["WebhookNameTaken"] * 3]


WRONG: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", " 合规群"),
    ("name", "a\nb"),
    ("name", "\u200b"),
    ("name", "x" * 65),
    ("url", ""),
    ("url", "ftp://example.com/x"),
    ("url", "file:///etc/passwd"),
    ("url", "javascript:alert(1)"),
    ("url", "https://"),
    ("url", "https:///path"),
    ("url", "example.com/x"),
    ("url", "https://example.com:99999/x"),
    ("url", "https://example.com:0/x"),
    ("url", "https://example.com:x/"),
    ("url", "https://[::1/x"),
    ("url", "https://exa mple.com/x"),
    ("url", "https://example.com/x\r\nhost: evil"),
    ("url", "https://example.com/\0"),
    ("url", "https://example.com/\x7f"),
    ("url", "https://例子.com/x"),
    ("url", f"https://user:{KEY}@example.com/"),
    ("url", f"https://{KEY}@example.com/"),
    ("url", f"https://example.com/x#{KEY}"),
    ("url", "https://example.com/" + "x" * LONGEST_URL),
    ("secret", ""),
    ("secret", "x" * (LONGEST_SECRET + 1)),
    ("secret", "whsec_"),
    ("secret", "whsec_not base64"),
    ("secret", "whsec_abc-_"),
    ("secret", "a\nb"),
    ("secret", "\ud83d"),
    ("kinds", []),
]


async def test_what_cannot_be_taken_is_named_and_not_repeated(webhooks: Webhooks, told: Told) -> None:
    for field, value in WRONG:
        name = value if field == "name" else "合规群"
        with pytest.raises(Unfit) as refused:
            await _made(webhooks, name, **({} if field == "name" else {field: value}))
        assert [problem.field for problem in refused.value.fields] == [field], repr(value)
        assert KEY not in str(refused.value) + str(refused.value.fields)
    assert await webhooks.list() == []
    assert await told() == []


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (URL, "https://oapi.dingtalk.com/…9f3c"),
        ("http://10.0.0.7:8080/hooks/0123456789abcdef", "http://10.0.0.7:8080/…cdef"),
        ("https://example.com", "https://example.com"),
        ("https://example.com/", "https://example.com"),
        ("https://example.com/short", "https://example.com/…"),
        ("http://[::1]:9/0123456789abcdef01", "http://[::1]:9/…ef01"),
        ("http://h/0123456789abcdef0", "http://h/…def0"),
        ("http://http/short", "http://http/…"),
    ],
)
def test_an_address_is_known_by_its_host_and_end(url: str, address: str) -> None:
    require_url(url)
    assert shortened(url) == address


async def test_a_removal_forgets_what_waits_and_what_was_told(webhooks: Webhooks, outbox: Outbox) -> None:
    gone, kept = await _made(webhooks), await _made(webhooks, "工单")
    await outbox.put([notice(key="a"), notice(key="b")])
    [first, *_] = await outbox.newest(gone.id)
    await outbox.delivered(first)
    await webhooks.remove(gone.id)
    assert await outbox.newest(gone.id) == []
    assert await outbox.waiting() == {kept.id: 2}
    assert {each.webhook for each in await outbox.claim()} == {kept.id}
    await outbox.delivered(first)
    await outbox.failed(first, "timeout")
    assert await outbox.newest(gone.id) == []


async def test_what_is_handed_out_while_it_is_removed_waits_for_nobody(webhooks: Webhooks, outbox: Outbox) -> None:
    for turn in range(8):
        made = await _made(webhooks, f"群 {turn}")
        await asyncio.gather(
            *(outbox.put([notice(key=f"{turn}-{number}")]) for number in range(4)), webhooks.remove(made.id)
        )
        assert await outbox.waiting() == {}


async def test_a_store_that_does_not_answer_is_told_so(store: Store, clock: Clock) -> None:
    closed = Webhooks(Store(), clock)
    for step in (_made(closed), closed.list(), closed.find("0" * 16), closed.remove("0" * 16)):
        with pytest.raises(StoreError) as refused:
            await step
        assert isinstance(refused.value, HeyanError)
        assert KEY not in str(refused.value)
