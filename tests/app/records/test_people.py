"""Who comes in with a password, who is locked out, and what the trail tells of it."""

import asyncio

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select

from app.records import (
    AuditTrail,
    KeyRing,
    LastAdmin,
    People,
    PersonNameTaken,
    PersonState,
    Principal,
    Role,
    Store,
    Unfit,
    UnknownPerson,
)
from app.records.tables import people as rows
from tests.app.stores import QUICK, Clock, Told

RIGHT, WRONG = "correct horse battery", "wrong horse battery"
NAME = "张合规"


@pytest.fixture
async def person(people: People) -> str:
    """Somebody who edits."""
    await people.create(NAME, [Role.EDITOR, Role.APPROVER], RIGHT)
    return NAME


async def fail(people: People, times: int) -> None:
    """Give a wrong password so many times."""
    for _ in range(times):
        assert await people.login(NAME, WRONG) is None


async def kept(store: Store) -> str:
    """What is kept of the only password."""
    async with store.reading() as connection:
        return str(await connection.scalar(select(rows.c.password)))


async def test_the_right_password_lets_in(people: People, person: str, clock: Clock) -> None:
    assert (await people.find(person)).last_login is None
    roles = frozenset({Role.EDITOR, Role.APPROVER})
    assert await people.login(person, RIGHT) == Principal(person, roles, person)
    assert (await people.find(person)).last_login == clock.time


async def test_another_password_does_not(people: People, person: str) -> None:
    for password in ("", WRONG, RIGHT.upper(), f"{RIGHT} ", RIGHT[:-1], "\ud800", "\0", "x" * 300_000):
        assert await people.login(person, password) is None
        assert await people.login(person, RIGHT) is not None


async def test_who_is_not_there_is_refused(people: People, person: str) -> None:
    for name in ("", " ", "nobody", f"{NAME} ", "a\0b", "\ud800", "a/b", "x" * 300_000):
        assert await people.login(name, RIGHT) is None


async def test_full_width_letters_are_the_same_password(people: People, person: str) -> None:
    assert await people.login(person, "ｃｏｒｒｅｃｔ horse battery") is not None


async def test_what_is_kept_is_argon2id_of_the_authors_parameters(store: Store) -> None:
    await People(store).create(NAME, [Role.EDITOR], RIGHT)
    hashed = await kept(store)
    assert hashed.startswith("$argon2id$")
    assert extract_parameters(hashed) == extract_parameters(PasswordHasher().hash("x"))
    assert RIGHT not in hashed


