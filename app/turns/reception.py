"""One turn, one answer: the same body gets the same bytes again, and nothing is said that is not recorded first."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from ulid import ULID

from app.contacts import Ledger
from app.contacts.events import KEPT
from app.contacts.ledger import NONE_CLOSED
from app.errors import FieldProblem, Malformed, StoreError
from app.metrics import Metrics
from app.policy import ActivePolicy
from app.records import Also, Decision, DecisionLog, DuplicateRequest, ErasedDecision, Kind, Store
from app.scripts.answer import events_json, finding_json
from app.scripts.intake import masked_request
from app.turns.answer import turn_json
from app.turns.desk import Turn, TurnDesk
from app.turns.request import TurnCase, TurnRequest
from guards.types import Case

_STORE_GRACE = 1.0
"""Seconds beyond a deadline for which a slow store is waited for: late words can still be spoken, none cannot."""
_DIGITS_OF_DIGEST = 24
_REHEARSAL = "rehearsal"


class TurnReception:
    """Takes turns, answers each body once, and records before it answers."""

    def __init__(
        self,
        desk: TurnDesk,
        log: DecisionLog,
        store: Store,
        policy: ActivePolicy,
        metrics: Metrics,
        contacts: Ledger,
        require_ready: Callable[[], None] = lambda: None,
    ) -> None:
        """`require_ready` raises where nothing may be answered, such as on a store that was just restored."""
        self._desk = desk
        self._log = log
        self._store = store
        self._policy = policy
        self._metrics = metrics
        self._contacts = contacts
        self._require_ready = require_ready
        self._open: dict[str, asyncio.Task[Decision]] = {}

    def require_valid(self, case: TurnCase) -> None:
        """Whether turns of this case can be answered.

        Raises:
            Malformed: naming what does not fit the vocabulary.
        """
        request = TurnRequest(call_id="case", turn=0, case=case)
        self._desk.order(request, "case", NONE_CLOSED, self._policy.ruling)

    async def answer(self, request: TurnRequest) -> Decision:
        """The recorded decision on a turn.

        Raises:
            AwaitingRefusals: if the store was restored, and is not released yet.
            ErasedDecision: if this very turn was answered once, and its record was erased.
            Malformed: if the case does not fit the vocabulary.
            StoreError: if the decision could not be recorded; nothing was answered then.
        """
        self._require_ready()
        body = request.model_dump(mode="json", exclude={"options": {"deadline_ms", "stream"}})
        digest = self._store.digest(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
        task = self._open.get(digest)
        if task is None:  # turns that engines ask for several times at once are answered once
            task = asyncio.create_task(self._answer(request, digest))
            self._open[digest] = task
            task.add_done_callback(lambda done: self._close(digest, done))
        return await asyncio.shield(task)

    async def rehearse(self, request: TurnRequest) -> dict[str, Any]:
        """What the turn would be answered now, in the contract's shape; it is neither recorded nor counted nor kept.

        Raises:
            AwaitingRefusals, Malformed, StoreError: as `answer`.
        """
        self._require_ready()
        closures = await self._contacts.closures(request.case.customer.ref)
        try:
            turn = await asyncio.to_thread(self._desk.next, request, _REHEARSAL, closures, self._policy.ruling)
        except Malformed as malformed:
            raise self._in_case(malformed, request) from None
        return turn_json(turn, request, _REHEARSAL)

    def labels(self) -> dict[str, str]:
        """What officers call each intent, by its id."""
        return {intent.id: intent.label for intent in self._desk.book(self._policy.ruling).intents.values()}

    def _close(self, digest: str, task: "asyncio.Task[Decision]") -> None:
        self._open.pop(digest, None)
        if not task.cancelled():
            task.exception()  # retrieved here, so that an unattended failure is no warning

    async def _answer(self, request: TurnRequest, digest: str) -> Decision:
        try:
            async with asyncio.timeout(request.options.deadline_ms / 1000 + _STORE_GRACE):
                return await self._recorded(request, digest)
        except TimeoutError:
            raise StoreError("the store did not answer in time") from None

    async def _recorded(self, request: TurnRequest, digest: str) -> Decision:
        request_id = f"turn:{digest[:_DIGITS_OF_DIGEST]}"
        known = await self._log.find(request_id)
        if known is None:
            closures = await self._contacts.closures(request.case.customer.ref)
            ruling = self._policy.ruling
            started = time.perf_counter()
            try:
                turn = self._desk.next(request, request_id, closures, ruling)
            except Malformed as malformed:
                raise self._in_case(malformed, request) from None
            decision = self._decision(request, request_id, digest, turn)
            try:
                await self._log.record(decision, self._keeping(request, request_id, turn))
            except DuplicateRequest:
                known = await self._log.find(request_id)
                if known is None:
                    raise
            else:
                scenario = request.case.scenario.value
                source = "approved" if turn.script else None
                self._metrics.answered(scenario, turn.action, source, time.perf_counter() - started)
                self._metrics.found((*turn.verdict.findings, *turn.rejected))
                return decision
        if known.erased_at is not None:
            raise ErasedDecision
        return known

    def _in_case(self, malformed: Malformed, request: TurnRequest) -> Malformed:
        """The same problems by the names of this body, which holds the request's fields under `case`."""
        mask = self._mask(request)
        fields = [FieldProblem(f"case.{mask(each.field)}", mask(each.reason)) for each in malformed.fields]
        return Malformed(malformed.detail, fields)

    def _keeping(self, request: TurnRequest, request_id: str, turn: Turn) -> Also | None:
        ref = request.case.customer.ref
        if ref is None or not any(event.type in KEPT for event in turn.events):
            return None
        return self._contacts.noting(ref, turn.events, request_id)

    def _mask(self, request: TurnRequest) -> Callable[[str], str]:
        masked, case = self._policy.current.personal_data.masked, Case(known_personal_data=request.case.customer.pii)
        return lambda text: masked(text, case)

    def _decision(self, request: TurnRequest, request_id: str, digest: str, turn: Turn) -> Decision:
        script_id, mask = str(ULID()), self._mask(request)
        case: dict[str, Any] = dict(masked_request(request.as_script_request(request_id)))
        case["facts"] = {name: mask(each) if isinstance(each, str) else each for name, each in case["facts"].items()}
        transcript = [
            {"role": each.role, "text": mask(each.text), "interrupted": each.interrupted} for each in request.transcript
        ]
        kept = {**case, "call_id": mask(request.call_id), "turn": request.turn, "transcript": transcript}
        ref = request.case.customer.ref
        return Decision(
            script_id=script_id,
            kind=Kind.TURN,
            body_digest=digest,
            created_at=datetime.now(UTC),
            action=turn.action,
            policy_revision=turn.ruling.policy.revision,
            policy_digest=turn.ruling.policy.digest,
            answer=orjson.dumps(turn_json(turn, request, script_id)),
            request_id=request_id,
            scenario=request.case.scenario.value,
            channel=request.case.channel.value,
            generation=turn.order.plan.brief.generation.value,
            strategy=turn.act,
            source="approved" if turn.script else None,
            text=turn.script.text if turn.script else None,
            request=kept,
            findings=tuple(finding_json(each) for each in turn.verdict.findings),
            rejected=tuple(finding_json(each) for each in turn.rejected),
            timing=dict(turn.milliseconds),
            ref_digest=self._contacts.digest(ref) if ref else None,
            events=tuple(events_json(turn.events)),
        )
