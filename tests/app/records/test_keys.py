"""A key grants its roles until it is revoked, and the store never holds it."""

import re

import pytest
from sqlalchemy import select

from app.records import KeyNameTaken, KeyRing, Principal, Role, Store, UnknownKey, open_store
from app.records.tables import api_keys


@pytest.fixture
def ring(store: Store) -> KeyRing:
    return KeyRing(store)


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
    with pytest.raises(ValueError, match="name"):
        await ring.create(name, [Role.CALLER])


async def test_a_key_needs_a_known_role(ring: KeyRing) -> None:
    with pytest.raises(ValueError, match="role"):
        await ring.create("engine", [])
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
    assert await KeyRing(again).verify(kept) == Principal("kept", frozenset({Role.ADMIN}), "kept")
    assert await KeyRing(again).verify(lost) is None
    await again.close()
