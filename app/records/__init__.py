"""What was answered, durably and masked, and who may ask, with which key or password?"""

from app.records.audit import AuditTrail, Broken, Entry, Head
from app.records.backup import back_up
from app.records.backup_files import BrokenBackup, Contents
from app.records.changes import ChangeRecord, ChangeState, Comment
from app.records.clock import Now, utc_now
from app.records.decisions import Decision, DecisionLog, Kind
from app.records.digests import body_digest
from app.records.engine import Store, open_store
from app.records.erasure import Erasure
from app.records.errors import (
    AwaitingRefusals,
    DuplicateRequest,
    ErasedDecision,
    KeyNameTaken,
    LastAdmin,
    PersonNameTaken,
    TooManyWebhooks,
    Unfit,
    UnknownDecision,
    UnknownFinding,
    UnknownKey,
    UnknownPerson,
    UnknownWebhook,
    WebhookNameTaken,
)
from app.records.exports import Exports, Taken
from app.records.figures import Figures
from app.records.grants import Grants, KnownToOthers, NotTheirs, OneHand, Tie
from app.records.headlines import Headline, Headlines
from app.records.key_states import KeyState
from app.records.keys import Key, KeyRing, Principal
from app.records.marks import Hits, Mark, MarkedFinding, Marks, Precision, Quality
from app.records.outbox import Delivery, Notice, Outbox
from app.records.people import People
from app.records.persons import Newcomer, Person, PersonState
from app.records.restoring import NotEmpty, Restores, RestoreWatch, Waiting, restore
from app.records.revisions import Activation, Revision, Revisions
from app.records.schema import migrate
from app.records.seals import Proof, Sealer, Seals
from app.records.sessions import Session, Sessions
from app.records.webhooks import NoticeKind, Platform, Webhook, Webhooks
from app.records.writer import Also
from app.roles import Role

__all__ = [
    "Activation",
    "Also",
    "AuditTrail",
    "AwaitingRefusals",
    "Broken",
    "BrokenBackup",
    "ChangeRecord",
    "ChangeState",
    "Comment",
    "Contents",
    "Decision",
    "DecisionLog",
    "Delivery",
    "DuplicateRequest",
    "Entry",
    "ErasedDecision",
    "Erasure",
    "Exports",
    "Figures",
    "Grants",
    "Head",
    "Headline",
    "Headlines",
    "Hits",
    "Key",
    "KeyNameTaken",
    "KeyRing",
    "KeyState",
    "Kind",
    "KnownToOthers",
    "LastAdmin",
    "Mark",
    "MarkedFinding",
    "Marks",
    "Newcomer",
    "NotEmpty",
    "NotTheirs",
    "Notice",
    "NoticeKind",
    "Now",
    "OneHand",
    "Outbox",
    "People",
    "Person",
    "PersonNameTaken",
    "PersonState",
    "Platform",
    "Precision",
    "Principal",
    "Proof",
    "Quality",
    "RestoreWatch",
    "Restores",
    "Revision",
    "Revisions",
    "Role",
    "Sealer",
    "Seals",
    "Session",
    "Sessions",
    "Store",
    "Taken",
    "Tie",
    "TooManyWebhooks",
    "Unfit",
    "UnknownDecision",
    "UnknownFinding",
    "UnknownKey",
    "UnknownPerson",
    "UnknownWebhook",
    "Waiting",
    "Webhook",
    "WebhookNameTaken",
    "Webhooks",
    "audit",
    "back_up",
    "body_digest",
    "canonical",
    "changes",
    "figures",
    "grants",
    "intervals",
    "merkle",
    "migrate",
    "names",
    "open_store",
    "passwords",
    "restore",
    "revisions",
    "seals",
    "tables",
    "utc_now",
    "webhooks",
]
