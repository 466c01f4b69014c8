"""Keyed digests of the references by which an institution knows its customers; the references are not stored."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.errors import ConfigurationError
from app.records import Store
from app.records.audit import lock
from app.records.tables import store_secrets

REF = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
"""What an institution may call a customer."""
LEAST_KEY = 32
"""Characters of a key of one's own."""
_OWN_KEY, _FINGERPRINT = "ref_key", "ref_key_fingerprint"
_PROBE = b"heyan: which key is this"


@dataclass(frozen=True, slots=True)
class References:
    """Tells customers apart by their references under one key."""

    key: bytes = field(repr=False)

    def digest(self, ref: str) -> str:
        """HMAC-SHA-256 of the reference in UTF-8, in hexadecimal: whoever has the key can work it out too."""
        return hmac.new(self.key, ref.encode(), hashlib.sha256).hexdigest()

    @property
    def name(self) -> str:
        """Tells this key from others, and tells nothing else: a digest under another key finds nobody here."""
        return _fingerprint(self.key)[:8].hex()


async def open_references(store: Store, key: str | None) -> References:
    """The references of a store: under `key` (`HEYAN_REF_KEY`), else under a key that is kept in the store.

    The first start decides for the store which of the two it is, for every replica.

    Raises:
        ConfigurationError: if the store was keyed otherwise: the refusals in it would not be found again.
        StoreError: if the store does not answer.
    """
    import secrets  # noqa: PLC0415  only the very first start needs it

    mine = (_FINGERPRINT, _fingerprint(key.encode())) if key else (_OWN_KEY, secrets.token_bytes(32))
    bound = await _bound(store)
    if not bound:
        try:
            async with store.writing() as connection:
                await lock(connection)  # two that bind the store to different keys would both succeed
                taken = await connection.scalar(
                    select(store_secrets.c.name).where(store_secrets.c.name.in_((_OWN_KEY, _FINGERPRINT)))
                )
                if taken is None:
                    await connection.execute(insert(store_secrets).values(name=mine[0], value=mine[1]))
        except IntegrityError:
            pass  # another replica was first: what it bound the store to counts
        bound = await _bound(store)
    if key is None:
        if _OWN_KEY in bound:
            return References(bound[_OWN_KEY])
        raise ConfigurationError(
            "this store's customer references are keyed by HEYAN_REF_KEY, which is not set: without it no refusal in "
            "the store would be found"
        )
    if _FINGERPRINT in bound:
        if hmac.compare_digest(bound[_FINGERPRINT], _fingerprint(key.encode())):
            return References(key.encode())
        raise ConfigurationError(
            "this store's customer references are keyed by another HEYAN_REF_KEY: no refusal in it would be found"
        )
    raise ConfigurationError(
        "this store's customer references are keyed by a key in the store: unset HEYAN_REF_KEY, or export the contacts "
        "by a list of references, and import them into a new store that starts with the key"
    )


async def _bound(store: Store) -> dict[str, bytes]:
    """What the store is keyed by: nothing yet, its own key, or the fingerprint of one that it does not hold."""
    wanted = store_secrets.c.name.in_((_OWN_KEY, _FINGERPRINT))
    async with store.reading() as connection:
        rows = await connection.execute(select(store_secrets.c.name, store_secrets.c.value).where(wanted))
    return {row.name: row.value for row in rows}


def _fingerprint(key: bytes) -> bytes:
    return hmac.new(key, _PROBE, hashlib.sha256).digest()
