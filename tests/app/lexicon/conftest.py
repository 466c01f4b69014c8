"""A store of each kind, as the tests of records open it, and the life of rules in it."""

import pytest

from app.lexicon.lifecycle import Lifecycle
from app.lexicon.rule_matter import RuleMatter
from app.records import Revisions, Store
from tests.app.lexicon.rules import INSTITUTION, SMALL, RuleLife, Verdicts
from tests.app.stores import Clock


@pytest.fixture
def judge() -> Verdicts:
    """Lets everything pass until it is told otherwise."""
    return Verdicts()


@pytest.fixture
async def revisions(store: Store) -> Revisions:
    """A few of the shipped rules as revision 1."""
    opened = Revisions(store)
    await opened.begin(SMALL.contents, {"fallbacks.yaml": b"- approved\n"})
    return opened


@pytest.fixture
def lifecycle(store: Store, revisions: Revisions, judge: Verdicts, clock: Clock) -> RuleLife:
    """No change yet."""
    return Lifecycle(store, revisions, RuleMatter(INSTITUTION), judge=judge, clock=clock)
