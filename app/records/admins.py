"""Somebody must be able to administer: an active person or an active key with that role."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.errors import LastAdmin
from app.records.key_states import KEYS, KeyState, roles_of, state_of
from app.records.tables import people
from app.roles import Role


async def require_admin(connection: AsyncConnection, now: datetime) -> None:
    """Raises LastAdmin where the caller's transaction, which holds the lock of the audit trail, leaves no admin."""
    persons = await connection.scalars(select(people.c.roles).where(people.c.disabled_at.is_(None)))
    if any(Role.ADMIN in roles for roles in persons):
        return
    keys = (await connection.execute(KEYS)).mappings()
    if not any(Role.ADMIN in roles_of(row) and state_of(row, now) is KeyState.ACTIVE for row in keys):
        raise LastAdmin
