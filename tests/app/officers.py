"""Persons who ask running services over HTTP, each with a key of one's own."""

from itertools import count
from typing import Any

import httpx

from app.records import KeyRing, Role, Store
from tests.app.processes import Process
from tests.model_server import PATIENCE_SECONDS

_NUMBERS = count(1)


class Officer:
    """A person with one key. `person`: how the key writes the name."""

    def __init__(self, person: str, secret: str) -> None:
        self.person = person
        self.headers = {"authorization": f"Bearer {secret}"}

    def get(self, process: Process, path: str, status: int = 200) -> Any:
        """What the service answers, which is asserted to be this status."""
        return self._ask("GET", process, path, None, status)

    def post(self, process: Process, path: str, body: Any = None, status: int = 200) -> Any:
        """The same of what is told it."""
        return self._ask("POST", process, path, body, status)

    def submit(self, process: Process, change: Any) -> str:
        """Draft a change and ask for its approval; its path."""
        path = f"lexicon/changes/{self.post(process, 'lexicon/changes', change)['id']}"
        assert self.post(process, f"{path}/submit")["state"] == "submitted"
        return path

    def _ask(self, method: str, process: Process, path: str, body: Any, status: int) -> Any:
        url = f"{process.url}/v1/{path}"
        answer = httpx.request(method, url, json=body, headers=self.headers, timeout=PATIENCE_SECONDS)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


async def officer(store: Store, person: str, *roles: Role) -> Officer:
    """Somebody with a new key of these roles; a second one for the same name is the same person."""
    ring = KeyRing(store)
    secret = await ring.create(f"key {next(_NUMBERS)}", roles, person)
    await ring.close()
    return Officer(person, secret)
