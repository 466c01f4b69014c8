"""A session is its token's, slides while it is used, and ends with the day, the password or the person."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from app.records import People, Principal, Role, Session, Sessions, Store
from app.records.tables import sessions as rows
from tests.app.stores import Clock, Told

PASSWORD = "correct horse battery"
NAME = "张合规"
EDITOR = Principal(NAME, frozenset({Role.EDITOR}), NAME)


@pytest.fixture
async def opened(people: People, sessions: Sessions) -> Session:
    """The session of an editor."""
    await people.create(NAME, [Role.EDITOR], PASSWORD)
    session = await sessions.open(NAME, PASSWORD)
    assert session is not None
    return session


async def count(store: Store) -> int:
    """How many sessions are kept."""
    async with store.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(rows)) or 0)


async def test_a_token_tells_who_is_there(sessions: Sessions, opened: Session) -> None:
    assert opened.principal == EDITOR
    assert await sessions.verify(opened.token) == EDITOR
    assert opened.token not in repr(opened)


async def test_the_store_does_not_hold_the_token(store: Store, opened: Session) -> None:
    async with store.reading() as connection:
        assert opened.token not in str((await connection.execute(select(rows))).all())
    assert len(opened.token) == 43


async def test_near_misses_are_nobody(sessions: Sessions, opened: Session) -> None:
    last = "A" if opened.token[-1] != "A" else "B"
    for wrong in ("", opened.token[:-1], opened.token[:-1] + last, opened.token + "A", "é" * 43, "\ud800", "\0" * 43):
        assert await sessions.verify(wrong) is None
        await sessions.close(wrong)
    assert await sessions.verify(opened.token) == EDITOR


async def test_a_wrong_password_opens_none(store: Store, sessions: Sessions, opened: Session) -> None:
    assert await sessions.open(NAME, "wrong horse battery") is None
    assert await sessions.open("nobody", PASSWORD) is None
    assert await count(store) == 1


async def test_it_ends_when_nobody_uses_it(sessions: Sessions, opened: Session, clock: Clock) -> None:
    clock.pass_by(minutes=29, seconds=59)
    assert await sessions.verify(opened.token) == EDITOR
    clock.pass_by(minutes=29, seconds=59)
    assert await sessions.verify(opened.token) == EDITOR
    clock.pass_by(minutes=30)
    assert await sessions.verify(opened.token) is None


async def test_it_slides_once_a_minute(store: Store, sessions: Sessions, opened: Session, clock: Clock) -> None:
    async def slid() -> timedelta:
        assert await sessions.verify(opened.token) == EDITOR
        async with store.reading() as connection:
            until: datetime = (await connection.execute(select(rows.c.idle_until))).scalar_one()
        return timedelta(minutes=30) - (until - clock.time)

    assert await slid() == timedelta(0)
    clock.pass_by(seconds=59)
    assert await slid() == timedelta(seconds=59)
    clock.pass_by(seconds=1)
    assert await slid() == timedelta(0)


async def test_it_ends_after_twelve_hours_in_any_case(sessions: Sessions, opened: Session, clock: Clock) -> None:
    for _ in range(12 * 3 - 1):
        clock.pass_by(minutes=20)
        assert await sessions.verify(opened.token) == EDITOR
    clock.pass_by(minutes=20)
    assert await sessions.verify(opened.token) is None


async def test_it_ends_when_its_person_logs_out(sessions: Sessions, opened: Session, told: Told) -> None:
    other = await sessions.open(NAME, PASSWORD)
    assert other is not None
    await sessions.close(opened.token)
    await sessions.close(opened.token)
    assert await sessions.verify(opened.token) is None
    assert await sessions.verify(other.token) == EDITOR
    assert [entry.event for entry in await told()].count("person.logged_out") == 1


async def test_all_end_when_the_password_changes(people: People, sessions: Sessions, opened: Session) -> None:
    other = await sessions.open(NAME, PASSWORD)
    assert other is not None
    await people.set_password(NAME, "another horse battery")
    assert await sessions.verify(opened.token) is None
    assert await sessions.verify(other.token) is None


class Meanwhile(PasswordHasher):
    """Does something else once, after a password was looked at and before that is known."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.then: Callable[[], None] | None = None

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        """See argon2."""
        found = super().verify(hash, password)
        then, self.then = self.then, None
        if then is not None:
            then()
        return found


@pytest.mark.parametrize("change", ["password", "disabled", "roles"])
async def test_a_login_that_was_begun_before_a_change_is_let_in_by_what_is_true_after_it(
    store: Store, people: People, clock: Clock, opened: Session, change: str
) -> None:
    hasher, loop = Meanwhile(), asyncio.get_running_loop()
    slow = Sessions(store, People(store, hasher=hasher, now=clock), clock)
    changes = {
        "password": lambda: people.set_password(NAME, "another horse battery"),
        "disabled": lambda: people.disable(NAME),
        "roles": lambda: people.set_roles(NAME, [Role.AUDITOR]),
    }
    hasher.then = lambda: asyncio.run_coroutine_threadsafe(changes[change](), loop).result(60)
    session = await slow.open(NAME, PASSWORD)
    assert hasher.then is None
    if change == "roles":
        assert session is not None
        assert await slow.verify(session.token) == Principal(NAME, frozenset({Role.AUDITOR}), NAME)
    else:
        assert session is None
        assert await count(store) == 0


async def test_all_end_when_the_person_is_disabled(people: People, sessions: Sessions, opened: Session) -> None:
    await people.disable(NAME)
    assert await sessions.verify(opened.token) is None
    await people.enable(NAME)
    assert await sessions.verify(opened.token) is None


async def test_other_roles_count_at_once(people: People, sessions: Sessions, opened: Session) -> None:
    await people.set_roles(NAME, [Role.AUDITOR])
    assert await sessions.verify(opened.token) == Principal(NAME, frozenset({Role.AUDITOR}), NAME)


async def test_what_has_ended_is_removed_by_the_next_login(
    store: Store, people: People, sessions: Sessions, opened: Session, clock: Clock
) -> None:
    clock.pass_by(minutes=30)
    assert await count(store) == 1
    await people.create("other", [Role.EDITOR], PASSWORD)
    assert await sessions.open("other", PASSWORD) is not None
    assert await count(store) == 1
