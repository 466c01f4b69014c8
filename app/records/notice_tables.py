"""The tables of what is told outside, beside those of `app.records.tables`."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from app.records.moments import UtcTimestamp
from app.records.tables import metadata

# Where outside the service tells what happens. The address may hold a robot's key: it is told to nobody again.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text),
    Column("kinds", JSON, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("created_by", Text, nullable=False),
    UniqueConstraint("name"),
)

# What is told there: `due_at` is when it is tried next, None once it has arrived or was given up.
notices = Table(
    "notices",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("webhook", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("notice", JSON, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("due_at", UtcTimestamp),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", UtcTimestamp),
    Column("failure", Text),
    UniqueConstraint("key", "webhook"),
    Index(None, "due_at"),
    Index(None, "webhook", "number"),
    sqlite_autoincrement=True,
)

# How far something was read by whoever goes on from there.
cursors = Table(
    "cursors",
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
