"""Cases that are held for a day, for engines that cannot send one with each turn: sealed, since they name people."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.contacts import References
from app.records import Store
from app.records.case_tables import held_cases

HELD_FOR = timedelta(hours=24)
_NONCE = 12
_PURPOSE = b"heyan: held cases"


class HeldCases:
    """Holds cases by the engine's own ids; the store alone, without the key of references, tells nothing of them."""

    def __init__(self, store: Store, references: References) -> None:
        self._store = store
        self._references = references
        self._key = hmac.digest(references.key, _PURPOSE, "sha256")

    async def hold(
        self, case_id: str, case: Mapping[str, Any], ref: str | None, now: datetime | None = None
    ) -> datetime:
        """Hold a case under this id, instead of an earlier one; until when it is held. Raises StoreError."""
        moment = now or datetime.now(UTC)
        expires, place, nonce = moment + HELD_FOR, self._place(case_id), secrets.token_bytes(_NONCE)
        sealed = nonce + AESGCM(self._key).encrypt(nonce, orjson.dumps(case), place.encode())
        row = {
            "id": place,
            "sealed": sealed,
            "ref_digest": self._references.digest(ref) if ref else None,
            "expires_at": expires,
        }
        try:
            await self._replace(row, moment)
        except IntegrityError:  # somebody put the same case in the same moment
            await self._replace(row, moment)
        return expires

    async def _replace(self, row: Mapping[str, Any], moment: datetime) -> None:
        async with self._store.writing() as connection:
            is_over = held_cases.c.expires_at <= moment
            await connection.execute(delete(held_cases).where((held_cases.c.id == row["id"]) | is_over))
            await connection.execute(insert(held_cases).values(row))

    async def find(self, case_id: str, now: datetime | None = None) -> dict[str, Any] | None:
        """The case of this id; None where none is held, or not any more. Raises StoreError."""
        place = self._place(case_id)
        wanted = select(held_cases.c.sealed).where(
            held_cases.c.id == place, held_cases.c.expires_at > (now or datetime.now(UTC))
        )
        async with self._store.reading() as connection:
            sealed: bytes | None = await connection.scalar(wanted)
        if sealed is None:
            return None
        try:
            opened = AESGCM(self._key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except InvalidTag:
            return None
        case: dict[str, Any] = orjson.loads(opened)
        return case

    def _place(self, case_id: str) -> str:
        return self._references.digest(f"case:{case_id}")
