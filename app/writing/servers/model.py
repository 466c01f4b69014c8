"""A model on OpenAI-compatible servers such as vLLM: several replicas, LoRA adapters by name, never past a deadline."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from app.approved.brief import Brief
from app.approved.skeleton import MAX_CHARACTERS, said_once
from app.endpoint import ServerFailed, ServerRefused
from app.errors import ConfigurationError, ModelTimeout, ModelUnavailable
from app.writing.full_prompt import FullPrompt
from app.writing.lines.library import ApprovedLines
from app.writing.lines.orders import LineSequences
from app.writing.model import Draft, ModelHealth, WritingTask
from app.writing.prompt import PROMPT_VERSION, Message, Profile, compact_messages, profile_for
from app.writing.sampling import COMMON, MOST_TOKENS
from app.writing.servers.adapters import Adapter, AdapterRegistry
from app.writing.servers.extensions import STRUCTURED_OUTPUTS, extensions_for
from app.writing.servers.fleet import BackoffPolicy, Fleet
from app.writing.servers.loader import AdapterLoader
from app.writing.servers.replica import Replica

_NO_SUCH_MODEL = 404
_LONGEST = 4 * MAX_CHARACTERS
"""Characters of a text whose repeated sentences are dropped; a longer text is dropped as a whole."""
Examples = Callable[[Brief], Sequence[str]]
"""Worked examples for a brief: approved bodies of the same cell."""


class _NothingWritten(ServerFailed):
    """A server answered, and finished no text."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("the model server finished no text")
        self.draft = draft


class ServedModel:
    """Asks one replica for all candidates in one call, and another one when that fails and time is left.

    Whether the replica or the order is to blame for a refusal shows when another replica writes the same order.

    It hangs up when the deadline is over or the order is withdrawn. Decoding of a model with approved lines is
    constrained to them where the server can do that; whatever else it writes is dropped.
    """

    def __init__(
        self,
        addresses: str,
        *,
        name: str | None,
        key: str | None,
        profile: str,
        prompt: FullPrompt,
        examples: Examples,
        approved: Mapping[str, ApprovedLines] | None = None,
        registry: AdapterRegistry | None = None,
        adapters_root: str | None = None,
        health: ModelHealth | None = None,
        backoff: BackoffPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet. `addresses` are separated by commas; `approved` lines are listed by model name.

        Raises:
            ConfigurationError: if an address is invalid or named twice, or the adapters file is for another base.
        """
        if registry and name not in (None, registry.current.base):
            raise ConfigurationError(f"{registry.file}: base is {registry.current.base}, but the model is to be {name}")
        self._base = registry.current.base if registry else name
        self._profile = profile
        self._prompt = prompt
        self._examples = examples
        self._sequences = {model: LineSequences(lines) for model, lines in (approved or {}).items()}
        self._registry = registry
        replicas = [Replica(address, key=key, transport=transport) for address in addresses.split(",")]
        self.fleet = Fleet(
            replicas, name=self._base, health=health or ModelHealth(), backoff=backoff or BackoffPolicy()
        )
        self.loader = AdapterLoader(self.fleet, registry, root=adapters_root) if registry else None
        self._loading: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to load adapters, for which no order waits."""
        if self.loader:
            self._loading = asyncio.create_task(self.loader.run())

    async def close(self) -> None:
        """Stop loading adapters and trying servers, and close all connections."""
        if self._loading:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        await self.fleet.close()

    async def write(self, task: WritingTask) -> Draft:
        """See `Model.write`."""
        left = task.deadline - time.monotonic()
        if left <= 0:
            raise ModelTimeout("no time left")
        try:
            async with asyncio.timeout(left):
                return await self._write(task)
        except TimeoutError:
            raise ModelTimeout("the model server did not answer in time") from None

    async def _write(self, task: WritingTask) -> Draft:
        wanted = self._registry.adapter_for(task) if self._registry else None
        tried: dict[Replica, tuple[ServerFailed, float]] = {}
        renamed: set[Replica] = set()
        failure = ModelUnavailable("no model server is left to ask")
        while replica := self.fleet.choose(tried, wanted.name if wanted else None):
            adapter = wanted if wanted and wanted.name in replica.adapters else None
            try:
                async with self.fleet.order_on(replica, task.deadline):
                    draft = await self._asked(replica, adapter, task)
            except ServerFailed as failed:
                failure = failed
                if not self._worth_asking_again(replica, adapter, failed, renamed):
                    tried[replica] = failed, time.monotonic()
            else:
                for other, (why, when) in tried.items():
                    self.fleet.failed_where_other_succeeded(other, why, when)
                return draft
        if isinstance(failure, _NothingWritten):
            return failure.draft
        raise failure

    async def _asked(self, replica: Replica, adapter: Adapter | None, task: WritingTask) -> Draft:
        """What the replica writes for an order.

        Raises:
            ServerFailed: if it fails, or finishes no text.
        """
        base = self._base or await replica.first_model()
        profile = profile_for(base, self._profile)
        messages, version = self._messages(task, profile)
        name = adapter.name if adapter else base
        body: dict[str, Any] = {
            "model": name,
            "messages": messages,
            "n": task.candidates,
            "max_tokens": MOST_TOKENS[profile],
            **COMMON[profile],
        }
        sequences = adapter.sequences if adapter else self._sequences.get(base)
        extensions = extensions_for(task, profile, sequences)
        texts = await replica.complete(body, extensions)
        fitting = texts
        if sequences:
            approved, brief = sequences.approved, task.brief
            is_constrained = profile == "compact" and STRUCTURED_OUTPUTS in [each.name for each in extensions]
            if is_constrained and not all(approved.allows(text, brief) for text in texts):
                replica.stop_sending_grammars()
            # A grammar cannot forbid that a line is repeated.
            once = (said_once(text) for text in texts if len(text) <= _LONGEST)
            kept = [text for text in once if len(text) <= MAX_CHARACTERS and approved.allows_once(text, brief)]
            # What addresses most of the customer's tags is examined first, and so most likely spoken.
            fitting = tuple(sorted(kept, key=lambda text: -len(approved.addressed(text, brief))))
        draft = Draft(fitting[: task.candidates], name, version)
        if not any(text.strip() for text in texts):
            raise _NothingWritten(draft)
        return draft

    def _messages(self, task: WritingTask, profile: Profile) -> tuple[list[Message], str]:
        """The chat messages of an order, and the version of the prompt."""
        if profile == "compact":
            return compact_messages(task.brief), PROMPT_VERSION
        return self._prompt.render(task.brief, task.hints, self._examples(task.brief)), self._prompt.version

    def _worth_asking_again(
        self, replica: Replica, adapter: Adapter | None, failed: ServerFailed, renamed: set[Replica]
    ) -> bool:
        """Whether the same replica may write the order with another model, since it has none of this name."""
        if not (isinstance(failed, ServerRefused) and failed.code == _NO_SUCH_MODEL):
            return False
        if adapter:
            self.fleet.missing_adapter(replica, adapter.name)
            return True
        if self._base is None and replica not in renamed:
            renamed.add(replica)
            replica.forget_name()
            return True
        self.fleet.eject(replica, str(failed), is_new=True)
        return False
