"""A store signs with one key for ever, and nothing that was signed can be changed."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.evidence.signing import Signer, is_signed, open_signer, read_public_key
from app.records import Store, open_store


@pytest.fixture
async def signer(store: Store) -> Signer:
    """The signer of an empty store."""
    return await open_signer(store)


async def test_the_key_is_made_once(store: Store, url: str, signer: Signer) -> None:
    other = await open_store(url)
    assert (await open_signer(other)).public_key == signer.public_key
    await other.close()
    assert "key=" not in repr(signer)


def test_the_public_key_reads_as_evidence_names_it(signer: Signer) -> None:
    assert read_public_key(signer.public_key.encode()) == signer.signed({"a": 1})["signature"]["key"]


@pytest.mark.parametrize("content", [{}, {"a": [1, None, 0.1, "张"], "b": {"z": True, "y": "x"}}])
def test_what_is_signed_holds_in_any_order(signer: Signer, content: dict[str, Any]) -> None:
    signed = signer.signed(content)
    assert is_signed(signed)
    assert is_signed(dict(reversed(signed.items())))
    assert not is_signed({**signed, "more": 1})


def test_a_signature_is_whole(signer: Signer) -> None:
    signed = signer.signed({"a": 1})
    signature = signed["signature"]
    for other in (
        None,
        {},
        "x",
        {**signature, "algorithm": "none"},
        {**signature, "more": ""},
        {**signature, "key": "x"},
        {**signature, "key": base64.b64encode(b"x" * 32).decode()},
        {**signature, "value": "=="},
        {**signature, "value": 1},
    ):
        assert not is_signed({"a": 1, "signature": other})
    assert not is_signed({"a": 1})


def test_what_is_no_key_is_refused() -> None:
    other = generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for pem in (b"", b"key", other):
        with pytest.raises(ValueError, match=r"."):
            read_public_key(pem)
