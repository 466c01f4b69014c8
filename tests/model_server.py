"""A model server in a thread: says what it is told to over real HTTP, and notices when a client hangs up."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


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


class ModelServer:
    """Its address, what it was asked, and whether somebody hung up on it."""

    def __init__(self, answer: Callable[[Json], Reply], model: str) -> None:
        self.asked: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.listed = 0
        self.hung_up = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.listed += 1
                self.reply(Reply(json.dumps({"data": [{"id": model}]}).encode()))

            def do_POST(self) -> None:
                body: Json = json.loads(self.rfile.read(int(self.headers["content-length"])))
                owner.asked.append(body)
                owner.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.reply(answer(body))

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

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["ModelServer"]:
        """Serve for the length of a block."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


@contextmanager
def model_server(answer: Callable[[Json], Reply], model: str = "heyan-fake") -> Iterator[ModelServer]:
    """A running server that answers every chat completion with `answer(body)`, and lists one model."""
    with ModelServer(answer, model).running() as server:
        yield server
