"""The errors of records and keys, beside those of the store itself.

HeyanError
├── StoreError          503  the store cannot be opened, read or written (the service's own, from app.errors)
├── DuplicateRequest    409  this request_id already has its answer
├── KeyNameTaken        409  a key of this name exists, or existed
└── UnknownKey          404  no key of this name
"""

from sqlalchemy.exc import DBAPIError

from app.errors import HeyanError


class DuplicateRequest(HeyanError):  # noqa: N818
    """A decision with this request_id is already recorded."""

    status = 409

    def __init__(self, request_id: str) -> None:
        super().__init__(f"request_id {request_id!r} is already recorded")
        self.request_id = request_id


class KeyNameTaken(HeyanError):  # noqa: N818
    """A key of this name exists; a revoked key keeps its name, so that the audit trail stays unambiguous."""

    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(f"a key named {name!r} already exists")
        self.name = name


class UnknownKey(HeyanError):  # noqa: N818
    """There is no key of this name."""

    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no key named {name!r}")
        self.name = name


def describe(error: Exception) -> str:
    """The driver's own first line: later lines may carry the statement or the values of a row."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(origin).splitlines()
    return lines[0] if lines else type(origin).__name__
