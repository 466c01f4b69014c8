"""heyan keys"""

import pytest

from tests.app.shell import Outcome, Shell


def _is_refused(outcome: Outcome, *words: str) -> None:
    assert (outcome.status, outcome.out) == (2, "")
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in outcome.err


def test_a_key_is_the_last_word_and_shown_once(shell: Shell) -> None:
    made = shell("keys", "create", "console", "--role", "editor", "--role", "approver")
    assert made.status == 0
    key = made.out.split()[-1]
    assert key.startswith("hy_")
    assert len(made.out.splitlines()) == 1
    listed = shell("keys", "list")
    name, person, roles, _, expires, used, state = listed.out.splitlines()[0].split("\t")
    assert (name, person, roles, expires, used, state) == ("console", "console", "approver,editor", "-", "-", "active")
    assert key not in listed.out


def test_a_key_acts_for_a_person_and_until_a_day(shell: Shell) -> None:
    made = shell("keys", "create", "console", "--role", "editor", "--person", "张合规", "--expires", "2199-12-31")
    assert made.status == 0
    line = shell("keys", "list").out.split("\t")
    assert (line[1], line[4]) == ("张合规", "2199-12-31")


def test_a_key_may_not_more_than_its_person(shell: Shell) -> None:
    named = ("zhang", "--password-stdin", "--role", "editor", "--role", "approver")
    assert shell("people", "create", *named, given=b"correct horse battery").status == 0
    _is_refused(shell("keys", "create", "console", "--role", "admin", "--person", "zhang"), "roles", "lacks: admin")
    assert shell("keys", "create", "console", "--role", "approver", "--person", "zhang").status == 0
    assert shell("people", "roles", "zhang", "--role", "editor").status == 0
    line = shell("keys", "list").out.rstrip().split("\t")
    assert (line[2], line[6]) == ("-", "roles_taken")


@pytest.mark.parametrize("day", ["", "tomorrow", "31.12.2199", "2199-12-31T10:00:00Z", "2199-02-30", "9999-12-31"])
def test_what_is_no_day_is_refused(shell: Shell, day: str) -> None:
    _is_refused(shell("keys", "create", "engine", "--role", "caller", "--expires", day), "--expires")


def test_a_day_that_is_past_is_refused(shell: Shell) -> None:
    _is_refused(shell("keys", "create", "engine", "--role", "caller", "--expires", "2020-01-01"), "expires_at")


def test_a_key_is_revoked(shell: Shell) -> None:
    shell("keys", "create", "engine", "--role", "caller")
    assert shell("keys", "revoke", "engine").status == 0
    assert shell("keys", "list").out.split()[-1] == "revoked"


def test_a_name_is_used_once(shell: Shell) -> None:
    shell("keys", "create", "engine", "--role", "caller")
    _is_refused(shell("keys", "create", "engine", "--role", "caller"), "engine", "exists")


def test_a_name_must_be_a_name(shell: Shell) -> None:
    _is_refused(shell("keys", "create", " ", "--role", "caller"), "  name: ")
    _is_refused(shell("keys", "create", "x", "--role", "caller", "--person", " "), "  person: ")


def test_a_key_that_is_unknown(shell: Shell) -> None:
    _is_refused(shell("keys", "revoke", "nobody"), "nobody")


@pytest.mark.parametrize("arguments", [("create", "x"), ("create", "x", "--role", "king"), ("create",)])
def test_wrong_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    outcome = shell("keys", *arguments)
    assert outcome.status == 2
    assert "Usage" in outcome.err
