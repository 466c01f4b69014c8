"""A client of one OpenAI-compatible model server, such as a vLLM process, with what is known of that server."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from app.endpoint import CONNECT_SECONDS, ServerBroken, ServerGone, accepted, api_root, headers
from app.writing.servers.extensions import STRUCTURED_OUTPUTS, Extension, extended

_LARGEST_ANSWER = 1 << 20
"""Bytes; eight candidates with all that surrounds them are less than a twentieth of it."""
_RECENT = 20
"""Orders of which it is remembered how long they took."""
_KEEP_SECONDS = 2.0
_UNKNOWN_FIELD = (400, 422)
"""What servers answer to a field that they do not know."""
_NO_SUCH_ROUTE = (404, 405)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model as the server lists it; an adapter names the model it belongs to as its `parent`."""

    name: str
    parent: str | None


def models_in(response: httpx.Response) -> tuple[ListedModel, ...]:
    """The models that an answer lists, at least one.

    Raises:
        ServerBroken: if it is no list of models.
    """
    try:
        listed = tuple(ListedModel(str(each["id"]), each.get("parent")) for each in response.json()["data"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        listed = ()
    if not listed:
        raise ServerBroken("the model server lists no model")
    return listed


def texts_in(response: httpx.Response, *, with_cut: bool = False) -> tuple[str, ...]:
    """The text of each choice of a chat completion, those that were cut off by their length only `with_cut`.

    Raises:
        ServerBroken: if it is no chat completion.
    """
    try:
        choices: list[Any] = response.json()["choices"]
        wanted = [choice for choice in choices if with_cut or choice.get("finish_reason") != "length"]
        return tuple(text for choice in wanted if isinstance(text := choice["message"]["content"], str))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ServerBroken("the model server answered no chat completion") from None


class Replica:
    """A client of one server, and what is known of it; only `Fleet` and `AdapterLoader` change the latter.

    `outstanding` orders wait for its answer. It last `succeeded` then, on the clock of `time.monotonic`; since then
    `timeouts` orders in a row were not answered in time, `refusals` were written by another server instead, and its
    latest ejection lasted `pause` seconds before the first trial. Its latest orders took `seconds` each. `adapters` are
    loaded; it `takes_adapters` unless it lacks the routes to load them.
    """

    def __init__(self, url: str, *, key: str | None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Nothing is sent yet.

        Raises:
            ConfigurationError: if `url` is not the address of a server.
        """
        root = api_root(url)
        # An order has a deadline of its own; only connecting ends earlier, while there is time to ask another server.
        # Servers close what is idle for five seconds: a connection that is used just then would look like a failure.
        self._client = httpx.AsyncClient(
            base_url=root,
            headers=headers(key),
            limits=httpx.Limits(max_connections=256, max_keepalive_connections=64, keepalive_expiry=_KEEP_SECONDS),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            transport=transport,
            trust_env=False,
        )
        self.address = httpx.URL(root).netloc.decode()
        self.outstanding = 0
        self.is_ejected = False
        self.forget()

    def forget(self) -> None:
        """Forget everything: what answers now may be another process."""
        self.timeouts = self.refusals = 0
        self.succeeded = self.pause = 0.0
        self.seconds: deque[float] = deque(maxlen=_RECENT)
        self.adapters: frozenset[str] = frozenset()
        self.forget_abilities()

    def forget_abilities(self) -> None:
        """Forget which fields and routes it does not know, and its first model: it may have been updated."""
        self.takes_adapters = True
        self._refused: set[str] = set()
        self.forget_name()

    def forget_name(self) -> None:
        """Forget which model is its first: it may be another by now."""
        self._first: str | None = None

    async def first_model(self) -> str:
        """The name of the first model that it lists, asked for once. Raises as `models`."""
        if self._first is None:
            self._first = (await self.models())[0].name
        return self._first

    async def models(self) -> tuple[ListedModel, ...]:
        """The models that it serves, adapters included, at least one.

        Raises:
            ServerBroken: if it cannot be reached, fails or lists no model.
            ServerRefused: if it refuses to list them.
        """
        return models_in(accepted(await self._sent("GET", "models")))

    async def complete(self, body: Mapping[str, Any], extensions: Sequence[Extension]) -> tuple[str, ...]:
        """The text of each finished choice of a chat completion.

        A server that refuses is asked again with one extension less, first the one that its answer names. Only the last
        one dropped before it accepts is surely unknown to it, and is not sent to it from then on.

        Raises:
            ServerBroken: if it cannot be reached, fails, or answers no chat completion.
            ServerRefused: if it refuses the order even without extensions.
        """
        refused = set(self._refused)
        response = await self._sent("POST", "chat/completions", extended(body, extensions, refused))
        while response.status_code in _UNKNOWN_FIELD and (left := _still_sent(extensions, refused)):
            suspect = next((name for name in left if name in response.text), left[0])
            refused.add(suspect)
            response = await self._sent("POST", "chat/completions", extended(body, extensions, refused))
            if response.is_success:
                self._refused.add(suspect)
        return texts_in(accepted(response))

    def stop_sending_grammars(self) -> None:
        """Send it no more structured outputs: it takes the field and ignores it."""
        self._refused.add(STRUCTURED_OUTPUTS)

    async def generate(self, name: str | None) -> None:
        """Have it generate one token, with the model `name` or its first: only a server that works can do that.

        Raises:
            ServerBroken, ServerRefused: if it generates none.
        """
        greeting = [{"role": "user", "content": "您好"}]
        body = {"model": name or await self.first_model(), "messages": greeting, "max_tokens": 1, "temperature": 0.0}
        if not texts_in(accepted(await self._sent("POST", "chat/completions", body)), with_cut=True):
            raise ServerBroken("the model server generated nothing")

    async def load(self, adapter: str, path: str) -> None:
        """Have it load an adapter from a `path` on its own machine.

        Raises:
            ServerBroken: if it cannot be reached or fails.
            ServerRefused: if it refuses; when it lacks the route, `takes_adapters` is false from then on.
        """
        await self._change("load_lora_adapter", {"lora_name": adapter, "lora_path": path})

    async def unload(self, adapter: str) -> None:
        """Have it unload an adapter. Raises as `load`."""
        await self._change("unload_lora_adapter", {"lora_name": adapter})

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _change(self, route: str, body: Mapping[str, str]) -> None:
        response = await self._sent("POST", route, body)
        # vLLM also answers 404 for an adapter or a path that is not there, but then it explains itself.
        if response.status_code in _NO_SUCH_ROUTE and '"error"' not in response.text:
            self.takes_adapters = False
        accepted(response)

    async def _sent(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """The whole answer.

        Raises:
            ServerGone: if none comes, or the connection is lost before its end.
            ServerBroken: if it is too large.
        """
        content = bytearray()
        try:
            async with self._client.stream(method, path, json=body) as response:
                async for piece in response.aiter_bytes():
                    content += piece
                    if len(content) > _LARGEST_ANSWER:
                        raise ServerBroken(f"the model server answered more than {_LARGEST_ANSWER} bytes")
        except httpx.HTTPError as failure:
            raise ServerGone(f"the model server cannot be reached: {type(failure).__name__}") from None
        return httpx.Response(response.status_code, content=bytes(content))


def _still_sent(extensions: Sequence[Extension], refused: Collection[str]) -> list[str]:
    """The names of the fields that a server is sent and may not know."""
    return [each.name for each in extensions if each.is_for(refused) and each.name not in refused]
