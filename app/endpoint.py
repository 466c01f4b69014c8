"""An OpenAI-compatible server behind HTTP: where it is asked, with which key, and what counts as its failure."""

import re

import httpx

from app.errors import ConfigurationError, ModelUnavailable

CONNECT_SECONDS = 0.5
_LONGEST_REASON = 200
_VERSIONED = re.compile(r"/v\d+$", re.ASCII)
_ROUTES = ("/chat/completions", "/embeddings")


class ServerFailed(ModelUnavailable):
    """A server did not do what it was asked; `reason` is the beginning of what it said, if anything."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason[:_LONGEST_REASON]


class ServerBroken(ServerFailed):
    """The server cannot be reached, failed, or answered nonsense: another one may do better."""


class ServerGone(ServerBroken):
    """No connection was made, or it was lost: what answers there next may be another process."""


class ServerRefused(ServerFailed):
    """The server refused what it was asked, with this HTTP status `code`."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"the model server answered {code}", reason)
        self.code = code


def accepted(response: httpx.Response) -> httpx.Response:
    """The answer if its status is a success.

    Raises:
        ServerBroken: for a status that says that the server failed (5xx).
        ServerRefused: for any other.
    """
    if response.is_server_error:
        raise ServerBroken(f"the model server answered {response.status_code}", response.text)
    if not response.is_success:
        raise ServerRefused(response.status_code, response.text)
    return response


def headers(key: str | None) -> dict[str, str]:
    """What every request says."""
    # A small compressed piece could be unpacked to more than the limit before it is measured.
    return {"accept-encoding": "identity", **({"authorization": f"Bearer {key}"} if key else {})}


def api_root(url: str) -> str:
    """The URL below which the routes are found: `…/v1`, which is added where it is missing.

    Raises:
        ConfigurationError: if it is no URL of http or https.
    """
    root = url.strip().rstrip("/")
    for route in _ROUTES:
        root = root.removesuffix(route)
    try:
        address = httpx.URL(root)
    except httpx.InvalidURL:
        address = httpx.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise ConfigurationError("the model server's address must read http://host:port or https://host")
    return f"{root}/" if _VERSIONED.search(address.path) else f"{root}/v1/"
