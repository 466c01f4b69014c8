"""Who may no longer be called, the audit trail, whose a key is, and what judged a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

_SQLITE = """
CREATE TRIGGER audit_trail_no_{event} BEFORE {event} ON audit_trail
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""
_SQLITE_REPLACE = """
CREATE TRIGGER audit_trail_no_replace BEFORE INSERT ON audit_trail
WHEN EXISTS (SELECT 1 FROM audit_trail WHERE number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""
"""What INSERT OR REPLACE deletes, no trigger on DELETE sees."""
_FUNCTION = """
CREATE FUNCTION audit_trail_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$
"""
_POSTGRES = """
CREATE TRIGGER audit_trail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_refuse()
"""


def upgrade() -> None:
    """Create the tables and columns; what was recorded before has no digest and no events."""
    op.create_table(
        "audit_trail",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_trail"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        op.execute(_POSTGRES)
    else:
        for event in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(event=event))
        op.execute(_SQLITE_REPLACE)
    op.create_table(
        "contact_closures",
        sa.Column("ref_digest", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text()),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ref_digest", "type", name="pk_contact_closures"),
    )
    op.create_table(
        "contact_changes",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref_digest", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text()),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.PrimaryKeyConstraint("number", name="pk_contact_changes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "contact_asks",
        sa.Column("ref_digest", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref_digest", "type", name="pk_contact_asks"),
    )
    op.add_column("api_keys", sa.Column("person", sa.Text()))
    op.add_column("decisions", sa.Column("policy_digest", sa.Text()))
    op.add_column("decisions", sa.Column("ref_digest", sa.Text()))
    op.add_column("decisions", sa.Column("events", sa.JSON()))
    op.create_index("ix_decisions_ref_digest", "decisions", ["ref_digest"])


def downgrade() -> None:
    """Drop them, the trail included."""
    op.drop_index("ix_decisions_ref_digest", "decisions")
    for name in ("events", "ref_digest", "policy_digest"):
        op.drop_column("decisions", name)
    op.drop_column("api_keys", "person")
    for name in ("contact_asks", "contact_changes", "contact_closures", "audit_trail"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_trail_refuse()")
