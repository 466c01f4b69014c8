"""A store that does not answer yet is opened as soon as it does, and until then nothing pretends to have one."""

from pathlib import Path

import pytest

from app.contacts import Ledger, open_references
from app.errors import ConfigurationError, StoreError
from app.opening import Opening
from app.records import KeyRing, open_store

KEY = "k" * 32


async def test_a_store_that_answers_is_open_at_once(url: str) -> None:
    opening = Opening(url, None)
    await opening.complete()
    await opening.complete()
    store = await open_store(url)
    assert opening.references.digest("u-1") == (await open_references(store, None)).digest("u-1")
    assert opening.store.digest(b"body") == store.digest(b"body")
    for opened in (store, opening.store):
        await opened.close()


async def test_until_it_answers_whatever_needs_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "way").touch()
    opening = Opening(f"sqlite:///{tmp_path / 'way' / 'heyan.db'}", None)
    with pytest.raises(StoreError) as unreached:
        await opening.complete()
    assert unreached.value.is_out_of_reach
    with pytest.raises(StoreError):
        await Ledger(opening.store, opening.references).closures("u-1")
    with pytest.raises(StoreError):
        await KeyRing(opening.store).verify(f"hy_{'0' * 16}_{'a' * 43}")
    with pytest.raises(StoreError):
        opening.store.digest(b"body")
    with pytest.raises(StoreError):
        opening.references.digest("u-1")
    (tmp_path / "way").unlink()
    await opening.complete()
    assert len(opening.references.digest("u-1")) == 64
    await opening.store.close()


async def test_a_store_that_is_keyed_otherwise_stays_wrong(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'heyan.db'}"
    store = await open_store(url)
    await open_references(store, None)
    await store.close()
    opening = Opening(url, KEY)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="HEYAN_REF_KEY"):
            await opening.complete()
    assert not opening.references.is_known
    await opening.store.close()


@pytest.mark.parametrize(
    ("url", "is_out_of_reach"),
    [
        ("postgresql://heyan@127.0.0.1:1/heyan", True),
        ("postgresql://heyan@nowhere.invalid/heyan", True),
        ("mysql://heyan@127.0.0.1/heyan", False),
        ("sqlite://", False),
    ],
)
async def test_what_may_answer_later_is_told_from_what_never_will(url: str, is_out_of_reach: bool) -> None:
    with pytest.raises(StoreError) as refused:
        await open_store(url)
    assert refused.value.is_out_of_reach is is_out_of_reach


async def test_a_database_that_does_not_exist_is_wrong_and_not_out_of_reach(postgres_url: str) -> None:
    with pytest.raises(StoreError) as refused:
        await open_store(postgres_url.replace("/postgres?", "/nobodys?"))
    assert not refused.value.is_out_of_reach
