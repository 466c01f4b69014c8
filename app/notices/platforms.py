"""How each platform is told something, and how it says that it took it.

WeCom, DingTalk and Feishu take plain text for a group robot and answer 200 also where they refuse it, with a code in
the body. Plain JSON is signed as Standard Webhooks describe it (https://www.standardwebhooks.com). Plain text on
purpose: what persons typed is no markup there, and mentions nobody.

Sources: developer.work.weixin.qq.com/document/path/91770, open.dingtalk.com (custom robot, signature),
open.feishu.cn (custom bot, signature).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from app.records import Notice, Platform, Webhook

_CODES = {Platform.WECOM: ("errcode",), Platform.DINGTALK: ("errcode",), Platform.FEISHU: ("code", "StatusCode")}
"""Where a platform says 0 if it took the message."""
_MOST_BYTES = 2048
"""Of a text for WeCom, which refuses a longer one."""
_LONGEST_CODE = 12


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A POST request."""

    url: str = field(repr=False)
    headers: Mapping[str, str]
    body: bytes


def message(webhook: Webhook, notice: Notice, identity: str, link: str | None, now: datetime) -> Outgoing:
    """The request that tells a notice; `identity` is the same at every try, `link` leads to its page."""
    seconds = int(now.timestamp())
    match webhook.platform:
        case Platform.WECOM:
            return _plain(webhook.url, {"msgtype": "text", "text": {"content": _text(notice, link, _MOST_BYTES)}})
        case Platform.DINGTALK:
            url = webhook.url
            if webhook.secret is not None:
                stamp = str(int(now.timestamp() * 1000))
                sign = _base64(_hmac(webhook.secret.encode(), f"{stamp}\n{webhook.secret}".encode()))
                url += f"{'&' if '?' in url else '?'}{urlencode({'timestamp': stamp, 'sign': sign})}"
            return _plain(url, {"msgtype": "text", "text": {"content": _text(notice, link)}})
        case Platform.FEISHU:
            lines: list[list[dict[str, str]]] = [[{"tag": "text", "text": line}] for line in notice.lines]
            if link is not None:
                lines.append([{"tag": "a", "text": "打开", "href": link}])
            post = {"zh_cn": {"title": _title(notice), "content": lines}}
            body: dict[str, Any] = {"msg_type": "post", "content": {"post": post}}
            if webhook.secret is not None:
                sign = _base64(_hmac(f"{seconds}\n{webhook.secret}".encode(), b""))
                body |= {"timestamp": str(seconds), "sign": sign}
            return _plain(webhook.url, body)
        case Platform.JSON:
            told = {"id": identity, "kind": notice.kind, **notice.as_json(), "link": link}
            told.pop("path")
            return _signed(webhook, told, identity, seconds)


def refusal(platform: Platform, status: int, content: bytes) -> str | None:
    """Why a platform did not take a message, in its own numbers; None if it did."""
    if not 200 <= status < 300:
        return f"HTTP {status}"
    if platform not in _CODES:
        return None
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return "no JSON"
    for name in _CODES[platform]:
        code = told.get(name) if isinstance(told, dict) else None
        if type(code) is int and len(str(code)) <= _LONGEST_CODE:
            return None if code == 0 else f"code {code}"
    return "no code"


def _text(notice: Notice, link: str | None, most_bytes: int | None = None) -> str:
    text, end = "\n".join([_title(notice), *notice.lines]), f"\n{link}" if link else ""
    if most_bytes is not None and len(text.encode()) + len(end.encode()) > most_bytes:
        text = text.encode()[: most_bytes - len(f"…{end}".encode())].decode(errors="ignore") + "…"
    return text + end


def _title(notice: Notice) -> str:
    """Robots that only take messages with a certain word are given 合言."""
    return f"【合言】{notice.title}"


def _plain(url: str, body: Mapping[str, Any]) -> Outgoing:
    return Outgoing(url, {"content-type": "application/json; charset=utf-8"}, _json(body))


def _signed(webhook: Webhook, told: Mapping[str, Any], identity: str, seconds: int) -> Outgoing:
    body = _json(told)
    headers = {"content-type": "application/json", "webhook-id": identity, "webhook-timestamp": str(seconds)}
    if webhook.secret is not None:
        signed = f"{identity}.{seconds}.".encode() + body
        headers["webhook-signature"] = f"v1,{_base64(_hmac(webhook.signing_key, signed))}"
    return Outgoing(webhook.url, headers, body)


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _hmac(key: bytes, told: bytes) -> bytes:
    return hmac.new(key, told, hashlib.sha256).digest()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
