"""A chat completion request of any engine: what was said, where the case stands, how the answer is wanted."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.datastructures import Headers

from app.api.doors.asked import said
from app.api.doors.lenient import read_object
from app.errors import FieldProblem, Malformed
from app.turns.request import Utterance

_SIDES = {"user": "customer", "assistant": "agent"}
"""Whose words count; what an engine's prompts, tools and functions say does not."""
_CARRIERS = ("metadata", "extra_body", "biz_params", "bizParams", "MetaInfo", "LLMExtraBody", "variables")
_CASE, _CASE_ID, _CALL_ID = "x-heyan-case", "x-heyan-case-id", "x-heyan-call-id"
HEYAN = "heyan"


def transcript_of(body: Mapping[str, Any]) -> list[Utterance]:
    """The utterances of both sides in their order.

    Raises:
        Malformed: if there is no list of messages.
    """
    messages = body.get("messages")
    if not isinstance(messages, list):
        raise Malformed("there are no messages", [FieldProblem("messages", "a list is expected")])
    utterances = []
    for message in messages:
        if not isinstance(message, dict) or (side := _SIDES.get(str(message.get("role")))) is None:
            continue
        text = text_of(message.get("content"))
        # An assistant's message without words asked for a tool; a customer's is silence.
        if text or side == "customer":
            utterances.append(said(side, text))
    return utterances


def text_of(content: Any) -> str:
    """The words of a message: a text, or the texts among its parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (
            part if isinstance(part, str) else part.get("text") for part in content if isinstance(part, str | dict)
        )
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def carried(body: Mapping[str, Any], headers: Headers) -> dict[str, Any]:
    """What the request says of the call: in a header, in one of the places where engines pass on what they were given.

    Raises:
        Malformed: if nothing does, or what does is unreadable.
    """
    for found in _places(body, headers):
        call_id = headers.get(_CALL_ID)
        return {**({"call_id": call_id} if call_id else {}), **found}
    reason = f"a case is expected in metadata.{HEYAN}, extra_body.{HEYAN}, biz_params.{HEYAN}, or the header {_CASE}"
    raise Malformed("there is no case", [FieldProblem(f"metadata.{HEYAN}", reason)])


def call_ids(body: Mapping[str, Any]) -> Iterator[Any]:
    """What engines call a call by, the surest first."""
    yield body.get("session_id")
    call = body.get("call")
    if isinstance(call, dict):
        yield call.get("id")
    yield body.get("out_id")


def _places(body: Mapping[str, Any], headers: Headers) -> Iterator[dict[str, Any]]:
    if encoded := headers.get(_CASE):
        yield _decoded(encoded)
    if (own := read_object(body.get(HEYAN))) is not None:
        yield own
    for name in _CARRIERS:
        carrier = read_object(body.get(name))
        if carrier is not None and (own := read_object(carrier.get(HEYAN))) is not None:
            yield own
    if case_id := headers.get(_CASE_ID):
        yield {"case_id": case_id}


def _decoded(encoded: str) -> dict[str, Any]:
    try:
        text = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    found = read_object(text)
    if found is None:
        raise Malformed("the case is unreadable", [FieldProblem(_CASE, "JSON in base64url is expected")])
    return found
