"""API keys: each is shown once, stored as a digest, and grants roles."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.records.audit import OPERATOR, append
from app.records.engine import Store
from app.records.errors import KeyNameTaken, UnknownKey
from app.records.tables import api_keys
from app.roles import Role

SHAPE = re.compile(r"hy_([0-9a-f]{16})_[A-Za-z0-9_-]{43}", re.ASCII)
LONGEST_NAME = 64
NO_DIGEST = "0" * 64


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller that a key identifies. Two keys of one `person` are one person, whatever their roles."""

    name: str
    roles: frozenset[Role]
    person: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is listed, without its secret, which is not stored."""

    id: str
    name: str
    roles: frozenset[Role]
    person: str
    created_at: datetime
    revoked_at: datetime | None


class KeyRing:
    """The keys of one store. Every check asks the store, so that a revoked key is refused at once everywhere."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, name: str, roles: Collection[Role], person: str | None = None) -> str:
        """A new key, `hy_<id>_<256 random bits>`, returned this once; it acts for `person`, else for its own name.

        Raises KeyNameTaken, or ValueError for a blank, padded, unprintable or overlong name and for no roles at all.
        """
        person = name if person is None else person
        for what, given in (("key", name), ("person", person)):
            check_name(what, given)
        if not roles:
            raise ValueError("a key needs at least one role")
        identity = secrets.token_hex(8)
        secret = f"hy_{identity}_{secrets.token_urlsafe(32)}"
        row = {
            "id": identity,
            "name": name,
            "digest": _digest(secret),
            "roles": sorted({Role(role) for role in roles}),
            "created_at": datetime.now(UTC),
            "person": person,
        }
        async with self._store.writing() as connection:
            try:
                await connection.execute(insert(api_keys).values(row))
            except IntegrityError:
                raise KeyNameTaken(name) from None
            await append(connection, OPERATOR, "key.created", name, {"person": person, "roles": row["roles"]})
        return secret

    async def verify(self, secret: str) -> Principal | None:
        """Whose key this is; None for one that is unknown, malformed or revoked."""
        shape = SHAPE.fullmatch(secret)
        if shape is None:
            return None
        query = select(api_keys).where(api_keys.c.id == shape[1])
        async with self._store.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        # Compared also when there is no such id, so that the time taken does not reveal which ids exist.
        is_right = hmac.compare_digest(_digest(secret), NO_DIGEST if row is None else row["digest"])
        if row is None or not is_right or row["revoked_at"] is not None:
            return None
        return Principal(row["name"], frozenset(map(Role, row["roles"])), row["person"] or row["name"])

    async def any_active(self) -> bool:
        """Whether there is a key that is not revoked."""
        query = select(api_keys.c.id).where(api_keys.c.revoked_at.is_(None)).limit(1)
        async with self._store.reading() as connection:
            return await connection.scalar(query) is not None

    async def revoke(self, name: str) -> None:
        """Refuse this key from now on; one revoked before keeps its first date. Raises UnknownKey."""
        active = update(api_keys).where(api_keys.c.name == name, api_keys.c.revoked_at.is_(None))
        async with self._store.writing() as connection:
            changed = await connection.execute(active.values(revoked_at=datetime.now(UTC)))
            if changed.rowcount:
                await append(connection, OPERATOR, "key.revoked", name)
                return
            if await connection.scalar(select(api_keys.c.id).where(api_keys.c.name == name)) is None:
                raise UnknownKey(name)

    async def list(self) -> list[Key]:
        """Every key, the revoked ones too, oldest first."""
        query = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.name)
        async with self._store.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [
            Key(
                row["id"],
                row["name"],
                frozenset(map(Role, row["roles"])),
                row["person"] or row["name"],
                row["created_at"],
                row["revoked_at"],
            )
            for row in rows
        ]


def check_name(what: str, name: str) -> str:
    """The name of a key or person. Raises ValueError for one that is blank, padded, unprintable or overlong."""
    if not name or name != name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise ValueError(f"a {what}'s name is 1 to {LONGEST_NAME} printable characters, unpadded")
    return name


def _digest(secret: str) -> str:
    """A plain hash is enough: 256 random bits cannot be guessed, so there is nothing to slow down."""
    return hashlib.sha256(secret.encode()).hexdigest()
