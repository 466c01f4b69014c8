"""What each platform is sent, signed as its own documents say; and what it answers, read."""

import base64
import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.notices.platforms import Outgoing, message, refusal
from app.records import Platform
from app.settings import ROOT
from tests.app.notices.receivers import AT, notice, webhook

NAME = "trail:7"
LINK = "https://heyan.example.com/console/changes/01K0"
SECRET = "SEC0a1b2c3d4e5f"
MILLISECONDS = "1795313100000"
"""AT, as DingTalk counts time."""
SECONDS = "1795313100"
HOSTILE = (
    '<at user_id="all">所有人</at> @all **b** [x](http://evil.example)\n\n# h\r\n<script>alert(1)</script>\0\u202e'
)


def _sent(platform: Platform, title: str = "待审批：新词", *lines: str, secret: str | None = None) -> Outgoing:
    hook = webhook("https://robot.example.com/send?access_token=66f3", platform, secret=secret)
    return message(hook, notice(title, *lines), NAME, LINK, AT)


def _digest(key: bytes, told: bytes) -> str:
    return base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()


def _sample() -> Any:
    """`is_ours` as the document has it, so that a reader who copies it gets what we tested."""
    text = (ROOT / "docs" / "notices.md").read_text("utf-8")
    [code] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  our own document
    return names["is_ours"]


class TestWeCom:
    def test_it_is_sent_text(self) -> None:
        sent = _sent(Platform.WECOM)
        body = json.loads(sent.body)
        assert sent.url == "https://robot.example.com/send?access_token=66f3"
        assert body["msgtype"] == "text"
        assert set(body) == {"msgtype", "text"}
        content = body["text"]["content"]
        assert "合言" in content
        for told in ("待审批：新词", "提交人：张合规", LINK):
            assert told in content

    def test_nobody_is_mentioned(self) -> None:
        body = json.loads(_sent(Platform.WECOM, HOSTILE).body)
        assert set(body["text"]) == {"content"}

    def test_a_text_is_never_longer_than_it_takes(self) -> None:
        """2048 bytes of UTF-8, or it is refused."""
        body = json.loads(_sent(Platform.WECOM, "长" * 200, *["很长的一行" * 200] * 8).body)
        content = body["text"]["content"]
        assert len(content.encode()) <= 2048
        assert content.startswith("【合言】" + "长" * 200)
        assert content.endswith(LINK)


class TestDingTalk:
    def test_it_is_sent_text_with_the_keyword_and_no_signature_without_a_secret(self) -> None:
        sent = _sent(Platform.DINGTALK)
        body = json.loads(sent.body)
        assert sent.url == "https://robot.example.com/send?access_token=66f3"
        assert body["msgtype"] == "text"
        assert "合言" in body["text"]["content"]
        assert not body.get("at", {}).get("isAtAll", False)

    def test_the_signature_stands_in_the_address(self) -> None:
        query = parse_qs(urlsplit(_sent(Platform.DINGTALK, secret=SECRET).url).query, strict_parsing=True)
        assert query == {
            "access_token": ["66f3"],
            "timestamp": [MILLISECONDS],
            "sign": [_digest(SECRET.encode(), f"{MILLISECONDS}\n{SECRET}".encode())],
        }

    @pytest.mark.parametrize("number", range(20))
    def test_a_signature_survives_the_query_whatever_is_in_it(self, number: int) -> None:
        """Base64 has `+` and `/`, which mean something else in a query."""
        secret = f"SEC{number}"
        url = _sent(Platform.DINGTALK, secret=secret).url
        assert parse_qs(urlsplit(url).query)["sign"] == [_digest(secret.encode(), f"{MILLISECONDS}\n{secret}".encode())]


class TestFeishu:
    def test_it_is_sent_a_post(self) -> None:
        body = json.loads(_sent(Platform.FEISHU).body)
        assert body["msg_type"] == "post"
        assert "sign" not in body
        post = body["content"]["post"]["zh_cn"]
        assert "待审批：新词" in post["title"]
        assert "合言" in json.dumps(body, ensure_ascii=False)
        parts = [part for line in post["content"] for part in line]
        assert {part["tag"] for part in parts} <= {"text", "a"}
        assert any(LINK in (part.get("href"), part.get("text")) for part in parts)

    def test_it_is_signed_by_a_key_of_time_and_secret_over_nothing(self) -> None:
        body = json.loads(_sent(Platform.FEISHU, secret=SECRET).body)
        assert str(body["timestamp"]) == SECONDS
        assert body["sign"] == _digest(f"{SECONDS}\n{SECRET}".encode(), b"")

    def test_what_persons_typed_mentions_nobody(self) -> None:
        """A post reads markup in no text of its own; a mention is a part with the tag `at`."""
        body = json.loads(_sent(Platform.FEISHU, HOSTILE, HOSTILE).body)
        tags = {part["tag"] for line in body["content"]["post"]["zh_cn"]["content"] for part in line}
        assert tags <= {"text", "a"}


