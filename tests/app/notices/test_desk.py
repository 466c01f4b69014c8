"""One address is tried at once; and no request waits for anybody who is told something."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.notices.desk import NoticeDesk
from app.parts import Parts
from app.records import NoticeKind, Platform, Role, Store
from app.records.errors import UnknownWebhook
from tests.app.lexicon.rules import rule
from tests.app.notices.receivers import HANGS, Answer, closed_port, receiver
from tests.app.services import writer
from tests.fakes import FakeModel
from tests.model_server import until

KEY = "66f3a2d1c0secret9f3c"


@pytest.fixture
def model() -> FakeModel:
    """The model that the service asks."""
    return writer()


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[NoticeDesk]:
    """What is told, with links."""
    opened = NoticeDesk.of(store, "https://heyan.example.com/")
    yield opened
    await opened.courier.close()


async def test_a_try_says_at_once_whether_it_arrived(desk: NoticeDesk) -> None:
    answers = [Answer(), Answer(b"", 404)]
    with receiver(lambda told: answers[len(group.told) - 1]) as group:
        made = await desk.webhooks.create(
            "群", Platform.JSON, f"{group.url}/{KEY}", [NoticeKind.FAILING], secret="x" * 9
        )
        assert await desk.try_out(made.id, "王管理") is None
        assert await desk.try_out(made.id, "王管理") == "HTTP 404"
    first, second = group.told
    assert first.json["event"] == "test"
    assert first.json["link"] == "https://heyan.example.com/console/webhooks"
    assert "王管理" in str(first.json["lines"])
    assert first.headers["webhook-id"] != second.headers["webhook-id"]
    assert "webhook-signature" in first.headers
    assert await desk.outbox.waiting() == {}
    assert await desk.outbox.newest(made.id) == []


async def test_a_try_at_nobody_and_of_nobody(desk: NoticeDesk) -> None:
    made = await desk.webhooks.create(
        "群", Platform.WECOM, f"http://127.0.0.1:{closed_port()}/{KEY}", [NoticeKind.FAILING]
    )
    assert await desk.try_out(made.id, "王管理") == "unreachable"
    with pytest.raises(UnknownWebhook):
        await desk.try_out("0" * 16, "王管理")


async def test_no_request_waits_for_who_is_told(parts: Parts, client: httpx.AsyncClient) -> None:
    """One who listens hangs all the while: answers, approvals and publications come, and so does the end."""
    editor, approver, caller = [
        {"authorization": f"Bearer {await parts.keys.create(name, [role])}"}
        for name, role in (("张合规", Role.EDITOR), ("李合规", Role.APPROVER), ("engine", Role.CALLER))
    ]
    desk, readers = parts.notices, {"lexicon": parts.lifecycle.get}
    with receiver(lambda told: HANGS) as hanging:
        await desk.webhooks.create("挂起", Platform.JSON, f"{hanging.url}/{KEY}", list(NoticeKind))
        async with desk.open(parts.headlines, parts.revisions, readers, parts.policy.masked):
            await desk.outbox.position()
            body = {"title": "新词", "adds": [rule()]}
            made = (await client.post("/v1/lexicon/changes", json=body, headers=editor)).json()
            path = f"/v1/lexicon/changes/{made['id']}"
            assert (await client.post(f"{path}/submit", headers=editor)).status_code == 200
            await until(lambda: hanging.told)
            assert (await client.post("/v1/reviews", json={"text": "您好"}, headers=caller)).status_code == 200
            approved = await client.post(f"{path}/approve", json={"version": 1}, headers=approver)
            assert (approved.status_code, approved.json()["state"]) == (200, "published")
            assert (await client.get("/health/ready")).status_code == 200
            assert not hanging.hung_up.is_set()
        await until(hanging.hung_up.is_set)
    assert len(hanging.told) == 1
