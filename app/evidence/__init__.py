"""What can be shown to somebody outside who trusts neither us nor our store?"""

from app.evidence.issuing import FORMAT, Issuer
from app.evidence.signing import Signer, open_signer, read_public_key
from app.evidence.verification import parse_evidence, verify

__all__ = ["FORMAT", "Issuer", "Signer", "open_signer", "parse_evidence", "read_public_key", "verify"]
