"""What may be asked, as typed mappings, and how it is written; whether it makes sense only the service says."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, Required, TypedDict

Scenario = Literal["acquisition", "activation", "bill_reminder", "collection_m1", "collection_m2", "collection_m3_plus"]
Channel = Literal["ai_voice", "human_agent", "sms"]
EventType = Literal[
    "opt_out",
    "wrong_number",
    "already_paid",
    "callback",
    "third_party_refused",
    "promise_to_pay",
    "dispute",
    "hardship",
    "complaint",
    "human_requested",
]
Day = date | str
Role = Literal["applicant", "debtor", "guarantor", "contact", "unrelated", "unknown"]


class Callee(TypedDict, total=False):
    """The person who answers the call."""

    role: Required[Role]
    identity_verified: bool


class Customer(TypedDict, total=False):
    """The customer, as the engine knows them; `pii` is what must appear nowhere."""

    ref: str | None
    age: int | None
    generation: Literal["gen_z", "young", "middle_aged", "senior"] | None
    region: Literal["tier1", "city", "county"] | None
    tags: Sequence[str]
    surname: str | None
    honorific: str | None
    is_student: bool | None
    marketing_consent: bool | None
    opted_out: bool
    pii: Mapping[str, str]


class History(TypedDict, total=False):
    """The calls of the same day before this one."""

    connected_calls_today: int
    attempts_today: int


class Options(TypedDict, total=False):
    """How the script is made. Without `deadline_ms` the client says how long it will wait."""

    candidates: int
    deadline_ms: int
    source: Literal["auto", "model", "pool"]
    strategy: str | None


class ScriptOrder(TypedDict, total=False):
    """One script, at one moment of a call; amounts and rates are `Decimal` or strings, never floats."""

    request_id: str
    scenario: Scenario
    channel: Channel
    call_time: datetime | str
    callee: Callee
    customer: Customer
    history: History
    facts: Mapping[str, Any]
    options: Options


class Scene(TypedDict, total=False):
    """Where a text to review is said; what is absent is not checked."""

    scenario: Scenario | None
    channel: Channel | None
    stage: str | None
    callee: Callee | None
    facts: Mapping[str, Any] | None
    pii: Mapping[str, str] | None


class ReviewItem(Scene):
    """A text to review, and where it is said."""

    text: Required[str]


class ContactEvent(TypedDict, total=False):
    """What a customer said in a call, as `ScriptAnswer.events` has it.

    `scope` is an opt-out's; `at`: when to call back, or when a refusal was said; `date` and `amount`: a promise's.
    """

    type: Required[EventType]
    scope: Literal["marketing", "servicing"] | None
    at: datetime | str | None
    date: Day | None
    amount: Decimal | str | None
    remembered: bool | None


def json_of(value: Any) -> bytes:
    """`value` as JSON in UTF-8: decimals as strings, times in ISO 8601.

    Raises:
        TypeError: naming a type that JSON does not have.
        ValueError: for a float that is no number.
    """
    written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    # A character that UTF-8 does not have is for the service to refuse: the encoder's error would hold the text.
    return written.encode("utf-8", "surrogatepass")


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return str(value)
        case date():  # a datetime too
            return value.isoformat()
        case Enum():
            return value.value
        case Mapping():
            return dict(value)
        case Sequence() | set() | frozenset() if not isinstance(value, bytes | bytearray | memoryview):
            return list(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
