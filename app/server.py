"""The HTTP server: uvicorn around the application, with an address that is announced once it is ready."""

import asyncio
import gc
from collections.abc import Callable

import uvicorn

from app.api.service_log import log_start
from app.errors import HeyanError
from app.main import build_app, open_parts
from app.settings import Settings


async def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until a signal comes; port 0: a free one, which is printed.

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
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
        )
        server = uvicorn.Server(config)
        shown = asyncio.create_task(_announce(server, host, lambda address: log_start(parts, settings, address)))
        try:
            await server.serve()
        except SystemExit:  # how uvicorn says that it cannot listen
            raise HeyanError(f"cannot listen on {host}:{port}") from None
        finally:
            shown.cancel()


async def _announce(server: uvicorn.Server, host: str, log: Callable[[str], None]) -> None:
    while not server.started:  # noqa: ASYNC110  uvicorn offers no event
        await asyncio.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(f"Heyan serves on http://{host}:{port} (stop it with Ctrl-C)", flush=True)
    log(f"{host}:{port}")
