"""Request bodies: read whole, parsed against the contract, refused with the fields that are wrong."""

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from app.errors import FieldProblem, Malformed

T = TypeVar("T", bound=BaseModel)
_LONGEST_NAME = 80


async def read_body(request: Request, kind: type[T]) -> T:
    """The body as `kind`.

    Raises:
        Malformed: naming each wrong field, never its value.
    """
    return parse_body(await request.body(), kind)


def parse_body(body: bytes, kind: type[T]) -> T:
    """As `read_body`, for bytes that are already here."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as invalid:
        problems = []
        for error in invalid.errors(include_url=False, include_context=False, include_input=False):
            if error["type"] == "json_invalid":
                raise Malformed("the body is not valid JSON in UTF-8") from None
            name = ".".join(str(part) for part in error["loc"])
            problems.append(FieldProblem(name[:_LONGEST_NAME] or "body", error["msg"]))
        raise Malformed("the request breaks the contract", problems) from None
