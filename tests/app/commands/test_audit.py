"""Anybody can verify the trail, with an anchor that was kept elsewhere."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from app.records import open_store
from tests.app.shell import Shell, is_one_clear_line


def tamper(url: str, statement: str) -> None:
    async def run() -> None:
        store = await open_store(url)
        async with store.engine.begin() as connection:
            if store.engine.dialect.name == "postgresql":
                await connection.execute(text("ALTER TABLE audit_trail DISABLE TRIGGER USER"))
            else:
                for event in ("update", "delete"):
                    await connection.execute(text(f"DROP TRIGGER audit_trail_no_{event}"))
            await connection.execute(text(statement))
        await store.close()

    asyncio.run(run())


@pytest.fixture
def kept(shell: Shell) -> Path:
    """The anchor of a trail of three rows."""
    for name in ("one", "two", "three"):
        shell("keys", "create", name, "--role", "caller")
    assert shell("audit", "head", "--out", "anchor.json").out == ""
    return Path("anchor.json")


def test_an_empty_trail_is_whole(shell: Shell) -> None:
    assert shell("audit", "verify").out == "the trail is whole: 0 rows\n"
    assert shell("audit", "head").json == {"number": 0, "hash": "0" * 64}


def test_a_whole_trail_is_told_with_its_length(shell: Shell, kept: Path) -> None:
    outcome = shell("audit", "verify", "--anchor", str(kept))
    assert (outcome.status, outcome.out, outcome.err) == (0, "the trail is whole: 3 rows\n", "")
    assert json.loads(kept.read_text("utf-8")) == shell("audit", "head").json


def test_the_first_broken_row_is_exit_status_1(shell: Shell, kept: Path, url: str) -> None:
    tamper(url, "UPDATE audit_trail SET subject = 'other' WHERE number = 2")
    outcome = shell("audit", "verify")
    assert (outcome.status, outcome.out, outcome.err) == (1, "row 2: the row was changed\n", "")


def test_a_cut_end_is_found_with_the_anchor(shell: Shell, kept: Path, url: str) -> None:
    tamper(url, "DELETE FROM audit_trail WHERE number = 3")
    assert shell("audit", "verify").status == 0
    outcome = shell("audit", "verify", "--anchor", str(kept))
    assert (outcome.status, outcome.out) == (1, "row 3: the end of the trail is missing\n")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"number": "3", "hash": "a"}', '{"number": -1, "hash": ""}'])
def test_an_anchor_that_is_none(shell: Shell, content: str) -> None:
    Path("anchor.json").write_text(content, "utf-8")
    is_one_clear_line(shell("audit", "verify", "--anchor", "anchor.json"), "anchor.json", "heyan audit head")


def test_files_that_cannot_be_used(shell: Shell) -> None:
    is_one_clear_line(shell("audit", "verify", "--anchor", "missing.json"), "missing.json", "No such file")
    is_one_clear_line(shell("audit", "head", "--out", "missing/anchor.json"), "anchor.json", "No such file")


def test_the_line_of_the_log_that_tells_the_head_is_an_anchor(shell: Shell, kept: Path, url: str) -> None:
    head = json.loads(kept.read_text("utf-8"))
    line = {**head, "event": "head of the audit trail", "level": "info", "timestamp": "2026-11-29T02:05:00.000000Z"}
    kept.write_text(f"{json.dumps(line)}\n", "utf-8")
    assert shell("audit", "verify", "--anchor", str(kept)).status == 0
    tamper(url, "DELETE FROM audit_trail WHERE number = 3")
    assert shell("audit", "verify", "--anchor", str(kept)).status == 1
