"""What a day looks like: answers by source and action, hour by hour, and the rules that hit most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.records.engine import Store
from app.records.tables import decisions, rule_hits

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Count:
    """So many answers of this source and action; a review has no source."""

    source: str | None
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class Hour:
    """The answers of one hour that begins at `start`: how many, and how many of them were not to be said."""

    start: datetime
    count: int
    stopped: int


@dataclass(frozen=True, slots=True)
class RuleCount:
    """In how many answers a rule found something."""

    rule: str
    count: int


class Figures:
    """Counts what one store recorded. Raises StoreError where it does not answer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def since(self, start: datetime) -> list[Count]:
        """Answers since then, the most first."""
        query = (
            select(decisions.c.source, decisions.c.action, func.count().label("count"))
            .where(decisions.c.created_at >= start)
            .group_by(decisions.c.source, decisions.c.action)
            .order_by(func.count().desc())
        )
        async with self._store.reading() as connection:
            return [Count(*row) for row in (await connection.execute(query)).all()]

    async def hours(self, end: datetime, count: int = 24) -> list[Hour]:
        """The last hours before `end`, the oldest first."""
        last = end.replace(minute=0, second=0, microsecond=0)
        starts = [last - _HOUR * back for back in reversed(range(count))]
        spans = [(start, start + _HOUR) for start in starts]
        stopped = decisions.c.action.in_(("block", "do_not_call", "handoff"))
        async with self._store.reading() as connection:
            found = []
            for start, until in spans:
                within = (decisions.c.created_at >= start) & (decisions.c.created_at < until)
                counted = select(func.count(), func.count().filter(stopped)).where(within)
                found.append(Hour(start, *(await connection.execute(counted)).one()))
        return found

    async def rules(self, start: datetime, most: int = 10) -> list[RuleCount]:
        """The rules that found something in most answers since then, in what was said and in what was not."""
        count = func.count(rule_hits.c.script_id.distinct())
        query = (
            select(rule_hits.c.rule, count)
            .where(rule_hits.c.at >= start)
            .group_by(rule_hits.c.rule)
            .order_by(count.desc(), rule_hits.c.rule)
            .limit(most)
        )
        async with self._store.reading() as connection:
            return [RuleCount(*row) for row in (await connection.execute(query)).all()]

    async def hits(self, rules: Sequence[str], start: datetime) -> dict[str, int]:
        """In how many answers since then each of these rules found something; rules without are left out."""
        query = (
            select(rule_hits.c.rule, func.count(rule_hits.c.script_id.distinct()))
            .where(rule_hits.c.rule.in_(rules), rule_hits.c.at >= start)
            .group_by(rule_hits.c.rule)
        )
        async with self._store.reading() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}
