"""The decision log: every answer with its request and the rules in force, durable before the answer is sent."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from sqlalchemy import ColumnElement, RowMapping, Select, select

from app.errors import StoreError
from app.records.engine import Store
from app.records.errors import DuplicateRequest
from app.records.tables import decisions, rule_hits
from app.records.writer import Also, GroupWriter


class Kind(StrEnum):
    """What was asked for."""

    SCRIPT = "script"
    REVIEW = "review"
    TURN = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One answer, and how it came about.

    Nothing here may hold personal data unmasked, `answer` included: no `pii`, no full name, no number of a person (a
    surname with 先生 or 女士 is the masked form of a name, docs/decisions/0007). The store writes what it is given;
    **masking is the duty of whoever makes the Decision**.

    `created_at` is aware and comes back in UTC. `answer` is the body that repeats of the same request_id are answered
    with, byte for byte. `timing` is in milliseconds. `findings` are about the text returned, `rejected` about the
    candidates that were not. `body` is the skeleton of `text`, `tags` and `offer` are those of its brief, `ref_digest`
    is the keyed digest of the customer's reference; what was recorded before they were has none. What does not apply (a
    review has no strategy, a call not made no text) is None. Of a decision that was erased (`erased_at`) only what
    counts is left: neither the request nor a word of the answer.
    """

    script_id: str
    kind: Kind
    body_digest: str
    created_at: datetime
    action: str
    policy_revision: int
    answer: bytes
    policy_digest: str | None = None
    request_id: str | None = None
    scenario: str | None = None
    channel: str | None = None
    generation: str | None = None
    strategy: str | None = None
    source: str | None = None
    prompt_version: str | None = None
    model: str | None = None
    text: str | None = None
    tags: Sequence[str] = ()
    offer: str | None = None
    body: str | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    rejected: Sequence[Mapping[str, Any]] = ()
    timing: Mapping[str, float] = field(default_factory=dict)
    ref_digest: str | None = None
    events: Sequence[Mapping[str, Any]] = ()
    erased_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a time without an offset."""
        if self.created_at.tzinfo is None:
            raise ValueError("created_at must have an offset")

    @classmethod
    def from_row(cls, row: RowMapping) -> Self:
        """The decision as it was recorded."""
        values = dict(row)
        lists = {name: tuple(values[name] or ()) for name in ("tags", "findings", "rejected", "events")}
        return cls(**{**values, **lists, "kind": Kind(values["kind"])})

    def as_row(self) -> dict[str, Any]:
        """The values of the columns, which have the fields' names."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


class DecisionLog:
    """Records decisions and finds them again. Between `start` and `close` it accepts; reading needs neither."""

    MOST_READ: ClassVar[int] = 5_000
    """Decisions whose texts are read for one search for a word."""

    def __init__(self, store: Store, *, rows_at_once: int = 1000) -> None:
        """`rows_at_once` bounds a transaction: at least one call's rows, and no further call's beyond this many."""
        self._store = store
        self._writer = GroupWriter(store, rows_at_once=rows_at_once)

    async def start(self) -> None:
        """Begin to accept decisions."""
        self._writer.start()

    async def close(self) -> None:
        """Accept no more, write what was accepted, then stop. A second call does nothing."""
        await self._writer.close()

    async def record(self, decision: Decision, also: Also | None = None) -> None:
        """Return when the decision is on disk, and with it, all or nothing, what `also` writes.

        Raises DuplicateRequest when its request_id is taken, StoreError when it may not be on disk: then the answer
        must not be sent. A call cancelled while it waits may or may not have been recorded.
        """
        await self.record_many((decision,), also)

    async def record_many(self, batch: Sequence[Decision], also: Also | None = None) -> None:
        """The same for several at once, all or none: one that is refused takes this call's others with it."""
        taken: set[str] = set()
        for decision in batch:
            if decision.request_id in taken:
                raise DuplicateRequest(decision.request_id)
            if decision.request_id is not None:
                taken.add(decision.request_id)
        if batch:
            await self._writer.write([decision.as_row() for decision in batch], also)

    async def find(self, request_id: str) -> Decision | None:
        """The decision that answered this request, if one did."""
        return await self._one(decisions.c.request_id == request_id)

    async def get(self, script_id: str) -> Decision | None:
        """The decision of this id."""
        return await self._one(decisions.c.script_id == script_id)

    async def recent(
        self,
        limit: int = 50,
        *,
        before: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        rule: str | None = None,
        word: str | None = None,
        **equal: str | int,
    ) -> list[Decision]:
        """The newest first, by script_id, whose order is that of time.

        `before` is the script_id that ended the last page, `since` (included) and `until` (excluded) bound
        `created_at`, `rule` found something, and any column may be asked to equal a value: `kind="review",
        action="block"`. `word` stands in the text: that is looked for in the newest `MOST_READ` of all the others find.
        Raises KeyError for a name that is no column.
        """
        script_id = decisions.c.script_id
        ids = _within(select(script_id), since, until).order_by(script_id.desc())
        if rule is not None:
            ids = ids.where(script_id.in_(select(rule_hits.c.script_id).where(rule_hits.c.rule == rule)))
        for name, value in equal.items():
            ids = ids.where(decisions.c[name] == value)
        if word is not None:
            ids = select(script_id).where(
                script_id.in_(ids.limit(self.MOST_READ)), decisions.c.text.contains(word, autoescape=True)
            )
            ids = ids.order_by(script_id.desc())
        if before is not None:
            ids = ids.where(script_id < before)
        # Which ones these are an index knows; sorted with all that they hold, many would take long.
        query = select(decisions).where(script_id.in_(ids.limit(limit))).order_by(script_id.desc())
        async with self._store.reading() as connection:
            return [Decision.from_row(row) for row in (await connection.execute(query)).mappings()]

    async def spoken(
        self, *, since: datetime | None = None, until: datetime | None = None, rows_at_once: int = 1000
    ) -> AsyncIterator[Decision]:
        """The scripts whose body was recorded, oldest first; `since` and `until` as in `recent`.

        No more than `rows_at_once` are held, and no transaction is open while the caller is busy with them.
        """
        query = _within(select(decisions), since, until).where(
            decisions.c.kind == Kind.SCRIPT, decisions.c.action == "speak", decisions.c.body.is_not(None)
        )
        query = query.order_by(decisions.c.script_id).limit(rows_at_once)
        last = ""
        while True:
            async with self._store.reading() as connection:
                rows = (await connection.execute(query.where(decisions.c.script_id > last))).mappings().all()
            for row in rows:
                yield Decision.from_row(row)
            if len(rows) < rows_at_once:
                return
            last = rows[-1]["script_id"]

    @property
    def is_accepting(self) -> bool:
        """Whether decisions are taken, whatever the store says of them: from `start` to `close`."""
        try:
            self._writer.check()
        except StoreError:
            return False
        return True

    async def check(self) -> None:
        """Return when decisions can be accepted and read. Raises StoreError when not."""
        self._writer.check()
        async with self._store.reading() as connection:
            await connection.execute(select(decisions.c.script_id).limit(1))

    async def _one(self, condition: ColumnElement[bool]) -> Decision | None:
        async with self._store.reading() as connection:
            row = (await connection.execute(select(decisions).where(condition))).mappings().one_or_none()
        return None if row is None else Decision.from_row(row)


def _within(query: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    """The query between two instants of `created_at`, the first of which is included."""
    if since is not None:
        query = query.where(decisions.c.created_at >= since)
    if until is not None:
        query = query.where(decisions.c.created_at < until)
    return query
