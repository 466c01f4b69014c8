"""Who answers a turn that a person plays: a service at an address, or the parts of one in this process."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.errors import HeyanError, RequestError

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
Answering = Callable[[Json], Json]
"""From the body of a request to its answer. Raises HeyanError, whose message is one line for whoever plays."""
_TOLD = {
    401: "服务要密钥，或者密钥不对，请用 --key 给出",
    403: "这个密钥没有调用的权限",
    404: "这个地址上没有 /v1/turns，请核对 --url",
    413: "通话太长了，服务不收",
    422: "服务说请求不合要求",
    503: "服务现在答不上来",
}
_EXPECTED = {"action", "text", "state", "act", "understood", "events", "expects", "delivery", "verdict", "timing_ms"}
_PATIENCE_SECONDS = 15.0
_MOST_NAMED = 3


@contextmanager
def over_http(url: str, key: str | None, transport: "httpx.BaseTransport | None" = None) -> Iterator[Answering]:
    """A service at an address. Raises HeyanError: if that is no address."""
    import httpx

    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        client = httpx.Client(base_url=url, headers=headers, timeout=_PATIENCE_SECONDS, transport=transport)
    except (httpx.InvalidURL, UnicodeEncodeError):
        raise HeyanError("--url or --key cannot be what it says") from None

    def answered(body: Json) -> Json:
        try:
            response = client.post("/v1/turns", json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise HeyanError(f"连不上 {url}：{failure or type(failure).__name__}") from None
        try:
            told = response.json()
        except ValueError:
            told = None
        if not response.is_success:
            raise HeyanError(_refusal(response.status_code, told))
        if not isinstance(told, dict) or not told.keys() >= _EXPECTED:
            raise HeyanError(f"{url} 答的不是 /v1/turns 的回答")
        return told

    with client:
        yield answered


@contextmanager
def in_process() -> Iterator[Answering]:
    """Rules, wording and understanding of the settings, in this process; nothing is recorded.

    Raises:
        ConfigurationError: if what the settings name cannot be used.
        StoreError: if the store does not answer.
    """
    import asyncio
    import gc
    from contextlib import AsyncExitStack

    from app.api.bodies import parse_body
    from app.main import open_parts
    from app.settings import read_settings
    from app.turns.request import TurnRequest
    from app.writing.model import NoModel

    settings = read_settings()
    if "log_level" not in settings.model_fields_set:
        settings = settings.model_copy(update={"log_level": "warning"})
    # One turn at a time runs in the loop: between them the person has the terminal, and Ctrl-C ends what waits.
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        parts = runner.run(stack.enter_async_context(open_parts(settings, model=NoModel(), is_replica=False)))
        gc.enable()

        def answered(body: Json) -> Json:
            try:
                request = parse_body(json.dumps(body).encode(), TurnRequest)
                return runner.run(parts.turns.rehearse(request))
            except RequestError as refused:
                fields = [{"field": each.field, "reason": each.reason} for each in refused.fields]
                raise HeyanError(_refusal(refused.status, {"detail": refused.detail, "fields": fields})) from None

        try:
            yield answered
        finally:
            runner.run(stack.aclose())


def _refusal(status: int, told: Any) -> str:
    """A refusal in one line: what it means, and what the service said of it."""
    head = _TOLD.get(status, f"服务答了 {status}")
    if not isinstance(told, dict):
        return head
    fields = told.get("fields")
    wrong = (
        [f"{each.get('field')} {each.get('reason')}" for each in fields if isinstance(each, dict)]
        if isinstance(fields, list)
        else []
    )
    more = "；".join(wrong[:_MOST_NAMED]) or str(told.get("detail") or "")
    return f"{head}：{more}" if more else head
