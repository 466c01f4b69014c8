"""One call of each route: what is sent, how long it may be waited for, and how its answer is read."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from heyan.answers import Contact, ReviewAnswer, ScriptAnswer
from heyan.orders import json_of

T = TypeVar("T")
_MARGIN_SECONDS = 0.25
"""Between the service's deadline and the client's patience: the way there and back."""
_SHORTEST_MS, _LONGEST_MS = 50, 30_000
"""What the service takes as `options.deadline_ms`."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request that may be sent again as it is; no attempt is waited for longer than `patience` seconds."""

    method: str
    path: str
    read: Callable[[Any], T]
    body: bytes | None = None
    patience: float = inf


def script_call(order: Mapping[str, Any], seconds: float, *, explain: bool = False) -> Call[ScriptAnswer]:
    """Ask for a script inside of `seconds`.

    The body is the same for the same order and seconds: a service that has seen it answers what it answered then.
    """
    margin = min(_MARGIN_SECONDS, seconds / 5)
    longest = max(_SHORTEST_MS, min(_LONGEST_MS, round((seconds - margin) * 1000)))
    body, patience = dict(order), inf
    body.setdefault("request_id", str(uuid.uuid4()))
    options = body.get("options") or {}
    if isinstance(options, Mapping):
        wanted = options.get("deadline_ms", longest)
        deadline = min(wanted, longest) if isinstance(wanted, int) else wanted
        body["options"] = {**options, "deadline_ms": deadline}
        patience = deadline / 1000 + _MARGIN_SECONDS if isinstance(deadline, int) else inf
    path = "/v1/scripts?explain=true" if explain else "/v1/scripts"
    return Call("POST", path, ScriptAnswer.read, json_of(body), patience)


def review_call(text: str, scene: Mapping[str, Any]) -> Call[ReviewAnswer]:
    """Ask for the verdict on one text."""
    return Call("POST", "/v1/reviews", ReviewAnswer.read, json_of({**scene, "text": text}))


def reviews_call(items: Iterable[Mapping[str, Any] | str]) -> Call[tuple[ReviewAnswer, ...]]:
    """Ask for the verdicts on several texts; a string is a text of which nothing else is known."""
    listed = [{"text": item} if isinstance(item, str) else item for item in items]
    return Call("POST", "/v1/reviews", ReviewAnswer.read_many, json_of({"items": listed}))


def contact_call(ref: str) -> Call[Contact]:
    """Ask what one customer refused."""
    return Call("GET", f"/v1/contacts/{quote(ref, safe='')}", Contact.read)


def events_call(ref: str, events: Iterable[Mapping[str, Any]]) -> Call[Contact]:
    """Tell what one customer said in a call; telling it twice closes no more."""
    return Call("POST", f"/v1/contacts/{quote(ref, safe='')}/events", Contact.read, json_of({"events": list(events)}))


def vocabulary_call() -> Call[dict[str, Any]]:
    """Ask for everything that a request may name."""
    return Call("GET", "/v1/vocabulary", dict)


def readiness_call() -> Call[bool]:
    """Ask whether the service is ready."""
    return Call("GET", "/health/ready", bool)
