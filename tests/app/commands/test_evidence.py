"""heyan evidence key | verify"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.evidence import Issuer
from app.records import Decision, DecisionLog, open_store
from tests.app.evidence.examples import review
from tests.app.shell import Shell


@pytest.fixture
def file(tmp_path: Path, url: str, make_decision: Callable[..., Decision]) -> Path:
    """Evidence out of the store of the shell."""

    async def issue() -> str:
        store = await open_store(url)
        log = DecisionLog(store)
        await log.start()
        decision = review(make_decision)
        await log.record(decision)
        issued = await Issuer(store).issue(decision.script_id)
        await log.close()
        await store.close()
        return json.dumps(issued)

    made = tmp_path / "evidence.json"
    made.write_text(asyncio.run(issue()), "utf-8")
    return made


@pytest.fixture
def key(shell: Shell, file: Path) -> Path:
    """The public key, as it is printed."""
    made = file.with_name("key.pem")
    made.write_text(shell("evidence", "key").out, "utf-8")
    return made


def test_the_key_is_printed_the_same_every_time(shell: Shell, key: Path) -> None:
    assert key.read_text("utf-8").startswith("-----BEGIN PUBLIC KEY-----\n")
    assert shell("evidence", "key").out == key.read_text("utf-8")


def test_evidence_holds_without_a_store(shell: Shell, file: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYAN_DATABASE_URL", "sqlite:////proc/nowhere")
    outcome = shell("evidence", "verify", str(file), "--key", str(key))
    assert (outcome.status, outcome.err) == (0, "")
    assert "holds: 01K0001, recorded, sealed in row 1 of the audit trail" in outcome.out
    assert "--key" in shell("evidence", "verify", str(file)).out


def test_a_change_is_told_with_exit_status_1(shell: Shell, file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("\\u5fc5\\u6279", "x"), "utf-8")
    outcome = shell("evidence", "verify", str(file))
    assert (outcome.status, outcome.err) == (1, "")
    assert "does not hold: the signature" in outcome.out
    assert "does not hold: the decision is not the one whose digest was sealed" in outcome.out


def test_another_key_is_told(shell: Shell, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYAN_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    other = tmp_path / "other.pem"
    other.write_text(shell("evidence", "key").out, "utf-8")
    outcome = shell("evidence", "verify", str(file), "--key", str(other))
    assert outcome.status == 1
    assert outcome.out == "does not hold: it was signed with another key than the one that is expected\n"


def test_what_is_no_evidence_is_told(shell: Shell, tmp_path: Path, key: Path) -> None:
    for content in ("", "{}", "[]", "no JSON"):
        other = tmp_path / "other.json"
        other.write_text(content, "utf-8")
        outcome = shell("evidence", "verify", str(other))
        assert outcome.status == 1
        assert outcome.out == "does not hold: this is no evidence of the form heyan.evidence.v1\n"
    missing = shell("evidence", "verify", str(tmp_path / "missing.json"))
    assert (missing.status, missing.out) == (2, "")
    no_key = shell("evidence", "verify", str(key), "--key", str(tmp_path / "other.json"))
    assert (no_key.status, no_key.out) == (2, "")
    assert "no Ed25519 public key" in no_key.err
