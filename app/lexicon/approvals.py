"""How a change comes into force: judged against what is in force now, published in one transaction or not at all."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from app.errors import FieldProblem, Malformed, RequestConflict
from app.lexicon.changes import apply
from app.lexicon.conflicts import RulesMoved, all_between, also_waiting, moved_since
from app.lexicon.differences import change_between
from app.lexicon.files import RuleFiles
from app.lexicon.linter import Linter
from app.lexicon.problems import ChangeRefused, Problem, errors
from app.lexicon.refused import OtherVersion, OwnChange, UnknownChange, WrongState
from app.lexicon.register import SUBJECT, Register, change_of, note, packed
from app.lexicon.shelf import Edition, Shelf
from app.lexicon.tightening import only_tightens
from app.records import ChangeRecord, ChangeState, Now, Revision, audit, changes, revisions
from app.records.names import is_same_person
from guards.lexicon.scope import CHINA

Judge = Callable[[RuleFiles], list[Problem]]
"""Compiles rules and holds approved wording against them; what is wrong with them. It may take seconds."""
_TRIES = 5
"""How often a change is judged anew because others publish meanwhile."""
_LONGEST_REASON = 1_000


class Approvals:
    """Decides on changes, and publishes them."""

    def __init__(self, register: Register, shelf: Shelf, linter: Linter, *, judge: Judge, clock: Now) -> None:
        self._register = register
        self._shelf = shelf
        self._linter = linter
        self._judge = judge
        self._clock = clock

    async def approve(
        self, identity: str, person: str, *, reason: str | None, effective_from: datetime | None, version: int | None
    ) -> None:
        """Publish a submitted change, or let it wait for its time. See `Lifecycle.approve`."""
        record = await self._register.get(identity)
        if is_same_person(record.author, person):
            raise OwnChange
        if record.state is not ChangeState.SUBMITTED:
            raise WrongState(record.state)
        if version is not None and version != record.version:
            raise OtherVersion
        now = self._clock()
        decided = replace(record, decided_by=person, decided_at=now, reason=reason)
        is_later = effective_from is not None and _minute(effective_from) > now
        await self._settle(decided, person, effective_from if is_later else None)

    async def reject(self, identity: str, person: str, reason: str) -> None:
        """Refuse a change, also one that waits for its time. See `Lifecycle.reject`."""
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
        """Ask for the rules of an earlier revision, or publish them. See `Lifecycle.restore`."""
        wanted, now = await self._shelf.get(number), self._clock()
        edition = await self._shelf.newest()
        if wanted.revision.lexicon == edition.revision.lexicon:
            raise RequestConflict(f"现行规则和第 {number} 版一样，不用恢复。(the rules in force are these already)")
        title = f"恢复到第 {number} 版"
        record = ChangeRecord(
            id=str(ULID()),
            subject=SUBJECT,
            state=ChangeState.SUBMITTED,
            title=title,
            comment=comment,
            body=packed(change_between(edition.files, wanted.files, title)),
            based_on=edition.revision.number,
            restores=number,
            author=person,
            created_at=now,
            updated_at=now,
            submitted_at=now,
            expires_at=expires_at,
        )
        is_tighter = await asyncio.to_thread(only_tightens, edition.files, wanted.files)
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
            except (RulesMoved, ChangeRefused) as refused:
                with suppress(WrongState, UnknownChange, OtherVersion):
                    await self._fail(record, refused)
            except (WrongState, UnknownChange, OtherVersion):
                continue  # another replica was first, or somebody took it back
            else:
                published += [revision] if revision else []
        return published

    async def _settle(
        self, record: ChangeRecord, person: str, later: datetime | None, *, is_tighter: bool = False
    ) -> Revision | None:
        """Publish a change, or mark it as approved for `later`; what it is judged against is what is in force then."""
        for _ in range(_TRIES):
            edition = await self._shelf.newest()
            # A publication of this very change would look like one of somebody else.
            await self._register.check_unchanged(record)
            files = await self._prepared(record, edition)
            async with self._register.step(record) as connection:
                current = await revisions.newest(connection)
                if current is None or current.number != edition.revision.number:
                    continue
                if record.state is ChangeState.SUBMITTED:
                    await _beside_waiting(connection, record, edition)
                if later is None:
                    return await self._publish(connection, record, current, files, person, is_tighter=is_tighter)
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
        files: RuleFiles,
        person: str,
        *,
        is_tighter: bool,
    ) -> Revision:
        """The next revision, the state of the change and the rows of the trail, in the caller's transaction."""
        wording = await revisions.texts(connection, current.wording)
        revision = await revisions.publish(
            connection,
            files.contents,
            wording,
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
        details = {"sha256": revision.sha256, "lexicon": files.digest, "change": record.id, "based_on": current.number}
        if record.restores is not None:
            details["restores"] = record.restores
        if is_tighter:
            details["only_tightens"] = True
        await audit.append(connection, person, "revision.published", str(revision.number), details)
        return revision

    async def _prepared(self, record: ChangeRecord, edition: Edition) -> RuleFiles:
        """The files with a change in them, judged.

        Raises:
            RulesMoved: if somebody else changed what it changes.
            ChangeRefused: if the change, or what comes of it, is not sound.
        """
        then = await self._shelf.get(record.based_on)
        number = edition.revision.number
        if record.restores is not None:
            if then.revision.lexicon != edition.revision.lexicon:
                raise RulesMoved(all_between(then.files, edition.files, number))
            files = (await self._shelf.get(record.restores)).files
        else:
            if then.revision.lexicon != edition.revision.lexicon and (
                moved := moved_since(change_of(record), then.files, edition.files, number)
            ):
                raise RulesMoved(moved)
            files = await asyncio.to_thread(self._rebased, record, edition)
        if problems := errors(await asyncio.to_thread(self._judge, files)):
            raise ChangeRefused(problems)
        return files

    def _rebased(self, record: ChangeRecord, edition: Edition) -> RuleFiles:
        change, since = change_of(record), self.day()
        # Examples are judged where everything is compiled.
        found = self._linter.problems(edition, change, since, is_judged=False)
        if problems := errors(found):
            raise ChangeRefused(problems)
        return apply(edition.files, change, since=since)

    def day(self) -> date:
        """The day that it is in China, from which on new rules are in force."""
        return self._clock().astimezone(CHINA).date()

    async def _fail(self, record: ChangeRecord, refused: RulesMoved | ChangeRefused) -> None:
        told = "；".join(problem.reason for problem in refused.fields) or refused.detail
        reason = f"到时间没有发布成功：{told}"[:_LONGEST_REASON]
        async with self._register.step(record) as connection:
            await changes.alter(
                connection, record.id, state=ChangeState.FAILED, reason=reason, updated_at=self._clock()
            )
            await note(connection, audit.SERVICE, "change.failed", record, error=type(refused).__name__)


async def _beside_waiting(connection: AsyncConnection, record: ChangeRecord, edition: Edition) -> None:
    """Raises RulesMoved where a change that waits for its time touches a rule of this one."""
    others = [(other, change_of(other)) for other in await changes.waiting(connection, SUBJECT)]
    if moved := also_waiting(change_of(record), others, edition.files):
        raise RulesMoved(moved)


def _minute(moment: datetime) -> datetime:
    """Raises Malformed for a time that is not a whole minute, or says not where it is."""
    if moment.tzinfo is None or moment.second or moment.microsecond:
        told = "生效时间精确到分钟，并带时区。(a whole minute with an offset is expected)"
        raise Malformed("生效时间写得不对。(effective_from is malformed)", [FieldProblem("effective_from", told)])
    return moment
