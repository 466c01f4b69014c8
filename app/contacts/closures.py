"""What one customer closed, and who wants it opened again: values, as the ledger reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from app.contacts.events import Kept, Scope


@dataclass(frozen=True, slots=True)
class Closure:
    """What is closed since when, and how that came about: `call`, `api`, `import`. `latest`: refused again then."""

    type: Kept
    scope: Scope | None
    since: datetime
    latest: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A person's wish to open what is closed, which another person grants."""

    type: Kept
    person: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Closures:
    """All that one customer closed, and what was asked about it."""

    closed: Mapping[Kept, Closure] = field(default_factory=lambda: MappingProxyType({}))
    asks: Mapping[Kept, Ask] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def opted_out(self) -> bool:
        """Whether calls that sell are closed."""
        return Kept.OPT_OUT in self.closed

    @property
    def asked_for_person(self) -> bool:
        """Whether a machine's voice is closed everywhere."""
        closure = self.closed.get(Kept.OPT_OUT)
        return closure is not None and closure.scope is Scope.SERVICING

    @property
    def wrong_number(self) -> bool:
        """Whether the number is somebody else's."""
        return Kept.WRONG_NUMBER in self.closed

    @property
    def third_party_refused(self) -> bool:
        """Whether those around the customer refused."""
        return Kept.THIRD_PARTY in self.closed


NONE_CLOSED = Closures()
