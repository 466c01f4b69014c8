"""Examine given texts by the same panel that judges our own scripts, and record each verdict."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from ulid import ULID

from app.approved.vocabulary import Vocabulary
from app.encoders.listener import PATIENCE_SECONDS
from app.errors import FieldProblem, Malformed
from app.metrics import Metrics
from app.policy import ActivePolicy, Ruling, listen
from app.records import Decision, DecisionLog, Kind, Store
from app.requests import ReviewItem
from app.scripts.answer import finding_json
from app.scripts.intake import take_review
from guards.panel import script_of
from guards.personal_data.masking import mask
from guards.policy import Policy
from guards.script import Script
from guards.types import Action, Case, Verdict

_IN_LOOP = 2_000
"""Characters that are examined right away; more go to a thread, so that calls in progress do not wait for them."""


class Reviewer:
    """Answers reviews in the order of the items."""

    def __init__(
        self,
        policy: ActivePolicy,
        log: DecisionLog,
        store: Store,
        vocabulary: Vocabulary,
        metrics: Metrics,
        require_ready: Callable[[], None] = lambda: None,
    ) -> None:
        """`require_ready` raises where nothing may be answered, such as on a store that was just restored."""
        self._policy = policy
        self._log = log
        self._store = store
        self._vocabulary = vocabulary
        self._metrics = metrics
        self._require_ready = require_ready
        self._large = asyncio.Semaphore(1)

    async def review(self, items: Sequence[ReviewItem], *, in_batch: bool = True) -> list[dict[str, Any]]:
        """The verdict on each item, recorded before it is returned.

        Raises:
            AwaitingRefusals: if the store was restored, and is not released yet.
            Malformed: naming the items and facts that are wrong; then nothing was examined.
            StoreError: if the verdicts could not be recorded.
        """
        self._require_ready()
        ruling = self._policy.ruling
        policy = ruling.policy
        now = datetime.now(UTC)
        cases = self._cases(items, now, ruling, in_batch=in_batch)
        started = time.perf_counter()
        given = [(script_of(item.text, case), case) for item, case in zip(items, cases, strict=True)]
        if sum(len(item.text) for item in items) <= _IN_LOOP:
            await listen(policy, given, PATIENCE_SECONDS)
            answers = [_examine(policy, script, case) for script, case in given]
        else:
            # One large batch at a time: calls in progress share the cores with it.
            async with self._large:
                answers = [await asyncio.to_thread(_examine, policy, script, case) for script, case in given]
        milliseconds = (time.perf_counter() - started) * 1000 / max(1, len(items))
        await self._log.record_many(
            [
                self._decision(item, answer, policy, now, milliseconds)
                for item, answer in zip(items, answers, strict=True)
            ]
        )
        for answer in answers:
            self._metrics.reviewed(answer["action"])
        return answers

    def _cases(self, items: Sequence[ReviewItem], now: datetime, ruling: Ruling, *, in_batch: bool) -> list[Case]:
        cases = []
        problems: list[FieldProblem] = []
        for index, item in enumerate(items):
            try:
                cases.append(take_review(item, self._vocabulary, ruling.wording, now))
            except Malformed as malformed:
                prefix = f"items.{index}." if in_batch else ""
                masked = ruling.policy.personal_data.masked
                known = Case(known_personal_data=item.pii or {})
                problems += [FieldProblem(prefix + masked(p.field, known), p.reason) for p in malformed.fields]
        if problems:
            raise Malformed("the request breaks the contract", problems)
        return cases

    def _decision(
        self, item: ReviewItem, answer: dict[str, Any], policy: Policy, now: datetime, milliseconds: float
    ) -> Decision:
        return Decision(
            script_id=str(ULID()),
            kind=Kind.REVIEW,
            body_digest=self._store.digest(item.text.encode("utf-8", "surrogatepass")),
            created_at=now,
            action=answer["action"],
            policy_revision=policy.revision,
            policy_digest=policy.digest,
            answer=orjson.dumps(answer),
            scenario=item.scenario.value if item.scenario else None,
            channel=item.channel.value if item.channel else None,
            text=answer["masked_text"],
            request=item.model_dump(mode="json", include={"stage", "callee"}),
            findings=tuple(answer["findings"]),
            timing={"guards": round(milliseconds, 3)},
        )


def worst_action(answers: Sequence[Mapping[str, Any]]) -> str | None:
    """The worst action of several answers; None where there are none."""
    return max((answer["action"] for answer in answers), key=lambda label: Action[label.upper()], default=None)


def _examine(policy: Policy, script: Script, case: Case) -> dict[str, Any]:
    """The verdict on one text, in the contract's shape."""
    verdict = policy.panel.examine(script, case)
    return {
        "action": verdict.action.label,
        "findings": [finding_json(finding) for finding in verdict.findings],
        "masked_text": masked_text(policy, script.text, case, verdict),
        "checked": checked_guards(case),
        "policy_revision": policy.revision,
        "policy_digest": policy.digest,
    }


def masked_text(policy: Policy, text: str, case: Case, verdict: Verdict) -> str:
    """A text without the personal data that was found in it."""
    masks = [finding for finding in verdict.findings if finding.replacement is not None]
    # Once more through the guard: a masked form may bring two halves of a number together.
    return policy.personal_data.masked(mask(text, masks), case)


def checked_guards(case: Case) -> list[str]:
    """Which guards had what they need; the others found nothing because they were told nothing."""
    checked = ["phrases", "personal_data"]
    if case.facts is not None:
        checked.append("grounding")
    if case.scenario is not None and case.stage is None:
        checked.append("disclosures")
    return checked
