"""The service on a port of this machine, for programs that speak HTTP to it."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from app.application import build_app
from app.data import Data
from app.records import Role
from tests.app.services import open_service, writer

_START_SECONDS = 60


class _Listener:
    """A server in a thread of its own, with its own event loop: the store belongs to that one."""

    def __init__(self, data: Data, directory: Path, *, key_required: bool, roles: Sequence[Role]) -> None:
        self._data = data
        self._roles = roles
        self._directory = directory
        self._key_required = key_required
        self._server: uvicorn.Server | None = None
        self._started = threading.Event()
        self.url = ""
        self.key = ""

    async def serve(self) -> None:
        """Until `stop`."""
        async with open_service(self._data, self._directory, writer(), key_required=self._key_required) as parts:
            self.key = await parts.keys.create("engine", self._roles)
            config = uvicorn.Config(
                build_app(parts), port=0, ws="websockets-sansio", log_config=None, access_log=False, lifespan="off"
            )
            self._server = uvicorn.Server(config)
            serving = asyncio.create_task(self._server.serve())
            while not self._server.started and not serving.done():
                await asyncio.sleep(0.01)
            if self._server.started:
                port = self._server.servers[0].sockets[0].getsockname()[1]
                self.url = f"http://127.0.0.1:{port}"
            self._started.set()
            await serving

    def wait(self) -> None:
        """Until it listens."""
        assert self._started.wait(_START_SECONDS)
        assert self.url

    def stop(self) -> None:
        """End it."""
        if self._server is not None:
            self._server.should_exit = True


@contextmanager
def listening(
    data: Data, directory: Path, *, key_required: bool = False, roles: Sequence[Role] = (Role.CALLER,)
) -> Iterator[tuple[str, str]]:
    """The service on a free port: its address, and a key with these roles."""
    listener = _Listener(data, directory, key_required=key_required, roles=roles)
    thread = threading.Thread(target=lambda: asyncio.run(listener.serve()))
    thread.start()
    try:
        listener.wait()
        yield listener.url, listener.key
    finally:
        listener.stop()
        thread.join()
