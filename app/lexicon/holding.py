"""The emergency brake of approved wording: one person tightens at once, and it takes two to loosen.

Each step is one transaction: it reads the newest revision under the lock of the audit trail, and publishes the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from app.approved.holds import HOLDS_FILE, Freeze, Holds, LineKind, Suspension, content_of, holds_of
from app.errors import RequestConflict, StoreError
from app.lexicon.catalogue import Catalogue, Line
from app.lexicon.refused import OwnChange, UnknownLine, WrongState
from app.lexicon.register import Register, note
from app.lexicon.shelf import UnknownRevision
from app.policy import ActivePolicy
from app.records import ChangeRecord, ChangeState, Now, Revision, Revisions, Store, audit, changes, revisions, utc_now
from app.records.names import is_same_person
from guards.lexicon.documents import DocumentError

SUBJECT = "holds"
RESUME, UNFREEZE = "resume", "unfreeze"
_TITLE = 30
"""Characters of a text that a title repeats."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held in the newest revision."""

    revision: Revision
    holds: Holds


class Holding:
    """What is held in one store, and who lets go of it. All of it raises StoreError where the store is silent."""

    def __init__(
        self,
        store: Store,
        known: Revisions,
        active: ActivePolicy,
        catalogue: Catalogue,
        *,
        clock: Now = utc_now,
        expiry: timedelta = timedelta(days=14),
    ) -> None:
        """`active`: the wording whose texts can be suspended. `expiry`: how long a request waits for who decides."""
        self._store = store
        self._revisions = known
        self._active = active
        self._catalogue = catalogue
        self._clock = clock
        self._expiry = expiry
        self._register = Register(store, clock, SUBJECT)

    async def held(self) -> Held:
        """What is held now, whatever this process runs yet."""
        newest = await self._revisions.newest()
        if newest is None:
            raise UnknownRevision(1)
        if HOLDS_FILE not in newest.wording:
            return Held(newest, Holds())
        async with self._store.reading() as connection:
            return Held(newest, await _holds(connection, newest))

    def lines(self, holds: Holds) -> Mapping[str, Line]:
        """Every approved text by its id, and those that are suspended though no longer approved."""
        known = self._catalogue.of(self._active.ruling.wording)
        lost = [one for one in holds.suspended if one.id not in known]
        return {**known, **{one.id: _unplaced(one) for one in lost}} if lost else known

    async def suspend(self, identity: str, person: str, reason: str) -> Held:
        """Let nobody say a text from the next revision on.

        Raises:
            UnknownLine: if there is none of this id.
            RequestConflict: if it is suspended already.
        """
        async with self._store.writing() as connection:
            now, current, holds = self._clock(), *await _current(connection)
            if holds.get(identity) is not None:
                raise RequestConflict("这句话已经停用了。(this line is suspended already)")
            line = self.lines(holds).get(identity)
            if line is None:
                raise UnknownLine
            suspended = holds.with_suspended(Suspension(line.id, line.text, reason, person, now))
            title = f"停用话术：{_short(line.text)}"
            revision = await _publish(connection, current, suspended, title, person)
            await audit.append(connection, person, "line.suspended", identity, _told(revision, reason))
        return Held(revision, suspended)

    async def freeze(self, person: str, reason: str) -> Held:
        """Let only approved fallbacks be said from the next revision on. Raises RequestConflict if it is so already."""
        async with self._store.writing() as connection:
            now, current, holds = self._clock(), *await _current(connection)
            if holds.freeze is not None:
                raise RequestConflict("已经冻结了。(it is frozen already)")
            frozen = holds.frozen(Freeze(reason, person, now))
            revision = await _publish(connection, current, frozen, "冻结：只说已批准的兜底话术", person)
            await audit.append(connection, person, "lexicon.frozen", None, _told(revision, reason))
        return Held(revision, frozen)

    async def ask_to_resume(self, identity: str, person: str, reason: str) -> ChangeRecord:
        """Ask that a text may be said again.

        Raises:
            UnknownLine: if there is none of this id.
            RequestConflict: if it is not suspended, or somebody asked for it already.
        """
        held = await self.held()
        one = held.holds.get(identity)
        if one is None:
            if identity not in self.lines(held.holds):
                raise UnknownLine
            raise RequestConflict("这句话没有停用，不用恢复。(this line is not suspended)")
        body = {"does": RESUME, "line": identity, "text": one.text, "since": one.at.isoformat()}
        return await self._ask(held.revision, f"恢复话术：{_short(one.text)}", body, person, reason)

    async def ask_to_unfreeze(self, person: str, reason: str) -> ChangeRecord:
        """Ask that models may write again. Raises RequestConflict if it is not frozen, or somebody asked already."""
        held = await self.held()
        if held.holds.freeze is None:
            raise RequestConflict("没有冻结，不用解冻。(it is not frozen)")
        body = {"does": UNFREEZE, "since": held.holds.freeze.at.isoformat()}
        return await self._ask(held.revision, "解冻", body, person, reason)

    async def page(
        self, state: ChangeState | None = None, *, before: str | None = None, limit: int = 50
    ) -> Sequence[ChangeRecord]:
        """What was asked for, the newest first, before the request `before`."""
        return await self._register.page(state, None, before, limit)

    async def get(self, identity: str) -> ChangeRecord:
        """One request. Raises UnknownChange."""
        return await self._register.get(identity)

    async def approve(self, identity: str, person: str, reason: str | None = None) -> ChangeRecord:
        """Let go of what somebody else asked for, in the next revision.

        Raises:
            UnknownChange, OwnChange, WrongState: if this person may not approve it as it stands.
            RequestConflict: if it is no longer held, or held anew since it was asked for.
        """
        record = await self._decidable(identity, person)
        asked: Mapping[str, Any] = record.body["change"]
        async with self._register.step(record) as connection:
            now, current, holds = self._clock(), *await _current(connection)
            decided = replace(record, decided_by=person, decided_at=now, reason=reason)
            if asked["does"] == RESUME:
                one = holds.get(asked["line"])
                _require_same(asked, None if one is None else one.at)
                holds, event, subject = holds.without(asked["line"]), "line.resumed", asked["line"]
            else:
                _require_same(asked, None if holds.freeze is None else holds.freeze.at)
                holds, event, subject = holds.frozen(None), "lexicon.unfrozen", None
            revision = await _publish(connection, current, holds, record.title, record.author, decided)
            values = {"decided_by": person, "decided_at": now, "reason": reason, "revision": revision.number}
            await changes.alter(connection, identity, state=ChangeState.PUBLISHED, updated_at=now, **values)
            await note(connection, person, "change.approved", record, reason=reason)
            await audit.append(connection, person, event, subject, {**_told(revision, reason), "change": identity})
        return await self.get(identity)

    async def reject(self, identity: str, person: str, reason: str) -> ChangeRecord:
        """Refuse what somebody else asked for. Raises UnknownChange, OwnChange, WrongState."""
        record = await self._decidable(identity, person)
        now = self._clock()
        values = {"decided_by": person, "decided_at": now, "reason": reason}
        async with self._register.step(record) as connection:
            await changes.alter(connection, identity, state=ChangeState.REJECTED, updated_at=now, **values)
            await note(connection, person, "change.rejected", record, reason=reason)
        return await self.get(identity)

    async def _ask(
        self, newest: Revision, title: str, body: Mapping[str, Any], person: str, reason: str
    ) -> ChangeRecord:
        waiting = await self._register.page(ChangeState.SUBMITTED, None, None, 1_000)
        if any(one.body["change"] == body for one in waiting):
            raise RequestConflict("已经有人申请了，等另一个人审批。(somebody asked for this already)")
        now = self._clock()
        record = ChangeRecord(
            id=str(ULID()),
            subject=SUBJECT,
            state=ChangeState.SUBMITTED,
            title=title,
            comment=reason,
            body={"change": body, "warnings": []},
            based_on=newest.number,
            author=person,
            created_at=now,
            updated_at=now,
            submitted_at=now,
            expires_at=now + self._expiry,
        )
        await self._register.add(record, "change.submitted")
        return record

    async def _decidable(self, identity: str, person: str) -> ChangeRecord:
        record = await self._register.get(identity)
        if is_same_person(record.author, person):
            raise OwnChange
        if record.state is not ChangeState.SUBMITTED:
            raise WrongState(record.state)
        return record


