"""Request bodies: read whole, parsed against the contract, refused with the fields that are wrong."""

import re
from typing import TYPE_CHECKING, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from app.errors import FieldProblem, Malformed, TooLarge

if TYPE_CHECKING:  # the command line reads bodies too, without a server
    from fastapi import Request

T = TypeVar("T", bound=BaseModel)
_MOST_KEYS, _MOST_VALUES = 100, 60_000
"""Fields of one object, and values of a whole body: a thousand review items with all their facts."""
_OVERSIZE = frozenset({("text", "string_too_long"), ("items", "too_long"), ("events", "too_long")})
_KIND = re.compile(r"[a-z_]{1,32}", re.ASCII)


async def read_body(request: "Request", kind: type[T]) -> T:
    """The body as `kind`.

    Raises:
        Malformed: naming each wrong field, never its value.
        TooLarge: if nothing is wrong but the length of a text or of a list.
    """
    return parse_body(await request.body(), kind)


def parse_body(body: bytes, kind: type[T]) -> T:
    """As `read_body`, for bytes that are already here."""
    _reject_oversized_json(body)
    try:
        return kind.model_validate_json(body)
    except ValidationError as invalid:
        problems, errors = problems_of(invalid), invalid.errors(include_url=False)
        kinds = {(error["loc"][-1] if error["loc"] else "", error["type"]) for error in errors}
        if ("", "json_invalid") in kinds:
            raise Malformed("the body is not valid JSON in UTF-8") from None
        if kinds <= _OVERSIZE:
            raise TooLarge("a text or a list is too long", problems) from None
        raise Malformed("the request breaks the contract", problems) from None


def problems_of(invalid: ValidationError) -> list[FieldProblem]:
    """Each wrong field by its path, never with its value."""
    errors = invalid.errors(include_url=False, include_context=False, include_input=False)
    return [FieldProblem(_name(error["loc"]), error["msg"]) for error in errors]


def read_json(body: bytes) -> object:
    """Any JSON, for whoever names what is wrong in it by another shape than a model's.

    Raises:
        Malformed: if it is none, or holds far more than any request does.
    """
    _reject_oversized_json(body)
    return orjson.loads(body)


def is_batch(body: bytes, name: str = "items") -> bool:
    """Whether the body is an object with a member of this name, which holds several of what is sent one by one too.

    Raises:
        Malformed: if it is no JSON.
    """
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed("the body is not valid JSON in UTF-8") from None
    return isinstance(parsed, dict) and name in parsed


def _reject_oversized_json(body: bytes) -> None:
    """Refuse a body that no client of the contract sends: naming a million unknown fields would take seconds for all.

    Raises:
        Malformed: if there are too many values, all told or in one object, or the body is no JSON.
    """
    try:
        waiting = [orjson.loads(body)]
    except orjson.JSONDecodeError:
        raise Malformed("the body is not valid JSON in UTF-8") from None
    seen = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            seen += len(value)
            if seen > _MOST_VALUES or (isinstance(value, dict) and len(value) > _MOST_KEYS):
                raise Malformed("the body holds far more fields than the contract has")
            waiting += value.values() if isinstance(value, dict) else value


def _name(location: tuple[int | str, ...]) -> str:
    """The dotted path of a field, without what a caller made up as a kind of personal data: it may be the data."""
    parts = [str(part) for part in location if part != "[key]"]
    if "pii" in parts:
        at = parts.index("pii") + 1
        parts[at:] = [part for part in parts[at : at + 1] if _KIND.fullmatch(part)]
    return ".".join(parts) or "body"
