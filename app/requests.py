"""The bodies of HTTP requests, field by field; an unknown field is an error."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from app.approved.events import EventType
from app.contacts import ContactEvent, Kept, Scope
from guards.personal_data.people import COMPOUND_SURNAMES
from guards.types import Channel, Generation, Role, Scenario, Stage

MAX_TEXT = 10_000
MAX_ITEMS = 1_000
MAX_EVENTS = 100
REF = "^[A-Za-z0-9._:-]{1,64}$"
"""What a customer's reference may look like."""
_ISO = re.compile(r"2[01]\d\d-\d\d-\d\d[Tt ]\d\d:\d\d", re.ASCII)
_EXPECTED = "a time with an offset such as 2026-11-22T10:05:00+08:00 is expected"
_ONE_CHARACTER = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_REFUSALS = frozenset(kept.event for kept in Kept)
_CLOCKS_DIFFER = timedelta(minutes=1)
"""What was said so far ahead of this machine's clock was said now."""


class Exact(BaseModel):
    """No unknown fields, no silent conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _with_offset(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(_EXPECTED)
    return moment


def _iso_text(moment: Any) -> Any:
    """Only ISO 8601 times of this and the next century: pydantic would also take seconds since 1970 as a string."""
    if not isinstance(moment, str) or not _ISO.match(moment):
        raise ValueError(_EXPECTED)
    return moment


def _surname(name: str) -> str:
    """A surname alone: a full name would be spoken and recorded."""
    if not (_ONE_CHARACTER.fullmatch(name) or name in COMPOUND_SURNAMES):
        raise ValueError("a surname alone is expected: one character, or a compound surname such as 欧阳")
    return name


def _legible(reason: str) -> str:
    """Without characters that cannot be shown, of which databases take some for the end."""
    legible = "".join(each if each.isprintable() else " " for each in reason).strip()
    if not legible:
        raise ValueError("a reason in words is expected")
    return legible


Moment = Annotated[datetime, BeforeValidator(_iso_text), AfterValidator(_with_offset)]
Identifier = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:/+=@-]+$")]
CustomerRef = Annotated[str, Field(pattern=REF)]
"""What an institution calls a customer; stored as a keyed digest only."""
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000)]
RawFacts = Annotated[dict[str, Any], Field(max_length=64)]
"""As sent; `app.approved.facts` checks them by the types of the vocabulary."""
Reason = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_legible)]
PersonalData = dict[Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")], Annotated[str, Field(max_length=200)]]


class CalleeRequest(Exact):
    """The person who answers the call."""

    role: Role
    identity_verified: Flag = False


class CustomerRequest(Exact):
    """The customer, as the dialogue engine knows them."""

    ref: CustomerRef | None = None
    age: Annotated[int, Field(strict=True, ge=0, le=130)] | None = None
    generation: Generation | None = None
    region: Literal["tier1", "city", "county"] | None = None
    tags: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(default=[], max_length=50)
    surname: Annotated[str, AfterValidator(_surname)] | None = None
    honorific: Literal["先生", "女士", "小姐", "老师", "阿姨", "叔叔", "大爷", "大妈", "师傅", "同学"] | None = None
    is_student: Flag | None = None
    marketing_consent: Flag | None = None
    opted_out: Flag = False
    pii: PersonalData = Field(default={}, max_length=20)


class HistoryRequest(Exact):
    """The calls of the same day before this one."""

    connected_calls_today: Count = 0
    attempts_today: Count = 0


class OptionsRequest(Exact):
    """How the script is to be made. `deadline_ms` counts from the request's arrival."""

    candidates: Annotated[int, Field(strict=True, ge=1, le=8)] = 4
    deadline_ms: Annotated[int, Field(strict=True, ge=50, le=30_000)] = 1500
    source: Literal["auto", "model", "pool"] = "auto"
    strategy: Annotated[str, Field(max_length=64)] | None = None


class ScriptRequest(Exact):
    """The order for one script, at one moment of a call."""

    request_id: Identifier
    scenario: Scenario
    channel: Channel = Channel.AI_VOICE
    call_time: Moment
    callee: CalleeRequest
    customer: CustomerRequest
    history: HistoryRequest = HistoryRequest()
    facts: RawFacts = {}
    options: OptionsRequest = OptionsRequest()


class ReviewItem(Exact):
    """A text to examine. What only an absent field could decide is not checked."""

    text: Annotated[str, Field(max_length=MAX_TEXT)]
    scenario: Scenario | None = None
    channel: Channel | None = None
    stage: Stage | None = None
    callee: CalleeRequest | None = None
    facts: RawFacts | None = None
    pii: PersonalData | None = None


class ReviewBatch(Exact):
    """Several texts, answered in the same order."""

    items: list[ReviewItem] = Field(max_length=MAX_ITEMS)


class NotedEvent(Exact):
    """One thing that a customer said in a call, in the shape of a script answer's `events`.

    `scope`: an opt-out's; absent: marketing. `at`: when to call back, or when a refusal was said (absent: now).
    `date` and `amount` (yuan): a promise's. `remembered` is taken, and says nothing.
    """

    type: EventType
    scope: Scope | None = None
    at: Moment | None = None
    day: Annotated[date, Field(strict=True)] | None = Field(None, alias="date")
    amount: Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")] | None = None
    remembered: Flag | None = None

    @field_validator("scope", "at", "day", "amount")
    @classmethod
    def _is_of_this_type(cls, value: Any, info: ValidationInfo) -> Any:
        kind = info.data.get("type")
        if value is not None and kind is not None and kind not in _EVENTS_WITH[info.field_name or ""]:
            raise ValueError("events of this type have no such field")
        return value

    @field_validator("at")
    @classmethod
    def _was_said(cls, at: datetime | None, info: ValidationInfo) -> datetime | None:
        if at is None or info.data.get("type") not in _REFUSALS:
            return at
        now = datetime.now(UTC)
        if at > now + _CLOCKS_DIFFER:
            raise ValueError("a refusal cannot have been said in the future")
        return min(at, now)

    def as_event(self) -> ContactEvent:
        """As the ledger takes it."""
        scope = (self.scope or Scope.MARKETING) if self.type is EventType.OPT_OUT else None
        amount = None if self.amount is None else Decimal(self.amount)
        return ContactEvent(self.type, scope, self.at, self.day, amount)


_EVENTS_WITH = {
    "scope": {EventType.OPT_OUT},
    "at": {EventType.CALLBACK, *_REFUSALS},
    "day": {EventType.PROMISE_TO_PAY},
    "amount": {EventType.PROMISE_TO_PAY},
}
"""Which types have each field."""


class NotedEvents(Exact):
    """Everything of note in a call."""

    events: list[NotedEvent] = Field(max_length=MAX_EVENTS)


class OpeningRequest(Exact):
    """Why calls that were refused may be made again; personal data in it is masked before it is kept."""

    reason: Reason
