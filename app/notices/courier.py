"""Carries one notice to one webhook, once: what came of it is told in a word, and never holds the address."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from app.notices.platforms import message, refusal
from app.records import Notice, Now, Webhook, utc_now

if TYPE_CHECKING:
    import httpx

_SECONDS = 5.0
"""For a connection, and for each piece of an answer; all of it takes twice that at most."""
_LONGEST_ANSWER = 64 * 1024
_LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a notice did not arrive; `pause`: for how many seconds the receiver wants no other try."""

    reason: str
    pause: float = 0.0


class Courier:
    """Tells webhooks notices over HTTP. `console`: the address at which people open the console, for links."""

    def __init__(
        self, console: str | None, *, now: Now = utc_now, transport: "httpx.AsyncBaseTransport | None" = None
    ) -> None:
        self._console = console.rstrip("/") if console else None
        self._now = now
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def carry(self, webhook: Webhook, notice: Notice, identity: str) -> Failure | None:
        """None once the webhook took it. No redirect is followed: an address is what an admin entered."""
        import httpx  # noqa: PLC0415  nobody who has no webhooks waits for it

        link = None if self._console is None else f"{self._console}/console{notice.path}"
        client = self._opened()
        try:
            sent = message(webhook, notice, identity, link, self._now())
            async with asyncio.timeout(2 * _SECONDS):
                request = client.build_request("POST", sent.url, headers=dict(sent.headers), content=sent.body)
                response = await client.send(request, stream=True, follow_redirects=False)
                try:
                    content = b""
                    async for piece in response.aiter_raw():
                        content += piece
                        if len(content) > _LONGEST_ANSWER:
                            break
                finally:
                    await response.aclose()
        except (httpx.TimeoutException, TimeoutError):
            return Failure("timeout")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return Failure("unreachable")
        reason = refusal(webhook.platform, response.status_code, content)
        return None if reason is None else Failure(reason, _pause(response.headers.get("retry-after"), self._now()))

    async def close(self) -> None:
        """Close what is open."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _opened(self) -> "httpx.AsyncClient":
        import httpx  # noqa: PLC0415

        if self._client is None:
            headers = {"accept-encoding": "identity", "user-agent": "heyan"}
            forgetful = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
            self._client = httpx.AsyncClient(
                timeout=_SECONDS, headers=headers, cookies=forgetful, transport=self._transport
            )
        return self._client


def _pause(told: str | None, now: datetime) -> float:
    """Seconds, or a date of HTTP; what is neither asks for nothing."""
    seconds = 0.0
    if told is not None and told.isascii() and told.isdigit():
        seconds = float(told)
    elif told is not None:
        with suppress(ValueError):
            until = parsedate_to_datetime(told)
            seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    return max(0.0, min(seconds, _LONGEST_PAUSE))
