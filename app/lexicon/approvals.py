"""How a change comes into force: judged against what is in force now, published in one transaction or not at all."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Generic

from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from app.approved.holds import HOLDS_FILE
from app.errors import FieldProblem, Malformed, RequestConflict
from app.lexicon.conflicts import RulesMoved
from app.lexicon.examiner import Examiner
from app.lexicon.matter import C, Matter, Proposal
from app.lexicon.problems import ChangeRefused
from app.lexicon.refused import HeldAnew, OtherVersion, OwnChange, UnknownChange, WrongState
from app.lexicon.register import Register, note, packed
from app.lexicon.shelf import Edition, Shelf
from app.records import ChangeRecord, ChangeState, Now, Revision, audit, changes, revisions
from app.records.names import is_same_person

_TRIES = 5
"""How often a change is judged anew because others publish meanwhile."""
_LONGEST_REASON = 1_000


class Approvals(Generic[C]):
    """Decides on changes, and publishes them."""

    def __init__(
        self, register: Register[C], shelf: Shelf, matter: Matter[C], examiner: Examiner[C], *, clock: Now
    ) -> None:
        self._register = register
        self._shelf = shelf
        self._matter = matter
        self._examiner = examiner
        self._clock = clock

    async def approve(
        self, identity: str, person: str, *, reason: str | None, effective_from: datetime | None, version: int | None
    ) -> None:
        """Publish a submitted change, or let it wait for its time. See `Lifecycle.approve`."""
        record = await self._register.get(identity)
        await self._register.require_other(record, person)
        if record.state is not ChangeState.SUBMITTED:
            raise WrongState(record.state)
        if version is not None and version != record.version:
            raise OtherVersion
        now = self._clock()
        decided = replace(record, decided_by=person, decided_at=now, reason=reason)
        is_later = effective_from is not None and _minute(effective_from) > now
        await self._settle(decided, person, effective_from if is_later else None)

    async def reject(self, identity: str, person: str, reason: str) -> None:
        """Refuse a change, also one that waits for its time: that only tightens. See `Lifecycle.reject`."""
        record = await self._register.get(identity)
        if is_same_person(record.author, person):
            raise OwnChange
        if record.state not in (ChangeState.SUBMITTED, ChangeState.APPROVED):
            raise WrongState(record.state)
        now = self._clock()
        decided = {"decided_by": person, "decided_at": now, "reason": reason, "effective_from": None}
        async with self._register.step(record) as connection:
            await changes.alter(connection, identity, state=ChangeState.REJECTED, updated_at=now, **decided)
            await note(connection, person, "change.rejected", record, reason=reason)

    async def restore(self, number: int, person: str, comment: str, expires_at: datetime) -> str:
        """Ask for what an earlier revision had, or publish it. See `Lifecycle.restore`."""
        wanted, now = await self._shelf.get(number), self._clock()
        edition = await self._shelf.newest()
        noun = self._matter.noun
        if self._matter.is_same(wanted, edition):
            raise RequestConflict(f"现行{noun}和第 {number} 版一样，不用恢复。(just that is in force already)")
        title = f"{noun}恢复到第 {number} 版"
        record = ChangeRecord(
            id=str(ULID()),
            subject=self._matter.subject,
            state=ChangeState.SUBMITTED,
            title=title,
            comment=comment,
            body=packed(self._matter.between(edition, wanted, title)),
            based_on=edition.revision.number,
            restores=number,
            author=person,
            created_at=now,
            updated_at=now,
            submitted_at=now,
            expires_at=expires_at,
        )
        is_tighter = await asyncio.to_thread(self._matter.only_tightens, edition, wanted)
        if is_tighter:
            await self._prepared(record, edition)  # what cannot be published leaves no request behind
        await self._register.add(record, "change.submitted")
        if is_tighter:
            await self._settle(record, person, None, is_tighter=True)
        return record.id

    async def publish_due(self) -> list[Revision]:
        """Publish what waited for this time. See `Lifecycle.publish_due`."""
        await self._register.expire()
        published = []
        for record in await self._register.due(self._clock()):
            try:
                revision = await self._settle(record, audit.SERVICE, None)
            except (RulesMoved, HeldAnew, ChangeRefused) as refused:
                with suppress(WrongState, UnknownChange, OtherVersion):
                    await self._fail(record, refused)
            except (WrongState, UnknownChange, OtherVersion):
                continue  # another replica was first, or somebody took it back
            else:
                published += [revision] if revision else []
        return published

    async def sides(self, record: ChangeRecord) -> tuple[Edition, Proposal]:
        """What a change is compared with, and what comes of it.

        One that is published is compared with the revision before it, one that no longer fits what is in force with
        what it was made for.

        Raises:
            ChangeRefused, HeldAnew: if it fits neither.
        """
        now, change = await self._shelf.newest(), self._register.change(record)
        if record.state is ChangeState.PUBLISHED and record.revision is not None:
            after = await self._shelf.get(record.revision)
            return await self._shelf.get(record.revision - 1), Proposal(after.files, after.wording)
        if record.restores is not None:
            wanted = await self._shelf.get(record.restores)
            return now, await asyncio.to_thread(self._matter.restored, now, wanted)
        try:
            return now, await asyncio.to_thread(self._examiner.proposal, now, change)
        except (ChangeRefused, HeldAnew):
            if record.based_on == now.revision.number:
                raise
        then = await self._shelf.get(record.based_on)
        return then, await asyncio.to_thread(self._examiner.proposal, then, change)

    async def _settle(
        self, record: ChangeRecord, person: str, later: datetime | None, *, is_tighter: bool = False
    ) -> Revision | None:
        """Publish a change, or mark it as approved for `later`; what it is judged against is what is in force then."""
        for _ in range(_TRIES):
            edition = await self._shelf.newest()
            # A publication of this very change would look like one of somebody else.
            await self._register.check_unchanged(record)
            proposal = await self._prepared(record, edition)
            async with self._register.step(record) as connection:
                current = await revisions.newest(connection)
                if current is None or current.number != edition.revision.number:
                    continue
                if record.state is ChangeState.SUBMITTED:
                    await self._beside_waiting(connection, record, edition)
                if later is None:
                    return await self._publish(connection, record, current, proposal, person, is_tighter=is_tighter)
                decided = {name: getattr(record, name) for name in ("decided_by", "decided_at", "reason")}
                state = {"state": ChangeState.APPROVED, "effective_from": later, "updated_at": self._clock()}
                await changes.alter(connection, record.id, **decided, **state)
                when = later.isoformat()
                await note(connection, person, "change.approved", record, reason=record.reason, effective_from=when)
                return None
        raise RequestConflict("规则正在被连续修改，请稍后再试。(others keep publishing; try again)")

    async def _publish(
        self,
        connection: AsyncConnection,
        record: ChangeRecord,
        current: Revision,
        proposal: Proposal,
        person: str,
        *,
        is_tighter: bool,
    ) -> Revision:
        """The next revision, the state of the change and the rows of the trail, in the caller's transaction."""
        revision = await revisions.publish(
            connection,
            proposal.files.contents,
            proposal.wording,
            title=record.title,
            author=record.author,
            approver=record.decided_by,
            change_id=record.id,
        )
        decided = {name: getattr(record, name) for name in ("decided_by", "decided_at", "reason")}
        state = {"state": ChangeState.PUBLISHED, "revision": revision.number, "updated_at": self._clock()}
        await changes.alter(connection, record.id, **decided, **state)
        if record.state is ChangeState.SUBMITTED and not is_tighter:
            await note(connection, person, "change.approved", record, reason=record.reason)
        details: dict[str, object] = {"sha256": revision.sha256, "lexicon": proposal.files.digest, "change": record.id}
        details |= {"based_on": current.number, "holds": revision.wording.get(HOLDS_FILE)}
        if record.restores is not None:
            details["restores"] = record.restores
        if is_tighter:
            details["only_tightens"] = True
        await audit.append(connection, person, "revision.published", str(revision.number), details)
        for event, subject in self._matter.events(self._register.change(record)):
            told = {"revision": revision.number, "change": record.id, "reason": record.reason}
            await audit.append(connection, person, event, subject, told)
        return revision

    async def _prepared(self, record: ChangeRecord, edition: Edition) -> Proposal:
        """What comes of a change, judged.

        Raises:
            RulesMoved, HeldAnew: if somebody else changed what it changes.
            ChangeRefused: if the change, or what comes of it, is not sound.
        """
        then = await self._shelf.get(record.based_on)
        change = self._register.change(record)
        if record.restores is not None:
            if not self._matter.is_same(then, edition):
                raise RulesMoved(self._matter.all_moved(then, edition), self._matter.noun)
            wanted = await self._shelf.get(record.restores)
            proposal = await asyncio.to_thread(self._matter.restored, edition, wanted)
        else:
            if moved := self._matter.moved(change, then, edition):
                raise RulesMoved(moved, self._matter.noun)
            proposal = await asyncio.to_thread(self._examiner.proposal, edition, change)
        if problems := await asyncio.to_thread(self._examiner.judged, proposal):
            raise ChangeRefused(problems)
        return proposal

    async def _beside_waiting(self, connection: AsyncConnection, record: ChangeRecord, edition: Edition) -> None:
        """Raises RulesMoved where a change that waits for its time touches what this one touches."""
        waiting = await changes.waiting(connection, self._matter.subject)
        others = [(other, self._register.change(other)) for other in waiting]
        if moved := self._matter.also_waiting(self._register.change(record), others, edition):
            raise RulesMoved(moved, self._matter.noun)

    async def _fail(self, record: ChangeRecord, refused: RulesMoved | HeldAnew | ChangeRefused) -> None:
        told = "；".join(problem.reason for problem in refused.fields) or refused.detail
        reason = f"到时间没有发布成功：{told}"[:_LONGEST_REASON]
        async with self._register.step(record) as connection:
            await changes.alter(
                connection, record.id, state=ChangeState.FAILED, reason=reason, updated_at=self._clock()
            )
            await note(connection, audit.SERVICE, "change.failed", record, error=type(refused).__name__)


def _minute(moment: datetime) -> datetime:
    """Raises Malformed for a time that is not a whole minute, or says not where it is."""
    if moment.tzinfo is None or moment.second or moment.microsecond:
        told = "生效时间精确到分钟，并带时区。(a whole minute with an offset is expected)"
        raise Malformed("生效时间写得不对。(effective_from is malformed)", [FieldProblem("effective_from", told)])
    return moment
