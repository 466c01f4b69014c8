"""Who is told something: HTTP servers in threads that keep what they were sent and answer as a script says."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.records import NoticeKind, Platform, Webhook
from app.records.outbox import Notice

AT = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
ID = "5f0c1d9a7be24368"


@dataclass(frozen=True)
class Received:
    """One request. `path` holds the query too."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What is answered; `endless`: after the body more and more; `hangs`: nothing is, until the caller is gone."""

    body: bytes = b'{"errcode":0,"code":0}'
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    endless: bool = False


TAKEN = Answer()
BROKEN = Answer(b"", 500)
HANGS = Answer(hangs=True)
Script = Callable[[Received], Answer]


class Receiver:
    """Its address, and what it was told. `hung_up`: somebody left without having been answered."""

    def __init__(self, script: Script = lambda told: TAKEN) -> None:
        self.script = script
        self.told: list[Received] = []
        self.hung_up = threading.Event()
        self._connections: set[socket.socket] = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                super().setup()
                owner._connections.add(self.connection)

            def do_GET(self) -> None:
                owner.told.append(Received(self.path, {"method": "GET"}, b""))

            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                told = Received(self.path, headers, self.rfile.read(int(headers["content-length"])))
                owner.told.append(told)
                answer = owner.script(told)
                if answer.hangs:
                    if self.connection.recv(1) == b"":
                        owner.hung_up.set()
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if not answer.endless:
                    self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
                with suppress(OSError):
                    while answer.endless:
                        self.wfile.write(b" " * 65_536)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Who was told left, which some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @contextmanager
    def running(self) -> Iterator["Receiver"]:
        """Listen for the length of a block; then every connection is broken off."""
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    @property
    def titles(self) -> list[str]:
        """The titles that it was told, where it reads JSON."""
        return [each.json["title"] for each in self.told]


@contextmanager
def receiver(script: Script = lambda told: TAKEN) -> Iterator[Receiver]:
    """A running one, which takes everything where no script says otherwise."""
    with Receiver(script).running() as running:
        yield running


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def webhook(url: str = "http://127.0.0.1/hook", platform: Platform = Platform.JSON, **fields: Any) -> Webhook:
    """A webhook that is told everything."""
    given: dict[str, Any] = {
        "id": ID,
        "name": "合规群",
        "secret": None,
        "kinds": frozenset(NoticeKind),
        "created_at": AT,
        "created_by": "王管理",
    }
    return Webhook(platform=platform, url=url, **{**given, **fields})


def notice(title: str = "待审批：新词", *lines: str, **fields: Any) -> Notice:
    """A notice of a submitted change."""
    given: dict[str, Any] = {
        "key": "trail:7",
        "kind": NoticeKind.WAITING,
        "event": "change.submitted",
        "path": "/changes/01K0",
        "at": AT,
    }
    return Notice(title=title, lines=lines or ("提交人：张合规",), **{**given, **fields})
