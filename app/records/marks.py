"""Marks: what officers and auditors say of a finding, and how right each rule was by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, insert, select

from app.records.audit import append, lock
from app.records.clock import Now, utc_now
from app.records.decisions import Decision, DecisionLog
from app.records.engine import Store
from app.records.errors import ErasedDecision, UnknownDecision, UnknownFinding
from app.records.intervals import wilson
from app.records.tables import decisions, marks, rule_hits

_SPANS = (7, 30)
"""Days over which hits are counted."""


class Mark(StrEnum):
    """Whether a finding was right."""

    TRUE_HIT = "true_hit"
    FALSE_HIT = "false_hit"


@dataclass(frozen=True, slots=True)
class MarkedFinding:
    """What one person says of one finding, by its place among those on the text returned."""

    script_id: str
    finding: int
    rule: str
    mark: Mark
    note: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Hits:
    """Decisions of the last `days` in which a rule found something: on the text returned, and on what was not said."""

    days: int
    returned: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Precision:
    """The share of right ones among `findings` that were marked, with its 95 % interval."""

    value: float
    low: float
    high: float
    findings: int


@dataclass(frozen=True, slots=True)
class Quality:
    """How a rule did. Of a finding that several persons marked, the newest mark counts for the precision."""

    rule: str
    hits: Sequence[Hits]
    marks: dict[Mark, int]
    precision: Precision | None
    latest: Sequence[Decision]


class Marks:
    """The marks of one store."""

    def __init__(self, store: Store, now: Now = utc_now) -> None:
        self._store = store
        self._log = DecisionLog(store)
        self._now = now

    async def mark(self, script_id: str, finding: int, mark: Mark, note: str, person: str) -> MarkedFinding:
        """Mark a finding; an earlier mark of the same person is replaced. `note` holds no personal data.

        Raises UnknownDecision, ErasedDecision, UnknownFinding, StoreError.
        """
        decision = await self._log.get(script_id)
        if decision is None:
            raise UnknownDecision
        if decision.erased_at is not None:
            raise ErasedDecision
        if not 0 <= finding < len(decision.findings):
            raise UnknownFinding(len(decision.findings))
        made = MarkedFinding(script_id, finding, decision.findings[finding]["rule"], mark, note, person, self._now())
        this = (marks.c.script_id == script_id) & (marks.c.finding == finding) & (marks.c.person == person)
        async with self._store.writing() as connection:
            await lock(connection)
            before = await connection.scalar(select(marks.c.mark).where(this))
            erased = await connection.scalar(select(decisions.c.erased_at).where(decisions.c.script_id == script_id))
            if erased is not None:
                raise ErasedDecision
            await connection.execute(delete(marks).where(this))
            row = {"rule": made.rule, "mark": mark.value, "note": note, "at": made.at}
            await connection.execute(insert(marks).values(script_id=script_id, finding=finding, person=person, **row))
            told: dict[str, Any] = {"finding": finding, "rule": made.rule, "mark": mark.value}
            await append(connection, person, "finding.marked", script_id, told | ({"before": before} if before else {}))
        return made

    async def of(self, script_id: str) -> list[MarkedFinding]:
        """The marks on a decision's findings, in the findings' order, oldest first."""
        query = select(marks).where(marks.c.script_id == script_id).order_by(marks.c.finding, marks.c.at)
        async with self._store.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [MarkedFinding(**{**row, "mark": Mark(row["mark"])}) for row in rows]

    async def quality(self, rule: str, *, examples: int = 10) -> Quality:
        """Hits, marks, precision, and the newest decisions in which the rule found something. Raises StoreError."""
        now = self._now()
        hits = []
        async with self._store.reading() as connection:
            for days in _SPANS:
                counted = select(rule_hits.c.is_said, func.count()).where(
                    rule_hits.c.rule == rule, rule_hits.c.at >= now - timedelta(days=days)
                )
                counts = {
                    row[0]: int(row[1]) for row in await connection.execute(counted.group_by(rule_hits.c.is_said))
                }
                hits.append(Hits(days, counts.get(True, 0), counts.get(False, 0)))
            ordered = select(marks).where(marks.c.rule == rule).order_by(marks.c.at)
            given = (await connection.execute(ordered)).all()
        newest = {(row.script_id, row.finding): Mark(row.mark) for row in given}
        latest = await self._log.recent(examples, since=now - timedelta(days=_SPANS[-1]), rule=rule)
        return Quality(
            rule,
            hits,
            {mark: sum(row.mark == mark for row in given) for mark in Mark},
            _precision(list(newest.values())),
            latest,
        )


def _precision(newest: Sequence[Mark]) -> Precision | None:
    if not newest:
        return None
    right = sum(mark is Mark.TRUE_HIT for mark in newest)
    return Precision(right / len(newest), *wilson(right, len(newest)), len(newest))
