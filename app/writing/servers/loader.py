"""Loads and unloads adapters on every live server, as the adapters file says; a server that restarts loses its own."""

import asyncio

import structlog

from app.endpoint import ServerFailed
from app.writing.servers.adapters import Adapter, AdapterRegistry, is_versioned
from app.writing.servers.fleet import Fleet
from app.writing.servers.replica import Replica

_EVERY_SECONDS = 15.0
_LIST_SECONDS, _LOAD_SECONDS = 5.0, 60.0
_logger = structlog.get_logger("heyan.adapters")


class AdapterLoader:
    """Compares the adapters that each server lists with those that the file names, and loads or unloads the difference.

    It unloads only adapters of the same base whose names are versioned as exports are: all processes that share a
    server must share the file.
    """

    def __init__(
        self, fleet: Fleet, registry: AdapterRegistry, *, root: str | None = None, every: float = _EVERY_SECONDS
    ) -> None:
        """`root` is the folder on the servers that holds what is beside the file here; `every` is in seconds."""
        self._fleet = fleet
        self._registry = registry
        self._root = root
        self._every = every
        self._reported: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Reconcile now, whenever the fleet changed, and at intervals, until cancelled."""
        while True:
            self._fleet.changed.clear()
            try:
                await self.reconcile()
            except Exception as failure:  # one failure must not end the task for the life of the process
                _logger.error("adapters could not be reconciled", failure=type(failure).__name__)
            try:
                async with asyncio.timeout(self._every):
                    await self._fleet.changed.wait()
            except TimeoutError:
                pass

    async def reconcile(self) -> None:
        """Read the file and bring all live servers into line with it; one that fails is skipped until the next time."""
        await asyncio.to_thread(self._registry.refresh)
        await asyncio.gather(*(self._reconcile(replica) for replica in self._fleet.live))

    async def _reconcile(self, replica: Replica) -> None:
        wanted = self._registry.current.named
        listed = await self._listed(replica)
        if listed is None:
            return
        stale = [name for name in listed if is_versioned(name) and name not in wanted]
        missing = [adapter for name, adapter in wanted.items() if name not in listed]
        for name in stale:
            await self._change(replica, name, None)
        for adapter in missing:
            await self._change(replica, adapter.name, adapter)
        if stale or missing:
            await self._listed(replica)

    async def _listed(self, replica: Replica) -> frozenset[str] | None:
        """The adapters of the file's base that a server has, noted on the replica; None when it does not list them."""
        base = self._registry.current.base
        try:
            async with asyncio.timeout(_LIST_SECONDS):
                models = await replica.models()
        except (ServerFailed, TimeoutError):
            return None
        listed = frozenset(model.name for model in models if model.parent == base)
        if not replica.is_ejected:  # else the answer may be of a process that is gone
            replica.adapters = listed & self._registry.current.named.keys()
        return listed

    async def _change(self, replica: Replica, name: str, adapter: Adapter | None) -> None:
        """Load the adapter or, without one, unload what has its name; a failure is logged once."""
        if not replica.takes_adapters:
            return
        try:
            async with asyncio.timeout(_LOAD_SECONDS):
                await (replica.load(name, self._path(adapter)) if adapter else replica.unload(name))
        except (ServerFailed, TimeoutError) as failure:
            reason = getattr(failure, "reason", "") or str(failure) or "no answer"
            self._log_once(replica, name if replica.takes_adapters else "", reason)
        else:
            self._reported.discard((replica.address, name))
            _logger.info("an adapter was loaded" if adapter else "an adapter was unloaded", **_at(replica, name))

    def _log_once(self, replica: Replica, name: str, reason: str) -> None:
        if (replica.address, name) in self._reported:
            return
        self._reported.add((replica.address, name))
        if name:
            _logger.error("an adapter cannot be loaded or unloaded", reason=reason, **_at(replica, name))
        else:
            message = "a model server has no routes to load adapters; those that it already has are used"
            _logger.warning(message, server=replica.address)

    def _path(self, adapter: Adapter) -> str:
        """The adapter's folder on the server."""
        if self._root is not None:
            return f"{self._root.rstrip('/')}/{adapter.path}"
        return str((self._registry.file.parent / adapter.path).resolve())


def _at(replica: Replica, adapter: str) -> dict[str, str]:
    return {"server": replica.address, "adapter": adapter}
