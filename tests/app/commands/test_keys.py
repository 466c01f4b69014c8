"""Keys are made, listed and revoked on the command line."""

import pytest

from tests.app.shell import Shell, is_one_clear_line


def test_a_key_is_the_last_word_and_shown_once(shell: Shell) -> None:
    made = shell("keys", "create", "console", "--role", "editor", "--role", "approver")
    assert made.status == 0
    key = made.out.split()[-1]
    assert key.startswith("hy_")
    assert len(made.out.splitlines()) == 1
    listed = shell("keys", "list")
    assert listed.out.splitlines()[0].split("\t")[:3] == ["console", "approver,editor", "console"]
    assert listed.out.split()[-1] == "active"
    assert key not in listed.out


def test_a_key_is_revoked(shell: Shell) -> None:
    shell("keys", "create", "engine", "--role", "caller")
    assert shell("keys", "revoke", "engine").status == 0
    assert shell("keys", "list").out.split()[-1] == "revoked"


def test_a_name_is_used_once(shell: Shell) -> None:
    shell("keys", "create", "engine", "--role", "caller")
    is_one_clear_line(shell("keys", "create", "engine", "--role", "caller"), "engine", "exists")


def test_a_name_must_be_a_name(shell: Shell) -> None:
    is_one_clear_line(shell("keys", "create", " ", "--role", "caller"), "name")


def test_a_key_that_is_unknown(shell: Shell) -> None:
    is_one_clear_line(shell("keys", "revoke", "nobody"), "nobody")


@pytest.mark.parametrize("arguments", [("create", "x"), ("create", "x", "--role", "king"), ("create",)])
def test_wrong_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    outcome = shell("keys", *arguments)
    assert outcome.status == 2
    assert "Usage" in outcome.err


def test_a_key_acts_for_its_person(shell: Shell) -> None:
    made = shell("keys", "create", "console", "--role", "editor", "--person", "张合规")
    assert made.out.split()[-1].startswith("hy_")
    assert "张合规" in made.out
    shell("keys", "create", "engine", "--role", "caller")
    assert [line.split("\t")[2] for line in shell("keys", "list").out.splitlines()] == ["张合规", "engine"]
    is_one_clear_line(shell("keys", "create", "other", "--role", "caller", "--person", " x"), "person")
