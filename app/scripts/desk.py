"""The desk: one order from plan to decision; always something that may be said, or a clear refusal to call."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from app.approved.replies import Cell
from app.approved.wording import SALUTATION, Wording, approved_bodies
from app.errors import ModelError
from app.policy import ActivePolicy, Ruling, listen
from app.scripts.answer import Act, Answer, Source, Timing
from app.scripts.candidate import Candidate, judged, read_drafts, seconds_beyond, stitched, with_names_checked
from app.scripts.intake import Order
from app.scripts.stitch import StitchError, as_piece, bridge, is_held
from app.scripts.tags import hints_for, unused_tags
from app.writing.model import Draft, Model, ModelHealth, WritingTask
from app.writing.pool import Pool
from guards.script import Script
from guards.types import Action, Case, Channel, Finding, Verdict

_logger = structlog.get_logger("heyan.desk")
_MOST_ATTEMPTS = 2
_RESERVE_SHARE, _LEAST_RESERVE, _MOST_RESERVE = 0.2, 0.06, 0.25
"""Of the deadline, kept back for guards and record: a fifth, within these bounds in seconds."""
_HEARING_SHARE = 0.5
"""Of what is kept back, for what the guards' encoder is still asked about."""


@dataclass(slots=True)
class _Work:
    """What was spent and rejected on the way to one answer."""

    started: float
    deadline: float
    heard_by: float
    ruling: Ruling
    model_seconds: float = 0.0
    guard_seconds: float = 0.0
    attempts: int = 0
    has_failed: bool = False
    rejected: list[Finding] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def reject(self, candidate: Candidate) -> None:
        """Note what speaks against a candidate, for the record and for the next attempt."""
        self.rejected += candidate.verdict.findings
        self.hints += [finding.reason for finding in candidate.objections]


