"""Sessions of people in a browser: a token that is returned once and ends by itself."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.audit import append
from app.records.clock import Now, utc_now
from app.records.engine import Store
from app.records.keys import Principal
from app.records.people import People
from app.records.tables import people, sessions
from app.roles import Role

IDLE = timedelta(minutes=30)
"""After the last request; noted at most once a minute."""
LONGEST = timedelta(hours=12)
_SLIDE = timedelta(minutes=1)
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was just opened: its token is kept nowhere."""

    principal: Principal
    token: str = field(repr=False)


class Sessions:
    """The sessions of one store. Every check asks the store: who is disabled is out at once, on every replica."""

    def __init__(self, store: Store, people: People, now: Now = utc_now) -> None:
        self._store = store
        self._people = people
        self._now = now

    async def open(self, name: str, password: str) -> Session | None:
        """A session of whoever comes in with this password, in the transaction that lets them in; else None.

        Sessions that have ended, of anybody, are removed then.
        """
        token = secrets.token_urlsafe(32)

        async def begin(connection: AsyncConnection) -> None:
            now = self._now()
            await connection.execute(
                delete(sessions).where(or_(sessions.c.idle_until <= now, sessions.c.ends_at <= now))
            )
            row = {"digest": _digest(token), "person": name, "created_at": now}
            await connection.execute(insert(sessions).values(**row, idle_until=now + IDLE, ends_at=now + LONGEST))

        principal = await self._people.login(name, password, begin)
        return Session(principal, token) if principal else None

    async def verify(self, token: str) -> Principal | None:
        """Whose session this is, with the roles of today; None for one that is unknown, ended or revoked."""
        if _SHAPE.fullmatch(token) is None:
            return None
        query = (
            select(sessions, people.c.roles)
            .join(people, people.c.name == sessions.c.person)
            .where(sessions.c.digest == _digest(token), people.c.disabled_at.is_(None))
        )
        async with self._store.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        now = self._now()
        if row is None or now >= min(row["idle_until"], row["ends_at"]):
            return None
        if row["idle_until"] - IDLE + _SLIDE <= now:
            later = update(sessions).where(sessions.c.digest == row["digest"], sessions.c.idle_until < now + IDLE)
            async with self._store.writing() as connection:
                await connection.execute(later.values(idle_until=now + IDLE))
        return Principal(row["person"], frozenset(map(Role, row["roles"])), row["person"])

    async def close_all(self, person: str) -> None:
        """Log a person out everywhere."""
        async with self._store.writing() as connection:
            await connection.execute(delete(sessions).where(sessions.c.person == person))
            await append(connection, person, "person.logged_out_everywhere", person)

    async def close(self, token: str) -> None:
        """Log out: the token is nobody's from now on; one that was nobody's already is left as it is."""
        if _SHAPE.fullmatch(token) is None:
            return
        ended = delete(sessions).where(sessions.c.digest == _digest(token)).returning(sessions.c.person)
        async with self._store.writing() as connection:
            person = await connection.scalar(ended)
            if person is not None:
                await append(connection, person, "person.logged_out", person)


def _digest(token: str) -> str:
    """A plain hash is enough: 256 random bits cannot be guessed, so there is nothing to slow down."""
    return hashlib.sha256(token.encode()).hexdigest()
