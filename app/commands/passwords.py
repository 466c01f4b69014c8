"""How a command comes by a password: never as an argument, which others on the machine could read."""

import sys
from collections.abc import Callable

from app.errors import HeyanError


def read_password(*, from_stdin: bool) -> str:
    """The first line of standard input, or what somebody types twice on a terminal. Raises HeyanError."""
    if from_stdin:
        try:
            return sys.stdin.buffer.readline().decode().removesuffix("\n").removesuffix("\r")
        except UnicodeError:
            raise HeyanError("the password is not valid UTF-8") from None
    if not sys.stdin.isatty():
        raise HeyanError("there is no terminal to ask for the password on: give it with --password-stdin")
    from getpass import getpass

    return ask_twice(getpass)


def ask_twice(ask: Callable[[str], str]) -> str:
    """What was answered both times. Raises HeyanError where the answers differ."""
    password = ask("Password: ")
    if ask("The same again: ") != password:
        raise HeyanError("the two passwords differ: nothing was changed")
    return password
