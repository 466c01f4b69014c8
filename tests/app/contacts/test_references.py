"""A customer has one digest for ever in one store; who cannot make it is refused before anything is missed."""

import asyncio
import hashlib
import hmac
from pathlib import Path

import pytest
from sqlalchemy import select

from app.contacts import References, open_references
from app.contacts.references import REF
from app.errors import ConfigurationError
from app.records import Store, open_store
from app.records.tables import store_secrets

KEY, OTHER = "k" * 32, "o" * 32


def test_a_digest_is_one_that_the_institution_can_make_too() -> None:
    expected = hmac.new(KEY.encode(), b"u-778", "sha256").hexdigest()
    assert References(KEY.encode()).digest("u-778") == expected
    assert expected != hashlib.sha256(b"u-778").hexdigest()


def test_a_key_is_shown_nowhere() -> None:
    references = References(KEY.encode())
    assert "kkk" not in repr(references)
    assert len(references.name) == 16
    assert references.name != References(OTHER.encode()).name


@pytest.mark.parametrize("key", [None, KEY])
async def test_a_digest_outlives_a_restart(url: str, key: str | None) -> None:
    digests = set()
    for _ in range(2):
        store = await open_store(url)
        digests.add((await open_references(store, key)).digest("u-778"))
        await store.close()
    assert len(digests) == 1


async def test_two_stores_differ(tmp_path: Path) -> None:
    stores = [await open_store(f"sqlite:///{tmp_path / name}") for name in ("one.db", "two.db")]
    one, two = [await open_references(store, None) for store in stores]
    assert one.digest("u-778") != two.digest("u-778")
    for store in stores:
        await store.close()


async def test_two_stores_under_one_key_agree(tmp_path: Path) -> None:
    stores = [await open_store(f"sqlite:///{tmp_path / name}") for name in ("one.db", "two.db")]
    one, two = [await open_references(store, KEY) for store in stores]
    assert one.digest("u-778") == two.digest("u-778")
    for store in stores:
        await store.close()


@pytest.mark.parametrize(
    ("first", "then", "words"), [(KEY, None, "not set"), (KEY, OTHER, "another"), (None, KEY, "unset HEYAN_REF_KEY")]
)
async def test_a_store_that_was_keyed_otherwise_refuses(
    store: Store, first: str | None, then: str | None, words: str
) -> None:
    references = await open_references(store, first)
    with pytest.raises(ConfigurationError, match=words) as refused:
        await open_references(store, then)
    assert not any(key in str(refused.value) for key in (KEY, OTHER))
    assert await open_references(store, first) == references


async def test_a_key_of_ones_own_is_not_in_the_store(store: Store) -> None:
    await open_references(store, KEY)
    async with store.reading() as connection:
        values = list(await connection.scalars(select(store_secrets.c.value)))
    assert not any(KEY.encode() in value for value in values)


@pytest.mark.parametrize("key", [None, KEY])
async def test_those_who_open_at_once_agree(url: str, key: str | None) -> None:
    stores = [await open_store(url) for _ in range(4)]
    opened = await asyncio.gather(*(open_references(store, key) for store in stores))
    assert len({references.digest("u-778") for references in opened}) == 1
    for store in stores:
        await store.close()


async def test_of_those_who_open_at_once_under_different_keys_one_is_served(url: str) -> None:
    stores = [await open_store(url) for _ in range(3)]
    opened = await asyncio.gather(
        *(open_references(store, key) for store, key in zip(stores, (None, KEY, OTHER), strict=True)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in opened) == ["ConfigurationError"] * 2 + ["References"]
    for store in stores:
        await store.close()


@pytest.mark.parametrize("ref", ["u-778", "a", "A.b_c:d-9", "1" * 64])
def test_what_may_be_a_reference(ref: str) -> None:
    assert REF.fullmatch(ref)


@pytest.mark.parametrize("ref", ["", "1" * 65, "a b", "客户", "a\n", "a/b", "a@b", "１"])
def test_what_may_not(ref: str) -> None:
    assert not REF.fullmatch(ref)
