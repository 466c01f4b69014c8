"""A model server in a thread: says what it is told to over real HTTP, and notices when a client hangs up.

It keeps adapters as vLLM does, and can die in mid-answer and come back on the same port.
"""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
PATIENCE_SECONDS = 60.0
"""After which a test waits in vain; no test passes by waiting so long, however slow the machine is."""


@dataclass(frozen=True)
class Reply:
    """One HTTP answer; `hangs` instead of answering until the client is gone."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    hangs: bool = False


def completion(*texts: str, finish: str = "stop") -> Reply:
    """A chat completion with these choices."""
    choices = [{"index": i, "message": {"content": t}, "finish_reason": finish} for i, t in enumerate(texts)]
    return Reply(json.dumps({"choices": choices}).encode())


def refusal(status: int, message: str) -> Reply:
    """An error as vLLM words it."""
    return Reply(json.dumps({"error": {"message": message, "code": status}}).encode(), status)


class ModelServer:
    """Its address, what it was asked, and whether somebody hung up on it.

    With `adapters` (names and paths) it loads and unloads more of them, lists each in `changes`, refuses a path in
    `unloadable`, and answers 404 for a model that it does not have. `at_once` orders are being answered.
    """

    def __init__(
        self,
        answer: Callable[[Json], Reply],
        model: str = "heyan-fake",
        *,
        adapters: dict[str, str] | None = None,
        port: int = 0,
    ) -> None:
        self.asked: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.listed = 0
        self.at_once = 0
        self.hung_up = threading.Event()
        self.model = model
        self.adapters = adapters
        self.changes: list[tuple[str, str]] = []
        self.unloadable: dict[str, Reply] = {}
        self._answer = answer
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                owner._connections.add(self.connection)

            def do_GET(self) -> None:
                owner.listed += 1
                self.reply(owner._list())

            def do_POST(self) -> None:
                body: Json = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if not self.path.endswith("/chat/completions"):
                    self.reply(owner._change(self.path.rsplit("/", 1)[-1], body))
                    return
                owner.asked.append(body)
                owner.headers.append({name.lower(): value for name, value in self.headers.items()})
                with owner._lock:
                    owner.at_once += 1
                try:
                    self.reply(owner._completed(body))
                finally:
                    with owner._lock:
                        owner.at_once -= 1

            def reply(self, reply: Reply) -> None:
                if reply.hangs:
                    if self.connection.recv(1) == b"":
                        owner.hung_up.set()
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                self.send_header("content-type", reply.kind)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that left, or a server that died, is what some tests are about."""

        self._server = Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator["ModelServer"]:
        """Serve for the length of a block."""
        self.start()
        try:
            yield self
        finally:
            self.die()

    def start(self) -> None:
        """Begin to answer."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def die(self) -> None:
        """Break every connection off, and take no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for connection in self._connections:
            with suppress(OSError):  # closed before
                connection.shutdown(socket.SHUT_RDWR)

    def _list(self) -> Reply:
        listed: list[Json] = [{"id": self.model, "parent": None}]
        listed += [{"id": name, "root": path, "parent": self.model} for name, path in (self.adapters or {}).items()]
        return Reply(json.dumps({"data": listed}).encode())

    def _completed(self, body: Json) -> Reply:
        if self.adapters is not None and body["model"] not in (self.model, *self.adapters):
            return refusal(404, "The model does not exist.")
        return self._answer(body)

    def _change(self, route: str, body: Json) -> Reply:
        if self.adapters is None:
            return Reply(b'{"detail":"Not Found"}', 404)
        name = body["lora_name"]
        if route == "load_lora_adapter":
            if name in self.unloadable:
                return self.unloadable[name]
            if name in self.adapters:
                return refusal(400, "has already been loaded")
            self.adapters[name] = body["lora_path"]
        elif self.adapters.pop(name, None) is None:
            return refusal(404, "cannot be found")
        self.changes.append((route.split("_", maxsplit=1)[0], name))
        return Reply(b"Success", kind="text/plain")


@contextmanager
def model_server(answer: Callable[[Json], Reply], model: str = "heyan-fake", **options: Any) -> Iterator[ModelServer]:
    """A running server that answers every chat completion with `answer(body)`, and lists one model."""
    with ModelServer(answer, model, **options).running() as server:
        yield server


async def until(condition: Callable[[], object]) -> None:
    """Wait for what other tasks or threads bring about; a test that waits in vain fails."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.005)
