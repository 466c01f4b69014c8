"""What was answered, durably and masked, and which keys may ask?"""

from app.records.audit import AuditTrail, Broken, Entry, Head
from app.records.decisions import Decision, DecisionLog, Kind
from app.records.digests import body_digest
from app.records.engine import Store, open_store
from app.records.errors import DuplicateRequest, KeyNameTaken, UnknownKey
from app.records.keys import Key, KeyRing, Principal
from app.records.schema import migrate
from app.records.writer import Also
from app.roles import Role

__all__ = [
    "Also",
    "AuditTrail",
    "Broken",
    "Decision",
    "DecisionLog",
    "DuplicateRequest",
    "Entry",
    "Head",
    "Key",
    "KeyNameTaken",
    "KeyRing",
    "Kind",
    "Principal",
    "Role",
    "Store",
    "UnknownKey",
    "body_digest",
    "migrate",
    "open_store",
]
