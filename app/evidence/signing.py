"""Ed25519 signatures under a key that is made in the store when it is first needed, the same for every replica."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from app.records import Store
from app.records.canonical import canonical

_KEY = "evidence_key"
ALGORITHM = "Ed25519"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs what is evidence."""

    key: Ed25519PrivateKey = field(repr=False)

    @property
    def public_key(self) -> str:
        """The public key in PEM: whoever checks evidence keeps it, from a day before it is doubted."""
        told = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return told.decode()

    def signed(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The content with a signature over all of it, as canonical JSON."""
        public = self.key.public_key().public_bytes_raw()
        value = self.key.sign(canonical(dict(content)))
        signature = {"algorithm": ALGORITHM, "key": _text(public), "value": _text(value)}
        return {**content, "signature": signature}


async def open_signer(store: Store) -> Signer:
    """The signer of a store. Raises StoreError."""
    return Signer(Ed25519PrivateKey.from_private_bytes(await store.own_secret(_KEY)))


def is_signed(evidence: Mapping[str, Any]) -> bool:
    """Whether the signature is that of the key that stands beside it, over all that is not the signature."""
    try:
        signature = evidence["signature"]
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["key"], validate=True))
        content = {name: value for name, value in evidence.items() if name != "signature"}
        key.verify(base64.b64decode(signature["value"], validate=True), canonical(content))
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return bool(signature.get("algorithm") == ALGORITHM and set(signature) == {"algorithm", "key", "value"})


def read_public_key(pem: bytes) -> str:
    """A public key as evidence names it. Raises ValueError for what is no Ed25519 key in PEM."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("an Ed25519 key in PEM is expected")
    return _text(key.public_bytes_raw())


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
