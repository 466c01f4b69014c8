"""What a customer said that outlives the call, and which of it is kept."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.approved.events import EventType
from guards.types import Group


class Scope(StrEnum):
    """What an opt-out closes: calls that sell; or these, and the voice of a machine in every other call too."""

    MARKETING = "marketing"
    SERVICING = "servicing"

    @classmethod
    def said_in(cls, group: Group) -> "Scope":
        """The scope of what is said in a call of this group."""
        return cls.MARKETING if group is Group.MARKETING else cls.SERVICING

    def widest(self, other: "Scope | None") -> "Scope":
        """The wider of two."""
        return Scope.SERVICING if Scope.SERVICING in (self, other) else Scope.MARKETING


class Kept(StrEnum):
    """The events that are kept under the customer's reference, by the name of what they close."""

    OPT_OUT = "opt_out"
    WRONG_NUMBER = "wrong_number"
    THIRD_PARTY = "third_party"

    @property
    def event(self) -> EventType:
        """The type of the event that is kept so."""
        return EventType.THIRD_PARTY_REFUSED if self is Kept.THIRD_PARTY else EventType(self.value)


KEPT = {kept.event: kept for kept in Kept}
"""How each event that is kept is kept."""


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """One thing a customer said. `scope` is an opt-out's; `at` a callback's, or the time of what is kept, aware;
    `day` and `amount` (yuan) are a promise's. `remembered` is false where nobody can be remembered for it.
    """

    type: EventType
    scope: Scope | None = None
    at: datetime | None = None
    day: date | None = None
    amount: Decimal | None = None
    remembered: bool = True

    def as_json(self) -> dict[str, Any]:
        """The event in the contract's shape."""
        told: dict[str, Any] = {"type": self.type.value}
        if self.scope is not None:
            told["scope"] = self.scope.value
        if self.type is EventType.CALLBACK:
            told["at"] = self.at.isoformat() if self.at else None
        if self.type is EventType.PROMISE_TO_PAY:
            told["date"] = self.day.isoformat() if self.day else None
            told["amount"] = str(self.amount) if self.amount is not None else None
        if not self.remembered:
            told["remembered"] = False
        return told


@dataclass(frozen=True, slots=True)
class Change:
    """One closing, widening or opening, in the order of commits. `request_id` is that of the call, if one led to it."""

    number: int
    ref_digest: str
    type: Kept
    scope: Scope | None
    change: str
    at: datetime
    source: str
    request_id: str | None
