"""Erasure: what was asked and said is removed; an id, a digest and what counts stay, so that every seal still holds."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from app.records.audit import append, lock
from app.records.canonical import digest_of, written
from app.records.case_tables import held_cases
from app.records.decisions import Decision
from app.records.engine import Store
from app.records.seals import ERASED
from app.records.tables import decision_digests, decisions, marks

_GONE: dict[str, Any] = {
    # The keyed digest of the body is what makes a digest of the whole useless for guessing what was said.
    "body_digest": "",
    "answer": b"",
    "request": {},
    "text": None,
    "generation": None,
    "strategy": None,
    "tags": (),
    "offer": None,
    "body": None,
    "ref_digest": None,
    "events": (),
}
_COUNTED = ("rule", "guard", "action")
"""What is left of a finding: that there was one."""


class Erasure:
    """Erases decisions of one store, some at a time, so that nobody waits long; each time is a row of the trail."""

    def __init__(self, store: Store, *, decisions_at_once: int = 500) -> None:
        self._store = store
        self._at_once = decisions_at_once

    async def of_person(self, ref_digest: str, by: str) -> int:
        """Erase all decisions about one customer; how many there were. The trail does not say whose. Raises StoreError.

        What the customer refused stays: it is about the future.
        """
        async with self._store.writing() as connection:
            await connection.execute(delete(held_cases).where(held_cases.c.ref_digest == ref_digest))
        return await self._erase(decisions.c.ref_digest == ref_digest, by, {"because": "a person is erased"})

    async def before(self, end: datetime, by: str) -> int:
        """Erase all decisions from before this time, which is over; how many there were. Raises StoreError."""
        told = {"because": "retention", "before": end.astimezone(UTC).isoformat()}
        return await self._erase(decisions.c.created_at < end, by, told)

    async def _erase(self, condition: ColumnElement[bool], by: str, told: dict[str, Any]) -> int:
        total = 0
        while True:
            count = await self._some(condition, by, told, is_first=total == 0)
            total += count
            if count < self._at_once:
                return total

    async def _some(self, condition: ColumnElement[bool], by: str, told: dict[str, Any], *, is_first: bool) -> int:
        query = select(decisions).where(condition, decisions.c.erased_at.is_(None))
        async with self._store.writing() as connection:
            await lock(connection)
            rows = (await connection.execute(query.order_by(decisions.c.script_id).limit(self._at_once))).mappings()
            found = {row["script_id"]: Decision.from_row(row) for row in rows}
            kept = decision_digests.c.script_id.in_(found)
            known = set(await connection.scalars(select(decision_digests.c.script_id).where(kept)))
            if new := [one for script_id, one in found.items() if script_id not in known]:
                rows_of_new = [{"script_id": one.script_id, "digest": digest_of(written(one))} for one in new]
                await connection.execute(insert(decision_digests), rows_of_new)
            now = datetime.now(UTC)
            for script_id, one in found.items():
                left = {
                    name: [{key: each.get(key) for key in _COUNTED} for each in getattr(one, name)]
                    for name in ("findings", "rejected")
                }
                this = decisions.c.script_id == script_id
                await connection.execute(update(decisions).where(this).values({**_GONE, **left, "erased_at": now}))
            await connection.execute(update(marks).where(marks.c.script_id.in_(found)).values(note=""))
            if found or is_first:
                await append(connection, by, ERASED, None, {**told, "count": len(found)})
        return len(found)
