"""Checks evidence offline: the signature, the way to the root in the trail, and whether its parts fit each other."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.evidence.issuing import FORMAT
from app.evidence.signing import is_signed
from app.records import merkle
from app.records.audit import hash_of
from app.records.canonical import COVERED, digest_of
from app.records.revisions import digest_of as sha256_of
from app.records.seals import SEALED

Evidence = Mapping[str, Any]
_PARTS = {
    *("format", "issued_at", "script_id", "state", "erased_at", "decision", "decision_digest", "verdict", "policy"),
    *("rules", "model", "prompt_version", "experiment", "seal", "seal_row", "trail_head", "signature"),
}


def parse_evidence(content: bytes) -> Any:
    """What a file says; None for one that is no JSON, or that says a thing twice: readers would read it differently."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        told = dict(pairs)
        if len(told) < len(pairs):
            raise ValueError("a name stands here twice")
        return told

    def none(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    try:
        return json.loads(content, object_pairs_hook=once, parse_constant=none)
    except (ValueError, RecursionError):
        return None


def verify(evidence: Any, key: str | None = None) -> list[str]:
    """What is wrong with evidence, a line each; nothing where it holds. `key`: the public key that must have signed.

    Without `key` the signature only says that nothing was changed since somebody signed it, not who that was.
    """
    if not isinstance(evidence, Mapping) or evidence.get("format") != FORMAT:
        return [f"this is no evidence of the form {FORMAT}"]
    problems = []
    if set(evidence) != _PARTS:
        problems.append(f"parts are missing or strange: {', '.join(sorted(set(evidence) ^ _PARTS))}")
    if not is_signed(evidence):
        problems.append("the signature is not that of the key beside it over this content")
    if key is not None and _part(evidence, "signature", "key") != key:
        problems.append("it was signed with another key than the one that is expected")
    for holds, problem in _CHECKS:
        try:
            if not holds(evidence):
                problems.append(problem)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            problems.append(problem)
    return problems


def _part(evidence: Evidence, outer: str, inner: str) -> Any:
    found = evidence.get(outer)
    return found.get(inner) if isinstance(found, Mapping) else None


def _decision_has_its_digest(evidence: Evidence) -> bool:
    if evidence["state"] == "erased":
        return evidence["decision"] is None and evidence["erased_at"] is not None
    decision = evidence["decision"]
    is_whole = set(decision) == set(COVERED) and evidence["state"] == "recorded" and evidence["erased_at"] is None
    return is_whole and bool(digest_of(decision) == evidence["decision_digest"])


def _leads_to_the_root(evidence: Evidence) -> bool:
    seal, leaf = evidence["seal"], merkle.leaf_of(evidence["script_id"], evidence["decision_digest"])
    return bool(merkle.root_by(leaf, seal["place"], seal["count"], seal["path"]) == seal["root"])


def _root_is_in_the_trail(evidence: Evidence) -> bool:
    row, seal = evidence["seal_row"], evidence["seal"]
    told = row["details"]
    return row["event"] == SEALED and (told["root"], told["count"]) == (seal["root"], seal["count"])


def _row_has_its_hash(evidence: Evidence) -> bool:
    row = evidence["seal_row"]
    details = json.dumps(row["details"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hash_of({**row, "at": datetime.fromisoformat(row["at"]), "details": details}) == str(row["hash"])


def _head_is_not_before_the_row(evidence: Evidence) -> bool:
    head, row = evidence["trail_head"], evidence["seal_row"]
    if head["number"] == row["number"]:
        return bool(head["hash"] == row["hash"])
    return bool(head["number"] > row["number"] >= 1)


def _told_twice_is_told_alike(evidence: Evidence) -> bool:
    decision = evidence["decision"]
    if decision is None:
        return True
    verdict, policy = evidence["verdict"], evidence["policy"]
    pairs = [
        (decision["script_id"], evidence["script_id"]),
        (decision["policy_revision"], policy["revision"]),
        (decision["policy_digest"], policy["digest"]),
        *((decision[name], evidence[name]) for name in ("model", "prompt_version")),
        *((decision[name], verdict[name]) for name in ("action", "findings", "rejected")),
    ]
    return all(one == other for one, other in pairs)


def _answer_fits(evidence: Evidence) -> bool:
    """The answer that the caller got says the same as the record of it."""
    decision = evidence["decision"]
    if decision is None:
        return True
    answer = json.loads(decision["answer"])
    said = ("script_id", "text")
    names = {"script": (*said, "request_id"), "turn": said, "review": ()}[decision["kind"]]
    same = (*names, "action", "policy_revision", "policy_digest")
    found = answer["findings"] if decision["kind"] == "review" else answer["verdict"]["findings"]
    return found == decision["findings"] and all(answer[name] == decision[name] for name in same)


def _revision_has_its_digest(evidence: Evidence) -> bool:
    policy = evidence["policy"]
    published = policy["published"]
    if published is None:
        return True
    is_same = bool(published["number"] == policy["revision"])
    return is_same and sha256_of(published["lexicon"], published["wording"]) == published["sha256"]


def _rules_are_those_that_fired(evidence: Evidence) -> bool:
    verdict, rules = evidence["verdict"], evidence["rules"]
    fired = sorted({each["rule"] for each in (*verdict["findings"], *verdict["rejected"])})
    if [each["rule"] for each in rules] != fired:
        return False
    return all(_has_an_origin(each, evidence["policy"]["published"]) for each in rules)


def _has_an_origin(rule: Mapping[str, Any], published: Mapping[str, Any] | None) -> bool:
    text, brought = rule["text"], rule["brought_by"]
    if text is None or published is None:
        return text is None and brought is None
    is_its_text = text["id"] == rule["rule"] and rule["file"] in published["lexicon"]
    return bool(is_its_text and brought["number"] <= published["number"])


_CHECKS: tuple[tuple[Callable[[Evidence], bool], str], ...] = (
    (_decision_has_its_digest, "the decision is not the one whose digest was sealed"),
    (_leads_to_the_root, "the digest does not lead to the root of its seal"),
    (_root_is_in_the_trail, "the seal is not the one of the row in the audit trail"),
    (_row_has_its_hash, "the row of the audit trail was changed"),
    (_head_is_not_before_the_row, "the head of the trail does not follow the row of the seal"),
    (_told_twice_is_told_alike, "verdict, policy or model differ from the decision"),
    (_answer_fits, "the answer differs from the decision"),
    (_revision_has_its_digest, "the files of the revision are not those of its sha256"),
    (_rules_are_those_that_fired, "the rules are not those that fired"),
)