async def _current(connection: AsyncConnection) -> tuple[Revision, Holds]:
    """The newest revision and what it holds, to which nobody else adds before this transaction ends."""
    await audit.lock(connection)
    current = await revisions.newest(connection)
    if current is None:
        raise UnknownRevision(1)
    return current, await _holds(connection, current)


async def _holds(connection: AsyncConnection, revision: Revision) -> Holds:
    named = {name: digest for name, digest in revision.wording.items() if name == HOLDS_FILE}
    try:
        return holds_of((await revisions.texts(connection, named)).get(HOLDS_FILE))
    except DocumentError as broken:
        raise StoreError(f"what revision {revision.number} holds cannot be read: {broken}") from None


async def _publish(
    connection: AsyncConnection,
    current: Revision,
    holds: Holds,
    title: str,
    author: str,
    decided: ChangeRecord | None = None,
) -> Revision:
    """The next revision: the same rules and wording, and what is held now."""
    lexicon = await revisions.texts(connection, current.lexicon)
    wording = await revisions.texts(connection, current.wording)
    wording.pop(HOLDS_FILE, None)
    if (content := content_of(holds)) is not None:
        wording[HOLDS_FILE] = content
    approver, change = (decided.decided_by, decided.id) if decided else (None, None)
    revision = await revisions.publish(
        connection, lexicon, wording, title=title, author=author, approver=approver, change_id=change
    )
    person = approver or author
    details: dict[str, Any] = {"sha256": revision.sha256, "holds": revision.wording.get(HOLDS_FILE)}
    details |= {"based_on": current.number, **({"change": change} if change else {"only_tightens": True})}
    await audit.append(connection, person, "revision.published", str(revision.number), details)
    return revision


def _require_same(asked: Mapping[str, Any], since: datetime | None) -> None:
    """Raises RequestConflict where what was asked for is no longer what is held."""
    if since is None:
        raise RequestConflict("已经恢复了，不用再批。(it is held no longer)")
    if since.isoformat() != asked["since"]:
        raise RequestConflict("申请之后又重新停用过，请重新申请。(it was held anew since this was asked for)")


def _told(revision: Revision, reason: str | None) -> dict[str, Any]:
    return {"revision": revision.number, **({} if reason is None else {"reason": reason})}


def _unplaced(one: Suspension) -> Line:
    return Line(one.id, LineKind(one.id.partition("-")[0]), one.text, ())


def _short(text: str) -> str:
    return text if len(text) <= _TITLE else f"{text[:_TITLE]}…"
