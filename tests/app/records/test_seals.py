"""Decisions are sealed into the trail, each proves that it was, and what is changed afterwards is found."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, text, update

from app.logs import line_writer
from app.records import AuditTrail, Decision, DecisionLog, Entry, Erasure, Head, Sealer, Seals, Store, merkle
from app.records.canonical import digest_of, written
from app.records.tables import decision_digests, decisions
from tests.model_server import PATIENCE_SECONDS

MakeDecision = Callable[..., Decision]
Told = Callable[[], Awaitable[list[Entry]]]


@pytest.fixture
def seals(store: Store) -> Seals:
    """Seals over no more than three decisions each."""
    return Seals(store, decisions_at_once=3)


@pytest.fixture
async def seven(log: DecisionLog, make_decision: MakeDecision) -> list[Decision]:
    """Seven decisions, not sealed yet."""
    made = [make_decision(text=f"第{number}句", ref_digest=f"ref{number % 2}") for number in range(7)]
    await log.record_many(made)
    return made


async def test_all_is_sealed_once(seals: Seals, seven: list[Decision], told: Told, store: Store) -> None:
    assert await seals.seal("李合规") == 7
    assert await seals.seal() == 0
    rows = await told()
    assert [(row.person, row.event, row.details["count"]) for row in rows] == [
        ("李合规", "decisions.sealed", count) for count in (3, 3, 1)
    ]
    assert (rows[0].details["first"], rows[2].details["last"]) == (seven[0].script_id, seven[-1].script_id)
    assert await seals.verify() is None
    assert await AuditTrail(store).verify() is None


async def test_what_is_recorded_late_is_sealed_next(
    seals: Seals, log: DecisionLog, make_decision: MakeDecision, told: Told
) -> None:
    await log.record(make_decision(script_id="01K5"))
    await seals.seal(recent=True)
    await log.record(make_decision(script_id="01K4", created_at=datetime.now(UTC)))
    assert await seals.seal(recent=True) == 1
    assert [row.details["last"] for row in await told()] == ["01K5", "01K4"]


async def test_every_decision_proves_that_it_was_sealed(seals: Seals, seven: list[Decision], told: Told) -> None:
    for decision in seven:
        proof = await seals.proof(decision.script_id)
        assert proof is not None
        assert proof.digest == digest_of(written(decision))
        leaf = merkle.leaf_of(decision.script_id, proof.digest)
        assert merkle.root_by(leaf, proof.place, proof.count, proof.path) == proof.root == proof.row.details["root"]
        assert proof.row in await told()
    assert await seals.proof("01KX") is None


async def test_evidence_of_what_was_recorded_long_ago_is_sealed_when_asked_for(
    seals: Seals, log: DecisionLog, make_decision: MakeDecision
) -> None:
    await log.record(make_decision(script_id="01K1"))
    await seals.seal()
    await log.record(make_decision(script_id="01K2", created_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert await seals.seal(recent=True) == 0
    assert await seals.proof("01K2") is not None


async def test_two_that_seal_at_once_seal_each_decision_once(store: Store, seven: list[Decision], told: Told) -> None:
    await asyncio.gather(*(Seals(store).seal() for _ in range(3)))
    assert sum(row.details["count"] for row in await told()) == len(seven)
    assert await Seals(store).verify() is None


@pytest.mark.parametrize("is_sealed_first", [True, False])
async def test_an_erased_decision_stays_under_its_seal(
    seals: Seals, seven: list[Decision], store: Store, is_sealed_first: bool
) -> None:
    if is_sealed_first:
        await seals.seal()
    assert await Erasure(store).of_person("ref1", "王管理") == 3
    await seals.seal()
    assert await seals.verify() is None
    proof = await seals.proof(seven[1].script_id)
    assert proof is not None
    assert proof.digest == digest_of(written(seven[1]))


async def test_what_is_changed_after_it_was_sealed_is_found(seals: Seals, seven: list[Decision], store: Store) -> None:
    await seals.seal()
    where = decisions.c.script_id == seven[4].script_id
    for change, reason in (
        (update(decisions).where(where).values(text="另一句"), f"{seven[4].script_id} was changed"),
        (delete(decisions).where(where), f"{seven[4].script_id} is missing"),
        (
            update(decision_digests).where(decision_digests.c.script_id == seven[4].script_id).values(digest="0" * 64),
            "a digest is not the one that was sealed",
        ),
        (
            delete(decision_digests).where(decision_digests.c.script_id == seven[4].script_id),
            "3 decisions were sealed, and 2 digests are left",
        ),
    ):
        async with store.writing() as connection:
            await connection.execute(change)
        broken = await seals.verify()
        assert broken is not None
        assert (broken.number, broken.reason) == (2, reason)


async def test_a_change_that_poses_as_an_erasure_is_found(seals: Seals, seven: list[Decision], store: Store) -> None:
    await seals.seal()
    async with store.writing() as connection:
        await connection.execute(text("UPDATE decisions SET text = 'x', erased_at = '2026-11-22 02:05:00'"))
    broken = await seals.verify()
    assert broken is not None
    assert broken.reason == "the trail tells of 0 erased decisions, and there are 7"


class TestTheHeadInTheLog:
    """A head that is kept elsewhere is an anchor."""

    async def test_is_told_at_the_start_with_each_seal_and_at_the_stop(
        self,
        store: Store,
        log: DecisionLog,
        make_decision: MakeDecision,
        told: Told,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        heads: list[Head] = []
        sealer = Sealer(Seals(store), AuditTrail(store), line_writer("info"), pause=0.01)
        sealer.start()
        await _until_told(capsys, heads, 1)
        assert heads == [Head(0, "0" * 64)]
        await log.record(make_decision())
        while heads[-1].number == 0:
            await _until_told(capsys, heads, len(heads) + 1)
        (row,) = await told()
        assert heads[-1] == Head(1, row.hash)
        await log.record(make_decision())
        await sealer.close()
        await _until_told(capsys, heads, len(heads))
        assert heads[-1] == await AuditTrail(store).head()
        count = len(heads)
        await sealer.close()
        await _until_told(capsys, heads, count)
        assert len(heads) == count

    async def test_is_told_as_soon_as_a_store_answers_that_did_not_at_the_start(
        self, url: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store, heads = Store(), list[Head]()
        sealer = Sealer(Seals(store), AuditTrail(store), line_writer("info"), retry=0.01)
        sealer.start()
        await asyncio.sleep(0.05)
        assert capsys.readouterr().err == ""
        await store.open(url)
        await _until_told(capsys, heads, 1)
        assert heads == [Head(0, "0" * 64)]
        await sealer.close()
        await store.close()

    async def test_a_stop_without_the_store_is_a_stop(self, capsys: pytest.CaptureFixture[str]) -> None:
        store = Store()
        sealer = Sealer(Seals(store), AuditTrail(store), line_writer("info"))
        sealer.start()
        await sealer.close()
        assert capsys.readouterr().err == ""


async def _until_told(capsys: pytest.CaptureFixture[str], heads: list[Head], count: int) -> None:
    """Add what was logged to `heads`, until there are so many."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            for line in map(json.loads, capsys.readouterr().err.splitlines()):
                assert (line["event"], line["level"]) == ("head of the audit trail", "info")
                heads.append(Head(line["number"], line["hash"]))
            if len(heads) >= count:
                return
            await asyncio.sleep(0.005)
