"""One notice to one address, once: what came of it in a word, whatever the receiver does."""

import asyncio
import io
import sys
from contextlib import redirect_stderr
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from app.logs import configured_logs
from app.notices.courier import Courier, Failure
from app.records import Platform
from tests.app.notices.receivers import (
    AT,
    HANGS,
    TAKEN,
    Answer,
    Receiver,
    closed_port,
    notice,
    receiver,
    webhook,
)
from tests.app.stores import Clock
from tests.model_server import until

KEY = "66f3a2d1c0secretkey"
NAME = "5f0c-12"


async def _carried(
    to: Receiver | str, platform: Platform = Platform.JSON, *, console: str | None = None, secret: str | None = None
) -> Failure | None:
    url = to if isinstance(to, str) else f"{to.url}/robot/send?access_token={KEY}"
    courier = Courier(console, now=Clock())
    try:
        return await courier.carry(webhook(url, platform, secret=secret), notice(), NAME)
    finally:
        await courier.close()


@pytest.mark.parametrize("platform", Platform)
async def test_it_arrives(platform: Platform) -> None:
    with receiver() as group:
        assert await _carried(group, platform, console="https://heyan.example.com/", secret="SEC0a1b") is None
    [told] = group.told
    assert told.path.startswith(f"/robot/send?access_token={KEY}")
    assert "待审批：新词".encode() in told.body
    assert b"https://heyan.example.com/console/changes/01K0" in told.body


@pytest.mark.parametrize(
    ("platform", "answer", "word"),
    [
        (Platform.WECOM, Answer(b'{"errcode":93000,"errmsg":"invalid webhook url"}'), "code 93000"),
        (Platform.DINGTALK, Answer(b'{"errcode":310000,"errmsg":"sign not match"}'), "code 310000"),
        (Platform.FEISHU, Answer(b'{"code":19021,"msg":"sign match fail"}'), "code 19021"),
        (Platform.WECOM, Answer(b""), "no JSON"),
        (Platform.DINGTALK, Answer(b"<html><body>login</body></html>"), "no JSON"),
        (Platform.FEISHU, Answer(b"[]"), "no code"),
        (Platform.WECOM, Answer(b"[" * 60_000), "no JSON"),
        (Platform.JSON, Answer(b"", 404), "HTTP 404"),
        (Platform.JSON, Answer(b"", 500), "HTTP 500"),
        (Platform.WECOM, Answer(b'{"errcode":0}', 502), "HTTP 502"),
        (Platform.WECOM, Answer(b'{"errcode":0,"errmsg":"', endless=True), "no JSON"),
        (Platform.JSON, Answer(b"", 999), "HTTP 999"),
    ],
)
async def test_a_refusal_is_told_in_a_word(platform: Platform, answer: Answer, word: str) -> None:
    with receiver(lambda told: answer) as group:
        assert await _carried(group, platform) == Failure(word)
    assert len(group.told) == 1


async def test_an_answer_without_end_is_not_read_on() -> None:
    with receiver(lambda told: Answer(b"ok", endless=True)) as program:
        assert await _carried(program) is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    with receiver() as inner, receiver(lambda told: Answer(b"", status, {"location": f"{inner.url}/x"})) as outer:
        assert await _carried(outer) == Failure(f"HTTP {status}")
        assert inner.told == []


@pytest.mark.parametrize(
    ("told", "pause"),
    [
        ("120", 120.0),
        ("0", 0.0),
        (format_datetime(AT + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(AT - timedelta(days=1), usegmt=True), 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("nan", 0.0),
        ("", 0.0),
        ("Sun, 99 Foo 2026 99:99:99 GMT", 0.0),
    ],
)
async def test_a_receiver_says_how_long_it_wants_no_other_try(told: str, pause: float) -> None:
    with receiver(lambda _: Answer(b"", 429, {"retry-after": told})) as program:
        assert await _carried(program) == Failure("HTTP 429", pause)


@pytest.mark.parametrize("told", ["86400", "9" * 500, format_datetime(AT + timedelta(days=400), usegmt=True)])
async def test_nobody_is_waited_for_longer_than_an_hour(told: str) -> None:
    with receiver(lambda _: Answer(b"", 503, {"retry-after": told})) as program:
        assert await _carried(program) == Failure("HTTP 503", 3600.0)


async def test_who_does_not_answer_is_given_up() -> None:
    """Time is the transport's here: a real receiver that hangs is what the notifier's tests are about."""

    async def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    courier = Courier(None, transport=httpx.MockTransport(silent))
    assert await courier.carry(webhook(), notice(), NAME) == Failure("timeout")
    await courier.close()


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:PORT/{KEY}",
        f"http://no-such-host.invalid/{KEY}",
        f"https://127.0.0.1:PORT/{KEY}",
        f"http://xn--/{KEY}",
        f"http://a..b/{KEY}",
        f"http://{'a' * 70}.invalid/{KEY}",
        f"http://%00/{KEY}",
        f"http://[::1]:PORT/{KEY}",
    ],
)
async def test_an_address_at_which_nobody_is(url: str) -> None:
    assert await _carried(url.replace("PORT", str(closed_port()))) == Failure("unreachable")


async def test_who_speaks_no_tls_or_no_http_is_unreachable() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for scheme in ("http", "https"):
        assert await _carried(f"{scheme}://127.0.0.1:{port}/{KEY}") == Failure("unreachable")
    server.close()
    await server.wait_closed()


async def test_what_cannot_be_written_as_a_request_is_a_failure_too() -> None:
    assert (await _carried("http://127.0.0.1/", secret="\ud83d")) == Failure("unreachable")


async def test_a_connection_that_was_given_up_is_opened_anew() -> None:
    courier = Courier(None)
    with receiver() as first:
        hook = webhook(first.url)
        assert await courier.carry(hook, notice(), NAME) is None
        assert await courier.carry(hook, notice(), NAME) is None
    assert await courier.carry(hook, notice(), NAME) == Failure("unreachable")
    await courier.close()
    await courier.close()
    with receiver() as other:
        assert await courier.carry(webhook(other.url), notice(), NAME) is None
    await courier.close()


async def test_what_one_receiver_wants_remembered_is_told_nobody() -> None:
    courier = Courier(None)
    with receiver(lambda _: Answer(headers={"set-cookie": "who=heyan; path=/"})) as group:
        for _ in range(2):
            assert await courier.carry(webhook(group.url), notice(), NAME) is None
    await courier.close()
    assert all("cookie" not in told.headers for told in group.told)


async def test_an_end_does_not_wait_for_who_hangs() -> None:
    courier = Courier(None)
    with receiver(lambda told: HANGS) as slow:
        carrying = asyncio.create_task(courier.carry(webhook(slow.url), notice(), NAME))
        await until(lambda: slow.told)
        carrying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await carrying
        await courier.close()
        await until(slow.hung_up.is_set)


@pytest.mark.parametrize("platform", [Platform.DINGTALK, Platform.JSON])
async def test_neither_address_nor_secret_is_logged(platform: Platform) -> None:
    said, answers = io.StringIO(), [TAKEN, Answer(KEY.encode(), 500), Answer(b"", 302, {"location": f"/{KEY}"})]
    with redirect_stderr(said), configured_logs("debug", lambda text: text):
        with receiver(lambda told: answers[len(program.told) - 1]) as program:
            results = [await _carried(program, platform, secret=f"whsec_{KEY}") for _ in answers]
        results.append(await _carried(f"http://127.0.0.1:PORT/{KEY}", platform))
        sys.stderr.write("the end")
    assert KEY not in said.getvalue() + str(results)
    assert said.getvalue().endswith("the end")
