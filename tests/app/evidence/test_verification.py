"""Whatever is changed in evidence is found: with the old signature, and by somebody who signs it anew."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.evidence import Issuer, Signer, read_public_key, verify
from app.records import Decision, DecisionLog, Revisions, open_store
from tests.app.evidence.examples import LEXICON, script

Evidence = dict[str, Any]
Change = Callable[[Evidence], object]
FORGER = Signer(Ed25519PrivateKey.from_private_bytes(b"f" * 32))
SIGNATURE = "the signature is not that of the key beside it over this content"
DECISION = "the decision is not the one whose digest was sealed"
ROOT = "the digest does not lead to the root of its seal"
SEAL = "the seal is not the one of the row in the audit trail"
ROW = "the row of the audit trail was changed"
HEAD = "the head of the trail does not follow the row of the seal"
TWICE = "verdict, policy or model differ from the decision"
ANSWER = "the answer differs from the decision"
FILES = "the files of the revision are not those of its sha256"
RULES = "the rules are not those that fired"


@pytest.fixture
async def evidence(tmp_path: Path, make_decision: Callable[..., Decision]) -> Evidence:
    """Evidence of a script that was sealed among others."""
    store = await open_store(f"sqlite:///{tmp_path / 'heyan.db'}")
    log = DecisionLog(store)
    await log.start()
    await Revisions(store).begin(LEXICON, {"institution.yaml": b"name: x\n"})
    decision = script(make_decision)
    await log.record_many([*(make_decision() for _ in range(4)), decision])
    issued = await Issuer(store).issue(decision.script_id)
    await log.close()
    await store.close()
    found: Evidence = json.loads(json.dumps(issued))
    return found


def _set(*path: str | int, value: Any) -> Change:
    def change(evidence: Evidence) -> None:
        inner: Any = evidence
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


def _forged(evidence: Evidence) -> Evidence:
    return FORGER.signed({name: value for name, value in evidence.items() if name != "signature"})


def test_what_was_not_changed_holds(evidence: Evidence) -> None:
    assert verify(evidence) == []
    assert verify(evidence, evidence["signature"]["key"]) == []


def test_whoever_signs_anew_has_another_key(evidence: Evidence) -> None:
    key = evidence["signature"]["key"]
    assert verify(_forged(evidence)) == []
    assert verify(_forged(evidence), read_public_key(FORGER.public_key.encode())) == []
    assert verify(_forged(evidence), key) == ["it was signed with another key than the one that is expected"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_set("decision", "text", value="另一句"), DECISION),
        (_set("decision", "request", "facts", value={}), DECISION),
        (_set("decision", "created_at", value="2026-11-23T02:05:00+00:00"), DECISION),
        (_set("decision", "more", value=1), DECISION),
        (_set("decision", value=None), DECISION),
        (_set("decision", value=[]), DECISION),
        (lambda evidence: evidence["decision"].pop("text"), DECISION),
        (_set("state", value="erased"), DECISION),
        (_set("erased_at", value="2026-11-23T02:05:00+00:00"), DECISION),
        (_set("decision_digest", value="0" * 64), ROOT),
        (_set("script_id", value="01KOTHER"), ROOT),
        (_set("seal", "place", value=1), ROOT),
        (_set("seal", "count", value=4), ROOT),
        (_set("seal", "path", value=[]), ROOT),
        (_set("seal", "path", 0, value="0" * 64), ROOT),
        (_set("seal", "root", value="0" * 64), SEAL),
        (_set("seal", value=None), ROOT),
        (_set("seal_row", "details", "root", value="0" * 64), SEAL),
        (_set("seal_row", "event", value="key.created"), SEAL),
        (_set("seal_row", "details", "count", value=6), SEAL),
        (_set("seal_row", "person", value="somebody"), ROW),
        (_set("seal_row", "at", value="2026-11-23T02:05:00+00:00"), ROW),
        (_set("seal_row", "at", value="today"), ROW),
        (_set("seal_row", "previous", value="0" * 64), ROW),
        (_set("seal_row", "number", value=1), ROW),
        (_set("seal_row", "hash", value="0" * 64), ROW),
        (_set("trail_head", "number", value=0), HEAD),
        (_set("trail_head", "hash", value="0" * 64), HEAD),
        (_set("trail_head", value={}), HEAD),
        (_set("verdict", "findings", value=[]), TWICE),
        (_set("verdict", "action", value="do_not_call"), TWICE),
        (_set("verdict", "rejected", value=[]), TWICE),
        (_set("policy", "digest", value="0" * 64), TWICE),
        (_set("policy", "revision", value=2), TWICE),
        (_set("model", value="another"), TWICE),
        (_set("prompt_version", value=None), TWICE),
        (_set("decision", "answer", value="{}"), ANSWER),
        (_set("decision", "answer", value="no JSON"), ANSWER),
        (_set("policy", "published", "sha256", value="0" * 64), FILES),
        (_set("policy", "published", "lexicon", "promise.yaml", value="0" * 64), FILES),
        (_set("policy", "published", "wording", value={}), FILES),
        (_set("policy", "published", "number", value=2), FILES),
        (_set("policy", "published", value=None), RULES),
        (_set("rules", value=[]), RULES),
        (_set("rules", 1, "text", "id", value="promise.other"), RULES),
        (_set("rules", 1, "file", value="other.yaml"), RULES),
        (_set("rules", 1, "brought_by", value=None), RULES),
        (_set("rules", 1, "brought_by", "number", value=2), RULES),
        (_set("rules", 1, "rule", value="promise.other"), RULES),
    ],
)
def test_a_change_is_found_twice(evidence: Evidence, change: Change, problem: str) -> None:
    changed = copy.deepcopy(evidence)
    change(changed)
    assert SIGNATURE in verify(changed)
    assert problem in verify(_forged(changed))


@pytest.mark.parametrize(
    "change",
    [
        _set("issued_at", value="2027-11-23T02:05:00+00:00"),
        _set("experiment", value={"id": "x"}),
        _set("policy", "published", "approver", value="somebody"),
        _set("policy", "published", "author", value="somebody"),
        _set("rules", 1, "text", "phrases", value=["包批"]),
        _set("rules", 1, "brought_by", "author", value="somebody"),
        _set("signature", "value", value="AAAA"),
        _set("signature", "key", value="AAAA"),
        _set("signature", value=None),
    ],
)
def test_what_only_the_signature_covers_is_found_by_it(evidence: Evidence, change: Change) -> None:
    change(evidence)
    assert SIGNATURE in verify(evidence)


def _all_values(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _all_values(inner, (*path, key))


def test_no_value_can_be_changed_or_left_out(evidence: Evidence) -> None:
    paths = list(_all_values(evidence))
    assert len(paths) > 120
    for path in paths:
        for value in ("x", None, 7):
            changed = copy.deepcopy(evidence)
            _set(*path, value=value)(changed)
            assert changed == evidence or verify(changed), path
        shorter: Any = copy.deepcopy(evidence)
        inner = shorter
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        assert verify(shorter), path


@pytest.mark.parametrize("content", [None, [], "x", 1, {}, {"format": "heyan.evidence.v1"}, {"format": "v0"}])
def test_what_is_no_evidence_is_told_so(content: Any) -> None:
    assert verify(content)
