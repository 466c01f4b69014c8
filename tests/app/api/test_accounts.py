"""What is told of keys and people."""

from typing import get_args

from app.api.accounts import KeyRole
from app.records import Role


def test_the_roles_are_those_that_there_are() -> None:
    assert get_args(KeyRole.__value__) == tuple(Role)
