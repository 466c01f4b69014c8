"""What was answered, durably and masked, and which keys may ask?"""

from app.records.audit import AuditTrail, Broken, Entry, Head
from app.records.decisions import Decision, DecisionLog, Kind
from app.records.digests import body_digest
from app.records.engine import Store, open_store
from app.records.errors import DuplicateRequest, KeyNameTaken, UnknownKey
from app.records.keys import Key, KeyRing, Principal
from app.records.schema import migrate
from app.roles import Role

__all__ = [
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
    "audit",
    "body_digest",
    "keys",
    "migrate",
    "open_store",
    "tables",
    "writer",
]
