"""What is held in a store, on SQLite and on PostgreSQL: tightened by one at once, loosened by two."""

import asyncio
from dataclasses import replace

import pytest
from ulid import ULID

from app.approved.holds import HOLDS_FILE, LineKind, line_id
from app.data import Data
from app.errors import RequestConflict
from app.lexicon.catalogue import Catalogue
from app.lexicon.holding import Holding
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.refused import OwnChange, UnknownChange, UnknownLine, WrongState
from app.lexicon.rewording import Rewording
from app.lexicon.wording_matter import WordingMatter
from app.policy import ActivePolicy
from app.records import AuditTrail, ChangeState, Revisions, Store, changes
from app.writing.lines.library import ApprovedLine
from guards.types import Scenario
from tests.app.lexicon.rules import RuleLife, Verdicts, rule
from tests.app.stores import Clock, Told

ASKS, HOLDS, DECIDES = "张合规", "李合规", "王合规"
LINE = ApprovedLine(Scenario.ACQUISITION, "利息低。您看看？")
ID, OTHER = line_id(LineKind.LINE, LINE.text), line_id(LineKind.COMPLEMENT, "每月还{月还款}。")


@pytest.fixture
def life(store: Store, revisions: Revisions, data: Data, clock: Clock) -> Lifecycle[Rewording]:
    """The life of wording, in which nothing is asked for yet."""
    matter = WordingMatter(data.vocabulary, data.deployment.prompts)
    return Lifecycle(store, revisions, matter, judge=Verdicts(), clock=clock)


@pytest.fixture
def holding(store: Store, revisions: Revisions, data: Data, clock: Clock, life: Lifecycle[Rewording]) -> Holding:
    """Nothing held yet; one line of a model beside the shipped wording."""
    active, catalogue = ActivePolicy(data.policy, data.wording), Catalogue({"small": [LINE]})
    return Holding(store, revisions, active, catalogue, life, clock=clock)


async def _suspended(holding: Holding) -> list[str]:
    return [one.id for one in (await holding.held()).holds.suspended]


async def test_a_suspension_is_the_next_revision_with_the_same_rules_and_wording(
    holding: Holding, revisions: Revisions, told: Told, store: Store
) -> None:
    first = await revisions.newest()
    assert first is not None
    held = await holding.suspend(ID, HOLDS, "投诉")
    assert (held.revision.number, held.revision.author, held.revision.approver) == (2, HOLDS, None)
    assert held.revision.lexicon == first.lexicon
    assert {name: digest for name, digest in held.revision.wording.items() if name != HOLDS_FILE} == first.wording
    assert HOLDS_FILE in held.revision.wording
    assert held.revision.sha256 != first.sha256
    one = held.holds.get(ID)
    assert one is not None
    assert (one.text, one.reason, one.by) == (LINE.text, "投诉", HOLDS)
    assert (await holding.held()).holds == held.holds
    *_, published, line = await told()
    assert (line.event, line.subject, line.person, line.details["reason"]) == ("line.suspended", ID, HOLDS, "投诉")
    assert (published.subject, published.details["only_tightens"]) == ("2", True)
    assert await AuditTrail(store).verify() is None


async def test_what_is_suspended_or_unknown_is_refused(holding: Holding) -> None:
    await holding.suspend(ID, HOLDS, "投诉")
    with pytest.raises(RequestConflict):
        await holding.suspend(ID, DECIDES, "投诉")
    for step in (holding.suspend, holding.ask_to_resume):
        with pytest.raises(UnknownLine):
            await step("line-0000000000", HOLDS, "投诉")
    with pytest.raises(RequestConflict):
        await holding.ask_to_resume(OTHER, HOLDS, "投诉")
    with pytest.raises(RequestConflict):
        await holding.ask_to_unfreeze(HOLDS, "投诉")


async def test_another_person_lets_go_and_nothing_is_left_behind(
    life: Lifecycle[Rewording], holding: Holding, revisions: Revisions, told: Told
) -> None:
    await holding.suspend(ID, HOLDS, "投诉")
    asked = (await holding.ask_to_resume(ID, ASKS, "已改")).record
    assert await _suspended(holding) == [ID]
    decided = (await life.approve(asked.id, DECIDES, reason="同意")).record
    assert (decided.state, decided.revision, decided.decided_by) == (ChangeState.PUBLISHED, 3, DECIDES)
    newest, first = await revisions.newest(), await revisions.get(1)
    assert newest is not None
    assert first is not None
    assert (newest.author, newest.approver, newest.change_id) == (ASKS, DECIDES, asked.id)
    assert newest.sha256 == first.sha256
    events = {entry.event: entry for entry in await told()}
    assert events["line.resumed"].details["change"] == asked.id
    assert {"change.submitted", "change.approved"} <= events.keys()


@pytest.mark.parametrize("same", ["张合规", "张 合规", " 张合规"])
async def test_who_asks_never_decides(life: Lifecycle[Rewording], holding: Holding, same: str) -> None:
    await holding.freeze(HOLDS, "投诉")
    asked = (await holding.ask_to_unfreeze(ASKS, "查清了")).record
    with pytest.raises(OwnChange):
        await life.approve(asked.id, same)
    with pytest.raises(OwnChange):
        await life.reject(asked.id, same, "不")
    assert (await holding.held()).holds.freeze is not None
    await life.reject(asked.id, DECIDES, "没查清")
    with pytest.raises(WrongState):
        await life.approve(asked.id, DECIDES)


