"""The life of a change of rules or wording: drafted and edited by its author, submitted, decided by another, published.

    draft ⇄ submitted → published
                      → approved (waits for its time) → published, or failed
                      → rejected, or expired

Its author takes it back to a draft from wherever it stands, until it is published. Who somebody is, is the person: the
key and its roles are looked at by whoever calls this.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Generic

from ulid import ULID

from app.errors import FieldProblem, Malformed
from app.lexicon.approvals import Approvals
from app.lexicon.conflicts import is_carried_over
from app.lexicon.examiner import Examiner
from app.lexicon.files import RuleFiles
from app.lexicon.matter import C, Judge, Matter, Proposal
from app.lexicon.problems import ChangeRefused, Problem, errors
from app.lexicon.refused import NotTheAuthor, WrongState
from app.lexicon.register import Dossier, Register, note, packed
from app.lexicon.shelf import Edition, Shelf
from app.records import ChangeRecord, ChangeState, Now, Revision, Revisions, Store, changes, utc_now
from app.records.names import is_same_person
from app.threads import in_daemon_thread

_AT_ONCE = 4
"""Changes that are looked at beside one another."""
_OPEN = frozenset({ChangeState.DRAFT, ChangeState.SUBMITTED, ChangeState.APPROVED})
_TAKEN_BACK = frozenset(ChangeState) - {ChangeState.DRAFT, ChangeState.PUBLISHED}


class Lifecycle(Generic[C]):
    """The changes of one matter in one store. Whatever is asked for raises StoreError where that does not answer."""

    def __init__(
        self,
        store: Store,
        revisions: Revisions,
        matter: Matter[C],
        *,
        judge: Judge | None,
        clock: Now = utc_now,
        expiry: timedelta = timedelta(days=14),
    ) -> None:
        """`judge`: None for who only drafts. `expiry`: how long a submitted change may wait for who decides."""
        self._matter = matter
        self._clock = clock
        self._expiry = expiry
        self._shelf = Shelf(revisions)
        self._register = Register(store, clock, matter)
        self._examiner = Examiner(matter, judge, clock)
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._approvals = Approvals(self._register, self._shelf, matter, self._examiner, clock=clock)

    async def rules(self, number: int | None = None) -> RuleFiles:
        """The rules in force, or those of a revision. Raises UnknownRevision."""
        return (await (self._shelf.newest() if number is None else self._shelf.get(number))).files

    async def edition(self, number: int | None = None) -> Edition:
        """The same with the revision that they are."""
        return await (self._shelf.newest() if number is None else self._shelf.get(number))

    async def page(
        self,
        state: ChangeState | None = None,
        author: str | None = None,
        *,
        before: str | None = None,
        limit: int = 100,
    ) -> list[Dossier[C]]:
        """Changes, the newest first, those made before the change `before`; without what was said about them."""
        return [self._register.dossier(record) for record in await self._register.page(state, author, before, limit)]

    async def get(self, identity: str) -> Dossier[C]:
        """A change, with a warning for all of it that was changed since it was made. Raises UnknownChange."""
        return await self._dossier(await self._register.get(identity))

    async def draft(self, body: object, person: str, comment: str = "") -> Dossier[C]:
        """Keep a change (its body as JSON, or parsed) as a draft.

        Raises:
            ChangeRefused: naming everything that is wrong with it.
        """
        record = await self._new(body, person, comment)
        await self._register.add(record, "change.drafted")
        return self._register.dossier(record)

    async def ask(self, change: C, person: str, comment: str) -> Dossier[C]:
        """Ask for approval of a change that needs no draft before. Raises ChangeRefused."""
        record = await self._new(change, person, comment, is_submitted=True)
        now = record.created_at
        record = replace(record, state=ChangeState.SUBMITTED, submitted_at=now, expires_at=now + self._expiry)
        await self._register.add(record, "change.submitted")
        return self._register.dossier(record)

    async def edit(
        self, identity: str, body: object, person: str, comment: str | None = None, *, seen: Collection[str] = ()
    ) -> Dossier[C]:
        """Give parts of a draft (`title`, `adds`, `edits`, `retires`) other contents.

        Where more than the title is among them it restores nothing any more, and is based on what is in force now,
        unless it still says what it said before of something that others changed, and that is not among `seen`.
        Raises UnknownChange, NotTheAuthor, WrongState; ChangeRefused, naming all that is wrong: it stays as it was.
        """
        record = await self._own(identity, person, {ChangeState.DRAFT})
        values: dict[str, object] = {} if comment is None else {"comment": comment}
        changed = {**self._register.change(record).as_json(), **body} if isinstance(body, Mapping) else body
        change = self._matter.parse(changed)
        values |= {"title": change.title, "version": record.version + 1, "updated_at": self._clock()}
        warnings = record.body["warnings"]
        if isinstance(body, Mapping) and self._matter.parts & body.keys():
            edition = await self._shelf.newest()
            change = self._matter.completed(change, edition)
            warnings = packed(change, await self._lint(edition, change))["warnings"]
            then, before = await self._shelf.get(record.based_on), self._register.change(record)
            moved = [self._matter.moved(each, then, edition) for each in (before, change)]
            is_stale = is_carried_over(moved[0], moved[1], seen)
            values |= {"based_on": record.based_on if is_stale else edition.revision.number, "restores": None}
        values["body"] = {"change": change.as_json(), "warnings": warnings}
        edited = replace(record, **values)  # type: ignore[arg-type]  # the names are columns
        async with self._register.step(record) as connection:
            await changes.alter(connection, identity, **values)
            await note(connection, person, "change.edited", edited)
        return await self.get(identity)

    async def drop(self, identity: str, person: str) -> None:
        """Forget a draft. Raises UnknownChange, NotTheAuthor, WrongState."""
        record = await self._own(identity, person, {ChangeState.DRAFT})
        async with self._register.step(record) as connection:
            await changes.remove(connection, identity)
            await note(connection, person, "change.dropped", record)

    async def submit(self, identity: str, person: str) -> Dossier[C]:
        """Ask for approval; nobody who decides in time lets the request expire.

        Raises:
            UnknownChange, NotTheAuthor, WrongState: if there is no such draft of this person.
            ChangeRefused: naming everything that is wrong with it, as the rules in force are now.
        """
        record, now = await self._own(identity, person, {ChangeState.DRAFT}), self._clock()
        edition = await self._shelf.newest()
        values: dict[str, object] = {"submitted_at": now, "expires_at": now + self._expiry, "effective_from": None}
        values |= dict.fromkeys(("decided_by", "decided_at", "reason"))
        if record.restores is not None:
            wanted = await self._shelf.get(record.restores)
            change = self._matter.between(edition, wanted, record.title)
            values |= {"body": packed(change), "based_on": edition.revision.number}
        else:
            change = self._register.change(record)
            if not change:
                told = f"这个变更什么也没有改，请先写上要新增、修改或停用的{self._matter.noun}。"
                raise ChangeRefused([Problem(code="no_change", message=told, english="the change changes nothing")])
            values["body"] = packed(change, await self._lint(edition, change, is_submitted=True))
        async with self._register.step(record) as connection:
            await changes.alter(connection, identity, state=ChangeState.SUBMITTED, updated_at=now, **values)
            await note(connection, person, "change.submitted", replace(record, **values))  # type: ignore[arg-type]
        return await self.get(identity)

    async def withdraw(self, identity: str, person: str) -> Dossier[C]:
        """Take a change back, so that it is a draft again. Raises UnknownChange, NotTheAuthor, WrongState."""
        record = await self._own(identity, person, _TAKEN_BACK)
        async with self._register.step(record) as connection:
            values = {"state": ChangeState.DRAFT, "updated_at": self._clock()}
            await changes.alter(connection, identity, **values, expires_at=None, effective_from=None)
            await note(connection, person, "change.withdrawn", record)
        return await self.get(identity)

    async def comment(self, identity: str, person: str, text: str) -> Dossier[C]:
        """Keep what somebody says about a change. Raises UnknownChange."""
        record = await self._register.get(identity)
        async with self._register.step(record) as connection:
            number = await changes.say(connection, identity, person, self._clock(), text)
            await note(connection, person, "change.commented", record, comment=number)
        return await self.get(identity)

    async def ask_reviewers(self, identity: str, person: str, reviewers: Sequence[str]) -> Dossier[C]:
        """Say who is asked to decide; others may all the same.

        Raises:
            UnknownChange: if there is no such change.
            WrongState: if it is decided already.
            Malformed: if its author is among them.
        """
        record = await self._register.get(identity)
        if record.state not in _OPEN:
            raise WrongState(record.state)
        if any(is_same_person(record.author, each) for each in reviewers):
            told = "不能请提出人自己审批。(the author cannot be asked to decide)"
            raise Malformed("审批人写得不对。(these reviewers cannot be asked)", [FieldProblem("reviewers", told)])
        asked = list(dict.fromkeys(reviewers))
        async with self._register.step(record) as connection:
            await changes.alter(connection, identity, reviewers=asked, updated_at=self._clock())
            # Nobody is told of a draft: when it is submitted, that says who is asked.
            draft = True if record.state is ChangeState.DRAFT else None
            await note(connection, person, "change.reviewers_asked", record, reviewers=asked, draft=draft)
        return await self.get(identity)

    async def approve(
        self,
        identity: str,
        person: str,
        *,
        reason: str | None = None,
        effective_from: datetime | None = None,
        version: int | None = None,
    ) -> Dossier[C]:
        """Publish a submitted change at once, or let it wait for `effective_from`, a whole minute.

        It is judged anew against what is in force now. `version` is that of the text which was read.

        Raises:
            UnknownChange, OwnChange, OneHand, WrongState, OtherVersion: if this person may not approve it as it stands.
            RulesMoved: if somebody else changed the same, or is about to; both texts are told.
            ChangeRefused: if the rules would not be sound, or would stop approved wording.
        """
        await self._approvals.approve(identity, person, reason=reason, effective_from=effective_from, version=version)
        return await self.get(identity)

    async def reject(self, identity: str, person: str, reason: str) -> Dossier[C]:
        """Refuse a change, also one that waits for its time. Raises UnknownChange, OwnChange, WrongState."""
        await self._approvals.reject(identity, person, reason)
        return await self.get(identity)

    async def restore(self, number: int, person: str, note: str = "") -> Dossier[C]:
        """Ask for what revision `number` had, byte for byte; where they only tighten they are published at once.

        Raises:
            UnknownRevision: if there is none of this number.
            RequestConflict: if just that is in force.
            ChangeRefused: if they only tighten, and would stop approved wording.
        """
        identity = await self._approvals.restore(number, person, note, self._clock() + self._expiry)
        return await self.get(identity)

    async def sides(self, dossier: Dossier[C]) -> tuple[Edition, Proposal]:
        """What a change is compared with, and what comes of it; see `Approvals.sides`."""
        return await self._approvals.sides(dossier.record)

    async def judged(self, proposal: Proposal) -> list[Problem]:
        """What stands in the way of publishing it; nothing if nothing does."""
        async with self._turns:
            return await in_daemon_thread(self._examiner.judged, proposal)

    async def publish_due(self) -> list[Revision]:
        """Publish what waited for this time, judged anew; what cannot be published has failed, and says why.

        Any replica may call it, and all may at once. Requests that nobody decided expire here too.
        """
        return await self._approvals.publish_due()

    async def _new(self, body: object, person: str, comment: str, *, is_submitted: bool = False) -> ChangeRecord:
        edition, now = await self._shelf.newest(), self._clock()
        change = self._matter.completed(self._matter.parse(body), edition)
        return ChangeRecord(
            id=str(ULID()),
            subject=self._matter.subject,
            state=ChangeState.DRAFT,
            title=change.title,
            comment=comment,
            body=packed(change, await self._lint(edition, change, is_submitted=is_submitted)),
            based_on=edition.revision.number,
            author=person,
            created_at=now,
            updated_at=now,
        )

    async def _own(self, identity: str, person: str, states: frozenset[ChangeState] | set[ChangeState]) -> ChangeRecord:
        record = await self._register.get(identity)
        if not is_same_person(record.author, person):
            raise NotTheAuthor
        if record.state not in states:
            raise WrongState(record.state)
        return record

    async def _lint(self, edition: Edition, change: C, *, is_submitted: bool = False) -> list[Problem]:
        """The warnings of a change. Raises ChangeRefused for its errors."""
        async with self._turns:
            found = await in_daemon_thread(self._examiner.problems, edition, change, is_submitted=is_submitted)
        if problems := errors(found):
            raise ChangeRefused(problems)
        return found

    async def _dossier(self, record: ChangeRecord) -> Dossier[C]:
        moved: list[Problem] = []
        edition = await self._shelf.newest()
        if record.state in _OPEN and record.based_on != edition.revision.number:
            then = await self._shelf.get(record.based_on)
            if record.restores is None:
                told = self._matter.moved(self._register.change(record), then, edition)
            else:
                told = self._matter.all_moved(then, edition)
            moved = [one.as_problem() for one in told]
        return self._register.dossier(record, moved, await self._register.comments(record.id))
