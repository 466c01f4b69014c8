"""Services to ask: the real one behind a real port, and one that says what it is told to, or breaks off."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import uvicorn

from app.application import build_app
from app.data import Data
from app.writing.model import Model
from tests.app.services import open_service

SCRIPT: dict[str, Any] = {
    "script_id": "01KAN0000000000000000000AA",
    "request_id": "c-1",
    "action": "speak",
    "text": "您好。再见。",
    "segments": [
        {"stage": "open", "text": "您好。", "tts_text": "您好。", "interruptible": False, "required": True},
        {"stage": "close", "text": "再见。", "tts_text": "再见。", "interruptible": True, "required": False},
    ],
    "delivery": {
        "speech_rate": 0.8,
        "repeat_key_points": True,
        "estimated_seconds": 21.4,
        "contact_window": ["09:00", "11:00"],
    },
    "generation": "senior",
    "strategy": "rate_first",
    "source": "model",
    "verdict": {
        "action": "observe",
        "findings": [
            {
                "rule": "rate.annual_first",
                "guard": "grounding",
                "action": "observe",
                "reason": "先说年化",
                "span": [0, 2],
                "replacement": None,
            }
        ],
    },
    "attempts": 1,
    "policy_revision": 7,
    "prompt_version": "script.v1",
    "model": "heyan-mini",
    "timing_ms": {"total": 212.4, "model": 198.0, "guards": 0.4},
}
"""An answer as the contract shows it."""


@contextmanager
def served(data: Data, directory: Path, model: Model) -> Iterator[str]:
    """The address of the service around `model`, which runs in a thread until the block ends."""
    running: Queue[tuple[uvicorn.Server, str]] = Queue()

    async def serve() -> None:
        async with open_service(data, directory, model) as parts:
            config = uvicorn.Config(build_app(parts), port=0, log_config=None, access_log=False, ws="none")
            server = uvicorn.Server(config)
            task = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.01)
            running.put((server, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"))
            await task

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    server, address = running.get(timeout=60)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()


@dataclass(frozen=True)
class Reply:
    """One answer; `breaks_off` instead of answering, or `hangs` until the client is gone."""

    status: int = 200
    body: Any = field(default_factory=lambda: SCRIPT)
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    hangs: bool = False


class ScriptedService:
    """Gives one reply after the other, the last one for ever; keeps what it was sent."""

    def __init__(self, *replies: Reply) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[Mapping[str, str]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                owner.bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
                owner.headers.append({name.lower(): value for name, value in self.headers.items()})
                reply = replies[min(len(owner.bodies), len(replies)) - 1]
                if reply.hangs:
                    self.connection.recv(1)
                if reply.hangs or reply.breaks_off:
                    self.close_connection = True
                    return
                body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                self.send_response(reply.status)
                for name, value in {"content-length": str(len(body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that left is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["ScriptedService"]:
        """Answer for the length of a block."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


@contextmanager
def scripted(*replies: Reply) -> Iterator[ScriptedService]:
    """A running service that gives these replies."""
    with ScriptedService(*replies).running() as service:
        yield service
