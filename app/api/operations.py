"""What the description says of an operation beside its handler: what goes in, what comes out, and what can go wrong."""

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]
_ERRORS: Mapping[int, tuple[str, str, list[tuple[str, str]]]] = {
    401: ("Unauthenticated", "this key is not known", []),
    403: ("Forbidden", "this needs one of the roles caller", []),
    404: ("NotFound", "there is nothing under this path", []),
    405: ("MethodNotAllowed", "Method Not Allowed", []),
    409: ("RequestConflict", "this request_id was used before, for a different body", []),
    413: ("TooLarge", "the body is larger than 256 KiB", []),
    422: ("Malformed", "the facts do not fit the scenario", [("facts.annual_rate", "is required")]),
    500: ("InternalError", "the request could not be answered", []),
    503: ("StoreError", "the store does not answer", []),
}
_MEANINGS = {
    401: "A key is needed, and none that is known came.",
    403: "The key lacks the role.",
    404: "There is nothing under this path.",
    405: "This path has other methods.",
    409: "The request_id was used before, for a different body.",
    413: "The body, a text or a list is too long.",
    422: "The request breaks the contract; `fields` names what is wrong.",
    500: "The request could not be answered.",
    503: "The store does not answer: nothing was decided, and the request may be sent again.",
}
_ERROR = "ErrorAnswer"
BINARY: Schema = {"type": "string", "format": "binary"}
UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "The bytes of the file.",
        "content": {"application/octet-stream": {"schema": BINARY}},
    }
}
"""A body that is a file as it stands."""
REQUEST_ID = {"x-request-id": {"$ref": "#/components/headers/RequestId"}}


def ref(schema: str) -> Schema:
    """A reference to a named schema."""
    return {"$ref": f"#/components/schemas/{schema}"}


def takes(schema: str, examples: Iterable[str], *, unless: str | None = None) -> dict[str, Any]:
    """A JSON body by the name of its schema, with the names of requests that are accepted as they stand.

    `unless` says when it may be left out.
    """
    content = {"schema": ref(schema), "examples": _named(schema, examples)}
    body: dict[str, Any] = {"required": unless is None, "content": {"application/json": content}}
    return {"requestBody": body | ({"description": unless} if unless else {})}


def answers(schema: str, meaning: str, *errors: int, examples: Iterable[str] = ()) -> Responses:
    """JSON answers by the name of their schema, and the errors there can be; 500 is one everywhere."""
    told: Responses = {200: success(schema, meaning, examples)}
    return told | {status: refusal(status) for status in (*errors, 500)}


def success(schema: str, meaning: str, examples: Iterable[str] = ()) -> dict[str, Any]:
    """The response of one JSON answer."""
    content: dict[str, Any] = {"schema": ref(schema)}
    if examples:
        content["examples"] = _named(schema, examples)
    return {"description": meaning, "headers": REQUEST_ID, "content": {"application/json": content}}


def answers_with(content: Mapping[str, Any], meaning: str, *errors: int) -> Responses:
    """Answers in several formats, or in one that is no JSON."""
    told: Responses = {200: {"description": meaning, "headers": REQUEST_ID, "content": dict(content)}}
    return told | {status: refusal(status) for status in (*errors, 500)}


def meaning(responses: Responses, status: int, words: str, *examples: str) -> Responses:
    """The same where an error means something else here, with examples by the names of their kinds."""
    content = {"schema": ref(_ERROR), "examples": _named(_ERROR, examples)}
    return {**responses, status: {**responses[status], "description": words, "content": {"application/json": content}}}


def refusal(status: int) -> dict[str, Any]:
    """The response of one error, with an example."""
    content = {"schema": ref(_ERROR), "examples": _named(_ERROR, [_ERRORS[status][0]])}
    return {"description": _MEANINGS[status], "headers": REQUEST_ID, "content": {"application/json": content}}


def error_examples() -> dict[str, Any]:
    """An error of each status, by the names that `refusal` uses."""
    return {
        f"{_ERROR}.{name}": {
            "value": {
                "error": name,
                "detail": detail,
                "fields": [{"field": field, "reason": reason} for field, reason in fields],
            }
        }
        for name, detail, fields in _ERRORS.values()
    }


def _named(schema: str, names: Iterable[str]) -> dict[str, Any]:
    # FastAPI drops every null from what it is given: examples stand among the components, which it never sees.
    return {name: {"$ref": f"#/components/examples/{schema}.{name}"} for name in names}
