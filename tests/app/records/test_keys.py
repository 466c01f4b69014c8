"""A key grants its roles until it is revoked, and the store never holds it."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, text

from app.records import (
    KeyNameTaken,
    KeyRing,
    KeyState,
    LastAdmin,
    Newcomer,
    People,
    Principal,
    Role,
    Store,
    Unfit,
    UnknownKey,
    open_store,
)
from app.records.tables import api_keys
from tests.app.stores import Clock, Told

PASSWORD = "correct horse battery"


async def test_a_key_is_known_by_name_and_roles(ring: KeyRing) -> None:
    secret = await ring.create("张合规", [Role.EDITOR, Role.AUDITOR, Role.EDITOR])
    other = await ring.create("engine", {Role.CALLER})
    assert await ring.verify(secret) == Principal("张合规", frozenset({Role.EDITOR, Role.AUDITOR}), "张合规")
    assert await ring.verify(other) == Principal("engine", frozenset({Role.CALLER}), "engine")


async def test_a_key_has_one_word_and_256_bits(ring: KeyRing) -> None:
    secrets = [await ring.create(f"key {number}", [Role.CALLER]) for number in range(20)]
    assert all(re.fullmatch(r"hy_[0-9a-f]{16}_[\w-]{43}", secret, re.ASCII) for secret in secrets)
    assert len({secret.split("_", 2)[2] for secret in secrets}) == 20


async def test_the_store_does_not_hold_the_secret(store: Store, ring: KeyRing) -> None:
    secret = await ring.create("engine", [Role.CALLER])
    async with store.reading() as connection:
        row = (await connection.execute(select(api_keys))).one()
    assert secret.split("_", 2)[2] not in str(row)


async def test_near_misses_are_nobody(ring: KeyRing) -> None:
    secret = await ring.create("engine", [Role.CALLER])
    other = await ring.create("other", [Role.ADMIN])
    _, identity, rest = secret.split("_", 2)
    last = "A" if secret[-1] != "A" else "B"
    for wrong in (
        "",
        "hy_",
        secret[:-1],
        secret[:-1] + last,
        secret + "A",
        secret + "\n",
        f" {secret}",
        secret.upper(),
        f"hy_{'0' * 16}_{rest}",
        f"hy_{other.split('_', 2)[1]}_{rest}",
        f"hy_{identity}_{'é' * 43}",
        f"hy_{identity}\0_{rest}",
        "hy_" + "٣" * 16 + "_" + rest,
        "' OR 1=1 --",
    ):
        assert await ring.verify(wrong) is None, wrong
    assert await ring.verify(secret) is not None


async def test_a_revoked_key_is_nobody_and_keeps_its_name(ring: KeyRing) -> None:
    secret = await ring.create("engine", [Role.CALLER])
    await ring.revoke("engine")
    assert await ring.verify(secret) is None
    with pytest.raises(KeyNameTaken):
        await ring.create("engine", [Role.CALLER])


async def test_revoking_again_keeps_the_first_date(ring: KeyRing) -> None:
    await ring.create("engine", [Role.CALLER])
    await ring.revoke("engine")
    (first,) = await ring.list()
    await ring.revoke("engine")
    assert await ring.list() == [first]
    assert first.revoked_at is not None


async def test_an_unknown_key_cannot_be_revoked(ring: KeyRing) -> None:
    with pytest.raises(UnknownKey, match="nobody"):
        await ring.revoke("nobody")


async def test_a_name_is_taken_once(ring: KeyRing) -> None:
    secret = await ring.create("engine", [Role.CALLER])
    with pytest.raises(KeyNameTaken, match="engine"):
        await ring.create("engine", [Role.ADMIN])
    assert await ring.verify(secret) == Principal("engine", frozenset({Role.CALLER}), "engine")


@pytest.mark.parametrize("name", ["", " ", "engine ", "a\nb", "a\0b", "x" * 65])
async def test_a_name_must_be_readable(ring: KeyRing, name: str) -> None:
    with pytest.raises(Unfit) as refused:
        await ring.create(name, [Role.CALLER])
    assert [problem.field for problem in refused.value.fields] == ["name"]
    with pytest.raises(Unfit) as refused:
        await ring.create("engine", [Role.CALLER], name)
    assert [problem.field for problem in refused.value.fields] == ["person"]


async def test_a_key_needs_a_known_role(ring: KeyRing) -> None:
    with pytest.raises(Unfit) as refused:
        await ring.create("engine", [])
    assert [problem.field for problem in refused.value.fields] == ["roles"]
    with pytest.raises(ValueError, match="emperor"):
        await ring.create("engine", ["emperor"])  # type: ignore[list-item]


async def test_active_means_not_revoked(ring: KeyRing) -> None:
    assert not await ring.any_active()
    await ring.create("engine", [Role.CALLER])
    await ring.create("other", [Role.CALLER])
    await ring.revoke("engine")
    assert await ring.any_active()
    await ring.revoke("other")
    assert not await ring.any_active()


async def test_the_list_shows_all_but_secrets(ring: KeyRing) -> None:
    secret = await ring.create("engine", [Role.CALLER])
    await ring.create("other", [Role.EDITOR, Role.APPROVER])
    listed = await ring.list()
    assert [(key.name, key.roles) for key in listed] == [
        ("engine", frozenset({Role.CALLER})),
        ("other", frozenset({Role.EDITOR, Role.APPROVER})),
    ]
    assert all(key.created_at.tzinfo is not None and key.revoked_at is None for key in listed)
    assert listed[0].id == secret.split("_", 2)[1]


async def test_a_key_and_its_end_outlive_a_restart(url: str) -> None:
    store = await open_store(url)
    kept = await KeyRing(store).create("kept", [Role.ADMIN])
    lost = await KeyRing(store).create("lost", [Role.ADMIN])
    await KeyRing(store).revoke("lost")
    await store.close()
    again = await open_store(url)
    ring = KeyRing(again)
    assert await ring.verify(kept) == Principal("kept", frozenset({Role.ADMIN}), "kept")
    assert await ring.verify(lost) is None
    await ring.close()
    await again.close()


async def test_a_key_acts_for_its_person(ring: KeyRing) -> None:
    secret = await ring.create("console", [Role.EDITOR], "张合规")
    assert await ring.verify(secret) == Principal("console", frozenset({Role.EDITOR}), "张合规")
    assert (await ring.list())[0].person == "张合规"


async def test_a_key_is_refused_from_its_expiry_on(ring: KeyRing, clock: Clock) -> None:
    secret = await ring.create("engine", [Role.CALLER], expires_at=clock.time + timedelta(days=1))
    lasting = await ring.create("other", [Role.CALLER])
    assert [key.state for key in await ring.list()] == [KeyState.ACTIVE, KeyState.ACTIVE]
    clock.pass_by(hours=23, minutes=59)
    assert await ring.verify(secret) is not None
    clock.pass_by(minutes=1)
    assert await ring.verify(secret) is None
    assert await ring.verify(lasting) is not None
    assert [key.state for key in await ring.list()] == [KeyState.EXPIRED, KeyState.ACTIVE]
    await ring.revoke("other")
    assert not await ring.any_active()


async def test_a_key_cannot_expire_before_it_is_made(ring: KeyRing, clock: Clock) -> None:
    with pytest.raises(Unfit) as refused:
        await ring.create("engine", [Role.CALLER], expires_at=clock.time)
    assert [problem.field for problem in refused.value.fields] == ["expires_at"]
    assert await ring.list() == []


async def test_the_last_use_is_noted_once_a_minute(ring: KeyRing, clock: Clock) -> None:
    secret = await ring.create("engine", [Role.CALLER])

    async def noted() -> datetime | None:
        await ring.verify(secret)
        await ring.close()
        (key,) = await ring.list()
        return key.last_used_at

    (unused,) = await ring.list()
    assert unused.last_used_at is None
    first = clock.time
    assert await noted() == first
    clock.pass_by(seconds=59)
    assert await noted() == first
    clock.pass_by(seconds=1)
    assert await noted() == clock.time


async def test_another_replica_knows_of_the_last_use(store: Store, ring: KeyRing, clock: Clock) -> None:
    secret = await ring.create("engine", [Role.CALLER])
    await ring.verify(secret)
    await ring.close()
    clock.pass_by(seconds=30)
    other = KeyRing(store, clock)
    await other.verify(secret)
    await other.close()
    (key,) = await ring.list()
    assert key.last_used_at == clock.time - timedelta(seconds=30)


async def test_a_refused_key_was_not_used(ring: KeyRing, clock: Clock) -> None:
    secret = await ring.create("engine", [Role.CALLER], expires_at=clock.time + timedelta(days=1))
    await ring.verify(secret[:-2] + "xx")
    clock.pass_by(days=1)
    await ring.verify(secret)
    await ring.close()
    (key,) = await ring.list()
    assert key.last_used_at is None


async def test_a_use_that_cannot_be_noted_fails_no_request(url: str, clock: Clock) -> None:
    store = await open_store(url, lock_seconds=0.01)
    ring = KeyRing(store, clock)
    secret = await ring.create("engine", [Role.CALLER])
    async with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("LOCK TABLE api_keys IN EXCLUSIVE MODE"))
        assert await ring.verify(secret) is not None
        if connection.dialect.name == "sqlite":
            await ring.close()
            (key,) = await ring.list()
            assert key.last_used_at is None
    await ring.close()
    await store.close()


async def test_a_check_is_one_question_to_the_store(store: Store, ring: KeyRing) -> None:
    secret = await ring.create("engine", [Role.CALLER], "张合规")
    asked: list[str] = []

    def notice(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(store.engine.sync_engine, "before_cursor_execute", notice)
    assert await ring.verify(secret) is not None
    assert len(asked) == 1


async def test_the_keys_of_a_disabled_person_are_refused(ring: KeyRing, people: People) -> None:
    secrets = [
        await ring.create("console", [Role.EDITOR], "张合规"),
        await ring.create("张合规", [Role.EDITOR]),
        await ring.create("other", [Role.EDITOR], "李合规"),
    ]
    assert all([await ring.verify(secret) for secret in secrets])
    await people.create("张合规", [Role.EDITOR], "correct horse battery")
    assert all([await ring.verify(secret) for secret in secrets])
    await people.disable("张合规")
    assert [await ring.verify(secret) is None for secret in secrets] == [True, True, False]
    assert {key.name: key.state for key in await ring.list()} == {
        "console": KeyState.PERSON_DISABLED,
        "张合规": KeyState.PERSON_DISABLED,
        "other": KeyState.ACTIVE,
    }
    await people.enable("张合规")
    assert all([await ring.verify(secret) for secret in secrets])


async def test_the_last_admin_can_be_kept(ring: KeyRing, clock: Clock) -> None:
    await ring.create("one", [Role.ADMIN])
    await ring.create("ends", [Role.ADMIN], expires_at=clock.time + timedelta(days=1))
    await ring.create("engine", [Role.CALLER])
    clock.pass_by(days=1)
    with pytest.raises(LastAdmin):
        await ring.revoke("one", keep_admin=True)
    assert (await ring.find(name="one")).state is KeyState.ACTIVE
    await ring.create("two", [Role.ADMIN])
    await ring.revoke("one", keep_admin=True)
    await ring.revoke("engine", keep_admin=True)
    await ring.revoke("two")


async def test_a_role_taken_from_a_person_is_taken_from_the_keys(ring: KeyRing, people: People) -> None:
    await people.create("张合规", [Role.EDITOR, Role.APPROVER], PASSWORD)
    secret = await ring.create("console", [Role.EDITOR, Role.APPROVER], "张合规")
    await people.set_roles("张合规", [Role.EDITOR, Role.ADMIN])
    assert await ring.verify(secret) == Principal("console", frozenset({Role.EDITOR}), "张合规")
    (key,) = await ring.list()
    assert (key.roles, key.withheld, key.state) == (
        frozenset({Role.EDITOR}),
        frozenset({Role.APPROVER}),
        KeyState.ACTIVE,
    )
    await people.set_roles("张合规", [Role.ADMIN])
    assert await ring.verify(secret) is None
    assert not await ring.any_active()
    (key,) = await ring.list()
    assert (key.roles, key.state) == (frozenset(), KeyState.ROLES_TAKEN)
    await people.set_roles("张合规", [Role.APPROVER])
    assert await ring.verify(secret) == Principal("console", frozenset({Role.APPROVER}), "张合规")


async def test_a_key_is_not_made_for_more_than_its_person_may(ring: KeyRing, people: People) -> None:
    await people.create("Zhang San", [Role.EDITOR], PASSWORD)
    for person in ("Zhang San", "zhangsan"):
        with pytest.raises(Unfit) as refused:
            await ring.create("console", [Role.EDITOR, Role.APPROVER], person)
        assert [problem.field for problem in refused.value.fields] == ["roles"]
        assert "approver" in refused.value.fields[0].reason
    with pytest.raises(Unfit):
        await ring.create("Zhang San", [Role.ADMIN])
    assert await ring.list() == []
    await ring.create("engine", [Role.CALLER, Role.ADMIN])


async def test_a_key_that_its_person_bounds_is_no_admin(ring: KeyRing, people: People) -> None:
    await ring.create("root", [Role.ADMIN])
    with pytest.raises(LastAdmin):
        await people.create("root", [Role.EDITOR], PASSWORD, keep_admin=True)
    assert await people.list() == []
    await people.create("root", [Role.ADMIN], PASSWORD)
    with pytest.raises(LastAdmin):
        await people.set_roles("root", [Role.EDITOR], keep_admin=True)


async def test_an_account_is_written_as_the_keys_of_its_person(ring: KeyRing, people: People) -> None:
    await ring.create("console", [Role.APPROVER], "Zhang San")
    for made in (
        people.create("zhangsan", [Role.EDITOR], PASSWORD),
        people.begin([Newcomer("zhangsan", [Role.EDITOR], PASSWORD)]),
    ):
        with pytest.raises(Unfit) as refused:
            await made
        assert [problem.field for problem in refused.value.fields] == ["name"]
    await people.create("Zhang San", [Role.EDITOR], PASSWORD)
    assert [key.state for key in await ring.list()] == [KeyState.ROLES_TAKEN]


async def test_a_key_is_found_by_its_id_or_name(ring: KeyRing) -> None:
    secret = await ring.create("engine", [Role.CALLER])
    key = await ring.find(name="engine")
    assert await ring.find(identity=secret.split("_")[1]) == key
    with pytest.raises(UnknownKey):
        await ring.find(identity="0" * 16)
    with pytest.raises(UnknownKey, match="nobody"):
        await ring.find(name="nobody")


async def test_changes_to_keys_are_in_the_trail(ring: KeyRing, told: Told, clock: Clock) -> None:
    end = clock.time + timedelta(days=1)
    secret = await ring.create("engine", [Role.CALLER], "张合规", expires_at=end, by="王管理")
    await ring.revoke("engine", by="王管理")
    await ring.revoke("engine", by="王管理")
    entries = await told()
    assert [(entry.person, entry.event, entry.subject) for entry in entries] == [
        ("王管理", "key.created", "engine"),
        ("王管理", "key.revoked", "engine"),
    ]
    assert entries[0].details == {"person": "张合规", "roles": ["caller"], "expires_at": end.isoformat()}
    assert secret.split("_", 2)[2] not in str(entries)
