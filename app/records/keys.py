"""API keys: each is shown once, stored as a digest, and grants roles until it expires or is revoked.

A key never may more than the person for whom it acts: a role that is taken from a person is taken from the keys too.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.admins import require_admin
from app.records.audit import OPERATOR, append, lock
from app.records.clock import Now, utc_now
from app.records.engine import Store
from app.records.errors import KeyNameTaken, Unfit, UnknownKey
from app.records.grants import is_seen_by_others, record
from app.records.key_states import KEYS, KeyState, roles_of, state_of, withheld_of
from app.records.names import is_same_person, require_actor, require_name
from app.records.tables import api_keys, people
from app.records.usage import Usage
from app.roles import Role

SHAPE = re.compile(r"hy_([0-9a-f]{16})_[A-Za-z0-9_-]{43}", re.ASCII)
NO_DIGEST = "0" * 64


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller that a key or a session identifies. Two keys of one `person` are one person, whatever their roles."""

    name: str
    roles: frozenset[Role]
    person: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is listed, without its secret, which is not stored. `last_used_at` may be a minute late.

    `roles`: what it may do now; `withheld`: what it was made for besides, and its person may not do.
    """

    id: str
    name: str
    roles: frozenset[Role]
    person: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    state: KeyState
    withheld: frozenset[Role]

    @classmethod
    def from_row(cls, row: RowMapping, now: datetime) -> Self:
        """The key of a row of `KEYS`."""
        return cls(
            row["id"],
            row["name"],
            roles_of(row),
            row["person"] or row["name"],
            row["created_at"],
            row["expires_at"],
            row["last_used_at"],
            row["revoked_at"],
            state_of(row, now),
            withheld_of(row),
        )


class KeyRing:
    """The keys of one store. Every check asks the store, so that a revoked key is refused at once everywhere."""

    def __init__(self, store: Store, now: Now = utc_now) -> None:
        self._store = store
        self._now = now
        self._usage = Usage(store, now)

    async def create(
        self,
        name: str,
        roles: Collection[Role],
        person: str | None = None,
        *,
        expires_at: datetime | None = None,
        by: str = OPERATOR,
    ) -> str:
        """A new key, `hy_<id>_<256 random bits>`, returned this once; it acts for `person`, else for its own name.

        A person who is known already goes by the name that is known, however it is written here.

        Raises KeyNameTaken, or Unfit for a name that is none, no roles at all or those that the person lacks, and an
        expiry that is past.
        """
        person = name if person is None else person
        require_name("name", name)
        require_actor("person", person)
        if not roles:
            raise Unfit("roles", "a key needs at least one role")
        wanted, now = sorted({Role(role).value for role in roles}), self._now()
        if expires_at is not None and expires_at <= now:
            raise Unfit("expires_at", "a key expires in the future")
        identity = secrets.token_hex(8)
        secret = f"hy_{identity}_{secrets.token_urlsafe(32)}"
        row = {
            "id": identity,
            "name": name,
            "digest": _digest(secret),
            "roles": wanted,
            "created_at": now,
            "expires_at": expires_at,
        }
        async with self._store.writing() as connection:
            await lock(connection)
            row["person"] = person = await _known(connection, person)
            await _require_roles(connection, person, wanted)
            await record(connection, person, by)
            row["made_by"] = by if await is_seen_by_others(connection, person, by) else None
            details: dict[str, object] = {"person": person, "roles": wanted}
            if expires_at is not None:
                details["expires_at"] = expires_at.isoformat()
            try:
                await connection.execute(insert(api_keys).values(row))
            except IntegrityError:
                raise KeyNameTaken(name) from None
            await append(connection, by, "key.created", name, details)
        return secret

    async def verify(self, secret: str) -> Principal | None:
        """Whose key this is, with the roles of today; None for one that is unknown, malformed, revoked or expired, or
        whose person is disabled or may do nothing any more that the key was made for.

        Its use is noted beside the request, not in it: `close` waits for that.
        """
        shape = SHAPE.fullmatch(secret)
        if shape is None:
            return None
        async with self._store.reading() as connection:
            row = (await connection.execute(KEYS.where(api_keys.c.id == shape[1]))).mappings().one_or_none()
        # Compared also when there is no such id, so that the time taken does not reveal which ids exist.
        is_right = hmac.compare_digest(_digest(secret), NO_DIGEST if row is None else row["digest"])
        if row is None or not is_right or state_of(row, self._now()) is not KeyState.ACTIVE:
            return None
        self._usage.note(row["id"], row["last_used_at"])
        return Principal(row["name"], roles_of(row), row["person"] or row["name"])

    async def any_active(self) -> bool:
        """Whether there is a key that would be taken now."""
        return any(key.state is KeyState.ACTIVE for key in await self.list())

    async def revoke(self, name: str, *, by: str = OPERATOR, keep_admin: bool = False) -> None:
        """Refuse this key from now on; one revoked before keeps its first date.

        Raises UnknownKey; with `keep_admin` LastAdmin, where nobody could administer any more.
        """
        active = update(api_keys).where(api_keys.c.name == name, api_keys.c.revoked_at.is_(None))
        async with self._store.writing() as connection:
            await lock(connection)
            now = self._now()
            changed = await connection.execute(active.values(revoked_at=now))
            if changed.rowcount:
                if keep_admin:
                    await require_admin(connection, now)
                await append(connection, by, "key.revoked", name)
                return
            if await connection.scalar(select(api_keys.c.id).where(api_keys.c.name == name)) is None:
                raise UnknownKey(name)

    async def find(self, *, name: str | None = None, identity: str | None = None) -> Key:
        """One key, by its name or by the id that it bears. Raises UnknownKey."""
        wanted = api_keys.c.name == name if identity is None else api_keys.c.id == identity
        found = await self._select(wanted)
        if not found:
            raise UnknownKey(identity or name or "")
        return found[0]

    async def list(self) -> list[Key]:
        """Every key, the revoked ones too, oldest first."""
        return [*await self._select()]

    async def close(self) -> None:
        """Return when the last uses of keys are noted."""
        await self._usage.close()

    async def _select(self, *wanted: ColumnElement[bool]) -> tuple[Key, ...]:
        query = KEYS.where(*wanted).order_by(api_keys.c.created_at, api_keys.c.name)
        async with self._store.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(Key.from_row(row, self._now()) for row in rows)


async def _known(connection: AsyncConnection, person: str) -> str:
    """The name under which this person is known, among people and keys; this one where nobody is."""
    columns = (people.c.name, api_keys.c.person)
    names = [name for column in columns for name in await connection.scalars(select(column))]
    return next((name for name in names if name and is_same_person(name, person)), person)


async def _require_roles(connection: AsyncConnection, person: str, roles: Collection[str]) -> None:
    """Raises Unfit for roles that the person lacks; who has no account, such as a program, lacks none."""
    own = await connection.scalar(select(people.c.roles).where(people.c.name == person))
    if own is not None and (lacking := sorted(set(roles) - set(own))):
        told = "这个密钥代表的人没有这些权限。请少选几种，或者先给这个人加上权限。"
        raise Unfit("roles", f"{told}(the person lacks: {', '.join(lacking)})")


def _digest(secret: str) -> str:
    """A plain hash is enough: 256 random bits cannot be guessed, so there is nothing to slow down."""
    return hashlib.sha256(secret.encode()).hexdigest()
