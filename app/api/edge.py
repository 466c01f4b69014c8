"""Around every route: request ids, body limits, security headers, a line in the log, and the one handler of errors."""

import re
import time
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from orjson import dumps
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ulid import ULID

from app.api.request_log import ContractNames, RequestLine, RequestLog, line_of
from app.errors import FieldProblem, HeyanError, Malformed, NotFound, RequestError, TooLarge
from app.metrics import Metrics

_SMALL, _MIDDLE, _LARGE = 256 * 1024, 4 * 1024 * 1024, 64 * 1024 * 1024
"""Bytes of a body: a script request, a tracker, a batch of a thousand texts of ten thousand characters."""
_MIDDLE_PATHS = frozenset({"/v1/rasa/nlg"})
_LARGE_PATHS = frozenset(
    {
        "/console/wording/files",
        "/v1/lexicon/changes",
        "/v1/lexicon/import",
        "/v1/reviews",
        "/v1/wording/changes",
        "/v1/wording/import",
    }
)
_LARGE_BELOW = ("/v1/lexicon/changes/", "/v1/wording/changes/", "/console/rules/")
_MOST_DRAINED = 64 * 1024 * 1024
"""Bytes of a refused body that are still taken in and thrown away."""
_LONGEST_NAME = 80
"""Characters of a field's name that an error repeats."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
Instead = Callable[[Scope, int], Response | None]
"""What is answered instead of the contract's error of a status; None where there is nothing else."""


def _nothing_else(_scope: Scope, _status: int) -> None:
    """The contract's error."""


class Edge:
    """Gives every response an `x-request-id`, refuses bodies that are too large while they arrive, counts responses,
    and logs each request once, when it is over.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, log: RequestLog, instead: Instead = _nothing_else) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log
        self._instead = instead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        was_given = _REQUEST_ID.fullmatch(given) is not None
        request_id = given if was_given else str(ULID())
        status: int | None = None

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["x-content-type-options"] = "nosniff"
                headers.setdefault("cache-control", "no-store")
                self._metrics.responded(scope["method"], message["status"])
            await send(message)

        line = RequestLine()
        scope.setdefault("state", {}).update(arrived=time.monotonic(), line=line)
        limit = _limit_of(scope["path"].removeprefix(scope.get("root_path", "")))
        try:
            await self._app(scope, _limited(scope, receive, limit), stamped)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except _BodyTooLarge:
            if status is None:
                await _drain(receive)
                answer = self._instead(scope, 413) or error_response(_too_large(limit))
                await answer(scope, receive, stamped)
        except Exception as failure:  # the last net: a caller gets a plain 500, and never a text or a value
            line.failure = type(failure).__name__
            if status is None:
                await (self._instead(scope, 500) or error_response(failure))(scope, receive, stamped)
        finally:
            self._log.write(scope, status, request_id, was_given=was_given)


def _limit_of(path: str) -> int:
    is_large = path in _LARGE_PATHS or path.startswith(_LARGE_BELOW)
    return _LARGE if is_large else _MIDDLE if path in _MIDDLE_PATHS else _SMALL


class _BodyTooLarge(Exception):  # noqa: N818
    """More bytes arrived than the route takes."""


async def _drain(receive: Receive) -> None:
    """Take in what still arrives, within bounds: a caller who is cut off while sending never reads the answer."""
    taken = 0
    while taken < _MOST_DRAINED:
        message = await receive()
        taken += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


def _limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    # What is declared counts at once if it is too much; if it is not, what arrives is counted all the same.
    declared = Headers(scope=scope).get("content-length", "").lstrip("0")
    is_number = declared.isascii() and declared.isdigit()
    taken = limit + 1 if is_number and (len(declared) > len(str(limit)) or int(declared) > limit) else 0

    async def limited() -> Message:
        nonlocal taken
        if taken > limit:
            raise _BodyTooLarge
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise _BodyTooLarge
        return message

    return limited


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than {limit // 1024} KiB")


def handle_errors(
    app: FastAPI, masked: Callable[[str], str], names: ContractNames, instead: Instead = _nothing_else
) -> None:
    """Render every error in the contract's one shape, and note it for the log.

    `masked` cleans the names that a request made up; the log has those that `names` knows.
    """

    async def render(request: Request, failure: Exception) -> Response:
        if isinstance(failure, RequestError):
            fields = names.of(failure.fields[: failure.most_fields])
            line_of(request).note(fields=fields or None)
        else:
            line_of(request).failure = type(failure).__name__
        told = error_response(failure, masked)
        return instead(request.scope, told.status_code) or told

    async def render_routing(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, HTTPException)
        if failure.status_code == 404:
            nothing = error_response(NotFound("there is nothing under this path"), masked)
            return instead(request.scope, 404) or nothing
        name = "MethodNotAllowed" if failure.status_code == 405 else "RequestError"
        told = _response(failure.status_code, name, str(failure.detail), [])
        response = instead(request.scope, failure.status_code) or told
        response.headers.update(failure.headers or {})
        return response

    async def render_query(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, RequestValidationError)
        # A part of the path goes by its own name, as it does elsewhere in the contract.
        places = [(error["loc"][error["loc"][0] == "path" :], error["msg"]) for error in failure.errors()]
        fields = [FieldProblem(".".join(map(str, place)), str(message)) for place, message in places]
        return await render(request, Malformed("the request breaks the contract", fields))

    app.add_exception_handler(HeyanError, render)
    app.add_exception_handler(HTTPException, render_routing)
    app.add_exception_handler(RequestValidationError, render_query)


def error_response(failure: Exception, masked: Callable[[str], str] = str) -> Response:
    """`{"error", "detail", "fields"}` with the status of the error's class."""
    if isinstance(failure, RequestError):
        # Masked before it is cut, since half a number is no longer seen to be one.
        fields = [
            {"field": masked(problem.field)[:_LONGEST_NAME], "reason": masked(problem.reason)}
            for problem in failure.fields[: failure.most_fields]
        ]
        response = _response(failure.status, type(failure).__name__, failure.detail, fields)
        if failure.status == 401:
            response.headers["www-authenticate"] = "Bearer"
        return response
    status = failure.status if isinstance(failure, HeyanError) else 500
    detail = "the store does not answer" if status == 503 else "the request could not be answered"
    return _response(status, "InternalError" if status == 500 else type(failure).__name__, detail, [])


def _response(status: int, error: str, detail: str, fields: list[dict[str, str]]) -> Response:
    body = dumps({"error": error, "detail": detail, "fields": fields})
    return Response(body, status, media_type="application/json")
