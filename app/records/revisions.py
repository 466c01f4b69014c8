"""Numbered revisions of rules and wording: immutable, byte for byte, and which of them each replica runs."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.audit import SERVICE, append, lock
from app.records.clock import Now, utc_now
from app.records.engine import Store
from app.records.tables import activations, policy_texts, revisions

Texts = Mapping[str, bytes]
"""Files by name."""
SILENT_AFTER = timedelta(seconds=30)
"""Six of the reports that a replica makes (`app.lexicon.activation.Pace`); clocks of several hosts differ a little."""
_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision. `lexicon` and `wording`: the SHA-256 of each file's text, by its name; `sha256` covers them all."""

    number: int
    sha256: str
    lexicon: Mapping[str, str]
    wording: Mapping[str, str]
    title: str
    author: str
    approver: str | None
    created_at: datetime
    change_id: str | None

    @classmethod
    def from_row(cls, row: RowMapping) -> Self:
        """The revision as it was published."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class Activation:
    """What one replica runs: `since` when, and when it was last heard of; `is_silent`: too long ago to rely on it."""

    replica: str
    revision: int
    digest: str
    since: datetime
    seen_at: datetime
    is_silent: bool


class Revisions:
    """The revisions of one store; the newest one is in force."""

    def __init__(self, store: Store, now: Now = utc_now) -> None:
        self._store = store
        self._now = now

    async def begin(self, lexicon: Texts, wording: Texts) -> Revision:
        """Revision 1 of an empty store, made of these files; of a store that has one, the newest.

        Of several replicas that start at once, one makes it. Raises StoreError.
        """
        if (known := await self.newest()) is not None:
            return known
        async with self._store.writing() as connection:
            await lock(connection)
            if (first := await newest(connection)) is None:
                first = await publish(connection, lexicon, wording, title="files of the first start", author=SERVICE)
                await append(connection, SERVICE, "revision.published", "1", {"sha256": first.sha256})
        return first

    async def newest(self) -> Revision | None:
        """The revision in force; None in a store that never had one."""
        async with self._store.reading() as connection:
            return await newest(connection)

    async def head(self) -> tuple[int, str] | None:
        """Number and SHA-256 of the revision in force: one small query, for whoever asks all the time."""
        query = select(revisions.c.number, revisions.c.sha256).order_by(revisions.c.number.desc()).limit(1)
        async with self._store.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (row.number, row.sha256)

    async def get(self, number: int) -> Revision | None:
        """The revision of this number."""
        async with self._store.reading() as connection:
            query = select(revisions).where(revisions.c.number == number)
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else Revision.from_row(row)

    async def page(self, *, before: int | None = None, limit: int = 100) -> list[Revision]:
        """The newest first, those below number `before`."""
        query = select(revisions).order_by(revisions.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(revisions.c.number < before)
        async with self._store.reading() as connection:
            return [Revision.from_row(row) for row in (await connection.execute(query)).mappings()]

    async def texts(self, revision: Revision) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """The files of a revision: those of the lexicon, and those of the wording."""
        async with self._store.reading() as connection:
            return await texts(connection, revision.lexicon), await texts(connection, revision.wording)

    async def contents(self, digests: Sequence[str]) -> dict[str, bytes]:
        """The files of these digests, by them."""
        async with self._store.reading() as connection:
            return await texts(connection, dict(zip(digests, digests, strict=True)))

    async def activated(self, replica: str, revision: int, digest: str) -> list[str]:
        """Note what a replica runs from now on, or still runs; which others run that revision with another digest.

        Replicas that were not heard of for a day are forgotten.
        """
        now = self._now()
        async with self._store.writing() as connection:
            this = activations.c.replica == replica
            known = (await connection.execute(select(activations).where(this))).mappings().one_or_none()
            if known is None:
                row = {"replica": replica, "revision": revision, "digest": digest, "since": now, "seen_at": now}
                await connection.execute(insert(activations).values(row))
            else:
                is_same = (known["revision"], known["digest"]) == (revision, digest)
                values = {} if is_same else {"revision": revision, "digest": digest, "since": now}
                await connection.execute(update(activations).where(this).values({**values, "seen_at": now}))
            await connection.execute(delete(activations).where(activations.c.seen_at < now - _FORGOTTEN_AFTER))
            disagree = select(activations.c.replica).where(
                activations.c.revision == revision,
                activations.c.digest != digest,
                activations.c.seen_at >= now - SILENT_AFTER,
            )
            return list(await connection.scalars(disagree.order_by(activations.c.replica)))

    async def gone(self, replica: str) -> None:
        """Forget a replica that stops."""
        async with self._store.writing() as connection:
            await connection.execute(delete(activations).where(activations.c.replica == replica))

    async def status(self) -> list[Activation]:
        """What every replica runs that was heard of within a day and did not stop in order."""
        now = self._now()
        recent = select(activations).where(activations.c.seen_at >= now - _FORGOTTEN_AFTER)
        async with self._store.reading() as connection:
            rows = await connection.execute(recent.order_by(activations.c.replica))
            return [Activation(**row, is_silent=row["seen_at"] < now - SILENT_AFTER) for row in rows.mappings()]


def disagreeing(running: Iterable[Activation]) -> list[int]:
    """The revisions that replicas, none of them silent, run with different digests: code or settings differ."""
    known: dict[int, set[str]] = {}
    for one in running:
        if not one.is_silent:
            known.setdefault(one.revision, set()).add(one.digest)
    return sorted(revision for revision, digests in known.items() if len(digests) > 1)


async def newest(connection: AsyncConnection) -> Revision | None:
    """The revision in force, as the caller's transaction sees it."""
    query = select(revisions).order_by(revisions.c.number.desc()).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Revision.from_row(row)


