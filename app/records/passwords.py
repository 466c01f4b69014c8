"""Passwords: which are taken, and how they are kept and compared."""

import asyncio
import secrets
import unicodedata
from base64 import b64encode
from functools import cached_property
from typing import TYPE_CHECKING

from app.records.errors import Unfit

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 1024
"""Characters of a password."""
_AT_ONCE = 4
"""Hashes that are worked out at the same time: each takes 64 MiB, and logins come from outside."""
_OBVIOUS = frozenset(
    {
        "000000000000",
        "111111111111",
        "123123123123",
        "123456123456",
        "123456789012",
        "1234567890123",
        "1qaz2wsx3edc",
        "888888888888",
        "abcd12345678",
        "abcdefghijkl",
        "administrator",
        "changemechangeme",
        "heyanheyanheyan",
        "iloveyou1314",
        "letmeinletmein",
        "password1234",
        "password12345",
        "passwordpassword",
        "qwerty123456",
        "qwertyuiop12",
        "qwertyuiop123",
        "woaini1314520",
        "woaini5201314",
    }
)


class Passwords:
    """Argon2id, off the event loop. `hasher` decides how much work a password is."""

    def __init__(self, hasher: "PasswordHasher | None" = None) -> None:
        self._given = hasher
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is kept of a password: parameters, salt and hash in one text."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _bytes(password))

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether this is the password; None, for somebody who is not there, is as much work and never."""
        async with self._turn:
            return await asyncio.to_thread(self._verify, kept or self._nobodys, _bytes(password))

    def is_outdated(self, kept: str) -> bool:
        """Whether it was kept with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: bytes) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415  see _hasher

        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher  # noqa: PLC0415  what asks for no password need not load it

        return self._given or PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        """A hash with today's parameters that is nobody's: it was never worked out."""
        hasher = self._hasher
        salt, digest = (
            b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len)
        )
        parameters = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        return f"$argon2{hasher.type.name.lower()}$v=19${parameters}${salt}${digest}"


def require_good_password(name: str, password: str) -> None:
    """Raises Unfit for a password that is short, endless, the person's own name, or known to everybody."""
    plain = _normal(password)
    if not LEAST <= len(plain) <= MOST:
        raise Unfit("password", f"密码要有 {LEAST} 到 {MOST} 个字符。(a password has {LEAST} to {MOST} characters)")
    plain = plain.casefold()
    if plain == _normal(name).casefold():
        raise Unfit("password", "密码不能就是姓名。(the password is the name)")
    if plain in _OBVIOUS:
        raise Unfit("password", "这个密码谁都会先试，请换一个。(everybody would try this password first)")


def _normal(text: str) -> str:
    """The same for what an input method wrote full-width or half-width, composed or not."""
    return unicodedata.normalize("NFKC", text)


def _bytes(password: str) -> bytes:
    # A lone half of a character is no text, but must be a wrong password and no crash.
    return _normal(password).encode("utf-8", "surrogatepass")
