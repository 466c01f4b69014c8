"""Seals: rows of the audit trail, each of which holds the root over the decisions since the one before.

What was sealed cannot be changed or left out unnoticed, and no answer waits for it: decisions are sealed some time
after they were recorded, every hour, and when evidence is asked for.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, false, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import StoreError
from app.records.audit import SERVICE, AuditTrail, Broken, Entry, append, lock
from app.records.canonical import digest_of, written
from app.records.decisions import Decision
from app.records.engine import Store
from app.records.merkle import leaf_of, path_of, root_of
from app.records.tables import audit_trail, decision_digests, decisions

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

SEALED, ERASED = "decisions.sealed", "decisions.erased"
_HOUR = 3600.0
_PATIENCE_SECONDS = 1.0
"""For which a stop waits for the store."""
_BEHIND = timedelta(days=1)
"""How much older than the last seal a decision may be that was not recorded yet; nobody waits that long."""
_UNSEALED = (
    ~select(decision_digests.c.script_id)
    .where(decision_digests.c.script_id == decisions.c.script_id, decision_digests.c.seal.is_not(None))
    .exists()
)


@dataclass(frozen=True, slots=True)
class Proof:
    """That a decision is under a seal: its digest, its place among `count`, the path to the root, and the row."""

    digest: str
    place: int
    count: int
    path: Sequence[str]
    root: str
    row: Entry


class Seals:
    """The seals of one store."""

    def __init__(self, store: Store, *, decisions_at_once: int = 1000) -> None:
        """`decisions_at_once`: the most that one seal covers, and so how long others wait to write."""
        self._store = store
        self._at_once = decisions_at_once

    async def seal(self, person: str = SERVICE, *, recent: bool = False) -> int:
        """Seal all that is not sealed; how many decisions that were. Raises StoreError.

        `recent`: without a look at what was recorded long before the last seal, where all is sealed but by a mistake.
        """
        rest = await self._recent() if recent else true()
        count = 0
        while sealed := await self._seal(rest, person):
            count += len(sealed)
            rest = decisions.c.script_id > sealed[-1]
        return count

    async def proof(self, script_id: str) -> Proof | None:
        """The proof for a decision, which is sealed now if it was not, together with all that came before it.

        None if there is no such decision, or no more.
        """
        if (found := await self._proof(script_id)) is not None:
            return found
        await self.seal(recent=True)
        if (found := await self._proof(script_id)) is not None:
            return found
        await self._seal(decisions.c.script_id == script_id, SERVICE)
        return await self._proof(script_id)

    async def verify(self) -> Broken | None:
        """The first seal (by its row in the trail) that does not fit what is recorded now.

        An erased decision counts as what it was. Whether the trail itself holds `AuditTrail.verify` says.
        """
        query = select(audit_trail.c.number, audit_trail.c.details).where(audit_trail.c.event == SEALED)
        async with self._store.reading() as connection:
            seals = (await connection.execute(query.order_by(audit_trail.c.number))).all()
        for number, details in seals:
            told = json.loads(details)
            async with self._store.reading() as connection:
                kept = await _leaves(connection, number)
                if len(kept) != told["count"]:
                    return Broken(number, f"{told['count']} decisions were sealed, and {len(kept)} digests are left")
                if root_of([leaf_of(*each) for each in kept]) != told["root"]:
                    return Broken(number, "a digest is not the one that was sealed")
                if (changed := await _changed(connection, number)) is not None:
                    return Broken(number, changed)
        return await self._verify_erased()

    async def _verify_erased(self) -> Broken | None:
        """An erasure that the trail does not tell of would hide a change."""
        query = select(audit_trail.c.number, audit_trail.c.details).where(audit_trail.c.event == ERASED)
        async with self._store.reading() as connection:
            left = select(func.count()).select_from(decisions).where(decisions.c.erased_at.is_not(None))
            erased = await connection.scalar(left)
            told = (await connection.execute(query.order_by(audit_trail.c.number))).all()
        count = sum(json.loads(row.details)["count"] for row in told)
        if erased == count:
            return None
        last = told[-1].number if told else 0
        return Broken(last, f"the trail tells of {count} erased decisions, and there are {erased}")

    async def _recent(self) -> ColumnElement[bool]:
        """All from a day before the last seal on, as a place in the order of ids."""
        seals = select(func.max(audit_trail.c.at)).where(audit_trail.c.event == SEALED)
        async with self._store.reading() as connection:
            if (last := await connection.scalar(seals)) is None:
                return true()
            oldest = select(func.min(decisions.c.script_id)).where(decisions.c.created_at >= last - _BEHIND)
            first = await connection.scalar(oldest)
        return false() if first is None else decisions.c.script_id >= first

    async def _seal(self, condition: ColumnElement[bool], person: str) -> list[str]:
        """One seal over what fits the condition and has none, oldest first; what was looked at.

        What is read and digested holds up nobody.
        """
        query = select(decisions).where(condition, _UNSEALED).order_by(decisions.c.script_id).limit(self._at_once)
        async with self._store.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        if not rows:
            return []
        found = await asyncio.to_thread(lambda: {row["script_id"]: _digest(Decision.from_row(row)) for row in rows})
        async with self._store.writing() as connection:
            await lock(connection)
            kept = decision_digests.c.script_id.in_(found)
            known = {row.script_id: row for row in await connection.execute(select(decision_digests).where(kept))}
            # Another replica may have sealed some meanwhile, and somebody erased some: their digests are kept.
            leaves = [
                (script_id, known[script_id].digest if script_id in known else digest)
                for script_id, digest in found.items()
                if script_id not in known or known[script_id].seal is None
            ]
            if leaves:
                await _write(connection, leaves, set(known), person)
        return list(found)

    async def _proof(self, script_id: str) -> Proof | None:
        async with self._store.reading() as connection:
            this = select(decision_digests).where(decision_digests.c.script_id == script_id)
            mine = (await connection.execute(this)).one_or_none()
            if mine is None or mine.seal is None:
                return None
            leaves = [leaf_of(*each) for each in await _leaves(connection, mine.seal)]
            row = (await connection.execute(select(audit_trail).where(audit_trail.c.number == mine.seal))).mappings()
            seal = Entry.from_row(row.one())
        path = path_of(leaves, mine.place)
        return Proof(mine.digest, mine.place, len(leaves), path, root_of(leaves), seal)


class Sealer:
    """Seals every hour for as long as the service runs, and logs the head of the trail: whoever keeps the log has it.

    A line that is kept where nobody of this service can change it is an anchor, see `AuditTrail.verify`.
    """

    def __init__(
        self,
        seals: Seals,
        trail: AuditTrail,
        lines: "FilteringBoundLogger",
        *,
        pause: float = _HOUR,
        retry: float = 5.0,
    ) -> None:
        """`lines` masks nothing: half of a hash may look like somebody's number.

        `pause`: seconds between two seals; `retry`: until a store is asked again that did not say its head.
        """
        self._seals = seals
        self._trail = trail
        self._lines = lines
        self._pause = pause
        self._retry = retry
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin with the head of the trail; the first seal is due in an hour."""
        self._task = asyncio.create_task(self._run(), name="heyan sealer")

    async def close(self) -> None:
        """Stop, with the head of the trail as it is left, where the store still says it."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._tell_head()

    async def _run(self) -> None:
        while True:
            is_told = await self._told_head()
            await asyncio.sleep(self._pause if is_told else self._retry)
            if is_told:
                await self._seal()

    async def _seal(self) -> None:
        import structlog  # noqa: PLC0415  it loads much that a command on the store does without

        try:
            await self._seals.seal(recent=True)
        except StoreError as failure:
            structlog.get_logger("heyan").warning(
                "decisions could not be sealed; the next hour will", reason=str(failure)
            )

    async def _told_head(self) -> bool:
        try:
            await self._tell_head()
        except StoreError:  # told by whoever follows the store
            return False
        return True

    async def _tell_head(self) -> None:
        head = await self._trail.head()
        self._lines.info("head of the audit trail", number=head.number, hash=head.hash)


async def _write(connection: AsyncConnection, leaves: Sequence[tuple[str, str]], known: set[str], person: str) -> None:
    details = {
        "count": len(leaves),
        "first": leaves[0][0],
        "last": leaves[-1][0],
        "root": root_of([leaf_of(*each) for each in leaves]),
    }
    head = await append(connection, person, SEALED, None, details)
    new = []
    for place, (script_id, digest) in enumerate(leaves):
        if script_id in known:
            this = decision_digests.c.script_id == script_id
            await connection.execute(update(decision_digests).where(this).values(seal=head.number, place=place))
        else:
            new.append({"script_id": script_id, "digest": digest, "seal": head.number, "place": place})
    if new:
        await connection.execute(insert(decision_digests), new)


async def _leaves(connection: AsyncConnection, seal: int) -> list[tuple[str, str]]:
    query = select(decision_digests.c.script_id, decision_digests.c.digest).where(decision_digests.c.seal == seal)
    rows = await connection.execute(query.order_by(decision_digests.c.place))
    return [(row.script_id, row.digest) for row in rows]


async def _changed(connection: AsyncConnection, seal: int) -> str | None:
    """What is wrong with the decisions of a seal, whose digests are as they were sealed."""
    digests = dict(await _leaves(connection, seal))
    under = select(decision_digests.c.script_id).where(decision_digests.c.seal == seal)
    for row in (await connection.execute(select(decisions).where(decisions.c.script_id.in_(under)))).mappings():
        digest = digests.pop(row["script_id"])
        if row["erased_at"] is None and _digest(Decision.from_row(row)) != digest:
            return f"{row['script_id']} was changed"
    return f"{min(digests)} is missing" if digests else None


def _digest(decision: Decision) -> str:
    return digest_of(written(decision))