class TestJson:
    def test_a_notice_is_told_with_what_a_program_needs(self) -> None:
        sent = _sent(Platform.JSON)
        body = json.loads(sent.body)
        assert sent.headers["webhook-id"] == NAME
        assert sent.headers["webhook-timestamp"] == SECONDS
        assert "webhook-signature" not in sent.headers
        assert sent.headers["content-type"].startswith("application/json")
        assert "待审批：新词" in json.dumps(body, ensure_ascii=False)
        assert LINK in json.dumps(body)
        assert "kind" in json.dumps(body)
        assert "waiting" in json.dumps(body)

    @pytest.mark.parametrize(
        ("secret", "key"),
        [
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
            ("eine Parole", b"eine Parole"),
            ("口令", "口令".encode()),
        ],
    )
    def test_it_is_signed_as_standard_webhooks_say_and_the_documents_program_reads_it(
        self, secret: str, key: bytes
    ) -> None:
        sent = _sent(Platform.JSON, secret=secret)
        assert sent.headers["webhook-signature"] == f"v1,{_digest(key, f'{NAME}.{SECONDS}.'.encode() + sent.body)}"
        is_ours = _sample()
        assert is_ours(secret, sent.headers, sent.body)
        assert not is_ours(secret, sent.headers, sent.body + b" ")
        assert not is_ours(secret, {**sent.headers, "webhook-timestamp": "1795313101"}, sent.body)
        assert not is_ours(secret + "=" if not secret.startswith("whsec_") else "whsec_AAAA", sent.headers, sent.body)

    def test_the_example_of_the_standard_itself(self) -> None:
        """Key, message and signature as the libraries of standardwebhooks.com test themselves."""
        key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
        assert _digest(key, signed) == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        is_ours = _sample()
        headers = {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }
        assert is_ours("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b'{"test": 2432232314}')


@pytest.mark.parametrize("platform", Platform)
def test_whatever_was_typed_stays_text_inside_the_json(platform: Platform) -> None:
    body = json.dumps(json.loads(_sent(platform, HOSTILE, HOSTILE).body), ensure_ascii=False)
    assert body.count(json.dumps(HOSTILE, ensure_ascii=False)[1:-1]) == 2


@pytest.mark.parametrize("platform", Platform)
def test_a_secret_leaves_only_as_a_signature(platform: Platform) -> None:
    sent = _sent(platform, secret=SECRET)
    assert SECRET not in sent.body.decode() + sent.url + str(sent.headers)


@pytest.mark.parametrize("platform", Platform)
def test_without_an_address_of_the_console_there_is_no_link(platform: Platform) -> None:
    sent = message(webhook(platform=platform), notice(), NAME, None, AT)
    assert "/console" not in sent.body.decode()
    assert "01K0" not in sent.body.decode() or platform is Platform.JSON


@pytest.mark.parametrize(
    ("platform", "status", "content", "is_taken"),
    [
        (Platform.WECOM, 200, b'{"errcode":0,"errmsg":"ok"}', True),
        (Platform.WECOM, 200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', False),
        (Platform.DINGTALK, 200, b'{"errcode":0,"errmsg":"ok"}', True),
        (Platform.DINGTALK, 200, b'{"errcode":310000,"errmsg":"sign not match"}', False),
        (Platform.FEISHU, 200, b'{"code":0,"data":{},"msg":"success"}', True),
        (Platform.FEISHU, 200, b'{"StatusCode":0,"StatusMessage":"success"}', True),
        (Platform.FEISHU, 200, b'{"code":19021,"msg":"sign match fail"}', False),
        (Platform.FEISHU, 200, b'{"StatusCode":0,"code":19021}', False),
        (Platform.WECOM, 200, b"", False),
        (Platform.WECOM, 200, b"<html>login</html>", False),
        (Platform.WECOM, 200, b"[]", False),
        (Platform.WECOM, 200, b"0", False),
        (Platform.WECOM, 200, b"null", False),
        (Platform.WECOM, 200, b"{}", False),
        (Platform.WECOM, 200, b'{"errcode":null}', False),
        (Platform.WECOM, 200, b'{"errcode":false}', False),
        (Platform.WECOM, 200, b'{"errcode":""}', False),
        (Platform.WECOM, 200, b'{"errcode":{"a":1}}', False),
        (Platform.WECOM, 200, b"\xff\xfe", False),
        (Platform.WECOM, 200, b"[" * 100_000, False),
        (Platform.WECOM, 200, b'{"errcode":' + b"9" * 5000 + b"}", False),
        (Platform.WECOM, 404, b'{"errcode":0}', False),
        (Platform.DINGTALK, 500, b'{"errcode":0}', False),
        (Platform.FEISHU, 302, b'{"code":0}', False),
        (Platform.FEISHU, 400, b'{"code":9499,"msg":"Bad Request"}', False),
        (Platform.JSON, 200, b"", True),
        (Platform.JSON, 204, b"", True),
        (Platform.JSON, 299, b"<html>", True),
        (Platform.JSON, 301, b"", False),
        (Platform.JSON, 410, b"", False),
        (Platform.JSON, 199, b"", False),
    ],
)
def test_what_a_platform_answers(platform: Platform, status: int, content: bytes, is_taken: bool) -> None:
    assert (refusal(platform, status, content) is None) is is_taken


def test_why_is_told_in_the_platforms_own_number() -> None:
    assert "93000" in str(refusal(Platform.WECOM, 200, b'{"errcode":93000}'))
    assert "19021" in str(refusal(Platform.FEISHU, 200, b'{"code":19021}'))
    assert "404" in str(refusal(Platform.JSON, 404, b""))


def test_nothing_that_was_answered_is_repeated_but_a_number() -> None:
    """A receiver could answer with what it was sent, its own address and its key."""
    for told in (b'{"errcode":"https://x/?key=66f3"}', b'{"errcode":["66f3"]}', b'{"errcode":1,"errmsg":"key=66f3"}'):
        assert "66f3" not in str(refusal(Platform.WECOM, 200, told))
        assert len(str(refusal(Platform.WECOM, 200, told))) < 40
    assert len(str(refusal(Platform.WECOM, 200, b'{"errcode":' + b"9" * 4000 + b"}"))) < 40
