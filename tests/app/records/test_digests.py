"""Digests of bodies are keyed with a secret that is the store's own."""

import asyncio
import hashlib
import hmac
from pathlib import Path

from app.records import Store, body_digest, open_store
from app.records.digests import load_secret


def test_a_digest_differs_with_the_body_and_the_secret() -> None:
    digest = body_digest(b"secret", b"13812345678")
    assert digest == hmac.new(b"secret", b"13812345678", "sha256").hexdigest()
    assert digest != body_digest(b"secret", b"13812345679")
    assert digest != body_digest(b"another", b"13812345678")
    assert digest != hashlib.sha256(b"13812345678").hexdigest()


async def test_a_store_keeps_its_secret_and_shows_it_nowhere(url: str) -> None:
    store = await open_store(url)
    await store.close()
    again = await open_store(url)
    await again.close()
    assert len(store.secret) == 32
    assert again.secret == store.secret
    assert again.digest(b"body") == body_digest(store.secret, b"body")
    assert repr(store.secret) not in repr(store)


async def test_two_stores_have_two_secrets(tmp_path: Path) -> None:
    stores = [await open_store(f"sqlite:///{tmp_path / name}") for name in ("one.db", "two.db")]
    assert stores[0].digest(b"body") != stores[1].digest(b"body")
    for store in stores:
        await store.close()


async def test_replicas_that_race_to_make_a_secret_agree(store: Store) -> None:
    made = await asyncio.gather(*(load_secret(store.engine, "raced") for _ in range(5)))
    assert len(set(made)) == 1
