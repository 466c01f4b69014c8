"""Cases of live calls that are held for a day."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "held_cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ref_digest", sa.Text()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_cases"),
    )
    op.create_index("ix_held_cases_ref_digest", "held_cases", ["ref_digest"])
    op.create_index("ix_held_cases_expires_at", "held_cases", ["expires_at"])


def downgrade() -> None:
    """Drop it: engines send their cases again."""
    op.drop_table("held_cases")
