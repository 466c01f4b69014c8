"""The emergency brake of approved wording: one person tightens at once, and asks another to loosen it again.

To tighten is one transaction: it reads the newest revision under the lock of the audit trail, and publishes the next.
To loosen is a change like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.approved.holds import HOLDS_FILE, Freeze, Holds, LineKind, Suspension, content_of, holds_of
from app.errors import RequestConflict, StoreError
from app.lexicon.catalogue import Catalogue, Line
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.refused import UnknownLine
from app.lexicon.register import Dossier
from app.lexicon.rewording import Resumed, Rewording
from app.lexicon.shelf import UnknownRevision
from app.policy import ActivePolicy
from app.records import ChangeState, Now, Revision, Revisions, Store, audit, revisions, utc_now
from guards.lexicon.documents import DocumentError

_TITLE = 30
"""Characters of a text that a title repeats."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held in the newest revision."""

    revision: Revision
    holds: Holds


class Holding:
    """What is held in one store, and who asks to let go of it. It raises StoreError where the store is silent."""

    def __init__(
        self,
        store: Store,
        known: Revisions,
        active: ActivePolicy,
        catalogue: Catalogue,
        life: Lifecycle[Rewording],
        *,
        clock: Now = utc_now,
    ) -> None:
        """`active`: the wording whose texts can be suspended. `life`: where it is asked for that they may be said."""
        self._store = store
        self._revisions = known
        self._active = active
        self._catalogue = catalogue
        self._clock = clock
        self._life = life

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

    async def ask_to_resume(self, identity: str, person: str, reason: str) -> Dossier[Rewording]:
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
        resumed = Resumed(identity, one.text, one.at.isoformat())
        return await self._ask(Rewording(f"恢复话术：{_short(one.text)}", resumes=(resumed,)), person, reason)

    async def ask_to_unfreeze(self, person: str, reason: str) -> Dossier[Rewording]:
        """Ask that models may write again. Raises RequestConflict if it is not frozen, or somebody asked already."""
        held = await self.held()
        if held.holds.freeze is None:
            raise RequestConflict("没有冻结，不用解冻。(it is not frozen)")
        return await self._ask(Rewording("解冻", unfreezes=held.holds.freeze.at.isoformat()), person, reason)

    async def _ask(self, change: Rewording, person: str, reason: str) -> Dossier[Rewording]:
        waiting = await self._life.page(ChangeState.SUBMITTED, limit=1_000)
        if any(one.change == change for one in waiting):
            raise RequestConflict("已经有人申请了，等另一个人审批。(somebody asked for this already)")
        return await self._life.ask(change, person, reason)


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
) -> Revision:
    """The next revision: the same rules and wording, and what is held now."""
    lexicon = await revisions.texts(connection, current.lexicon)
    wording = await revisions.texts(connection, current.wording)
    wording.pop(HOLDS_FILE, None)
    if (content := content_of(holds)) is not None:
        wording[HOLDS_FILE] = content
    revision = await revisions.publish(connection, lexicon, wording, title=title, author=author)
    details: dict[str, Any] = {"sha256": revision.sha256, "holds": revision.wording.get(HOLDS_FILE)}
    details |= {"based_on": current.number, "only_tightens": True}
    await audit.append(connection, author, "revision.published", str(revision.number), details)
    return revision


def _told(revision: Revision, reason: str | None) -> dict[str, Any]:
    return {"revision": revision.number, **({} if reason is None else {"reason": reason})}


def _unplaced(one: Suspension) -> Line:
    return Line(one.id, LineKind(one.id.partition("-")[0]), one.text, ())


def _short(text: str) -> str:
    return text if len(text) <= _TITLE else f"{text[:_TITLE]}…"
