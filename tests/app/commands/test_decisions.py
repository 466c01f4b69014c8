"""heyan decisions seal | verify | purge"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.records import Decision, DecisionLog, open_store
from tests.app.records.conftest import make_decision
from tests.app.shell import Shell

__all__ = ["make_decision"]


@pytest.fixture
def file(tmp_path: Path, make_decision: Callable[..., Decision]) -> Path:
    """The store of the shell, with three decisions."""
    database = tmp_path / "var" / "heyan.sqlite3"

    async def record() -> None:
        store = await open_store(f"sqlite:///{database}")
        log = DecisionLog(store)
        await log.start()
        await log.record_many([make_decision(text="您好") for _ in range(3)])
        await log.close()
        await store.close()

    asyncio.run(record())
    return database


def test_all_is_sealed_and_holds(shell: Shell, file: Path) -> None:
    assert shell("decisions", "seal").out == "3 decisions are sealed\n"
    assert shell("decisions", "seal").out == "0 decisions are sealed\n"
    assert shell("decisions", "verify").out == "every sealed decision is what it was\n"


def test_what_was_changed_is_named_with_exit_status_1(shell: Shell, file: Path) -> None:
    shell("decisions", "seal")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE decisions SET text = 'x' WHERE script_id = '01K0002'")
        connection.commit()
    outcome = shell("decisions", "verify")
    assert (outcome.status, outcome.err) == (1, "")
    assert "row 1" in outcome.out
    assert "01K0002 was changed" in outcome.out


def test_old_decisions_are_purged_and_the_seals_hold(shell: Shell, file: Path) -> None:
    shell("decisions", "seal")
    assert shell("decisions", "purge", "--before", "2026-11-22").out == "0 decisions are erased\n"
    assert shell("decisions", "purge", "--before", "2026-11-23").out == "3 decisions are erased\n"
    assert "您好".encode() not in _rows(file)
    assert shell("decisions", "verify").status == 0


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-30", "2199-01-01"])
def test_what_is_no_past_day_is_refused(shell: Shell, day: str) -> None:
    outcome = shell("decisions", "purge", "--before", day)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("--before: ")


def _rows(file: Path) -> bytes:
    with closing(sqlite3.connect(file)) as connection:
        return repr(connection.execute("SELECT * FROM decisions").fetchall()).encode()
