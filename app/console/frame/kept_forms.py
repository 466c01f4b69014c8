"""What stood in a form that was sent when its session had ended: kept on the page where one signs in, for its writer.

It travels in a hidden field, sealed with a key that only the cookie of the ended session gives, for a short time. It is
opened for the person to whom the form was shown, since the form's own token is bound to them; for anybody else it is
dropped. No store holds it, and without the cookie nobody reads it.
"""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from fastapi import Request

from app.console.frame.forms import storable
from app.console.frame.visitors import COOKIE, csrf_of

_LONGEST = 144 * 1024
"""Bytes of all fields: sealed they are a third more, and have to fit into the form in which one signs in."""
_KEPT = re.compile(
    r"/console/(rules/(new|[^/]+/(edit|retire))|wording/(?!import|files).+|changes/[^/]+/(?!trial$)[a-z]+|decisions/[^/]+/marks)$"
)
"""Forms that hold no secret, and whose pages show them as they were filled in where `again` is sent along."""
_SECONDS = 30 * 60
_LONGEST_SEALED = 2 * _LONGEST


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that is to be shown once more. `path`: where it goes, with its query."""

    path: str
    fields: list[tuple[str, str]]


async def sealed_form(request: Request) -> str | None:
    """The form that a request brings, sealed; nothing of one that is too long, or of a kind that is not kept.

    Files are left out.
    """
    token = request.cookies.get(COOKIE, "")
    if _KEPT.search(request.url.path) is None:
        return None
    sent = (await request.form()).multi_items()
    fields = [(name, storable(value)) for name, value in sent if isinstance(value, str)]
    query = f"?{request.url.query}" if request.url.query else ""
    content = json.dumps([f"{request.url.path}{query}", fields]).encode()
    if not token or len(content) > _LONGEST:
        return None
    return str(_seal(token).encrypt(content), "ascii")


def opened_form(request: Request, person: str, sealed: str) -> KeptForm | None:
    """What was sealed, where it is this person's and not too old."""
    token = request.cookies.get(COOKIE, "")
    if not token or not sealed or len(sealed) > _LONGEST_SEALED:
        return None
    try:
        path, fields = json.loads(_seal(token).decrypt(sealed.encode(), ttl=_SECONDS))
    except (InvalidToken, ValueError):
        return None
    own = csrf_of(token, person)
    if not hmac.compare_digest(dict(fields).get("csrf", "").encode(), own.encode()):
        return None
    return KeptForm(path, [(name, value) for name, value in fields if name not in ("csrf", "again")])


def _seal(token: str) -> Fernet:
    key = hashlib.sha256(b"a form of the console that is kept\0" + token.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
