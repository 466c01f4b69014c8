"""Digests of decisions under seals, marks on findings, what was erased, and when the store was restored."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the tables and the column; nothing is sealed, marked or erased yet."""
    op.add_column("decisions", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_table(
        "decision_digests",
        sa.Column("script_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seal", sa.BigInteger()),
        sa.Column("place", sa.Integer()),
        sa.PrimaryKeyConstraint("script_id", name="pk_decision_digests"),
    )
    op.create_index("ix_decision_digests_seal_place", "decision_digests", ["seal", "place"])
    op.create_table(
        "marks",
        sa.Column("script_id", sa.Text(), nullable=False),
        sa.Column("finding", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("script_id", "finding", "person", name="pk_marks"),
    )
    op.create_index("ix_marks_rule", "marks", ["rule"])
    op.create_table(
        "restores",
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waived_by", sa.Text()),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("restored_at", name="pk_restores"),
    )


def downgrade() -> None:
    """Drop them; what was erased stays erased."""
    for name in ("restores", "marks", "decision_digests"):
        op.drop_table(name)
    op.drop_column("decisions", "erased_at")
