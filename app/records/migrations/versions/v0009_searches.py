"""What officers search for is found by an index: decisions by day, action and scenario, rows of the trail by person
and event."""

from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

_INDEXES = (
    ("decisions", ("created_at", "script_id")),
    ("decisions", ("action", "script_id")),
    ("decisions", ("scenario", "script_id")),
    ("audit_trail", ("person", "number")),
    ("audit_trail", ("event", "number")),
)


def upgrade() -> None:
    """Create the indexes; the one over the time alone is the beginning of another one now."""
    op.drop_index("ix_decisions_created_at", "decisions")
    for table, columns in _INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def downgrade() -> None:
    """Drop them."""
    for table, columns in _INDEXES:
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    op.create_index("ix_decisions_created_at", "decisions", ["created_at"])
