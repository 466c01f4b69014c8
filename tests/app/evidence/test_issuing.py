"""Evidence says what was answered and by which rules, and holds; of an erased decision it says no more than that."""

import json
from collections.abc import Callable

import pytest

from app.evidence import Issuer, open_signer, read_public_key, verify
from app.records import Decision, DecisionLog, Erasure, Revisions, Store, UnknownDecision
from tests.app.evidence.examples import LEXICON, review, script

MakeDecision = Callable[..., Decision]


async def test_it_holds_on_a_store_without_a_revision(
    store: Store, log: DecisionLog, make_decision: MakeDecision
) -> None:
    decision = review(make_decision)
    await log.record(decision)
    evidence = await Issuer(store).issue(decision.script_id)
    assert verify(evidence, read_public_key((await open_signer(store)).public_key.encode())) == []
    assert verify(json.loads(json.dumps(evidence))) == []
    assert evidence["policy"] == {"revision": 1, "digest": "5f" * 32, "published": None}
    assert evidence["rules"] == [{"rule": "promise.approval", "file": None, "text": None, "brought_by": None}]
    assert evidence["experiment"] is None


async def test_it_names_the_rules_and_who_answers_for_them(
    store: Store, log: DecisionLog, make_decision: MakeDecision
) -> None:
    first = await Revisions(store).begin(LEXICON, {"institution.yaml": b"name: x\n"})
    decision = script(make_decision)
    await log.record(decision)
    evidence = await Issuer(store).issue(decision.script_id)
    assert verify(evidence) == []
    assert [rule["rule"] for rule in evidence["rules"]] == ["personal_data.mobile", "promise.approval"]
    [_, rule] = evidence["rules"]
    assert (rule["file"], rule["text"]["phrases"], rule["brought_by"]["author"]) == (
        "promise.yaml",
        ["必批"],
        "service",
    )
    published = evidence["policy"]["published"]
    assert (published["sha256"], set(published["wording"])) == (first.sha256, {"institution.yaml"})
    assert (evidence["model"], evidence["prompt_version"]) == ("heyan-mini", "script.v1")


async def test_of_an_erased_decision_it_proves_that_there_was_one(
    store: Store, log: DecisionLog, make_decision: MakeDecision
) -> None:
    decision = script(make_decision, ref_digest="ref")
    await log.record(decision)
    before = await Issuer(store).issue(decision.script_id)
    await Erasure(store).of_person("ref", "王管理")
    after = await Issuer(store).issue(decision.script_id)
    assert verify(after) == []
    assert (after["state"], after["decision"]) == ("erased", None)
    assert decision.text is not None
    assert decision.text not in json.dumps(after, ensure_ascii=False)
    assert (after["decision_digest"], after["seal"]) == (before["decision_digest"], before["seal"])


async def test_what_is_not_there_has_no_evidence(store: Store) -> None:
    with pytest.raises(UnknownDecision):
        await Issuer(store).issue("01KX")
