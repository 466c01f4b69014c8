"""Who looks at a page: the session in a cookie, what it may do, and the proof that a form came from our own page."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import Request, Response

from app.errors import Forbidden
from app.parts import Parts
from app.records import Principal, Role

COOKIE = "heyan_session"
_THIRTEEN_HOURS = 13 * 60 * 60
"""Longer than any session, so that what is written when one ends can be kept for its writer."""


class SignInNeeded(Exception):  # noqa: N818  a way on, and no failure
    """Nobody is signed in, or no longer."""


class ForgedForm(Forbidden):
    """A form that did not come from a page of this session."""

    def __init__(self) -> None:
        super().__init__("这个表单已经失效，请回到页面刷新以后再提交。(the form's token is not of this session)")


class NoSuchRole(Forbidden):
    """The person may not look at this, or do it."""

    def __init__(self) -> None:
        super().__init__("您没有这一页的权限，请联系管理员。(the person lacks the role)")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. `csrf`: what a form of this session brings along."""

    principal: Principal
    csrf: str = field(repr=False)

    @property
    def name(self) -> str:
        """The person."""
        return self.principal.person

    @property
    def roles(self) -> list[Role]:
        """In the order of the contract."""
        return [role for role in Role if role in self.principal.roles]

    def may(self, *roles: Role) -> bool:
        """Whether one of these roles is theirs."""
        return bool(self.principal.roles & set(roles))


def require(parts: Parts, *roles: Role) -> Callable[[Request], Awaitable[Visitor]]:
    """A dependency: whoever is signed in with one of these roles, with none named anybody."""

    async def visitor(request: Request) -> Visitor:
        token = request.cookies.get(COOKIE, "")
        principal = await parts.sessions.verify(token)
        if principal is None:
            raise SignInNeeded
        known = Visitor(principal, csrf_of(token, principal.person))
        if roles and not known.may(*roles):
            raise NoSuchRole
        if request.method not in ("GET", "HEAD"):
            sent = (await request.form()).get("csrf")
            if not isinstance(sent, str) or not hmac.compare_digest(
                sent.encode("utf-8", "replace"), known.csrf.encode()
            ):
                raise ForgedForm
        return known

    return visitor


def require_own_page(request: Request) -> None:
    """For forms without a session. Raises ForgedForm: if a browser says that another site sent it."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    is_other = site is not None and site not in ("same-origin", "none")
    if is_other or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise ForgedForm


def remember(response: Response, request: Request, token: str) -> None:
    """Let the browser bring the session along, on pages of the console only, and no script read it."""
    path = f"{request.scope.get('root_path', '')}/console"
    response.set_cookie(
        COOKIE, token, max_age=_THIRTEEN_HOURS, path=path, secure=is_secure(request), httponly=True, samesite="lax"
    )


def forget(response: Response, request: Request) -> None:
    """Let the browser bring no session along any more."""
    response.delete_cookie(COOKIE, path=f"{request.scope.get('root_path', '')}/console")


def is_secure(request: Request) -> bool:
    """Whether the browser speaks TLS, to us or to what stands before us."""
    forwarded = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return "https" in (request.url.scheme, forwarded)


def csrf_of(token: str, person: str) -> str:
    """What a form that was shown to a person in a session brings along."""
    return hmac.new(token.encode(), b"csrf of the console\0" + person.encode(), hashlib.sha256).hexdigest()
