"""An empty SQLite store, the life of rules in it, and who tells of it."""

from collections.abc import AsyncIterator, Callable

import pytest

from app.notices.courier import Courier
from app.notices.notifier import Notifier, ReadChange, Rhythm
from app.records import Headlines, Outbox, Revisions, Store, Webhooks
from guards.policy import Policy
from tests.app.lexicon.conftest import judge, lifecycle, revisions
from tests.app.lexicon.rules import RuleLife
from tests.app.stores import Clock

__all__ = ["judge", "lifecycle", "revisions"]
"""The life of rules, which pytest looks for here."""

AT_ONCE = Rhythm(look=0.01, replicas=0.0, forget=0.0)
Notifying = Callable[..., Notifier]


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty store: SQLite, but where a test says `postgres`."""
    value: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return value


@pytest.fixture
def webhooks(store: Store, clock: Clock) -> Webhooks:
    """None yet."""
    return Webhooks(store, clock)


@pytest.fixture
def outbox(store: Store, clock: Clock) -> Outbox:
    """Nothing is told yet."""
    return Outbox(store, clock)


@pytest.fixture
async def notifying(store: Store, lifecycle: RuleLife, clock: Clock, policy: Policy) -> AsyncIterator[Notifying]:
    """Makes who tells what happens in this store, or in another one; each is one process's."""
    couriers: list[Courier] = []

    def make(other: Store | None = None, read: ReadChange = lifecycle.get) -> Notifier:
        known = other or store
        couriers.append(Courier(None, now=clock))
        return Notifier(
            Webhooks(known, clock),
            Outbox(known, clock),
            couriers[-1],
            Headlines(known),
            Revisions(known, clock),
            {"lexicon": read},
            mask=policy.personal_data.masked,
            rhythm=AT_ONCE,
            now=clock,
        )

    yield make
    for courier in couriers:
        await courier.close()