class Desk:
    """Writes one answer at a time; keeps nothing of a request but accepted skeletons, which have no facts."""

    def __init__(
        self,
        policy: ActivePolicy,
        model: Model,
        pool: Pool,
        *,
        clock: Callable[[], float] = time.monotonic,
        health: ModelHealth | None = None,
    ) -> None:
        """`health` is shared with a model that learns of it also without orders."""
        self._policy = policy
        self._model = model
        self._pool = pool
        self._clock = clock
        self.health = health or ModelHealth()

    async def write(self, order: Order, started: float, ruling: Ruling | None = None) -> Answer:
        """Decide one order; `started` is its arrival on the desk's clock. Never raises for what a model does.

        `ruling`: the one under which the order was taken, and is judged to its end; by default what is in force.
        """
        reserve = min(_MOST_RESERVE, max(_LEAST_RESERVE, order.deadline_seconds * _RESERVE_SHARE))
        written_by = started + order.deadline_seconds - reserve
        heard_by = written_by + _HEARING_SHARE * reserve
        work = _Work(started, written_by, heard_by, ruling or self._policy.ruling)
        gates = Verdict(tuple(work.ruling.policy.gates(order.case)))
        if gates.action is Action.BLOCK:
            return await self._refusal("do_not_call", gates, order, work)
        if gates.action is Action.ESCALATE:
            return await self._refusal("handoff", gates, order, work)
        if not order.moment.speaks_body:
            heard = work.ruling.wording.replies.texts(order.heard, order.key) if order.heard else []
            return await self._approved(order, work, [*heard, ""], "approved")
        if order.plan.leaves:
            return await self._approved(order, work, self._replies(order, work), "approved")
        wording = work.ruling.wording
        if order.moment.channel is Channel.SMS:
            return await self._approved(
                order, work, approved_bodies(order.plan.brief, wording, message=True), "approved"
            )
        source: Source = "fallback"
        if wording.holds:
            order, is_sayable = _around_what_is_held(order, wording)
            if wording.holds.freeze or not is_sayable:
                return await self._approved(order, work, approved_bodies(order.plan.brief, wording), source)
        if order.source == "pool":
            source = "approved"
            drawn = self._pool.draw(order.plan.brief, order.candidates)
            passed = await self._first_passing(drawn, order, work)
            if passed:
                return self._spoken(passed, "pool", order, work)
        else:
            answer = await self._written(order, work)
            if answer:
                return answer
        return await self._approved(order, work, approved_bodies(order.plan.brief, wording), source)

    async def _written(self, order: Order, work: _Work) -> Answer | None:
        """An answer by the model, or None when it gives nothing that may be said in time."""
        brief = order.plan.brief
        while work.attempts < _MOST_ATTEMPTS and self._may_try(work):
            work.attempts += 1
            task = WritingTask(
                brief,
                order.candidates,
                work.deadline,
                work.ruling.banned(brief.scenario, order.moment.channel),
                tuple(dict.fromkeys(work.hints)),
                order.key,
            )
            asked = self._clock()
            try:
                # A model keeps its deadline by itself; that it does is not left to trust.
                async with asyncio.timeout(work.deadline - asked):
                    draft = await self._model.write(task)
                self.health.is_answering = True
            except (ModelError, TimeoutError):
                self._note_failure(work)
                return None
            except Exception as failure:  # whatever a model breaks on, the caller still gets approved words
                _logger.error("the model broke", failure=type(failure).__name__)
                self._note_failure(work)
                return None
            finally:
                work.model_seconds += self._clock() - asked
            passed = await self._first_passing(draft.skeletons[: order.candidates], order, work)
            if passed:
                self._pool.add(brief, passed.skeleton)
                return self._spoken(passed, "model", order, work, draft)
        return None

    def _note_failure(self, work: _Work) -> None:
        self.health.is_answering = False
        work.has_failed = True

    def _may_try(self, work: _Work) -> bool:
        """Whether another attempt may end in time, judging by how long one took on average."""
        left = work.deadline - self._clock()
        return left > 0 and (work.attempts == 0 or left > work.model_seconds / work.attempts)

    async def _first_passing(self, drafts: Iterable[str], order: Order, work: _Work) -> Candidate | None:
        """The first usable body whose script passes the panel; those that say every slot, and in time, come first."""
        naming = work.ruling.policy.parts.grounding.naming
        read = read_drafts(drafts, order.plan.brief, order.moment.channel, order.unwanted)
        candidates = [with_names_checked(candidate, order.moment.fillings, naming) for candidate in read]
        for candidate in candidates:
            if not candidate.is_usable:
                work.reject(candidate)
        usable = (candidate for candidate in candidates if candidate.is_usable)
        wording = work.ruling.wording

        def order_of(candidate: Candidate) -> tuple[int, float]:
            return len(candidate.unsaid), seconds_beyond(candidate, order.moment, wording)

        for candidate in sorted(usable, key=order_of):
            passed = await self._examined(candidate, order, work)
            if passed:
                return passed
        return None

    async def _examined(self, candidate: Candidate, order: Order, work: _Work) -> Candidate | None:
        """The candidate with its script if that may be said."""
        started = self._clock()
        try:
            made = stitched(candidate, order.moment, work.ruling.wording)
            if made.script is not None:
                await self._listen(made.script, order.case, work)
            examined = judged(made, order.case, work.ruling.policy.panel)
        finally:
            work.guard_seconds += self._clock() - started
        if examined.may_be_said:
            return examined
        work.reject(examined)
        return None

    async def _listen(self, script: Script, case: Case, work: _Work) -> None:
        await listen(work.ruling.policy, [(script, case)], work.heard_by - self._clock())

    def _replies(self, order: Order, work: _Work) -> list[str]:
        """Approved replies to what the customer has just said, true also where nobody can be remembered."""
        brief = order.plan.brief
        cell = Cell(brief.tags[0], brief.scenario, brief.generation, order.moment.channel, order.moment.remembers)
        return work.ruling.wording.replies.texts(cell, order.key)

    async def _approved(self, order: Order, work: _Work, bodies: Sequence[str], source: Source) -> Answer:
        """The first approved body that passes; if none does, the facts must not be said: a person takes over."""
        findings: tuple[Finding, ...] = ()
        for attempt in _with_and_without_name(order):
            for body in bodies:
                before = len(work.rejected)
                passed = await self._examined(Candidate(body), attempt, work)
                if passed:
                    return self._spoken(passed, source, order, work)
                findings = tuple(work.rejected[before:])
        return await self._refusal("handoff", Verdict(findings), order, work)

    def _spoken(
        self, passed: Candidate, source: Source, order: Order, work: _Work, draft: Draft | None = None
    ) -> Answer:
        return Answer(
            **self._about(order, work, is_spoken=True),
            action="speak",
            verdict=passed.verdict,
            script=passed.script,
            delivery=order.plan.delivery,
            strategy=order.plan.brief.strategy,
            tags=order.plan.brief.tags,
            offer=order.plan.brief.offer,
            body=passed.skeleton or None,
            hints=hints_for(work.ruling.wording.hints, order.moment, order.tags),
            source=source,
            prompt_version=draft.prompt_version if draft else None,
            model=draft.model if draft else None,
        )

    async def _refusal(self, action: Act, verdict: Verdict, order: Order, work: _Work) -> Answer:
        script = await self._bridge(order, work) if action == "handoff" else None
        return Answer(
            **self._about(order, work),
            action=action,
            verdict=verdict,
            script=script,
            delivery=order.plan.delivery if script else None,
            source="approved" if script else None,
        )

    async def _bridge(self, order: Order, work: _Work) -> Script | None:
        """What a machine's voice says until a person speaks, so that the line is not silent; people need no words."""
        if order.moment.channel is not Channel.AI_VOICE:
            return None
        try:
            script = bridge(order.moment, work.ruling.wording)
        except StitchError:  # all that could be said is suspended: better a silent line than an error
            return None
        started, case = self._clock(), as_piece(order.case)
        await self._listen(script, case, work)
        verdict = work.ruling.policy.panel.examine(script, case)
        work.guard_seconds += self._clock() - started
        work.rejected += verdict.findings if not verdict.may_be_said else ()
        return script if verdict.may_be_said else None

    def _about(self, order: Order, work: _Work, *, is_spoken: bool = False) -> dict[str, Any]:
        """What every answer says of its order and of how it came about."""
        if not is_spoken:
            ignored = unused_tags(order.tags, "no script was written")
        elif not order.moment.speaks_body:
            unsaid = [(name, tag) for name, tag in order.tags if order.heard is None or tag.id != order.heard.tag]
            ignored = unused_tags(unsaid, "before the identity is verified only the opening is said")
        else:
            ignored = order.ignored_tags
        return {
            "generation": order.plan.brief.generation.value,
            "policy_revision": work.ruling.policy.revision,
            "policy_digest": work.ruling.policy.digest,
            "timing": self._timing(work),
            "attempts": work.attempts,
            "model_failed": work.has_failed,
            "is_message": order.moment.channel is Channel.SMS,
            "rejected": tuple(work.rejected),
            "events": order.events,
            "ignored_tags": ignored,
        }

    def _timing(self, work: _Work) -> Timing:
        total = self._clock() - work.started
        return Timing(total * 1000, work.model_seconds * 1000, work.guard_seconds * 1000)


def _around_what_is_held(order: Order, wording: Wording) -> tuple[Order, bool]:
    """The order as its frame may be said, by name or without, and whether it may be at all: else no model is asked."""
    for each in _with_and_without_name(order):
        if not is_held(each.moment, wording):
            return each, True
    return order, False


def _with_and_without_name(order: Order) -> Iterator[Order]:
    """The order, and the same without a form of address, should that be what may not be said."""
    yield order
    if SALUTATION in order.moment.fillings:
        unnamed = {name: filling for name, filling in order.moment.fillings.items() if name != SALUTATION}
        yield replace(order, moment=replace(order.moment, fillings=unnamed))
