"""How the HTTP answers of a model server are read; whatever it sends becomes a value or one of two failures."""

from dataclasses import dataclass
from typing import Any

import httpx

from app.errors import ModelUnavailable

_LONGEST_REASON = 200


class ServerFailed(ModelUnavailable):
    """What was asked of a server did not come about; `reason` is the beginning of what it said, if anything."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason[:_LONGEST_REASON]


class ServerBroken(ServerFailed):
    """The server cannot be reached, failed, or broke off: another one may do better."""


class ServerGone(ServerBroken):
    """No connection came about or lasted: what answers there next may be another process."""


class ServerRefused(ServerFailed):
    """The server is there and said no, with this HTTP status `code`."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"the model server answered {code}", reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model as the server lists it; an adapter names the model it belongs to as its `parent`."""

    name: str
    parent: str | None


def accepted(response: httpx.Response) -> httpx.Response:
    """The answer if it is a success.

    Raises:
        ServerBroken: if the server failed.
        ServerRefused: if it said anything else.
    """
    if response.is_server_error:
        raise ServerBroken(f"the model server answered {response.status_code}", response.text)
    if not response.is_success:
        raise ServerRefused(response.status_code, response.text)
    return response


def models_in(response: httpx.Response) -> tuple[ListedModel, ...]:
    """The models of a list, at least one.

    Raises:
        ServerBroken: if it is no such list.
    """
    try:
        listed = tuple(ListedModel(str(each["id"]), each.get("parent")) for each in response.json()["data"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        listed = ()
    if not listed:
        raise ServerBroken("the model server lists no model")
    return listed


def texts_in(response: httpx.Response, *, cut: bool = False) -> tuple[str, ...]:
    """The text of each choice of a chat completion; one that was `cut` off by length counts only if asked for.

    Raises:
        ServerBroken: if it is no chat completion.
    """
    try:
        choices: list[Any] = response.json()["choices"]
        wanted = [choice for choice in choices if cut or choice.get("finish_reason") != "length"]
        return tuple(text for choice in wanted if isinstance(text := choice["message"]["content"], str))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ServerBroken("the model server answered no chat completion") from None
