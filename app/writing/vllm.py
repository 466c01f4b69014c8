"""Any OpenAI-compatible server as a model; made for vLLM, whose extensions it uses when they are understood."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from app.errors import ConfigurationError, ModelTimeout, ModelUnavailable
from app.writing.brief import Brief
from app.writing.model import Draft, WritingTask
from app.writing.prompt import PROMPT_VERSION, FullPrompt, Profile, compact_messages, profile_for

_MOST_TOKENS = {"compact": 200, "full": 320}
_SAMPLING = {"compact": {"temperature": 0.9, "top_p": 0.95}, "full": {"temperature": 0.8, "top_p": 0.95}}
_REFUSED = (400, 422)
"""What servers answer to a field that they do not know."""
_NO_SUCH_MODEL = 404
_VERSIONED = re.compile(r"/v\d+$", re.ASCII)
Examples = Callable[[Brief], Sequence[str]]
"""Worked examples for a brief: approved bodies of the same cell."""


class OpenAIServer:
    """Asks for all candidates in one call, honours the deadline, and hangs up when the order is withdrawn.

    A server that refuses the extensions is asked again without them, and from then on only so.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str | None,
        key: str | None,
        profile: str,
        prompt: FullPrompt,
        examples: Examples,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet.

        Raises:
            ConfigurationError: if `url` is no address of a server.
        """
        headers = {"authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Limits(max_connections=256, max_keepalive_connections=64)
        self._client = httpx.AsyncClient(
            base_url=_api_root(url), headers=headers, limits=limits, transport=transport, trust_env=False
        )
        self._name = name
        self._found: str | None = None
        self._profile = profile
        self._prompt = prompt
        self._examples = examples
        self._takes_extensions = True

    async def write(self, task: WritingTask) -> Draft:
        """See `Model.write`."""
        left = task.deadline - time.monotonic()
        if left <= 0:
            raise ModelTimeout("no time left")
        try:
            async with asyncio.timeout(left):
                return await self._write(task, left)
        except TimeoutError:
            raise ModelTimeout("the model server did not answer in time") from None
        except httpx.TimeoutException:
            raise ModelTimeout("the model server did not answer in time") from None
        except httpx.HTTPError as failure:
            raise ModelUnavailable(f"the model server cannot be reached: {type(failure).__name__}") from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _write(self, task: WritingTask, left: float) -> Draft:
        name = self._name or self._found or await self._first_model(left)
        profile = profile_for(name, self._profile)
        if profile == "compact":
            messages, version = compact_messages(task.brief), PROMPT_VERSION
        else:
            messages = self._prompt.render(task.brief, task.hints, self._examples(task.brief))
            version = self._prompt.version
        body: dict[str, Any] = {
            "model": name,
            "messages": messages,
            "n": task.candidates,
            "max_tokens": _MOST_TOKENS[profile],
            **_SAMPLING[profile],
        }
        extensions = _extensions(task, profile) if self._takes_extensions else {}
        response = await self._post({**body, **extensions}, left)
        if response.status_code in _REFUSED and extensions:
            response = await self._post(body, left)
            self._takes_extensions = not response.is_success
        if response.status_code == _NO_SUCH_MODEL:
            self._found = None  # another model may be served by now: the next order asks for its name
        if not response.is_success:
            raise ModelUnavailable(f"the model server answered {response.status_code}")
        return Draft(_texts(response)[: task.candidates], name, version)

    async def _post(self, body: dict[str, Any], left: float) -> httpx.Response:
        return await self._client.post("chat/completions", json=body, timeout=left)

    async def _first_model(self, left: float) -> str:
        response = await self._client.get("models", timeout=left)
        try:
            found = str(response.raise_for_status().json()["data"][0]["id"])
        except (ValueError, LookupError, TypeError, RecursionError):
            raise ModelUnavailable("the model server lists no model") from None
        self._found = found
        return found


def _extensions(task: WritingTask, profile: Profile) -> dict[str, Any]:
    """What vLLM understands beyond the common interface: words not to write, and no thinking aloud."""
    words = {"bad_words": list(task.banned)} if task.banned else {}
    return words if profile == "compact" else {**words, "chat_template_kwargs": {"enable_thinking": False}}


def _api_root(url: str) -> str:
    """The URL under which `chat/completions` stands: `…/v1`, which may be left out.

    Raises:
        ConfigurationError: if it is no URL of http or https.
    """
    root = url.strip().rstrip("/").removesuffix("/chat/completions")
    try:
        address = httpx.URL(root)
    except httpx.InvalidURL:
        address = httpx.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise ConfigurationError("the model server's address must read http://host:port or https://host")
    return f"{root}/" if _VERSIONED.search(address.path) else f"{root}/v1/"


def _texts(response: httpx.Response) -> tuple[str, ...]:
    """The text of each finished choice; one that was cut off by length is left out.

    Raises:
        ModelUnavailable: if the answer is no chat completion.
    """
    try:
        choices = response.json()["choices"]
        finished = [choice for choice in choices if choice.get("finish_reason") != "length"]
        return tuple(text for choice in finished if isinstance(text := choice["message"]["content"], str))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ModelUnavailable("the model server answered no chat completion") from None
