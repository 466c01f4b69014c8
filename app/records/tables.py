"""The tables of the store, in SQLAlchemy Core, the same for SQLite and PostgreSQL."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from app.records.moments import UtcTimestamp

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

decisions = Table(
    "decisions",
    metadata,
    Column("script_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("request_id", Text),
    Column("body_digest", Text, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("scenario", Text),
    Column("channel", Text),
    Column("generation", Text),
    Column("strategy", Text),
    Column("action", Text, nullable=False),
    Column("source", Text),
    Column("policy_revision", Integer, nullable=False),
    Column("policy_digest", Text),
    Column("prompt_version", Text),
    Column("model", Text),
    Column("text", Text),
    Column("tags", JSON),
    Column("offer", Text),
    Column("body", Text),
    # Bytes, since a JSON column may be re-serialised and a repeated request must get the very same answer.
    Column("answer", LargeBinary, nullable=False),
    Column("request", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("rejected", JSON, nullable=False),
    Column("timing", JSON, nullable=False),
    Column("ref_digest", Text),
    Column("events", JSON),
    Column("erased_at", UtcTimestamp),
    UniqueConstraint("request_id"),
    Index(None, "kind", "script_id"),
    Index(None, "action", "script_id"),
    Index(None, "scenario", "script_id"),
    Index(None, "created_at", "script_id"),
    Index(None, "created_at", "source", "action"),
    Index(None, "ref_digest"),
)

# Which rules found something in which decision, so that nobody has to read them all: `is_said` in the text returned,
# else in what was not said.
rule_hits = Table(
    "rule_hits",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("script_id", Text, primary_key=True),
    Column("is_said", Boolean, primary_key=True),
    Column("at", UtcTimestamp, nullable=False),
    Index(None, "at", "rule"),
    Index(None, "script_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("revoked_at", UtcTimestamp),
    # None, in a store from before there were persons: the key's own name.
    Column("person", Text),
    Column("expires_at", UtcTimestamp),
    Column("last_used_at", UtcTimestamp),
    # Who else saw the secret; None for the person, and for the command line.
    Column("made_by", Text),
    UniqueConstraint("name"),
)

store_secrets = Table(
    "store_secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

# A trigger of the database refuses to change or delete a row: migrations/versions/v0003_contacts.py.
audit_trail = Table(
    "audit_trail",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcTimestamp, nullable=False),
    Column("person", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("subject", Text),
    # Text, since what was hashed must come back byte for byte.
    Column("details", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "subject", "number"),
    Index(None, "person", "number"),
    Index(None, "event", "number"),
)

contact_closures = Table(
    "contact_closures",
    metadata,
    Column("ref_digest", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("scope", Text),
    Column("since", UtcTimestamp, nullable=False),
    Column("latest", UtcTimestamp, nullable=False),
    Column("source", Text, nullable=False),
)

contact_changes = Table(
    "contact_changes",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("ref_digest", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("scope", Text),
    Column("change", Text, nullable=False),
    Column("at", UtcTimestamp, nullable=False),
    Column("source", Text, nullable=False),
    Column("request_id", Text),
    sqlite_autoincrement=True,
)

contact_asks = Table(
    "contact_asks",
    metadata,
    Column("ref_digest", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTimestamp, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("name", Text, primary_key=True),
    Column("roles", JSON, nullable=False),
    # Argon2id, with its parameters and salt.
    Column("password", Text, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("disabled_at", UtcTimestamp),
    Column("last_login", UtcTimestamp),
    # Wrong passwords in a row, since the last right one or the last lock-out.
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcTimestamp),
    # Who else chose the password; None for the person, and for the command line.
    Column("password_by", Text),
)

# Whose hands a person's access went through: `works` for who was ever more than admin or auditor, `until` another
# admin confirmed the person.
grants = Table(
    "grants",
    metadata,
    Column("person", Text, primary_key=True),
    Column("hand", Text, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("until", UtcTimestamp),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("idle_until", UtcTimestamp, nullable=False),
    Column("ends_at", UtcTimestamp, nullable=False),
    Index(None, "person"),
)

policy_texts = Table(
    "policy_texts",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    # File name to the SHA-256 of its text.
    Column("lexicon", JSON, nullable=False),
    Column("wording", JSON, nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("approver", Text),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("change_id", Text),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("restores", Integer),
    Column("author", Text, nullable=False),
    Column("reviewers", JSON, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("updated_at", UtcTimestamp, nullable=False),
    Column("submitted_at", UtcTimestamp),
    Column("expires_at", UtcTimestamp),
    Column("effective_from", UtcTimestamp),
    Column("decided_by", Text),
    Column("decided_at", UtcTimestamp),
    Column("reason", Text),
    Column("revision", Integer),
    # Grows with every edit, so that nobody approves another text than was read.
    Column("version", Integer, nullable=False),
    Index(None, "state"),
)

change_comments = Table(
    "change_comments",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("change_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", UtcTimestamp, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "change_id"),
    sqlite_autoincrement=True,
)

activations = Table(
    "activations",
    metadata,
    Column("replica", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("since", UtcTimestamp, nullable=False),
    Column("seen_at", UtcTimestamp, nullable=False),
)

# What a decision was when its digest was taken: `seal` is the row of the audit trail that holds the root over it and
# others, `place` its place among these; None where it was erased before it was sealed.
decision_digests = Table(
    "decision_digests",
    metadata,
    Column("script_id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("seal", BigInteger),
    Column("place", Integer),
    Index(None, "seal", "place"),
)

marks = Table(
    "marks",
    metadata,
    Column("script_id", Text, primary_key=True),
    Column("finding", Integer, primary_key=True, autoincrement=False),
    Column("person", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcTimestamp, nullable=False),
    Index(None, "rule"),
)

restores = Table(
    "restores",
    metadata,
    Column("restored_at", UtcTimestamp, primary_key=True),
    Column("taken_at", UtcTimestamp, nullable=False),
    Column("waived_by", Text),
    Column("released_at", UtcTimestamp),
)
