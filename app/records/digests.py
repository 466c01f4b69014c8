"""Keyed digests of request bodies: equal for equal bodies, and useless for guessing a body without the store's key."""

import hashlib
import hmac
import secrets

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.errors import StoreError
from app.records.tables import store_secrets

FOR_BODIES = "body_digest"


def body_digest(secret: bytes, body: bytes) -> str:
    """HMAC-SHA-256 in hexadecimal; a plain hash of a body with a mobile number could be found by trying all of them."""
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


async def load_secret(engine: AsyncEngine, name: str) -> bytes:
    """The store's secret of this name, 32 random bytes, made on the first call and the same for every replica."""
    if (value := await _read(engine, name)) is not None:
        return value
    try:
        async with engine.begin() as connection:
            await connection.execute(insert(store_secrets).values(name=name, value=secrets.token_bytes(32)))
    except IntegrityError:
        pass  # another replica was first: its secret counts
    if (value := await _read(engine, name)) is None:
        raise StoreError(f"the secret {name!r} was written but cannot be read back")
    return value


async def _read(engine: AsyncEngine, name: str) -> bytes | None:
    async with engine.connect() as connection:
        return await connection.scalar(select(store_secrets.c.value).where(store_secrets.c.name == name))
