"""The exceptions of the service, each with the HTTP status that it is answered with.

HeyanError
├── ConfigurationError          the start is refused: settings, data files, weights
├── StoreError                  503  the decision store does not answer
├── ModelError                       never leaves the desk: the answer becomes a fallback
│   ├── ModelUnavailable             refused, broken, or answered nonsense
│   └── ModelTimeout                 no answer inside the time left
└── RequestError                     the request cannot be served as it is
    ├── Unauthenticated         401
    ├── Forbidden               403
    ├── NotFound                404
    ├── RequestConflict         409  a request_id was used for another body
    ├── TooLarge                413
    └── Malformed               422  with the fields that are wrong

What only one package raises stands there, below one of these: `app.records.errors` draws those of the store and its
keys; `StitchError` (app.scripts.stitch) is a HeyanError; `ServerFailed` and what derives from it (app.endpoint) are
kinds of ModelUnavailable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class HeyanError(Exception):
    """An error that the service raises on purpose."""

    status: ClassVar[int] = 500


class ConfigurationError(HeyanError):
    """Settings, data files or weights are unusable; the message names what and where."""


class StoreError(HeyanError):
    """The decision store does not answer. `is_out_of_reach`: nothing is wrong with it as far as anybody can tell."""

    status = 503

    def __init__(self, reason: str = "", *, is_out_of_reach: bool = False) -> None:
        super().__init__(reason)
        self.is_out_of_reach = is_out_of_reach


class ModelError(HeyanError):
    """The model gave no usable answer."""


class ModelUnavailable(ModelError):  # noqa: N818
    """The model refused, broke, or answered something that is no list of texts."""


class ModelTimeout(ModelError):  # noqa: N818
    """The model did not answer inside the time left."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field of a request, by its dotted path. The reason never repeats the value."""

    field: str
    reason: str


class RequestError(HeyanError):
    """The request cannot be served as it is; `fields` says what is wrong where."""

    status = 400
    most_fields: ClassVar[int] = 50
    """How many of the fields an answer names."""

    def __init__(self, detail: str, fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = tuple(fields)


class Unauthenticated(RequestError):  # noqa: N818
    """No key, or none that is known."""

    status = 401


class Forbidden(RequestError):  # noqa: N818
    """The key lacks the role."""

    status = 403


class NotFound(RequestError):  # noqa: N818
    """There is nothing of this name."""

    status = 404


class RequestConflict(RequestError):  # noqa: N818
    """The request_id was used before, for a different body."""

    status = 409


class TooLarge(RequestError):  # noqa: N818
    """The body or a text is larger than allowed."""

    status = 413


class Malformed(RequestError):  # noqa: N818
    """The request breaks the contract."""

    status = 422