async def test_what_was_held_anew_is_not_let_go_of_by_an_older_request(
    life: Lifecycle[Rewording], holding: Holding, store: Store, clock: Clock
) -> None:
    await holding.suspend(ID, HOLDS, "投诉")
    asked = (await holding.ask_to_resume(ID, ASKS, "已改")).record
    with pytest.raises(RequestConflict):
        await holding.ask_to_resume(ID, DECIDES, "已改")
    twin = replace(asked, id=str(ULID()))  # asked for in the same moment, on another replica
    async with store.writing() as connection:
        await changes.add(connection, twin)
    await life.approve(asked.id, DECIDES)
    with pytest.raises(RequestConflict, match="已经恢复"):
        await life.approve(twin.id, DECIDES)
    clock.pass_by(minutes=1)
    await holding.suspend(ID, HOLDS, "又投诉")
    with pytest.raises(RequestConflict, match="重新停用"):
        await life.approve(twin.id, DECIDES)
    assert await _suspended(holding) == [ID]
    assert (await life.get(twin.id)).record.state is ChangeState.SUBMITTED


async def test_a_request_that_nobody_decides_expires_and_all_stays_held(
    life: Lifecycle[Rewording], holding: Holding, clock: Clock
) -> None:
    await holding.freeze(HOLDS, "投诉")
    asked = (await holding.ask_to_unfreeze(ASKS, "查清了")).record
    clock.pass_by(days=15)
    with pytest.raises(WrongState):
        await life.approve(asked.id, DECIDES)
    assert [one.record.state for one in await life.page()] == [ChangeState.EXPIRED]
    assert (await holding.held()).holds.freeze is not None
    assert (await holding.ask_to_unfreeze(ASKS, "查清了")).record.state is ChangeState.SUBMITTED


async def test_restoring_older_rules_lifts_no_suspension(holding: Holding, lifecycle: RuleLife) -> None:
    made = await lifecycle.draft({"adds": [rule()]}, ASKS)
    await lifecycle.submit(made.record.id, ASKS)
    await lifecycle.approve(made.record.id, DECIDES)
    await holding.suspend(ID, HOLDS, "投诉")
    await holding.freeze(HOLDS, "投诉")
    restored = await lifecycle.restore(1, ASKS)
    approved = await lifecycle.approve(restored.record.id, DECIDES)
    assert approved.record.revision == 5
    held = await holding.held()
    assert (held.revision.number, [one.id for one in held.holds.suspended]) == (5, [ID])
    assert held.holds.freeze is not None


async def test_a_change_of_rules_that_waits_is_not_moved_by_a_suspension(holding: Holding, lifecycle: RuleLife) -> None:
    made = await lifecycle.draft({"adds": [rule()]}, ASKS)
    await lifecycle.submit(made.record.id, ASKS)
    await holding.suspend(ID, HOLDS, "投诉")
    assert (await lifecycle.approve(made.record.id, DECIDES)).record.revision == 3
    assert await _suspended(holding) == [ID]


async def test_several_at_once_are_all_held(holding: Holding) -> None:
    ids = list(holding.lines((await holding.held()).holds))[:4]
    await asyncio.gather(*(holding.suspend(one, HOLDS, "投诉") for one in ids), holding.freeze(HOLDS, "投诉"))
    held = await holding.held()
    assert sorted(one.id for one in held.holds.suspended) == sorted(ids)
    assert (held.holds.freeze is not None, held.revision.number) == (True, 6)


async def test_only_one_of_two_approvals_counts(life: Lifecycle[Rewording], holding: Holding) -> None:
    await holding.freeze(HOLDS, "投诉")
    asked = (await holding.ask_to_unfreeze(ASKS, "查清了")).record
    both = await asyncio.gather(life.approve(asked.id, DECIDES), life.approve(asked.id, HOLDS), return_exceptions=True)
    assert sum(isinstance(one, WrongState) for one in both) == 1
    assert (await holding.held()).revision.number == 3


async def test_requests_are_listed_newest_first_and_others_are_unknown(
    life: Lifecycle[Rewording], holding: Holding, lifecycle: RuleLife
) -> None:
    await holding.suspend(ID, HOLDS, "投诉")
    await holding.freeze(HOLDS, "投诉")
    requests = (await holding.ask_to_resume(ID, ASKS, "已改"), await holding.ask_to_unfreeze(ASKS, "查清"))
    asked = {one.record.id for one in requests}
    listed = [one.record.id for one in await life.page(ChangeState.SUBMITTED)]
    assert set(listed) == asked
    assert [one.record.id for one in await life.page(before=listed[0], limit=1)] == [listed[1]]
    drafted = await lifecycle.draft({"title": "空"}, ASKS)
    with pytest.raises(UnknownChange):
        await life.get(drafted.record.id)
    assert [one.record.id for one in await lifecycle.page()] == [drafted.record.id]


async def test_what_is_suspended_stays_listed_when_it_is_approved_no_longer(
    life: Lifecycle[Rewording], holding: Holding, store: Store, revisions: Revisions, data: Data
) -> None:
    await holding.suspend(ID, HOLDS, "投诉")
    later = Holding(store, revisions, ActivePolicy(data.policy, data.wording), Catalogue({}), life)
    line = later.lines((await later.held()).holds)[ID]
    assert (line.text, line.places) == (LINE.text, ())
    assert (await later.ask_to_resume(ID, ASKS, "已改")).record.title == f"恢复话术：{LINE.text}"