async def publish(
    connection: AsyncConnection,
    lexicon: Texts,
    wording: Texts,
    *,
    title: str,
    author: str,
    approver: str | None = None,
    change_id: str | None = None,
) -> Revision:
    """Add the next revision within the caller's transaction, which holds the lock of the trail (`audit.lock`)."""
    last = await newest(connection)
    row: dict[str, Any] = {
        "number": last.number + 1 if last else 1,
        "lexicon": await _keep(connection, lexicon),
        "wording": await _keep(connection, wording),
        "title": title,
        "author": author,
        "approver": approver,
        "created_at": datetime.now(UTC),
        "change_id": change_id,
    }
    row["sha256"] = digest_of(row["lexicon"], row["wording"])
    await connection.execute(insert(revisions).values(row))
    return Revision(**row)


async def texts(connection: AsyncConnection, named: Mapping[str, str]) -> dict[str, bytes]:
    """The files whose digests these are."""
    query = select(policy_texts).where(policy_texts.c.sha256.in_(set(named.values())))
    found = {row.sha256: row.content for row in await connection.execute(query)}
    return {name: found[digest] for name, digest in named.items()}


def digest_of(lexicon: Mapping[str, str], wording: Mapping[str, str]) -> str:
    """SHA-256 over the names and digests of all files."""
    lines = [
        f"{kind}/{name} {digest}\n"
        for kind, files in (("lexicon", lexicon), ("wording", wording))
        for name, digest in sorted(files.items())
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def digests_of(files: Texts) -> dict[str, str]:
    """The SHA-256 of each file's text, by its name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


async def _keep(connection: AsyncConnection, files: Texts) -> dict[str, str]:
    named = digests_of(files)
    query = select(policy_texts.c.sha256).where(policy_texts.c.sha256.in_(set(named.values())))
    known = set(await connection.scalars(query))
    new = {named[name]: content for name, content in files.items() if named[name] not in known}
    if new:
        rows = [{"sha256": digest, "content": content} for digest, content in new.items()]
        await connection.execute(insert(policy_texts), rows)
    return named
