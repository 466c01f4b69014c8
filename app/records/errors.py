"""The errors of records, keys and people, beside those of the store itself.

HeyanError
├── StoreError              503  the store cannot be opened, read or written (the service's own, from app.errors)
├── DuplicateRequest        409  this request_id already has its answer
└── RequestError                 of app.errors, whose `detail` names nobody: it may leave the service
    ├── KeyNameTaken        409  a key of this name exists, or existed
    ├── PersonNameTaken     409  there is a person of this name
    ├── LastAdmin           409  nobody could administer any more
    ├── ErasedDecision      409  what was answered has been erased
    ├── UnknownKey          404  no key of this name
    ├── UnknownPerson       404  no person of this name
    ├── WebhookNameTaken    409  there is a webhook of this name
    ├── TooManyWebhooks     409  there are as many webhooks as there may be
    ├── UnknownWebhook      404  no webhook of this id
    ├── UnknownDecision     404  no decision of this id
    ├── UnknownFinding      422  the decision has no finding of this number
    ├── AwaitingRefusals    503  the store was restored, and refusals since the backup are not in it yet
    ├── Unfit               422  a name, a password, roles or an expiry that cannot be taken
    ├── OneHand             403  two names that may be one person (app.records.grants, as are the next two)
    ├── NotTheirs           403  who confirms a person is not independent of who granted
    └── KnownToOthers       409  somebody else can still act as the person to be confirmed
"""

from sqlalchemy.exc import DBAPIError

from app.errors import FieldProblem, HeyanError, Malformed, NotFound, RequestConflict, RequestError


class DuplicateRequest(HeyanError):  # noqa: N818
    """A decision with this request_id is already recorded."""

    status = 409

    def __init__(self, request_id: str) -> None:
        super().__init__(f"request_id {request_id!r} is already recorded")
        self.request_id = request_id


class KeyNameTaken(RequestConflict):
    """A key of this name exists; a revoked key keeps its name, so that the audit trail stays unambiguous."""

    def __init__(self, name: str) -> None:
        super().__init__("a key of this name exists, or existed")
        self.name = name

    def __str__(self) -> str:
        return f"a key named {self.name!r} already exists"


class PersonNameTaken(RequestConflict):
    """There is a person of this name; who is disabled keeps it."""

    def __init__(self, name: str) -> None:
        super().__init__("there is a person of this name")
        self.name = name

    def __str__(self) -> str:
        return f"a person named {self.name!r} already exists"


class LastAdmin(RequestConflict):
    """The change would leave no active admin, neither a person nor a key."""

    def __init__(self) -> None:
        super().__init__("this is the last active admin: nobody could administer any more")


class UnknownKey(NotFound):
    """There is no key of this name."""

    def __init__(self, name: str) -> None:
        super().__init__("there is no such key")
        self.name = name

    def __str__(self) -> str:
        return f"there is no key named {self.name!r}"


class UnknownPerson(NotFound):
    """There is no person of this name."""

    def __init__(self, name: str) -> None:
        super().__init__("there is no such person")
        self.name = name

    def __str__(self) -> str:
        return f"there is no person named {self.name!r}"


class UnknownDecision(NotFound):
    """There is no decision of this id."""

    def __init__(self) -> None:
        super().__init__("there is no such decision")


class ErasedDecision(RequestConflict):
    """The decision was erased: its answer cannot be given again, and its findings cannot be marked."""

    def __init__(self) -> None:
        super().__init__("this was answered before, and what was answered has been erased")


class UnknownFinding(Malformed):
    """The decision has fewer findings."""

    def __init__(self, count: int) -> None:
        reason = f"the decision has {count} findings, counted from 0"
        super().__init__("the request breaks the contract", [FieldProblem("finding", reason)])


class AwaitingRefusals(RequestError):  # noqa: N818
    """Since the backup that this store was restored from, customers may have refused to be called."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "the store was restored from a backup: import the refusals since then, or let two persons waive it"
        )


class WebhookNameTaken(RequestConflict):
    """There is a webhook of this name."""

    def __init__(self) -> None:
        super().__init__("已经有这个名称的通知地址。(there is a webhook of this name)")


class TooManyWebhooks(RequestConflict):
    """There are as many as there may be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"最多只能有 {most} 个通知地址，请先删掉不用的。(there are {most} webhooks already)")


class UnknownWebhook(NotFound):
    """There is no webhook of this id, or no more."""

    def __init__(self) -> None:
        super().__init__("没有这个通知地址，可能已经删掉了。(there is no such webhook)")


class Unfit(Malformed):
    """Something about a key or a person cannot be taken as it is given."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__("this does not fit", [FieldProblem(field, reason)])


def describe(error: Exception) -> str:
    """The driver's own first line: later lines may carry the statement or the values of a row."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(origin).splitlines()
    return lines[0] if lines else type(origin).__name__
