"""Evidence: one signed JSON that says what was answered, by which rules, who answers for these, and proves it all."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.evidence.origins import Origin, change_of, origins
from app.evidence.signing import open_signer
from app.records import AuditTrail, Decision, DecisionLog, Entry, Revision, Revisions, Seals, Store, UnknownDecision
from app.records.canonical import written

FORMAT = "heyan.evidence.v1"


class Issuer:
    """Issues evidence of one store's decisions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._log = DecisionLog(store)
        self._seals = Seals(store)
        self._revisions = Revisions(store)
        self._trail = AuditTrail(store)

    async def issue(self, script_id: str) -> dict[str, Any]:
        """The evidence for a decision, which is sealed now if it was not. Raises UnknownDecision, StoreError.

        Of an erased one it says that it was erased, and proves that it was recorded before.
        """
        proof = await self._seals.proof(script_id)
        decision = await self._log.get(script_id)
        if proof is None or decision is None:
            raise UnknownDecision
        is_erased = decision.erased_at is not None
        revision = await self._revisions.get(decision.policy_revision)
        content = {
            "format": FORMAT,
            "issued_at": datetime.now(UTC).isoformat(),
            "script_id": script_id,
            "state": "erased" if is_erased else "recorded",
            "erased_at": decision.erased_at.isoformat() if decision.erased_at else None,
            "decision": None if is_erased else written(decision),
            "decision_digest": proof.digest,
            "verdict": {
                "action": decision.action,
                "findings": [dict(each) for each in decision.findings],
                "rejected": [dict(each) for each in decision.rejected],
            },
            "policy": {
                "revision": decision.policy_revision,
                "digest": decision.policy_digest,
                "published": None if revision is None else await self._published(revision),
            },
            "rules": await self._rules(decision, revision),
            "model": decision.model,
            "prompt_version": decision.prompt_version,
            "experiment": None,
            "seal": {"place": proof.place, "count": proof.count, "path": list(proof.path), "root": proof.root},
            "seal_row": _row(proof.row),
            "trail_head": await self._head(),
        }
        return (await open_signer(self._store)).signed(content)

    async def _head(self) -> dict[str, Any]:
        head = await self._trail.head()
        return {"number": head.number, "hash": head.hash}

    async def _published(self, revision: Revision) -> dict[str, Any]:
        files = {"lexicon": dict(revision.lexicon), "wording": dict(revision.wording)}
        return {**await self._answered_for(revision), **files}

    async def _rules(self, decision: Decision, revision: Revision | None) -> list[dict[str, Any]]:
        fired = sorted({each["rule"] for each in (*decision.findings, *decision.rejected)})
        if revision is None:
            return [{"rule": rule, "file": None, "text": None, "brought_by": None} for rule in fired]
        return [await self._rule(origin) for origin in await origins(self._revisions, revision, fired)]

    async def _rule(self, origin: Origin) -> dict[str, Any]:
        brought = origin.brought_by
        return {
            "rule": origin.rule,
            "file": origin.file,
            "text": origin.text,
            "brought_by": None if brought is None else await self._answered_for(brought),
        }

    async def _answered_for(self, revision: Revision) -> dict[str, Any]:
        """Who answers for a revision: its author, who approved it, and the change that it was."""
        return {
            "number": revision.number,
            "sha256": revision.sha256,
            "title": revision.title,
            "author": revision.author,
            "approver": revision.approver,
            "created_at": revision.created_at.isoformat(),
            "change": await change_of(self._store, revision),
        }


def _row(entry: Entry) -> Mapping[str, Any]:
    """A row of the trail, with all that its hash covers."""
    return {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(),
        "person": entry.person,
        "event": entry.event,
        "subject": entry.subject,
        "details": dict(entry.details),
        "previous": entry.previous,
        "hash": entry.hash,
    }
