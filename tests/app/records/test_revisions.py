"""What replicas say of themselves: who is silent, who is forgotten, and who runs one revision otherwise."""

import pytest

from app.records import Revisions, Store
from app.records.revisions import disagreeing
from tests.app.stores import Clock

ONE, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def revisions(store: Store, clock: Clock) -> Revisions:
    """Of a store that no replica runs on yet."""
    return Revisions(store, clock)


async def test_a_replica_that_was_not_heard_of_for_several_reports_is_silent(
    revisions: Revisions, clock: Clock
) -> None:
    await revisions.activated("killed", 1, ONE)
    await revisions.activated("lives", 1, ONE)
    for _ in range(7):
        clock.pass_by(seconds=5)
        await revisions.activated("lives", 1, ONE)
    assert {each.replica: each.is_silent for each in await revisions.status()} == {"killed": True, "lives": False}
    await revisions.activated("killed", 1, ONE)
    assert not any(each.is_silent for each in await revisions.status())


async def test_a_replica_that_was_not_heard_of_for_a_day_is_forgotten(revisions: Revisions, clock: Clock) -> None:
    await revisions.activated("killed", 1, ONE)
    clock.pass_by(hours=23)
    await revisions.activated("lives", 1, ONE)
    assert [each.replica for each in await revisions.status()] == ["killed", "lives"]
    clock.pass_by(hours=2)
    assert [each.replica for each in await revisions.status()] == ["lives"]
    await revisions.activated("lives", 1, ONE)
    clock.pass_by(hours=-2)
    assert [each.replica for each in await revisions.status()] == ["lives"]


async def test_who_runs_one_revision_with_another_digest_disagrees_unless_it_is_silent(
    revisions: Revisions, clock: Clock
) -> None:
    assert await revisions.activated("here", 1, ONE) == []
    assert await revisions.activated("there", 1, OTHER) == ["here"]
    assert await revisions.activated("elsewhere", 2, OTHER) == []
    assert disagreeing(await revisions.status()) == [1]
    clock.pass_by(minutes=1)
    assert await revisions.activated("here", 1, ONE) == []
    assert disagreeing(await revisions.status()) == []
    assert await revisions.activated("there", 1, ONE) == []
    assert disagreeing(await revisions.status()) == []
