"""One request, one answer: a request_id gets the same bytes again, also after a restart; nothing leaves unrecorded."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from ulid import ULID

from app.approved.agreement import Limits
from app.approved.vocabulary import Vocabulary
from app.contacts import Closures, Ledger
from app.contacts.events import KEPT
from app.contacts.ledger import NONE_CLOSED
from app.errors import FieldProblem, Malformed, RequestConflict, StoreError
from app.metrics import Metrics
from app.policy import ActivePolicy, Ruling
from app.records import Also, Decision, DecisionLog, DuplicateRequest, ErasedDecision, Kind, Store
from app.requests import ScriptRequest
from app.scripts.answer import Answer, answer_json, events_json, finding_json, timing_json
from app.scripts.desk import Desk
from app.scripts.intake import Order, masked_request, take_order
from app.scripts.repeats import Asked
from guards.script import Script, Segment
from guards.types import Case, Finding, Stage

_STORE_GRACE = 1.0
"""Seconds beyond a deadline for which a slow store is waited for: a late answer can still be spoken, none cannot."""


class Reception:
    """Takes script requests, sees that each is answered once, and records before it answers."""

    def __init__(
        self,
        desk: Desk,
        log: DecisionLog,
        store: Store,
        vocabulary: Vocabulary,
        policy: ActivePolicy,
        metrics: Metrics,
        limits: Limits,
        contacts: Ledger,
        require_ready: Callable[[], None] = lambda: None,
    ) -> None:
        """`require_ready` raises where nothing may be answered, such as on a store that was just restored."""
        self._desk = desk
        self._log = log
        self._store = store
        self._vocabulary = vocabulary
        self._policy = policy
        self._metrics = metrics
        self._limits = limits
        self._contacts = contacts
        self._require_ready = require_ready
        self._open: dict[str, tuple[Asked, asyncio.Task[Decision]]] = {}

    async def answer(self, request: ScriptRequest, started: float | None = None) -> Decision:
        """The recorded decision on a request; `started` is its arrival on the clock of `time.monotonic`.

        Raises:
            AwaitingRefusals: if the store was restored, and is not released yet.
            Malformed: if tags, facts or options do not fit the vocabulary.
            RequestConflict: if the request_id was used for a different body, or its answer was erased.
            StoreError: if the decision could not be recorded; nothing was answered then.
        """
        self._require_ready()
        started = time.monotonic() if started is None else started
        self._refuse_personal_id(request)
        asked = Asked.of(request, self._store.digest)
        while request.request_id in self._open:
            other, task = self._open[request.request_id]
            await asyncio.wait({task})
            if not task.cancelled() and task.exception() is None:
                if not asked.repeats(other):
                    raise _conflict()
                return task.result()
            self._forget(request.request_id, task)
        # The answer is made in a task of its own, so that a caller who hangs up cannot undo what another one waits for.
        task = asyncio.create_task(self._answer(request, asked, started))
        self._open[request.request_id] = (asked, task)
        task.add_done_callback(lambda done: self._close(request.request_id, done))
        return await asyncio.shield(task)

    def check(self, request: ScriptRequest) -> None:
        """Raises Malformed: naming all that is wrong with a request, without answering it."""
        self._order(request, NONE_CLOSED, self._policy.ruling)

    async def rehearse(self, request: ScriptRequest) -> Answer:
        """What the request would be answered now. It is not recorded or counted, and what was said is not kept.

        Raises:
            AwaitingRefusals, Malformed, StoreError: as `answer`.
        """
        self._require_ready()
        started, ruling = time.monotonic(), self._policy.ruling
        closures = await self._contacts.closures(request.customer.ref)
        return await self._desk.write(self._order(request, closures, ruling), started, ruling)

    def _forget(self, request_id: str, task: "asyncio.Task[Decision]") -> None:
        if request_id in self._open and self._open[request_id][1] is task:
            del self._open[request_id]

    def _close(self, request_id: str, task: "asyncio.Task[Decision]") -> None:
        self._forget(request_id, task)
        if not task.cancelled():
            task.exception()  # retrieved here, so that an unattended failure is no warning

    async def _answer(self, request: ScriptRequest, asked: Asked, started: float) -> Decision:
        """Raises StoreError when the store keeps the caller waiting well beyond the deadline: silence is worse."""
        late = started + request.options.deadline_ms / 1000 + _STORE_GRACE
        try:
            async with asyncio.timeout(max(0.0, late - time.monotonic())):
                return await self._recorded(request, asked, started)
        except TimeoutError:
            raise StoreError("the store did not answer in time") from None

    def _refuse_personal_id(self, request: ScriptRequest) -> None:
        """Raises Malformed for a request_id that holds what the request itself calls personal data: it is recorded."""
        if not request.customer.pii:
            return
        text = Script((Segment(Stage.BODY, request.request_id, request.request_id),))
        found = self._policy.current.personal_data(text, Case(known_personal_data=request.customer.pii))
        # What merely looks like a number of a person (a time in milliseconds, say) is not refused.
        if any(".known_" in finding.rule for finding in found):
            problem = FieldProblem("request_id", "holds the customer's personal data")
            raise Malformed("the request breaks the contract", [problem])

    async def _recorded(self, request: ScriptRequest, asked: Asked, started: float) -> Decision:
        known = await self._log.find(request.request_id)
        if known is None:
            closures = await self._contacts.closures(request.customer.ref)
            ruling = self._policy.ruling  # one to the end, whatever is put in force meanwhile
            order = self._order(request, closures, ruling)
            answer = await self._desk.write(order, started, ruling)
            decision = self._decision(request, asked.digest, answer)
            try:
                await self._log.record(decision, self._keeping(request, answer))
            except DuplicateRequest:
                # Another process answered the same request meanwhile: its answer is the one that counts.
                known = await self._log.find(request.request_id)
                if known is None:
                    raise
            else:
                self._count(request.scenario.value, answer)
                return decision
        if known.erased_at is not None:
            raise ErasedDecision
        if not asked.repeats_recorded(known):
            raise _conflict()
        return known

    def _count(self, scenario: str, answer: Answer) -> None:
        self._metrics.answered(scenario, answer.action, answer.source, answer.timing.total / 1000)
        if answer.source == "fallback":
            self._metrics.forced(scenario, model_failed=answer.model_failed)
        self._metrics.found((*answer.verdict.findings, *answer.rejected))
        self._metrics.model_answers(self._desk.health.is_answering)

    def _keeping(self, request: ScriptRequest, answer: Answer) -> Also | None:
        """What keeps the answer's events, in one transaction with its record: what it says is true once it is said."""
        ref = request.customer.ref
        if ref is None or not any(event.type in KEPT for event in answer.events):
            return None
        return self._contacts.noting(ref, answer.events, request.request_id)

    def _order(self, request: ScriptRequest, closures: Closures, ruling: Ruling) -> Order:
        try:
            return take_order(request, self._vocabulary, ruling.wording, self._limits, closures)
        except Malformed as malformed:
            # A name that the caller made up is repeated to be found, unless it is what we were told is personal data.
            mask = self._mask(request)
            fields = [FieldProblem(mask(problem.field), mask(problem.reason)) for problem in malformed.fields]
            raise Malformed(malformed.detail, fields) from None

    def _mask(self, request: ScriptRequest) -> Callable[[str], str]:
        masked = self._policy.current.personal_data.masked
        case = Case(known_personal_data=request.customer.pii)
        return lambda text: masked(text, case)

    def _decision(self, request: ScriptRequest, digest: str, answer: Answer) -> Decision:
        script_id = str(ULID())
        mask = self._mask(request)
        kept: dict[str, Any] = dict(masked_request(request))
        kept["facts"] = {
            name: mask(value) if isinstance(value, str) else value for name, value in kept["facts"].items()
        }
        return Decision(
            script_id=script_id,
            kind=Kind.SCRIPT,
            body_digest=digest,
            created_at=datetime.now(UTC),
            action=answer.action,
            policy_revision=answer.policy_revision,
            policy_digest=answer.policy_digest,
            answer=orjson.dumps(answer_json(answer, script_id, request.request_id)),
            request_id=request.request_id,
            scenario=request.scenario.value,
            channel=request.channel.value,
            generation=answer.generation,
            strategy=answer.strategy,
            tags=answer.tags,
            offer=answer.offer,
            body=answer.body,
            source=answer.source,
            prompt_version=answer.prompt_version,
            model=answer.model,
            text=answer.script.text if answer.script else None,
            request=kept,
            findings=_findings(answer.verdict.findings),
            rejected=_findings(answer.rejected),
            timing=timing_json(answer.timing),
            ref_digest=self._contacts.digest(request.customer.ref) if request.customer.ref else None,
            events=tuple(events_json(answer.events)),
        )


def explained(decision: Decision) -> bytes:
    """The recorded answer with the findings on what was not said."""
    answer: dict[str, Any] = orjson.loads(decision.answer)
    return orjson.dumps({**answer, "rejected": list(decision.rejected)})


def exported(decision: Decision) -> bytes:
    """The body that was said and its order, as `python -m finetune dataset --decisions` reads it: one line of JSON."""
    columns = ("script_id", "scenario", "generation", "strategy", "tags", "offer", "body", "source")
    return orjson.dumps({name: getattr(decision, name) for name in columns}, option=orjson.OPT_APPEND_NEWLINE)


def _findings(findings: Sequence[Finding]) -> tuple[Mapping[str, Any], ...]:
    return tuple(finding_json(finding) for finding in findings)


def _conflict() -> RequestConflict:
    return RequestConflict("this request_id was used before, for a different body")
