"""People with passwords: who may come in, and who is locked out after wrong passwords."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.admins import require_admin
from app.records.audit import OPERATOR, SERVICE, append, lock
from app.records.clock import Now, utc_now
from app.records.engine import Store
from app.records.errors import PersonNameTaken, Unfit, UnknownPerson
from app.records.grants import record
from app.records.keys import Principal
from app.records.names import is_person_name, is_same_person, require_person_name
from app.records.passwords import Passwords, require_good_password
from app.records.persons import Newcomer, Person, is_locked
from app.records.tables import api_keys, people, sessions
from app.roles import Role

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MOST_FAILURES = 5
"""Wrong passwords in a row before nobody comes in under a name."""
LOCKED_FOR = timedelta(minutes=15)
Also = Callable[[AsyncConnection], Awaitable[None]]
"""What is written in the same transaction."""


class People:
    """The people of one store. `by` is the person who makes a change, for the audit trail."""

    def __init__(self, store: Store, *, hasher: "PasswordHasher | None" = None, now: Now = utc_now) -> None:
        """`hasher`: how much work a password is; Argon2id as its authors recommend where none is given."""
        self._store = store
        self._passwords = Passwords(hasher)
        self._now = now

    async def create(
        self, name: str, roles: Collection[Role], password: str, *, by: str = OPERATOR, keep_admin: bool = False
    ) -> None:
        """A new person, whose roles bound those of keys that act under the name already.

        Raises PersonNameTaken; Unfit for a name, roles or a password that cannot be taken; LastAdmin as `disable`.
        """
        require_person_name("name", name)
        told = _told(roles)
        require_good_password(name, password)
        kept = await self._passwords.hash(password)
        row = {"name": name, "roles": told, "password": kept, "created_at": self._now(), "failures": 0}
        row["password_by"] = _other(by, name)
        async with self._store.writing() as connection:
            await lock(connection)
            known = await connection.scalars(select(people.c.name))
            if (same := next((each for each in known if is_same_person(each, name)), None)) is not None:
                raise PersonNameTaken(same)
            await _require_spelling(connection, name)
            try:
                await connection.execute(insert(people).values(row))
            except IntegrityError:
                raise PersonNameTaken(name) from None
            if keep_admin:
                await require_admin(connection, self._now())
            await record(connection, name, by)
            await append(connection, by, "person.created", name, {"roles": told})

    async def begin(self, newcomers: Sequence[Newcomer]) -> None:
        """The first people of a store, all or none. Raises PersonNameTaken where there is somebody already, Unfit."""
        pairs = combinations(newcomers, 2)
        if any(is_same_person(one.name, other.name) for one, other in pairs):
            raise Unfit("name", "两个人的姓名不能一样。(two persons are needed)")
        for one in newcomers:
            require_person_name("name", one.name)
            require_good_password(one.name, one.password)
        rows = []
        for one in newcomers:
            kept, now = await self._passwords.hash(one.password), self._now()
            row = {"roles": _told(one.roles), "password": kept, "created_at": now, "failures": 0}
            rows.append({"name": one.name, **row})
        async with self._store.writing() as connection:
            await lock(connection)
            if (known := await connection.scalar(select(people.c.name).limit(1))) is not None:
                raise PersonNameTaken(known)
            for one in newcomers:
                await _require_spelling(connection, one.name)
            await connection.execute(insert(people), rows)
            for one in newcomers:
                await append(connection, OPERATOR, "person.created", one.name, {"roles": _told(one.roles)})

    async def set_password(self, name: str, password: str, *, by: str = OPERATOR) -> None:
        """Another password, which ends the person's sessions and a lock-out. Raises UnknownPerson, Unfit."""
        require_good_password(name, password)
        kept = await self._passwords.hash(password)
        async with self._store.writing() as connection:
            await self._locked(connection, name)
            chosen = {"password": kept, "password_by": _other(by, name)}
            await _change(connection, name, **chosen, failures=0, locked_until=None)
            await record(connection, name, by)
            await connection.execute(delete(sessions).where(sessions.c.person == name))
            await append(connection, by, "person.password_changed", name)

    async def set_roles(
        self, name: str, roles: Collection[Role], *, by: str = OPERATOR, keep_admin: bool = False
    ) -> None:
        """Other roles, at once also in sessions that are open. Raises UnknownPerson, Unfit; LastAdmin as `disable`."""
        told = _told(roles)
        async with self._store.writing() as connection:
            row = await self._locked(connection, name)
            if row["roles"] == told:
                return
            await _change(connection, name, roles=told)
            if keep_admin:
                await require_admin(connection, self._now())
            if set(told) - set(row["roles"]):
                await record(connection, name, by)
            await append(connection, by, "person.roles_changed", name, {"from": row["roles"], "to": told})

    async def disable(self, name: str, *, by: str = OPERATOR, keep_admin: bool = False) -> None:
        """Let the person in no more, end the sessions and refuse the keys; who is disabled keeps the first date.

        Raises UnknownPerson; with `keep_admin` LastAdmin, where nobody could administer any more.
        """
        async with self._store.writing() as connection:
            row = await self._locked(connection, name)
            if row["disabled_at"] is not None:
                return
            await _change(connection, name, disabled_at=self._now())
            if keep_admin:
                await require_admin(connection, self._now())
            await connection.execute(delete(sessions).where(sessions.c.person == name))
            await append(connection, by, "person.disabled", name)

    async def enable(self, name: str, *, by: str = OPERATOR) -> None:
        """Let the person in again, also one who is locked out. Raises UnknownPerson."""
        async with self._store.writing() as connection:
            row = await self._locked(connection, name)
            if row["disabled_at"] is None and not is_locked(row, self._now()):
                return
            await _change(connection, name, disabled_at=None, failures=0, locked_until=None)
            if row["disabled_at"] is not None:
                await record(connection, name, by)
            await append(connection, by, "person.enabled", name)

    async def find(self, name: str) -> Person:
        """One person. Raises UnknownPerson."""
        row = await self._read(name)
        if row is None:
            raise UnknownPerson(name)
        return Person.from_row(row, self._now())

    async def list(self) -> list[Person]:
        """Everybody, the disabled too, oldest first."""
        query = select(people).order_by(people.c.created_at, people.c.name)
        async with self._store.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [Person.from_row(row, self._now()) for row in rows]

    async def login(self, name: str, password: str, also: Also | None = None) -> Principal | None:
        """Who comes in with this password, and what is written `also` then; None for everybody else.

        Why somebody does not come in stands in the audit trail only: the answer would tell which names there are, and
        a right password under a lock-out must not be told from a wrong one.
        """

        async def enter(connection: AsyncConnection) -> None:
            await _change(connection, name, last_login=self._now())
            await append(connection, name, "person.logged_in", name)
            if also is not None:
                await also(connection)

        return await self._compare(name, password, enter)

    async def confirm(self, name: str, password: str) -> bool:
        """Whether this is the person's password, of who is in already: wrong ones are counted as for who comes in."""
        return await self._compare(name, password, None) is not None

    async def _compare(self, name: str, password: str, also: Also | None) -> Principal | None:
        while True:
            row = await self._read(name)
            kept: str | None = row["password"] if row else None
            is_right = await self._passwords.matches(kept, password)
            renewed = kept
            if is_right and kept and self._passwords.is_outdated(kept):
                renewed = await self._passwords.hash(password)
            async with self._store.writing() as connection:
                await lock(connection)
                now_kept = await _row(connection, name) if kept else None
                if now_kept is None:
                    await self._refuse(connection, name, None, "unknown")
                    return None
                if now_kept["password"] == kept:
                    return await self._decide(connection, now_kept, renewed if is_right else None, also)
            # The password was changed while this one was compared: it is compared with the new one.

    async def _decide(
        self, connection: AsyncConnection, row: RowMapping, kept: str | None, also: Also | None
    ) -> Principal | None:
        """Under the lock, so that guesses that come at once are counted one after the other.

        `kept`: what is to be kept of the password, which was right; None for one that was wrong.
        """
        name, now = row["name"], self._now()
        if row["disabled_at"] is not None or is_locked(row, now):
            await self._refuse(connection, name, name, "disabled" if row["disabled_at"] else "locked")
            return None
        if kept is None:
            await self._refuse(connection, name, name, "password")
            if row["failures"] + 1 < MOST_FAILURES:
                await _change(connection, name, failures=row["failures"] + 1)
                return None
            until = now + LOCKED_FOR
            await _change(connection, name, failures=0, locked_until=until)
            await append(connection, SERVICE, "person.locked", name, {"until": until.isoformat()})
            return None
        await _change(connection, name, password=kept, failures=0, locked_until=None)
        if also is not None:
            await also(connection)
        return Principal(name, frozenset(map(Role, row["roles"])), name)

    async def _refuse(self, connection: AsyncConnection, given: str, subject: str | None, reason: str) -> None:
        """A name that is nobody's is told as a digest: people type passwords there, and names of others."""
        details = {"reason": reason}
        if subject is None:
            details["name_digest"] = self._store.digest(given.encode("utf-8", "surrogatepass"))[:16]
        await append(connection, SERVICE, "person.login_refused", subject, details)

    async def _read(self, name: str) -> RowMapping | None:
        if not is_person_name(name):  # a database need not be able to take it
            return None
        async with self._store.reading() as connection:
            return await _row(connection, name)

    async def _locked(self, connection: AsyncConnection, name: str) -> RowMapping:
        """The person's row, which nobody else changes until the transaction ends. Raises UnknownPerson."""
        await lock(connection)
        row = await _row(connection, name) if is_person_name(name) else None
        if row is None:
            raise UnknownPerson(name)
        return row


def _other(by: str, name: str) -> str | None:
    """Who else chose a password; None for the person, and for whoever runs the host."""
    return None if by == OPERATOR or is_same_person(by, name) else by


def _told(roles: Collection[Role]) -> list[str]:
    if not roles:
        raise Unfit("roles", "a person needs at least one role")
    return sorted({Role(role).value for role in roles})


async def _require_spelling(connection: AsyncConnection, name: str) -> None:
    """Raises Unfit where keys act for this person under another spelling: they would be bound by no account."""
    query = select(func.coalesce(api_keys.c.person, api_keys.c.name))
    for known in await connection.scalars(query):
        if known != name and is_same_person(known, name):
            raise Unfit("name", f"已经有密钥代表这个人，写法是“{known}”，请照这样写。(keys write the name otherwise)")


async def _row(connection: AsyncConnection, name: str) -> RowMapping | None:
    return (await connection.execute(select(people).where(people.c.name == name))).mappings().one_or_none()


async def _change(connection: AsyncConnection, name: str, **values: Any) -> None:
    await connection.execute(update(people).where(people.c.name == name).values(**values))
