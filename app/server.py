"""The HTTP server: uvicorn around the application, with an address that is announced once it is ready."""

import asyncio
import gc
import socket

import uvicorn

from app.api.service_log import log_start, log_stop
from app.application import build_app
from app.errors import HeyanError, StoreError
from app.main import open_parts
from app.parts import Parts
from app.settings import Settings

GRACE_SECONDS = 8
"""How long requests under way are given when a signal comes; two seconds later most orchestrators kill the process."""


async def serve(settings: Settings, host: str, port: int, root_path: str = "") -> None:
    """Serve until a signal comes; port 0: a free one, which is printed. `root_path`: what a proxy takes off each path.

    Raises:
        HeyanError: if the address cannot be listened on, or the service cannot start.
    """
    async with open_parts(settings, host=host) as parts:
        # What the start has loaded stays: the garbage collector need never look at it again.
        gc.freeze()
        gc.enable()
        config = uvicorn.Config(
            build_app(parts),
            host=host,
            port=port,
            ws="websockets-sansio",
            root_path=root_path,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        try:
            await Server(config, parts, settings).serve()
        except SystemExit:  # how uvicorn says that it cannot listen
            raise HeyanError(f"cannot listen on {host}:{port}") from None


class Server(uvicorn.Server):
    """Tells where it listens once it does, and logs its start and its stop."""

    def __init__(self, config: uvicorn.Config, parts: Parts, settings: Settings) -> None:
        super().__init__(config)
        self._parts = parts
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn; it ends the process where it cannot listen."""
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            print(f"Heyan serves on http://{self.config.host}:{port} (stop it with Ctrl-C)", flush=True)
            if self._parts.first_link is not None and await self._is_nobody_there():
                at = f"the proxy's address, then {self.config.root_path}" if self.config.root_path else ""
                link = f"{at or f'http://{self.config.host}:{port}'}/console/begin?token={self._parts.first_link}"
                print(f"Nobody can sign in to the console yet. Make the first two people: {link}", flush=True)
            await asyncio.to_thread(log_start, self._parts, self._settings, f"{self.config.host}:{port}")

    async def _is_nobody_there(self) -> bool:
        try:
            return not await self._parts.people.list()
        except StoreError:  # then nobody can sign in either way
            return False

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn, which hands a signal on as soon as it has shut down: the process ends with that."""
        await super().shutdown(sockets)
        if self._parts.activator is not None:
            await self._parts.activator.close()
        await self._parts.sealer.close()
        log_stop(self._parts)
