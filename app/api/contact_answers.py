"""The answers about contacts, field by field: what a customer refused, what follows, who asked to open it again."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field
from typing_extensions import TypeAliasType

from app.api.answers import Told
from app.contacts import Scope
from guards.types import Channel, Role, Scenario

RefusalType = TypeAliasType("RefusalType", Literal["opt_out", "wrong_number", "third_party_refused"])
"""The events that are kept."""
RefusalSource = TypeAliasType("RefusalSource", Literal["call", "api", "import"])
ChangeSource = TypeAliasType("ChangeSource", Literal["call", "api", "import", "retention"])
"""Heard in a call, told over this interface, read from a list."""
CURSOR = "^c[0-9a-f]{1,15}$"
"""A place in the list of changes: opaque to callers."""


class Refusal(Told):
    """What the customer refused and when, first and last; `scope` is an opt-out's."""

    type: RefusalType
    scope: Scope | None
    since: datetime
    latest: datetime
    source: RefusalSource


class ClosedCalls(Told):
    """Calls that `rule` stops, with what a script for them would be answered. Null: every channel, every role."""

    scenario: Scenario
    channel: Channel | None
    roles: list[Role] | None
    action: Literal["do_not_call", "handoff"]
    rule: str = Field(examples=["gate.opted_out"])


class AskedOpening(Told):
    """Who wants calls opened again, and why; an approver who is another person grants it."""

    type: RefusalType
    person: str
    reason: str
    at: datetime


class ContactAnswer(Told):
    """What one customer refused, as it is in force; all lists are empty for one of whom nothing is known."""

    ref: str
    events: list[Refusal]
    closed: list[ClosedCalls]
    asked: list[AskedOpening]


class OpeningAnswer(ContactAnswer):
    """What came of the wish to open calls again, and what is in force now."""

    state: Literal["asked", "opened"]


class ContactChange(Told):
    """One closing, widening or opening. `ref_digest` is the customer: HMAC-SHA-256 of the reference, in hexadecimal.

    `request_id` is that of the script request in whose call it was said.
    """

    ref_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    type: RefusalType
    scope: Scope | None
    change: Literal["closed", "opened"]
    at: datetime
    source: ChangeSource
    request_id: str | None


class ContactChangesAnswer(Told):
    """Changes, oldest first. `next` is where to go on from, always; `more`: there are some already."""

    changes: list[ContactChange]
    next: Annotated[str, Field(pattern=CURSOR)]
    more: bool


CONTACT_ANSWERS: tuple[type[BaseModel], ...] = (ContactAnswer, OpeningAnswer, ContactChangesAnswer)
"""All that these routes answer with, each a named schema."""
