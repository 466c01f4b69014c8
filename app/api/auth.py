"""Who asks, and what they may: bearer keys, or the caller role on a loopback address."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from app.errors import Forbidden, Unauthenticated
from app.parts import Parts
from app.records import Principal, Role

_SCHEME = "bearer "
LOCAL = Principal("loopback", frozenset({Role.CALLER}), "loopback")
"""Who asks without a key on a loopback address."""


def require(parts: Parts, *roles: Role) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that lets through whoever has one of `roles`; with none named, any key will do."""

    async def principal(request: Request) -> Principal:
        return await identified(parts, request.headers.get("authorization"), *roles)

    return principal


async def identified(parts: Parts, given: str | None, *roles: Role) -> Principal:
    """Who sends this authorization header.

    Raises:
        Forbidden: if he has none of `roles`.
        Unauthenticated: if there is no key that is known.
    """
    if given is None:
        if parts.key_required:
            raise Unauthenticated("a key is required: authorization: Bearer <key>")
        known: Principal | None = LOCAL
    elif not given.lower().startswith(_SCHEME):
        raise Unauthenticated("the authorization header must read: Bearer <key>")
    else:
        known = await parts.keys.verify(given[len(_SCHEME) :].strip())
    if known is None:
        raise Unauthenticated("this key is not known")
    if roles and not known.roles & set(roles):
        raise Forbidden(f"this needs one of the roles {', '.join(roles)}")
    return known
