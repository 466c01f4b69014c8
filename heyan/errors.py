"""What can go wrong between an engine and the service; no message holds more than the service's own error body.

HeyanError
├── Unreachable                 nobody answered: no connection, or it broke off
│   └── TimedOut                no answer inside the time given
├── Unreadable                  somebody answered, and not as Heyan does
└── Refused                     the service refuses; with status, error, detail, fields and retry_after
    ├── Unauthorised     401    no key, or a wrong one
    ├── Forbidden        403    the key lacks the role
    ├── NotFound         404
    ├── Conflict         409    the request_id was used for another body
    ├── TooLarge         413
    ├── Malformed        422    with the fields that are wrong
    ├── TooManyRequests  429
    └── ServerError      5xx    503: the store does not answer
"""

from collections.abc import Sequence
from dataclasses import dataclass


class HeyanError(Exception):
    """No answer: nothing may be said on the strength of it."""


class Unreachable(HeyanError):  # noqa: N818
    """Nobody answered."""


class TimedOut(Unreachable):
    """No answer inside the time given. There may be one: the same request_id asks for it."""


class Unreadable(HeyanError):  # noqa: N818
    """What answered is not Heyan: another service, a page of a proxy, a redirect."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field of a request, by its dotted path."""

    field: str
    reason: str


class Refused(HeyanError):  # noqa: N818
    """The service refuses. `error`, `detail` and `fields` are its own words, empty where it said nothing readable.

    `retry_after`: seconds after which it may be asked again, None where it did not say.
    """

    def __init__(
        self,
        status: int,
        error: str = "",
        detail: str = "",
        fields: Sequence[FieldProblem] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(status, error, detail, fields, retry_after)
        self.status = status
        self.error = error
        self.detail = detail
        self.fields = tuple(fields)
        self.retry_after = retry_after

    def __str__(self) -> str:
        """Status, error, detail and each wrong field in one line."""
        told = ": ".join(part for part in (f"{self.status} {self.error}".strip(), self.detail) if part)
        wrong = "; ".join(f"{problem.field}: {problem.reason}" for problem in self.fields)
        return f"{told} ({wrong})" if wrong else told


class Unauthorised(Refused):
    """No key, or none that the service knows."""


class Forbidden(Refused):
    """The key lacks the role."""


class NotFound(Refused):
    """There is nothing of this name."""


class Conflict(Refused):
    """The request_id was used before, for another body."""


class TooLarge(Refused):
    """The body, a text or the list of items is larger than allowed."""


class Malformed(Refused):
    """The request breaks the contract; `fields` says where and why."""


class TooManyRequests(Refused):
    """Over the limit."""


class ServerError(Refused):
    """The service could not answer."""


_KINDS: dict[int, type[Refused]] = {
    401: Unauthorised,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Malformed,
    429: TooManyRequests,
}


def kind_of(status: int) -> type[Refused]:
    """The class of a refusal with this status."""
    return _KINDS.get(status, ServerError if status >= 500 else Refused)
