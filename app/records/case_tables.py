"""The table of cases that are held for live calls, beside those of `app.records.tables`."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from app.records.moments import UtcTimestamp
from app.records.tables import metadata

# Cases of live calls, sealed: `id` is a keyed digest of the engine's own.
held_cases = Table(
    "held_cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("ref_digest", Text),
    Column("expires_at", UtcTimestamp, nullable=False),
    Index(None, "ref_digest"),
    Index(None, "expires_at"),
)
