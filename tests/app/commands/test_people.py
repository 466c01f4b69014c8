"""heyan people"""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.shell import Outcome, Shell

PASSWORD = b"correct horse battery\n"
ROOT = Path(__file__).parents[3]


def _is_refused(outcome: Outcome, *words: str) -> None:
    assert (outcome.status, outcome.out) == (2, "")
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in outcome.err


def _create(shell: Shell, *roles: str) -> Outcome:
    options = [option for role in roles or ("editor",) for option in ("--role", role)]
    return shell("people", "create", "张合规", *options, "--password-stdin", given=PASSWORD)


def _state(shell: Shell) -> str:
    return shell("people", "list").out.split()[-1]


def test_a_person_is_created_and_listed(shell: Shell) -> None:
    made = _create(shell, "editor", "approver")
    assert (made.status, made.err) == (0, "")
    listed = shell("people", "list").out
    name, roles, _, last_login, state = listed.rstrip("\n").split("\t")
    assert (name, roles, last_login, state) == ("张合规", "approver,editor", "-", "active")
    assert "horse" not in made.out + listed


def test_a_person_is_disabled_and_enabled(shell: Shell) -> None:
    _create(shell)
    assert shell("people", "disable", "张合规").status == 0
    assert _state(shell) == "disabled"
    assert shell("people", "enable", "张合规").status == 0
    assert _state(shell) == "active"


def test_the_keys_of_a_disabled_person_are_listed_as_such(shell: Shell) -> None:
    _create(shell)
    shell("keys", "create", "console", "--role", "editor", "--person", "张合规")
    shell("people", "disable", "张合规")
    assert shell("keys", "list").out.split()[-1] == "person_disabled"


def test_a_person_is_confirmed(shell: Shell) -> None:
    _create(shell)
    assert shell("people", "confirm", "张合规").out == "张合规 is confirmed\n"
    _is_refused(shell("people", "confirm", "nobody"), "nobody")


def test_roles_and_password_are_changed(shell: Shell) -> None:
    _create(shell)
    assert shell("people", "roles", "张合规", "--role", "auditor").status == 0
    assert shell("people", "list").out.split("\t")[1] == "auditor"
    assert shell("people", "password", "张合规", "--password-stdin", given=b"another horse battery").status == 0
    short = shell("people", "password", "张合规", "--password-stdin", given=b"short")
    _is_refused(short, "  password: ", "12")


def test_what_cannot_be_is_refused(shell: Shell) -> None:
    _create(shell)
    _is_refused(_create(shell), "张合规", "exists")
    for command in ("disable", "enable"):
        _is_refused(shell("people", command, "nobody"), "nobody")
    _is_refused(shell("people", "roles", "nobody", "--role", "editor"), "nobody")
    _is_refused(shell("people", "password", "nobody", "--password-stdin", given=PASSWORD), "nobody")
    _is_refused(shell("people", "create", "a/b", "--role", "editor", "--password-stdin", given=PASSWORD), "  name: ")
    _is_refused(shell("people", "create", "x", "--role", "editor", "--password-stdin", given=b"\xff" * 12), "UTF-8")


def test_without_a_terminal_there_is_nobody_to_ask(shell: Shell) -> None:
    _is_refused(shell("people", "create", "张合规", "--role", "editor"), "--password-stdin")


@pytest.mark.parametrize("arguments", [("create", "x"), ("create", "x", "--role", "king"), ("create", "x", "secret")])
def test_wrong_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    outcome = shell("people", *arguments)
    assert outcome.status == 2
    assert "Usage" in outcome.err


def test_on_a_terminal_it_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    terminal, its_end = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "app", "people", "create", "somebody", "--role", "editor"],
        cwd=ROOT,
        env={**os.environ, "HEYAN_DATA_DIR": str(tmp_path)},
        preexec_fn=lambda: os.login_tty(its_end),  # noqa: PLW1509  getpass asks on the terminal of the process
        close_fds=True,
        pass_fds=(its_end,),
    )
    os.close(its_end)
    shown = b""
    for question in (b"Password: ", b"The same again: "):
        while not shown.endswith(question):
            shown += os.read(terminal, 1024)
        os.write(terminal, PASSWORD)
    try:
        while more := os.read(terminal, 1024):
            shown += more
    except OSError:
        pass  # how Linux says that nobody holds the other end any more
    os.close(terminal)
    assert running.wait() == 0, shown
    assert b"somebody (editor) is created" in shown
    assert b"horse" not in shown
