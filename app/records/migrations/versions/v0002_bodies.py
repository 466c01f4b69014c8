"""What was said as a skeleton, and the tags and the offer of its brief: what fine-tuning learns from."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the columns; what was recorded before has no body."""
    op.add_column("decisions", sa.Column("tags", sa.JSON()))
    op.add_column("decisions", sa.Column("offer", sa.Text()))
    op.add_column("decisions", sa.Column("body", sa.Text()))


def downgrade() -> None:
    """Drop the columns."""
    for name in ("body", "offer", "tags"):
        op.drop_column("decisions", name)
