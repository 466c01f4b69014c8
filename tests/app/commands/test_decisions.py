"""heyan decisions seal | verify | purge"""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.records import Decision, DecisionLog, open_store
from tests.app.shell import Shell


@pytest.fixture(autouse=True)
def _three(url: str, make_decision: Callable[..., Decision]) -> None:
    """The store of the shell has three decisions."""

    async def record() -> None:
        store = await open_store(url)
        log = DecisionLog(store)
        await log.start()
        await log.record_many([make_decision(text="您好") for _ in range(3)])
        await log.close()
        await store.close()

    asyncio.run(record())


def test_all_is_sealed_and_holds(shell: Shell) -> None:
    assert shell("decisions", "seal").out == "3 decisions are sealed\n"
    assert shell("decisions", "seal").out == "0 decisions are sealed\n"
    assert shell("decisions", "verify").out == "every sealed decision is what it was\n"


def test_what_was_changed_is_named_with_exit_status_1(shell: Shell, url: str) -> None:
    shell("decisions", "seal")

    async def tamper() -> None:
        store = await open_store(url)
        async with store.writing() as connection:
            await connection.execute(text("UPDATE decisions SET text = 'x' WHERE script_id = '01K0002'"))
        await store.close()

    asyncio.run(tamper())
    outcome = shell("decisions", "verify")
    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.out == "the seal in row 1 of the audit trail does not hold: 01K0002 was changed\n"


def test_old_decisions_are_purged_and_the_seals_hold(shell: Shell, url: str) -> None:
    shell("decisions", "seal")
    assert shell("decisions", "purge", "--before", "2026-11-22").out == "0 decisions are erased\n"
    assert shell("decisions", "purge", "--before", "2026-11-23").out == "3 decisions are erased\n"
    assert shell("decisions", "verify").status == 0


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-30", "2199-01-01"])
def test_what_is_no_past_day_is_refused(shell: Shell, day: str) -> None:
    outcome = shell("decisions", "purge", "--before", day)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("--before: ")
