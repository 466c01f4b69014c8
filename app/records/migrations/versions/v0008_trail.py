"""What the audit trail tells of one subject is found without reading all of it."""

from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_audit_trail_subject_number", "audit_trail", ["subject", "number"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_audit_trail_subject_number", "audit_trail")