async def test_it_is_hashed_anew_where_the_parameters_changed(store: Store, people: People, person: str) -> None:
    before = await kept(store)
    stronger = People(store, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert await stronger.login(person, WRONG) is None
    assert await kept(store) == before
    assert await stronger.login(person, RIGHT) is not None
    assert extract_parameters(await kept(store)).time_cost == 2
    assert await stronger.login(person, RIGHT) is not None
    await people.login(person, RIGHT)
    assert extract_parameters(await kept(store)) == extract_parameters(QUICK.hash("x"))


async def test_five_wrong_passwords_in_a_row_lock_out(people: People, person: str, clock: Clock) -> None:
    await fail(people, 4)
    assert await people.login(person, RIGHT) is not None
    await fail(people, 5)
    assert await people.login(person, RIGHT) is None
    locked = await people.find(person)
    assert locked.state is PersonState.LOCKED
    clock.pass_by(minutes=14, seconds=59)
    assert await people.login(person, RIGHT) is None
    assert locked.locked_until is not None
    clock.pass_by(seconds=1)
    assert locked.locked_until == clock.time
    assert (await people.find(person)).state is PersonState.ACTIVE
    assert await people.login(person, RIGHT) is not None


async def test_who_was_locked_out_has_five_more_tries_and_no_longer_lock(
    people: People, person: str, clock: Clock
) -> None:
    await fail(people, 20)
    clock.pass_by(minutes=15)
    await fail(people, 4)
    assert await people.login(person, RIGHT) is not None


async def test_guesses_that_come_at_once_are_counted_one_by_one(people: People, person: str) -> None:
    guesses = [people.login(person, WRONG) for _ in range(5)]
    assert await asyncio.gather(*guesses) == [None] * 5
    assert await people.login(person, RIGHT) is None


async def test_a_new_password_ends_a_lock_out(people: People, person: str) -> None:
    await fail(people, 5)
    await people.set_password(person, "another horse battery")
    assert await people.login(person, RIGHT) is None
    assert await people.login(person, "another horse battery") is not None


async def test_who_is_disabled_stays_out_until_enabled(people: People, person: str, clock: Clock) -> None:
    await people.disable(person)
    first = await people.find(person)
    assert (first.state, first.disabled_at) == (PersonState.DISABLED, clock.time)
    clock.pass_by(hours=1)
    await people.disable(person)
    assert await people.find(person) == first
    assert await people.login(person, RIGHT) is None
    await people.enable(person)
    assert await people.login(person, RIGHT) is not None
    await fail(people, 5)
    await people.enable(person)
    assert await people.login(person, RIGHT) is not None


async def test_roles_can_be_changed(people: People, person: str) -> None:
    await people.set_roles(person, [Role.AUDITOR])
    assert await people.login(person, RIGHT) == Principal(person, frozenset({Role.AUDITOR}), person)


async def test_a_name_is_taken_once(people: People, person: str) -> None:
    await people.disable(person)
    with pytest.raises(PersonNameTaken, match=person):
        await people.create(person, [Role.ADMIN], RIGHT)


async def test_what_is_asked_of_nobody_is_refused(people: People) -> None:
    for name in ("nobody", "a\0b", ""):
        for asked in (
            people.set_password(name, RIGHT),
            people.set_roles(name, [Role.EDITOR]),
            people.disable(name),
            people.enable(name),
            people.find(name),
        ):
            with pytest.raises(UnknownPerson):
                await asked


async def test_a_name_must_be_one(people: People) -> None:
    for name in ("", " ", "a ", "a\nb", "a\0b", "x" * 65, "a/b", "operator", "service", "\ud800"):
        with pytest.raises(Unfit) as refused:
            await people.create(name, [Role.EDITOR], RIGHT)
        assert [problem.field for problem in refused.value.fields] == ["name"]


async def test_a_person_needs_a_role(people: People, person: str) -> None:
    with pytest.raises(Unfit):
        await people.create("other", [], RIGHT)
    with pytest.raises(Unfit):
        await people.set_roles(person, [])


async def test_a_password_that_is_easily_guessed_is_refused(people: People) -> None:
    name = "operator zhang"
    await people.create(name, [Role.EDITOR], RIGHT)
    for password in ("", "elevenchars", "x" * 1025, "Administrator", name.title(), "ＰＡＳＳＷＯＲＤ１２３４"):
        for asked in (people.create(name, [Role.EDITOR], password), people.set_password(name, password)):
            with pytest.raises(Unfit) as refused:
                await asked
            assert [problem.field for problem in refused.value.fields] == ["password"]
            assert not password or password not in str(refused.value.fields)
    assert await people.login(name, RIGHT) is not None


async def test_all_are_listed_oldest_first(people: People, person: str, clock: Clock) -> None:
    clock.pass_by(days=1)
    await people.create("a", [Role.AUDITOR], RIGHT)
    first, second = await people.list()
    assert (first.name, first.roles) == (person, frozenset({Role.EDITOR, Role.APPROVER}))
    assert (second.name, second.created_at, second.state) == ("a", clock.time, PersonState.ACTIVE)
    assert RIGHT not in repr(first)


async def test_the_last_admin_can_be_kept(people: People, ring: KeyRing) -> None:
    for name in ("one", "two"):
        await people.create(name, [Role.ADMIN], RIGHT)
    await people.disable("two", keep_admin=True)
    with pytest.raises(LastAdmin):
        await people.disable("one", keep_admin=True)
    with pytest.raises(LastAdmin):
        await people.set_roles("one", [Role.EDITOR], keep_admin=True)
    assert (await people.find("one")).state is PersonState.ACTIVE
    await ring.create("of a disabled person", [Role.ADMIN], "two")
    with pytest.raises(LastAdmin):
        await people.disable("one", keep_admin=True)
    await ring.create("own", [Role.ADMIN], "one")
    with pytest.raises(LastAdmin):
        await people.disable("one", keep_admin=True)
    await ring.create("spare", [Role.ADMIN])
    await people.disable("one", keep_admin=True)


async def test_two_admins_who_disable_each_other_at_once_leave_one(people: People) -> None:
    for name in ("one", "two"):
        await people.create(name, [Role.ADMIN], RIGHT)
    done = await asyncio.gather(
        *(people.disable(name, keep_admin=True) for name in ("one", "two")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["LastAdmin", "NoneType"]


async def test_every_change_is_in_the_trail(store: Store, people: People, person: str, told: Told) -> None:
    await people.set_roles(person, [Role.AUDITOR], by="王管理")
    await people.set_roles(person, [Role.AUDITOR], by="王管理")
    await people.set_password(person, "another horse battery", by="王管理")
    await people.disable(person, by="王管理")
    await people.enable(person, by="王管理")
    await people.enable(person, by="王管理")
    entries = await told()
    assert [(entry.person, entry.event, entry.subject) for entry in entries] == [
        ("operator", "person.created", person),
        ("王管理", "person.roles_changed", person),
        ("王管理", "person.password_changed", person),
        ("王管理", "person.disabled", person),
        ("王管理", "person.enabled", person),
    ]
    assert entries[0].details == {"roles": ["approver", "editor"]}
    assert entries[1].details == {"from": ["approver", "editor"], "to": ["auditor"]}
    assert await AuditTrail(store).verify() is None


async def test_logins_and_why_they_are_refused_are_in_the_trail(people: People, person: str, told: Told) -> None:
    await people.login(person, RIGHT)
    await fail(people, 6)
    await people.disable(person)
    await people.login(person, RIGHT)
    await people.login(WRONG, RIGHT)
    _, *entries = await told()
    refused = ("service", "person.login_refused", person)
    assert [(entry.person, entry.event, entry.subject) for entry in entries] == [
        (person, "person.logged_in", person),
        *[refused] * 5,
        ("service", "person.locked", person),
        refused,
        ("operator", "person.disabled", person),
        refused,
        ("service", "person.login_refused", None),
    ]
    reasons = [entry.details["reason"] for entry in entries if entry.event == "person.login_refused"]
    assert reasons == [*["password"] * 5, "locked", "disabled", "unknown"]
    assert not {RIGHT, WRONG} & set(" ".join(str(entry) for entry in entries).split("'"))
    assert WRONG not in str(entries)


async def test_a_password_is_confirmed_without_coming_in(people: People, person: str, store: Store) -> None:
    before = [entry.event async for entry in AuditTrail(store).entries()]
    assert await people.confirm(person, RIGHT)
    assert (await people.find(person)).last_login is None
    assert [entry.event async for entry in AuditTrail(store).entries()] == before
    assert not await people.confirm("nobody", RIGHT)
    for _ in range(5):
        assert not await people.confirm(person, WRONG)
    assert not await people.confirm(person, RIGHT)
    assert (await people.find(person)).state is PersonState.LOCKED
