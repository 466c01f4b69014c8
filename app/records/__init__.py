"""What was answered, durably and masked, and who may ask, with which key or password?"""

from app.records.audit import AuditTrail, Broken, Entry, Head
from app.records.decisions import Decision, DecisionLog, Kind
from app.records.digests import body_digest
from app.records.engine import Store, open_store
from app.records.errors import (
    DuplicateRequest,
    KeyNameTaken,
    LastAdmin,
    PersonNameTaken,
    Unfit,
    UnknownKey,
    UnknownPerson,
)
from app.records.key_states import KeyState
from app.records.keys import Key, KeyRing, Principal
from app.records.people import People, Person, PersonState
from app.records.schema import migrate
from app.records.sessions import Session, Sessions
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
    "KeyState",
    "Kind",
    "LastAdmin",
    "People",
    "Person",
    "PersonNameTaken",
    "PersonState",
    "Principal",
    "Role",
    "Session",
    "Sessions",
    "Store",
    "Unfit",
    "UnknownKey",
    "UnknownPerson",
    "audit",
    "body_digest",
    "migrate",
    "names",
    "open_store",
    "tables",
]
