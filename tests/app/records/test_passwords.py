"""Comparing a password is the same work whether there is somebody or not."""

from typing import Literal

from argon2 import PasswordHasher, extract_parameters

from app.records.passwords import Passwords
from tests.app.stores import QUICK


class Counting(PasswordHasher):
    """Remembers what it was asked to compare with."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        """See argon2."""
        self.asked.append(str(hash))
        return super().verify(hash, password)


async def test_nobodys_password_is_compared_with_as_much_work() -> None:
    hasher = Counting()
    passwords = Passwords(hasher)
    kept = await passwords.hash("correct horse battery")
    assert await passwords.matches(kept, "correct horse battery") is True
    assert await passwords.matches(None, "correct horse battery") is False
    of_somebody, of_nobody = hasher.asked
    assert extract_parameters(of_somebody) == extract_parameters(of_nobody)
    assert len(of_somebody) == len(of_nobody)


async def test_what_is_no_hash_is_nobodys_password() -> None:
    passwords = Passwords(QUICK)
    for kept in ("plain", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "$argon2id$"):
        assert await passwords.matches(kept, "plain") is False
