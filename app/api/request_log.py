"""One line in the log for each request: numbers, closed sets, names of the contract; nothing that a caller made up."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.types import Scope
from structlog.typing import FilteringBoundLogger

from app.api.accounts import ACCOUNT_REQUESTS
from app.api.decision_answers import DECISION_REQUESTS
from app.api.lexicon_requests import LEXICON_REQUESTS
from app.api.webhook_answers import WEBHOOK_REQUESTS
from app.approved.vocabulary import Vocabulary
from app.errors import FieldProblem
from app.metrics import METHODS
from app.requests import NotedEvents, ReviewBatch, ScriptRequest
from guards.types import Case

_PROBES = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Asked every few seconds by machines: told at debug level, unless they fail."""
_BODIES: tuple[type[BaseModel], ...] = (
    ScriptRequest,
    ReviewBatch,
    NotedEvents,
    *ACCOUNT_REQUESTS,
    *LEXICON_REQUESTS,
    *DECISION_REQUESTS,
    *WEBHOOK_REQUESTS,
)
_UNKNOWN = "*"
_MOST_PERSONAL = 64
"""Values that a request id is searched for: more than a request has. The ids of large batches are not shown instead."""
_DEEPEST = 6
"""Parts of a field's path; a caller can make it as deep as a body is long."""
Masked = Callable[[str, Case], str]


@dataclass(slots=True)
class RequestLine:
    """What the log will say of one request. Routes note what they answered, and what must not be told."""

    noted: dict[str, object] = field(default_factory=dict)
    failure: str | None = None
    _personal: set[str] = field(default_factory=set)

    def note(self, **values: object) -> None:
        """Add what is known; None is left out. Only numbers, and texts of a closed set."""
        self.noted.update({name: value for name, value in values.items() if value is not None})

    def keep_out(self, personal_data: Mapping[str, str] | None) -> None:
        """Take what the request itself calls personal data: a caller may have used it as the request's id."""
        self._personal.update((personal_data or {}).values())

    def shown(self, request_id: str, masked: Masked) -> str:
        """A request id that the caller gave, without personal data; `*` where too much of it is known to look for."""
        if len(self._personal) > _MOST_PERSONAL:
            return _UNKNOWN
        known = {f"value_{number}": value for number, value in enumerate(sorted(self._personal))}
        return masked(request_id, Case(known_personal_data=known))


def line_of(request: Request) -> RequestLine:
    """The line of a request that came through the edge."""
    line: RequestLine = request.state.line
    return line


@dataclass(frozen=True, slots=True)
class RequestLog:
    """Writes the line of each request when it is over."""

    lines: FilteringBoundLogger
    masked: Masked

    def write(self, scope: Scope, status: int | None, request_id: str, *, was_given: bool) -> None:
        """`status` is None where the caller hung up before there was one; `was_given`: the id is the caller's."""
        line: RequestLine = scope["state"]["line"]
        route = _template(scope)
        # A part of the path may name a customer, and so may the request's id.
        line.keep_out(scope.get("path_params"))
        level = _level(route, failed=bool(line.failure) or (status or 0) >= 500)
        if not self.lines.is_enabled_for(level):
            return
        values: dict[str, object] = {
            "route": route,
            "method": scope["method"] if scope["method"] in METHODS else "OTHER",
            "status": status,
            **line.noted,
            **({"failure": line.failure} if line.failure else {}),
            "milliseconds": round((time.monotonic() - scope["state"]["arrived"]) * 1000, 2),
            "request_id": line.shown(request_id, self.masked) if was_given else request_id,
        }
        self.lines.log(level, "the caller hung up" if status is None else "answered", **values)


def _level(route: str | None, *, failed: bool) -> int:
    if failed:
        return logging.ERROR
    return logging.DEBUG if route in _PROBES else logging.INFO


class ContractNames:
    """Tells the fields that a request broke by the contract's own names."""

    def __init__(self, vocabulary: Vocabulary, queries: Iterable[str]) -> None:
        """`queries` are the names of the parameters that a query or a path may have."""
        own = {name for model in _BODIES for name in _properties(model)}
        self._known = own | set(vocabulary.facts) | {"body", "query", *queries}

    def of(self, problems: Iterable[FieldProblem]) -> list[str]:
        """Each field once, `*` for every part of its path that is no name of the contract."""
        return list(dict.fromkeys(".".join(self._shown(problem.field.split("."))) for problem in problems))

    def _shown(self, parts: Sequence[str]) -> Iterator[str]:
        for part in parts[:_DEEPEST]:
            yield part if part in self._known else _UNKNOWN


def _properties(model: type[BaseModel]) -> Iterator[str]:
    waiting: list[Any] = [model.model_json_schema()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.get("properties", ())
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _template(scope: Scope) -> str | None:
    """The route as it was declared, never the path that was asked for; None where no route fits."""
    path: str | None = getattr(scope.get("route"), "path", None)
    own: str | None = getattr(scope.get("app"), "openapi_url", None)
    if path is None and scope["path"].removeprefix(scope.get("root_path", "")) == own:
        return own
    return path
